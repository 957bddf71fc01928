"""Liveness and readiness for supervisors and load balancers."""

from __future__ import annotations

import redis
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from backend.core import events


def healthz(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers with every migration applied and Redis answers; else 503 with what is missing."""
    problems: dict[str, str] = {}
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            problems["database"] = "migrations are waiting"
    except DatabaseError:
        problems["database"] = "does not answer"
    try:
        events.client().ping()
    except redis.RedisError:
        problems["redis"] = "does not answer"
    return JsonResponse(
        {"status": "not ready" if problems else "ok", **problems}, status=503 if problems else 200
    )
