"""Which processes make up a Siteloop, with what each may use."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backend.core.enums import Queue

CELERY = (sys.executable, "-m", "celery", "-A", "backend.config.celery")
# Gossip and mingle are for clusters that elect leaders; here they only slow the start.
WORKER_FLAGS = ("--without-gossip", "--without-mingle", "--loglevel", "WARNING", "--pool", "prefork")
# A training leaves memory behind that Python does not give back; the pool process is renewed past this.
ML_MEMORY_MAX_KB = 3_000_000
WEB_STOP_S = 1


@dataclass(frozen=True)
class Program:
    """One child: `nice` 10 yields to interactive work; `fds` are sockets it inherits."""

    name: str
    argv: tuple[str, ...]
    nice: int = 0
    fds: tuple[int, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


def web(listener_fd: int) -> Program:
    """The front process on a socket that is already bound, so that a restart loses no connection."""
    return Program(
        "web",
        (
            sys.executable, "-m", "uvicorn", "backend.config.asgi:application", "--fd", str(listener_fd),
            "--timeout-graceful-shutdown", str(WEB_STOP_S), "--no-access-log", "--no-proxy-headers",
            "--no-server-header", "--log-level", "warning", "--timeout-keep-alive", "30",
        ),
        fds=(listener_fd,),
    )  # fmt: skip


def workers(*, light_processes: int, with_feeds: bool) -> list[Program]:
    """The background processes, interactive ones first."""
    found = [
        _worker("assist", [Queue.ASSIST], 1),
        # Short work that somebody waits for: it must not stand behind an import or a map of many minutes.
        _worker("quick", [Queue.QUICK], 1),
        _worker("light", [Queue.DEFAULT, Queue.INGEST, Queue.FEEDS], light_processes),
        Program("beat", (*CELERY, "beat", "--loglevel", "WARNING", "--pidfile=")),
        _worker("ml", [Queue.ML], 1, nice=10, extra=("--max-memory-per-child", str(ML_MEMORY_MAX_KB))),
    ]
    if with_feeds:
        found.append(Program("feeds", (sys.executable, "manage.py", "feed_worker"), nice=5))
    return found


def child_environment(overrides: Mapping[str, str]) -> dict[str, str]:
    """One numeric thread a process (oversubscribed, a step costs ten times the CPU), output unbuffered."""
    single = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    defaults = dict.fromkeys(single, "1") | {
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.dev",
        # glibc keeps an arena per thread: with 16 threads that is memory nobody uses.
        "MALLOC_ARENA_MAX": "2",
    }
    return defaults | dict(os.environ) | {"PYTHONUNBUFFERED": "1"} | dict(overrides)


def _worker(
    name: str, queues: Sequence[Queue], processes: int, *, nice: int = 0, extra: Sequence[str] = ()
) -> Program:
    names = ",".join(queue.value for queue in queues)
    argv = (*CELERY, "worker", "-n", f"{name}@%h", "-Q", names, "--concurrency", str(processes))
    return Program(name, (*argv, *WORKER_FLAGS, *extra), nice=nice)
