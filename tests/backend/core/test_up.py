"""`manage.py up`: refuses what cannot work in one line, watches its children, and takes them along."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from backend.core.embedded.errors import EmbeddedError
from backend.core.embedded.folders import data_dir_prepare
from backend.core.embedded.instance import environment_adopt, instance_write
from backend.core.supervisor import preflight
from backend.core.supervisor.logs import console_line
from backend.core.supervisor.programs import Program
from backend.core.supervisor.supervised import Supervised
from tests.support.outside import free_port
from tests.support.running import Running

REPO = Path(__file__).resolve().parents[3]


def wait_until(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "condition not met in time"
        threading.Event().wait(0.05)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sl-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name) / "data"


@pytest.mark.slow
def test_up_serves_survives_deaths_and_a_kill_and_stops_with_its_children(folder: Path) -> None:
    running = Running(folder, free_port(), "--no-demo", "--workers", "1")
    try:
        running.read_until("is ready at")
        assert "works once" in running.read_until("first administrator")
        assert running.status() == 200

        web = running.note()["pids"]["web"]
        os.kill(web, signal.SIGKILL)
        running.read_until("web ended")
        wait_until(lambda: running.status() == 200)

        left = running.pids()
        running.process.kill()  # nothing may stay behind
        wait_until(lambda: not any(psutil.pid_exists(pid) for pid in left))
    finally:
        running.close()

    again = Running(folder, running.port, "--no-demo", "--workers", "1")
    try:
        again.read_until("is ready at")
        left = again.pids()
        again.process.send_signal(signal.SIGINT)
        assert again.process.wait(60) == 0
        assert not any(psutil.pid_exists(pid) for pid in left)
        assert not (folder / "run" / "instance.json").exists()
    finally:
        again.close()


def refused(*arguments: str) -> str:
    """What `up` says when it does not start; it must be one line."""
    done = subprocess.run(
        [sys.executable, "manage.py", "up", *arguments],
        cwd=REPO,
        env={key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert len(lines) == 1, lines
    return lines[0]


def test_up_refuses_a_taken_port_and_names_another(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused("--port", str(port), "--data-dir", str(folder))
    assert f"Port {port} on 127.0.0.1 is taken" in said
    assert f"--port {port + 10}" in said


def test_up_refuses_an_unwritable_folder() -> None:
    said = refused("--port", str(free_port()), "--data-dir", "/proc/siteloop")
    assert "Cannot write to the data folder" in said
    assert "--data-dir" in said


def test_up_refuses_demo_accounts_beyond_this_machine(folder: Path) -> None:
    said = refused("--host", "0.0.0.0", "--demo", "--data-dir", str(folder))
    assert "leave out --demo" in said


@pytest.mark.parametrize(
    ("host", "wanted", "demo"),
    [("127.0.0.1", None, True), ("::1", None, True), ("localhost", False, False), ("0.0.0.0", None, False)],
)
def test_the_demo_is_filled_by_default_on_this_machine_only(
    host: str, wanted: bool | None, demo: bool
) -> None:
    assert preflight.demo_decide(host, wanted) is demo


def test_a_full_disk_is_refused_with_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A real full disk would need a file system of our own; the free space is the only thing read.
    monkeypatch.setattr("backend.core.embedded.folders.FREE_MIN_BYTES", 2**60)
    with pytest.raises(EmbeddedError, match="are free under") as caught:
        data_dir_prepare(folder)
    assert "--data-dir" in caught.value.remedy


def test_a_dead_child_is_restarted_with_growing_pauses(tmp_path: Path) -> None:
    said: list[str] = []
    child = Supervised(
        Program("short", (sys.executable, "-c", "import sys; sys.exit(3)")),
        env=dict(os.environ),
        cwd=tmp_path,
        log=tmp_path / "short.log",
        say=said.append,
    )
    child.start()
    now = time.monotonic()
    for pause_s in (1.0, 2.0, 4.0):
        wait_until(lambda: not child.is_alive())
        child.tick(now)
        assert said[-1].startswith(f"short ended (exit code 3); again in {pause_s:.0f} s")
        assert child.pid is None
        child.tick(now + pause_s - 0.01)
        assert child.pid is None
        child.tick(now + pause_s)
        assert child.pid is not None
        now += pause_s
    child.end()
    assert child.restarts == 3


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("", None),
        ('{"level": "info", "message": "hello"}', None),
        ('{"level": "error", "message": "no", "traceback": "T\\nValueError: x"}', "web: no (ValueError: x)"),
        ('{"level": "error", "message": "Service Unavailable: /readyz"}', None),
        ("OperationalError: connection refused", "web: OperationalError: connection refused"),
        ("  File x, line 3", None),
        ("{broken", None),
    ],
)
def test_the_console_shows_faults_only(raw: str, shown: str | None) -> None:
    assert console_line("web", raw) == shown


def test_a_command_by_hand_adopts_the_running_instance_unless_it_names_its_own(folder: Path) -> None:
    data_dir = data_dir_prepare(folder)
    environ: dict[str, str] = {}
    assert not environment_adopt(data_dir, environ)
    instance_write(data_dir, services={"DATABASE_URL": "postgres:///x", "REDIS_URL": "unix:///y"})
    assert environment_adopt(data_dir, environ)
    assert environ == {"DATABASE_URL": "postgres:///x", "REDIS_URL": "unix:///y"}
    own = {"DATABASE_URL": "postgres://elsewhere/db"}
    assert not environment_adopt(data_dir, own)
    assert own == {"DATABASE_URL": "postgres://elsewhere/db"}
