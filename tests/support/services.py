"""A pytest plugin: one embedded PostgreSQL and one Redis per run, started before Django reads its settings.

The process that starts pytest starts them and sets DATABASE_URL and REDIS_URL; xdist's workers inherit both.
Each worker gets a Redis database of its own; pytest-django gives each its own PostgreSQL database.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from backend.core.embedded.postgres_server import PostgresServer
from backend.core.embedded.redis_server import RedisServer

_started: list[PostgresServer | RedisServer] = []
_folders: list[Path] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    # This hook runs right after the plugin is imported and before pytest-django loads the settings.
    _worker_data_dir()
    if "PYTEST_XDIST_WORKER" in os.environ:
        os.environ["REDIS_URL"] = own_redis_database(
            os.environ["REDIS_URL"], os.environ["PYTEST_XDIST_WORKER"]
        )
        return
    _services_start()


def pytest_unconfigure(config: pytest.Config) -> None:
    _services_stop()


@atexit.register  # pytest calls no hook when it fails before it is configured
def _services_stop() -> None:
    while _started:
        _started.pop().stop()
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def _worker_data_dir() -> None:
    """Whatever a test writes goes to a folder of this process, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="siteloop-data-"))
    _folders.append(folder)
    os.environ["SITELOOP_DATA_DIR"] = str(folder)


def _services_start() -> None:
    """Those the environment already names are used as they are."""
    folder = Path(tempfile.mkdtemp(prefix="siteloop-pytest-"))
    folder.chmod(0o711)
    _folders.append(folder)
    for name in ("run", "logs"):
        (folder / name).mkdir(mode=0o711)
    for variable, kind in (("DATABASE_URL", PostgresServer), ("REDIS_URL", RedisServer)):
        if os.environ.get(variable):
            continue
        server = kind(folder, test=True)
        _started.append(server)
        server.start()
        os.environ[variable] = server.url


def own_redis_database(url: str, worker: str) -> str:
    """`…/0` or `…?db=0` with the worker's number plus one, so that workers do not see each other's keys."""
    number = 1 + int(re.sub(r"\D", "", worker) or 0)
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return re.sub(r"/\d*$", "", url) + f"/{number}"
