"""Children's output: all of it to a file each, only faults to the console."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

LOG_MAX_BYTES = 20 * 1024 * 1024
_LOUD = {"error", "critical"}
# Django logs every 503 as an error; this one is the answer to "are you ready yet?".
_EXPECTED = {"Service Unavailable: /readyz"}


def log_open(path: Path) -> IO[bytes]:
    """Append to a log; one earlier file is kept once it has grown too large."""
    path.parent.mkdir(exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_MAX_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def console_line(name: str, raw: str) -> str | None:
    """What a line of a child's log says on the console; None for the everyday ones."""
    line = raw.strip()
    if not line.startswith("{"):
        # Plain lines are tracebacks and other programs' words; their last line says what happened.
        return f"{name}: {line}" if _looks_like_fault(raw) else None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict) or entry.get("level") not in _LOUD:
        return None
    if entry.get("message") in _EXPECTED:
        return None
    last = str(entry.get("traceback", "")).strip().splitlines()[-1:]
    return f"{name}: {entry.get('message', '')}" + (f" ({last[0]})" if last else "")


def _looks_like_fault(raw: str) -> bool:
    if raw[:1] in (" ", "\t", "\n", ""):
        return False
    word = raw.split(":", 1)[0]
    return ": " in raw and word.isidentifier() and word.endswith(("Error", "Exception", "CRITICAL", "ERROR"))


def pump_start(child: subprocess.Popen[bytes], path: Path, name: str, say: Callable[[str], None]) -> None:
    """Copy a child's output until it ends, in a thread of its own."""
    stream = child.stdout
    assert stream is not None

    def pump() -> None:
        with log_open(path) as log, stream:
            for raw in stream:
                log.write(raw)
                log.flush()
                line = console_line(name, raw.decode(errors="replace"))
                if line:
                    say(line)

    threading.Thread(target=pump, name=f"log of {name}", daemon=True).start()
