"""The same code on services of an operator's own, chosen by environment variables alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from backend.core.embedded.children import child_start, group_kill
from tests.support import outside

REPO = Path(__file__).resolve().parents[2]

# Through every outside service once: a row, a task over the broker, a file, a cached value, an event.
ROUND_TRIP = """
import json, time
import django
django.setup()
from django.conf import settings
from django.core.cache import cache
from backend.core import audit, events, storage
from backend.core.models import AuditEvent
from backend.core.tasks import seal_audit

audit.record(actor=None, organisation_id=None, action="test.outside", object_type="test", object_id="1")
event = AuditEvent.objects.latest("id")
seal_audit.delay()
deadline = time.monotonic() + 60
while not event.chain_hash and time.monotonic() < deadline:
    time.sleep(0.05)
    event.refresh_from_db()
storage.write_bytes("outside/a.bin", b"picture")
cache.set("outside", 7, 30)
print(json.dumps({
    "sealed": bool(event.chain_hash),
    "file": storage.read_bytes("outside/a.bin").decode(),
    "copied": storage.kept_path("outside/a.bin").read_bytes().decode(),
    "storage": type(storage.default_storage._wrapped).__name__ if hasattr(storage.default_storage, "_wrapped") else "",
    "cached": cache.get("outside"),
    "heard_by": events.client().publish("events:test", "{}"),
    "database": settings.DATABASES["default"]["HOST"],
    "broker": settings.CELERY_BROKER_URL.split(":")[0],
}))
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sl-out-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def outside_environment(folder: Path) -> Iterator[dict[str, str]]:
    """PostgreSQL with a password, the system's Redis, S3 by moto; migrated once for the module."""
    with ExitStack() as stack:
        environ = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        environ |= {
            "DATABASE_URL": stack.enter_context(outside.postgres_over_tcp(folder / "postgres")),
            "REDIS_URL": stack.enter_context(outside.system_redis(folder / "redis")),
            **stack.enter_context(outside.s3_bucket(folder / "s3", "pictures")),
            "SITELOOP_DATA_DIR": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "backend.config.settings.dev",
        }
        prepared = manage(environ, "manage.py", "prepare", "--setup-link")
        assert json.loads(prepared.splitlines()[-1])["setup_path"].startswith("/")
        yield environ


def manage(environ: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=REPO, env=environ, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def round_trip(environ: dict[str, str], log: Path) -> dict[str, object]:
    """Run a worker on the broker of `environ` and one of everything against it."""
    with log.open("ab") as output:
        worker = child_start(
            [sys.executable, "-m", "celery", "-A", "backend.config.celery", "worker", "-Q", "default"]
            + ["--pool", "solo", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
            env=environ,
            cwd=REPO,
            output=output,
        )
    try:
        answer: dict[str, object] = json.loads(manage(environ, "-c", ROUND_TRIP).splitlines()[-1])
        return answer
    finally:
        group_kill(worker)
        worker.wait()


@pytest.mark.services
def test_everything_works_on_postgres_by_tcp_system_redis_and_s3(
    outside_environment: dict[str, str], folder: Path
) -> None:
    answer = round_trip(outside_environment, folder / "worker-redis.log")
    assert answer == {
        "sealed": True,
        "file": "picture",
        "copied": "picture",
        "storage": "S3Storage",
        "cached": 7,
        "heard_by": 0,
        "database": "127.0.0.1",
        "broker": "redis",
    }


@pytest.mark.services
def test_tasks_travel_over_rabbitmq_when_the_broker_url_says_so(
    outside_environment: dict[str, str], folder: Path
) -> None:
    with outside.system_rabbitmq(folder / "rabbitmq") as broker_url:
        answer = round_trip(outside_environment | {"BROKER_URL": broker_url}, folder / "worker-amqp.log")
    assert answer["sealed"] is True
    assert answer["broker"] == "amqp"
