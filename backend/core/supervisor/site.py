"""A whole Siteloop on one machine: services, then the database's shape, then the processes."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from backend.core.embedded.children import child_start, child_stop, log_tail
from backend.core.embedded.errors import EmbeddedError, ServiceFailed
from backend.core.embedded.folders import data_dir_lock, data_dir_prepare
from backend.core.embedded.instance import instance_path, instance_write
from backend.core.embedded.postgres_server import PostgresServer
from backend.core.embedded.redis_server import RedisServer
from backend.core.supervisor import preflight, programs
from backend.core.supervisor.supervised import BACKOFF_FIRST_S, BACKOFF_MAX_S, Supervised

TICK_S = 0.1
READY_TIMEOUT_S = 90.0
# Ctrl-C ends everything within six seconds: the applications get this long, the services the rest.
APPS_STOP_S = 2.0
SERVICES_STOP_S = 4.5
DISK_CHECK_EVERY_S = 60.0
DISK_LOW_BYTES = 1024**3
CRASHES_BEFORE_READY_MAX = 3

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    host: str
    port: int
    data_dir: Path
    demo: bool | None
    light_processes: int
    repo_dir: Path


class Site:
    """`start()`, then `watch()` until interrupted, then `stop()`; all from the main thread."""

    def __init__(self, options: Options, say: Say) -> None:
        self.options, self.say = options, say
        self.demo = preflight.demo_decide(options.host, options.demo)
        self.data_dir = options.data_dir
        self.services: list[PostgresServer | RedisServer] = []
        self.children: list[Supervised] = []
        self.env: dict[str, str] = {}
        self._lock: IO[str] | None = None
        self._listener: socket.socket | None = None
        self._service_retry: dict[str, tuple[float, float]] = {}
        self._disk_checked_at = 0.0

    @property
    def address(self) -> str:
        host = f"[{self.options.host}]" if ":" in self.options.host else self.options.host
        return f"http://{host}:{self.options.port}"

    def start(self) -> dict[str, Any]:
        """Everything up to a web process that answers. Returns what `manage.py prepare` found.

        Raises EmbeddedError and its kin, each with what to do.
        """
        self._listener = preflight.listener_open(self.options.host, self.options.port)
        self.data_dir = data_dir_prepare(self.options.data_dir)
        self._lock = data_dir_lock(self.data_dir)
        preflight.left_overs_kill(self.data_dir)
        found = self._services_start()
        self.env = programs.child_environment(
            {
                **found,
                "SITELOOP_DATA_DIR": str(self.data_dir),
                "SITELOOP_DEMO": "1" if self.demo else "",
                "SITELOOP_ALLOWED_HOSTS": os.environ.get("SITELOOP_ALLOWED_HOSTS")
                or preflight.allowed_hosts(self.options.host),
                preflight.MARKER: str(self.data_dir),
            }
        )
        facts = self._prepare()
        self._child_add(programs.web(self._listener.fileno()))
        self._wait_ready()
        with_feeds = "feed_worker" in facts["commands"]
        for program in programs.workers(light_processes=self.options.light_processes, with_feeds=with_feeds):
            self._child_add(program)
        pids = {child.program.name: child.pid for child in self.children}
        instance_write(
            self.data_dir,
            services=found,
            address=self.address,
            demo=self.demo,
            pids=pids | {type(service).__name__: service.pid for service in self.services},
        )
        if self.demo and not facts["people"] and "demo_seed" in facts["commands"]:
            self.say(f"{self.address} answers already; filling the demo, this once…")
            self.manage("demo_seed")
            facts = self._prepare()
        return facts

    def watch(self) -> None:
        """Look after the children until KeyboardInterrupt."""
        while True:
            self._tick()
            time.sleep(TICK_S)

    def stop(self) -> None:
        """Applications, then Redis, then PostgreSQL; killed where they are slow. Safe to call at any point."""
        began = time.monotonic()
        for child in self.children:
            child.ask_to_stop()
        while any(child.is_alive() for child in self.children) and time.monotonic() - began < APPS_STOP_S:
            time.sleep(TICK_S / 4)
        for child in self.children:
            child.end()
        for service in reversed(self.services):
            service.stop(max(0.5, SERVICES_STOP_S - (time.monotonic() - began)))
        if self._lock is not None:
            instance_path(self.data_dir).unlink(missing_ok=True)
            self._lock.close()
        if self._listener is not None:
            self._listener.close()

    def manage(self, *arguments: str) -> str:
        """Run one management command to its end, watching the rest meanwhile; returns what it printed.

        Raises ServiceFailed with the last lines of its log.
        """
        log = self.data_dir / "logs" / f"{arguments[0]}.log"
        with log.open("ab") as errors:
            child = child_start(
                [sys.executable, "manage.py", *arguments],
                env=self.env,
                cwd=self.options.repo_dir,
                output=subprocess.PIPE,
                errors=errors,
            )
        try:
            while True:
                try:
                    printed, _ = child.communicate(timeout=TICK_S)
                    break
                except subprocess.TimeoutExpired:
                    self._tick()
        finally:
            if child.returncode is None:
                child_stop(child, signal.SIGTERM, 0.5)
        if child.returncode != 0:
            raise ServiceFailed(f"`manage.py {arguments[0]}` failed ({log_tail(log, 1)})", f"see {log}")
        return printed.decode()

    def _services_start(self) -> dict[str, str]:
        """Start what the environment does not name; returns the addresses of both."""
        found: dict[str, str] = {}
        for variable, kind in (("DATABASE_URL", PostgresServer), ("REDIS_URL", RedisServer)):
            if os.environ.get(variable):
                found[variable] = os.environ[variable]
                continue
            server = kind(self.data_dir)
            self.services.append(server)
            server.start()
            found[variable] = server.url
        return found

    def _prepare(self) -> dict[str, Any]:
        printed = self.manage("prepare", *([] if self.demo else ["--setup-link"]))
        facts: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
        if facts["demo_accounts"] and not preflight.is_loopback(self.options.host):
            raise preflight.StartRefused(
                "This data folder holds demo accounts with known passwords",
                "remove the demo on its project page, or choose another --data-dir, before using --host",
            )
        return facts

    def _child_add(self, program: programs.Program) -> None:
        child = Supervised(
            program,
            env=self.env,
            cwd=self.options.repo_dir,
            log=self.data_dir / "logs" / f"{program.name}.log",
            say=self.say,
        )
        self.children.append(child)
        child.start()

    def _wait_ready(self) -> None:
        web = self.children[0]
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not self._answers():
            self._tick()
            if web.restarts >= CRASHES_BEFORE_READY_MAX or time.monotonic() > deadline:
                raise ServiceFailed(
                    f"The web process does not come up ({log_tail(web.log, 1)})", f"see {web.log}"
                )
            time.sleep(TICK_S)

    def _answers(self) -> bool:
        host = self.options.host
        target = "127.0.0.1" if host in ("0.0.0.0", "localhost") else "::1" if host == "::" else host
        connection = http.client.HTTPConnection(target, self.options.port, timeout=2)
        try:
            connection.request("GET", "/readyz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _tick(self) -> None:
        now = time.monotonic()
        for service in self.services:
            if not service.is_alive():
                self._service_restart(service, now)
        for child in self.children:
            child.tick(now)
        if now - self._disk_checked_at > DISK_CHECK_EVERY_S:
            self._disk_checked_at = now
            free = shutil.disk_usage(self.data_dir).free
            if free < DISK_LOW_BYTES:
                self.say(
                    f"Only {free // 2**20} MB are free under {self.data_dir}: make room, or uploads will be refused"
                )

    def _service_restart(self, service: PostgresServer | RedisServer, now: float) -> None:
        name = type(service).__name__
        next_at, backoff = self._service_retry.get(name, (0.0, BACKOFF_FIRST_S))
        if now < next_at:
            return
        self._service_retry[name] = (now + backoff, min(BACKOFF_MAX_S, backoff * 2))
        self.say(f"{name} ended; starting it again, see {service.log}")
        try:
            service.start()
        except EmbeddedError as error:
            self.say(f"{error.problem}: {error.remedy}")
