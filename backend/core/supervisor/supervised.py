"""One watched child: restarted with back-off when it dies, stopped politely, then not."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from backend.core.embedded.children import child_start, group_kill
from backend.core.supervisor.logs import pump_start
from backend.core.supervisor.programs import Program

BACKOFF_FIRST_S = 1.0
BACKOFF_MAX_S = 30.0
# A child that lived this long had started well: its next death is a new story.
SETTLED_S = 60.0


class Supervised:
    """Call `start` and `tick` from the main thread only: children die with the thread that made them."""

    def __init__(
        self, program: Program, *, env: Mapping[str, str], cwd: Path, log: Path, say: Callable[[str], None]
    ) -> None:
        self.program, self.env, self.cwd, self.log, self.say = program, env, cwd, log, say
        self.restarts = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._next_start_at = 0.0
        self._backoff_s = BACKOFF_FIRST_S

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def is_alive(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        child = child_start(
            self.program.argv,
            death_signal=signal.SIGKILL,
            env={**self.env, **self.program.env},
            cwd=self.cwd,
            output=subprocess.PIPE,
            nice=self.program.nice,
            pass_fds=self.program.fds,
        )
        self._child, self._started_at = child, time.monotonic()
        pump_start(child, self.log, self.program.name, self.say)

    def tick(self, now: float) -> None:
        """Notice a death, and start again once its back-off is over."""
        if self._child is not None and self._child.poll() is not None:
            code = self._child.returncode
            group_kill(self._child)  # what a killed worker's pool left behind
            if now - self._started_at > SETTLED_S:
                self._backoff_s = BACKOFF_FIRST_S
            self.say(
                f"{self.program.name} ended ({_ending(code)}); again in {self._backoff_s:.0f} s, see {self.log}"
            )
            self._next_start_at = now + self._backoff_s
            self._backoff_s = min(BACKOFF_MAX_S, self._backoff_s * 2)
            self._child = None
        if self._child is None and now >= self._next_start_at:
            self.restarts += 1
            self.start()

    def ask_to_stop(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Kill it and everything of its session."""
        if self._child is not None:
            group_kill(self._child)
            self._child.wait()
            self._child = None


def _ending(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
