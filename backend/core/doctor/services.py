"""Checks of what runs beside: database, Redis, broker, workers, storage."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import redis
from botocore.exceptions import BotoCoreError, ClientError
from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from backend.core import events
from backend.core.doctor.findings import Finding, fail, ok, warn
from backend.core.enums import JobState, Queue
from backend.core.models import JobRun

POSTGRES_MIN = 150_000
INSPECT_TIMEOUT_S = 2.0
WAITING_LONG = timedelta(minutes=10)
NOT_RUNNING = "start `make run` in this folder, or set {name} to the running server"


def check_database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, current_setting('server_version')"
            )
            number, shown = cursor.fetchone()
            cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
            vector = cursor.fetchone()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        yield fail("database", f"does not answer ({reason})", NOT_RUNNING.format(name="DATABASE_URL"))
        return
    where = settings.DATABASES["default"]["HOST"] or "the local socket"
    if number < POSTGRES_MIN:
        yield fail("database", f"PostgreSQL {shown} is too old", "use PostgreSQL 15 or newer")
    else:
        yield ok("database", f"PostgreSQL {shown} at {where}")
    if vector is None:
        yield fail(
            "pgvector",
            "the extension is not there",
            "install pgvector for this PostgreSQL, then as its superuser: CREATE EXTENSION vector",
        )
    else:
        yield ok("pgvector", f"version {vector[0]}")
    yield from _migrations()


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield fail(
            "migrations", f"{len(waiting)} are not applied", "run `manage.py migrate` (`manage.py up` does)"
        )
    else:
        yield ok("migrations", "all applied")


def check_redis() -> Iterator[Finding]:
    try:
        found = events.client().info("server")["redis_version"]
        policy = events.client().config_get("maxmemory-policy").get("maxmemory-policy", "")
    except redis.RedisError as error:
        yield fail("redis", f"does not answer ({error})", NOT_RUNNING.format(name="REDIS_URL"))
        return
    if policy not in ("noeviction", ""):
        yield warn(
            "redis", f"Redis {found} may evict queued work ({policy})", "set maxmemory-policy noeviction"
        )
    else:
        yield ok("redis", f"Redis {found}")


def check_workers() -> Iterator[Finding]:
    """Whether somebody listens on every queue; asked over the broker itself."""
    try:
        answers = current_app.control.inspect(timeout=INSPECT_TIMEOUT_S).active_queues() or {}
    except (OperationalError, redis.RedisError, OSError) as error:
        yield fail("broker", f"does not answer ({error})", NOT_RUNNING.format(name="BROKER_URL or REDIS_URL"))
        return
    served: dict[str, list[str]] = {}
    for worker, queues in answers.items():
        for queue in queues:
            served.setdefault(queue["name"], []).append(worker)
    for queue in Queue.values:
        workers = served.get(queue)
        if workers:
            yield ok(f"queue {queue}", ", ".join(sorted(workers)))
        else:
            mend = f"start `manage.py up`, or: celery -A backend.config.celery worker -Q {queue}"
            yield fail(f"queue {queue}", "no worker listens", mend)


def check_jobs() -> Iterator[Finding]:
    try:
        stuck = JobRun.objects.filter(state=JobState.QUEUED, created_at__lt=Now() - WAITING_LONG).count()
    except DatabaseError:
        return
    if stuck:
        yield warn(
            "jobs",
            f"{stuck} have waited for more than ten minutes",
            "see the jobs page; is a worker busy or away?",
        )
    else:
        yield ok("jobs", "none waits for long")


def check_storage() -> Iterator[Finding]:
    """Write, read and delete one small file through the storage that pictures use."""
    key = f"doctor/{uuid.uuid4().hex}.txt"
    where = f"bucket {settings.S3_BUCKET}" if settings.S3_BUCKET else str(settings.MEDIA_ROOT)
    try:
        key = default_storage.save(key, ContentFile(b"siteloop"))
        with default_storage.open(key) as handle:
            same = handle.read() == b"siteloop"
        default_storage.delete(key)
    except (OSError, BotoCoreError, ClientError) as error:
        yield fail(
            "storage",
            f"{where}: {error}",
            "check the folder's owner, or the S3_* settings and the key's rights",
        )
        return
    if same:
        yield ok("storage", f"{where}: written, read and deleted")
    else:
        yield fail(
            "storage", f"{where}: read something else than was written", "check what serves this bucket"
        )
