"""Events for open pages: published to Redis after commit, carried to browsers as server-sent events."""

from __future__ import annotations

import json
import logging
import uuid
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def client() -> redis.Redis:
    """The process's Redis client (thread-safe, pooled)."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=3, socket_connect_timeout=3)


def channel(organisation_id: uuid.UUID | str) -> str:
    return f"events:org:{organisation_id}"


def publish(
    *, organisation_id: uuid.UUID | None, kind: str, data: dict[str, Any], project_id: object = None
) -> None:
    """Announce `kind` to the organisation's open pages once the transaction has committed.

    Pages treat events as hints and read the API for facts, so a Redis that is away loses nothing.
    """
    if organisation_id is None:
        return
    body = json.dumps(
        {"kind": kind, "project_id": str(project_id) if project_id else None, "data": data}, default=str
    )
    transaction.on_commit(lambda: _send(channel(organisation_id), body))


def _send(name: str, body: str) -> None:
    try:
        client().publish(name, body)
    except redis.RedisError:
        log.warning("event not sent: Redis did not answer")
