"""A training in a process of its own (`python -m ml …`): it can be killed, resumed, and takes its memory with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from backend.core.embedded.children import die_with_parent
from backend.core.errors import Unprocessable
from backend.core.jobs import JobContext, RetryLater

LOOK_EVERY_S = 1.0
STOP_GRACE_S = 20.0
# After the kernel killed the child (memory), others get a moment to finish first.
KILLED_WAIT_S = 10
LOG_TAIL_CHARS = 2_000
KILLED = (
    "The training's process was killed, as happens when memory runs out. Let less else run and try again from the "
    "jobs page, or train with a smaller picture size."
)
# What `python -m ml` begins its last line with.
ERROR_PREFIX = "error: "


def ml_command(*words: str) -> list[str]:
    return [sys.executable, "-m", "ml", *words]


def run_child(context: JobContext, command: Sequence[str], log_path: Path, look: Callable[[], None]) -> None:
    """Run a training to its end, calling `look` about once a second; what `look` raises ends it.

    Raises RetryLater where it was killed, Unprocessable with its own last words where it failed.
    """
    with log_path.open("ab") as log:
        child = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            # A worker that is killed takes the child along: the next one must not meet a second writer.
            preexec_fn=die_with_parent(signal.SIGKILL, os.getpid()),
        )
        try:
            while True:
                ended = _ended(child, LOOK_EVERY_S)
                look()
                if ended:
                    break
        finally:
            _stop(child)
    if child.returncode < 0:
        killed = -child.returncode == signal.SIGKILL
        ended_by = KILLED if killed else f"The training's process was ended by signal {-child.returncode}."
        raise RetryLater(ended_by, KILLED_WAIT_S)
    if child.returncode != 0:
        tail = log_path.read_text(errors="replace")[-LOG_TAIL_CHARS:]
        context.write(tail)
        reason = next((line for line in reversed(tail.splitlines()) if line.strip()), "no message")
        raise Unprocessable(f"Training stopped: {reason.removeprefix(ERROR_PREFIX)}")


def progress_points(path: Path) -> list[dict[str, Any]]:
    """The lines of a training's progress file that are whole."""
    points = []
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            points.append(json.loads(line))
        except ValueError:
            continue  # the last line may be half written
    return points


def cpu_share(points: Sequence[dict[str, Any]]) -> float:
    """How much of its CPU time a training has used, 0..1."""
    last = points[-1] if points else {}
    budget_s = float(last.get("budget_s") or 0.0)
    return min(1.0, float(last.get("cpu_s") or 0.0) / budget_s) if budget_s else 0.0


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End the child, giving it time to save a checkpoint."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(STOP_GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _ended(child: subprocess.Popen[bytes], within_s: float) -> bool:
    try:
        child.wait(within_s)
    except subprocess.TimeoutExpired:
        return False
    return True
