"""Embedded PostgreSQL and Redis: closed to others, recovered after a kill, never left behind."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from backend.core.embedded.children import child_start, process_command
from backend.core.embedded.errors import DataDirBusy, DataDirUnusable, ServiceFailed
from backend.core.embedded.folders import SOCKET_PATH_MAX_BYTES, data_dir_lock, data_dir_prepare
from backend.core.embedded.postgres_server import PostgresServer
from backend.core.embedded.redis_server import RedisServer
from tests.support.services import own_redis_database

REPO = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder with a short path that other accounts can pass through."""
    with tempfile.TemporaryDirectory(prefix="sl-") as name:
        Path(name).chmod(0o711)
        yield data_dir_prepare(Path(name) / "data")


def wait_until(condition: Callable[[], bool], timeout_s: float = 15.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "condition not met in time"
        threading.Event().wait(0.02)


def query(server: PostgresServer, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(server.url.replace("postgres://", "postgresql://"))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_postgres_keeps_rows_over_a_restart_and_has_vectors(folder: Path) -> None:
    server = PostgresServer(folder, test=True)
    server.start()
    query(server, "CREATE TABLE kept (v vector(2))")
    query(server, "INSERT INTO kept VALUES ('[1,2]')")
    server.stop()
    server.start()
    try:
        assert query(server, "SELECT v::text FROM kept") == [("[1,2]",)]
        assert query(server, "SHOW listen_addresses") == [("",)]
    finally:
        server.stop()


def test_postgres_socket_folder_is_closed_to_other_accounts(folder: Path) -> None:
    server = PostgresServer(folder, test=True)
    server.start()
    try:
        assert server.sockets is not None
        assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE((server.sockets / ".s.PGSQL.5432").stat().st_mode) == 0o700
    finally:
        server.stop()


def test_postgres_recovers_after_its_process_was_killed(folder: Path) -> None:
    server = PostgresServer(folder)
    server.start()
    query(server, "CREATE TABLE kept AS SELECT 7 AS n")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: not server.is_alive())
    server.start()
    try:
        assert query(server, "SELECT n FROM kept") == [(7,)]
    finally:
        server.stop()


def test_postgres_start_ignores_a_lock_file_whose_process_number_was_reused(folder: Path) -> None:
    server = PostgresServer(folder, test=True)
    server.start()
    server.stop()
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{server.cluster}\n")
    server.start()
    server.stop()


def test_a_long_data_path_gets_a_short_socket_path() -> None:
    with tempfile.TemporaryDirectory(prefix="sl-") as name:
        Path(name).chmod(0o711)
        deep = data_dir_prepare(Path(name) / ("d" * 60) / ("e" * 60))
        server = PostgresServer(deep, test=True)
        server.start()
        try:
            assert len(os.fsencode(server.sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_MAX_BYTES
            assert query(server, "SELECT 1") == [(1,)]
        finally:
            server.stop()


@pytest.mark.skipif(os.getuid() != 0, reason="only root needs the user namespace")
def test_postgres_starts_for_root_under_a_folder_closed_to_everybody_else() -> None:
    with tempfile.TemporaryDirectory(prefix="sl-") as name:
        Path(name).chmod(0o700)
        server = PostgresServer(data_dir_prepare(Path(name) / "data"), test=True)
        try:
            server.start()
        except ServiceFailed as error:
            pytest.skip(f"no user namespaces here: {error}")
        try:
            assert query(server, "SELECT 1") == [(1,)]
        finally:
            server.stop()


def test_redis_keeps_its_queue_over_a_kill(folder: Path) -> None:
    server = RedisServer(folder)
    server.start()
    with redis.Redis.from_url(server.url) as client:
        client.lpush("queue", "bell")
        wait_until(lambda: client.info("persistence")["aof_current_size"] > 0)
        assert client.execute_command("BGREWRITEAOF")
        wait_until(lambda: not client.info("persistence")["aof_rewrite_in_progress"])
    os.kill(server.pid or 0, signal.SIGKILL)
    wait_until(lambda: not server.is_alive())
    server.start()
    try:
        with redis.Redis.from_url(server.url) as client:
            assert client.llen("queue") == 1
    finally:
        server.stop()


PARENT = """
import sys
from pathlib import Path
from backend.core.embedded.postgres_server import PostgresServer
from backend.core.embedded.redis_server import RedisServer
from tests.support.services import own_redis_database
servers = [PostgresServer(Path(sys.argv[1]), test=True), RedisServer(Path(sys.argv[1]), test=True)]
for server in servers:
    server.start()
print(*(server.pid for server in servers), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("closed", [False, True], ids=["reachable folder", "closed folder"])
def test_a_killed_parent_leaves_no_service_behind(folder: Path, closed: bool) -> None:
    if closed:
        folder.parent.chmod(0o700)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)],
        cwd=REPO,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(part) for part in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.communicate()
    wait_until(lambda: not any(process_command(pid) for pid in pids))


def test_a_folder_in_use_is_refused_with_the_owner(folder: Path) -> None:
    with data_dir_lock(folder), pytest.raises(DataDirBusy, match=str(os.getpid())):
        data_dir_lock(folder)


def test_an_unwritable_folder_is_refused_in_one_line() -> None:
    with pytest.raises(DataDirUnusable) as caught:
        data_dir_prepare(Path("/proc/siteloop"))
    assert "\n" not in str(caught.value)
    assert "--data-dir" in caught.value.remedy


def test_a_nice_child_yields_also_where_the_kernel_groups_by_session(folder: Path) -> None:
    child = child_start([sys.executable, "-c", "import time; time.sleep(60)"], nice=10)
    try:
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == os.getpriority(os.PRIO_PROCESS, 0) + 10
        group = Path(f"/proc/{child.pid}/autogroup")
        assert not group.exists() or group.read_text().strip().endswith("nice 10")
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("unix:///run/redis.sock?db=0", "unix:///run/redis.sock?db=2"),
        ("redis://:secret@127.0.0.1:6379/0", "redis://:secret@127.0.0.1:6379/2"),
    ],
)
def test_each_test_worker_gets_a_redis_database_of_its_own(url: str, own: str) -> None:
    assert own_redis_database(url, "gw1") == own
