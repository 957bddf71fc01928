"""One embedded Redis: broker, cache and events; reachable by unix socket only."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import redis

from backend.core.embedded.binaries import redis_server
from backend.core.embedded.children import POLL_S, child_start, child_stop, log_tail
from backend.core.embedded.errors import ServiceFailed
from backend.core.embedded.folders import socket_dir, socket_dir_remove

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 3.0


class RedisServer:
    """Lives under `<data_dir>/redis`; call `start()` from the main thread."""

    def __init__(self, data_dir: Path, *, test: bool = False) -> None:
        self.data_dir = data_dir
        self.folder = data_dir / "redis"
        self.log = data_dir / "logs" / "redis.log"
        self.test = test
        self.socket: Path | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def url(self) -> str:
        """REDIS_URL of the running server."""
        return f"unix://{self.socket}?db=0"

    def is_alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start and wait until it answers. Raises BinaryMissing, DataDirUnusable, ServiceFailed."""
        program = redis_server()
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.log.parent.mkdir(exist_ok=True)
        self.socket = socket_dir(self.data_dir, "redis", os.getuid(), os.getgid()) / "redis.sock"
        # The queue's bells survive a restart; what they ring for is in PostgreSQL, so a second may be lost.
        append = "no" if self.test else "yes"
        with self.log.open("ab") as output:
            self._child = child_start(
                [
                    program, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700",
                    "--dir", self.folder, "--appendonly", append, "--appendfsync", "everysec", "--save", "",
                    "--daemonize", "no", "--maxmemory-policy", "noeviction", "--databases", "32",
                ],
                death_signal=signal.SIGTERM,
                cwd=self.folder,
                output=output,
            )  # fmt: skip
        try:
            self._wait_ready()
        except BaseException:
            self.stop()
            raise

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> None:
        if self._child is not None:
            child_stop(self._child, signal.SIGTERM, timeout_s)
            self._child = None
        socket_dir_remove(self.socket.parent if self.socket else None)

    def _wait_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        with redis.Redis(unix_socket_path=str(self.socket)) as client:
            while time.monotonic() < deadline:
                if not self.is_alive():
                    raise ServiceFailed("Redis ended at once", f"see {self.log} ({log_tail(self.log)})")
                try:
                    client.ping()
                # While it loads its file it answers LOADING, which is a BusyLoadingError.
                except (redis.ConnectionError, redis.BusyLoadingError):
                    time.sleep(POLL_S)
                else:
                    return
        raise ServiceFailed(f"Redis did not answer in {START_TIMEOUT_S:.0f} s", f"see {self.log}")
