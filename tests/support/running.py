"""A whole Siteloop for tests that need one: `manage.py up` as a child, with its console."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

REPO = Path(__file__).resolve().parents[2]
READY_TIMEOUT_S = 90.0
# What a test run sets for itself must not reach the instance under test.
CLEANED = {"DATABASE_URL", "REDIS_URL", "SITELOOP_DATA_DIR", "DJANGO_SETTINGS_MODULE"}


class Running:
    """A started `manage.py up`; `read_until("is ready at")`, use `address`, then `close()`."""

    def __init__(self, data_dir: Path, port: int, *arguments: str) -> None:
        self.data_dir, self.port = data_dir, port
        environ = {key: value for key, value in os.environ.items() if key not in CLEANED}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--data-dir", str(data_dir), "--port", str(port), *arguments],
            cwd=REPO,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.console: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def read_until(self, word: str, timeout_s: float = READY_TIMEOUT_S) -> str:
        """The next console line with `word`; those before it are kept in `console`."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{word!r} did not come: {self.console}") from None
            assert line, f"up ended: {self.console}"
            self.console.append(line.rstrip())
            if word in line:
                return line

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        with stream:
            for line in stream:
                self._lines.put(line)
        self._lines.put("")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pids(self) -> list[int]:
        return [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]

    def status(self, path: str = "/readyz") -> int:
        """What the site answers; while its web process starts anew, a connection waits in the socket `up` holds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=READY_TIMEOUT_S)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def note(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = json.loads((self.data_dir / "run" / "instance.json").read_text())
        return found

    def manage(self, *words: str) -> None:
        """Run a command of `manage.py` inside the instance, as an administrator would."""
        environ = {key: value for key, value in os.environ.items() if key not in CLEANED}
        environ["SITELOOP_DATA_DIR"] = str(self.data_dir)
        command = [sys.executable, "manage.py", *words]
        subprocess.run(command, cwd=REPO, env=environ, check=True, stdout=subprocess.DEVNULL)

    def shell(self, code: str) -> None:
        """Run Python inside the instance."""
        self.manage("shell", "-c", code)

    def stop(self, timeout_s: float = 30.0) -> None:
        """End it as Ctrl-C would; killed where that takes too long."""
        self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout_s)
        self.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(10)
