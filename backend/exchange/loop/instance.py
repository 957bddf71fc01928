"""A private instance in a temporary folder, started and stopped like any other."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

from backend.core.embedded.children import child_start
from backend.exchange.loop.errors import LoopFailed

START_TIMEOUT_S = 180
STOP_TIMEOUT_S = 30
_SETUP_LINK = re.compile(r"(http://\S+?)(/link/\S+)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def private_instance(repo_dir: Path) -> Iterator[tuple[str, str]]:
    """Start `manage.py up` on a fresh folder; gives (base address, set-up link path). Stops and removes it after."""
    folder = Path(tempfile.mkdtemp(prefix="siteloop-loop-"))
    command = [
        sys.executable,
        "manage.py",
        "up",
        "--no-demo",
        "--port",
        str(free_port()),
        "--data-dir",
        str(folder),
    ]
    dropped = {"DATABASE_URL", "REDIS_URL", "BROKER_URL", "SITELOOP_DATA_DIR", "DJANGO_SETTINGS_MODULE"}
    environment = {key: value for key, value in os.environ.items() if key not in dropped}
    # Tied to our life: whoever kills this command leaves no instance behind.
    child = child_start(
        command, death_signal=signal.SIGINT, env=environment, cwd=repo_dir, output=subprocess.PIPE
    )
    try:
        yield _await_link(child)
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child.stdout is not None:
            child.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


def _await_link(child: subprocess.Popen[bytes]) -> tuple[str, str]:
    said: deque[str] = deque(maxlen=40)
    found: Queue[tuple[str, str] | None] = Queue()

    def read() -> None:
        # Reads on for the child's whole life, so that a full pipe never stops it.
        assert child.stdout is not None
        # ValueError: closed under our hands once the instance has stopped.
        with contextlib.suppress(ValueError):
            for raw in child.stdout:
                line = raw.decode(errors="replace")
                said.append(line.rstrip())
                if match := _SETUP_LINK.search(line):
                    found.put((match.group(1), match.group(2)))
        found.put(None)

    threading.Thread(target=read, daemon=True).start()
    try:
        link = found.get(timeout=START_TIMEOUT_S)
    except Empty:
        link = None
    if link is None:
        raise LoopFailed("The private instance did not start:\n" + "\n".join(said))
    return link
