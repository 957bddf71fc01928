"""Starting and stopping child processes that must never outlive this one."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
POLL_S = 0.02

# Looked up before any fork: loading a library in the child between fork and exec can deadlock.
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def death_signal_set(death_signal: int) -> None:
    """From now on the kernel sends this process `death_signal` when its parent ends. Cleared by changing user."""
    _prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def die_with_parent(death_signal: int, parent_pid: int, nice: int = 0) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `death_signal` when the parent ends, however it ends.

    The signal follows the parent's *thread*, so children must be started from a thread that lives as long as
    the process (the main one). `Popen(user=…)` changes identity before this runs, which would clear it after.
    """

    def set_up() -> None:
        death_signal_set(death_signal)
        if nice:
            os.nice(nice)
            _session_nice(nice)
        # The parent may have died between fork and prctl: then no signal would ever come.
        if os.getppid() != parent_pid:
            os._exit(1)

    return set_up


def _session_nice(nice: int) -> None:
    """Where the kernel groups processes by session, niceness counts only inside a session: set the session's own."""
    try:
        descriptor = os.open("/proc/self/autogroup", os.O_WRONLY)
    except OSError:
        return
    with contextlib.suppress(OSError):
        os.write(descriptor, str(nice).encode())
    os.close(descriptor)


def child_start(
    argv: Sequence[str | Path],
    *,
    death_signal: int = signal.SIGKILL,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: IO[bytes] | int | None = None,
    errors: IO[bytes] | int = subprocess.STDOUT,
    uid: int | None = None,
    gid: int | None = None,
    nice: int = 0,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `argv` in its own session (a Ctrl-C reaches only us), tied to our life. Raises OSError."""
    return subprocess.Popen(
        [str(part) for part in argv],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors if output is not None else None,
        env=dict(env) if env is not None else None,
        cwd=cwd,
        user=uid,
        group=gid,
        extra_groups=[] if uid is not None else None,
        start_new_session=True,
        pass_fds=tuple(pass_fds),
        preexec_fn=die_with_parent(death_signal, os.getpid(), nice),
    )


def child_stop(child: subprocess.Popen[bytes], stop_signal: int, timeout_s: float) -> None:
    """Ask with `stop_signal`, wait up to `timeout_s`, then kill."""
    if child.poll() is None:
        child.send_signal(stop_signal)
        try:
            child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
    child.wait()


def group_kill(child: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left in the session `child_start` made: pool processes of a worker that was killed."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def process_command(pid: int) -> str:
    """Command line of a process; empty where it does not exist or is a zombie."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def process_end(pid: int, stop_signal: int, timeout_s: float) -> bool:
    """End a process that is not our child; True once it is gone."""
    deadline = time.monotonic() + timeout_s
    try:
        os.kill(pid, stop_signal)
    except ProcessLookupError:
        return True
    while time.monotonic() < deadline:
        if not process_command(pid):
            return True
        time.sleep(POLL_S)
    return False


def log_tail(path: Path, lines: int = 3) -> str:
    """The last lines of a log as one line, for an error message."""
    try:
        content = path.read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return " | ".join(line.strip() for line in content[-lines:])
