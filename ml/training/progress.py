"""Progress of a run: one line on stderr, and `progress.jsonl` that others may follow while it grows."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

PROGRESS_FILE = "progress.jsonl"
CURVES_FILE = "curves.json"


class ProgressLog:
    """Appends one JSON object a line; a resumed run first drops what came after its checkpoint."""

    def __init__(self, folder: Path, resume_step: int = 0, stream: TextIO | None = None) -> None:
        self._path = folder / PROGRESS_FILE
        self._stream = stream if stream is not None else sys.stderr
        kept = [row for row in progress_read(folder) if _step(row) <= resume_step] if resume_step else []
        self._path.write_text("".join(json.dumps(row) + "\n" for row in kept), encoding="utf-8")

    def write(self, row: Mapping[str, object]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def say(self, text: str) -> None:
        """Print a line for a person; on a terminal the next one overwrites it."""
        end = "\r" if self._stream.isatty() else "\n"
        self._stream.write(text + end)
        self._stream.flush()

    def finish(self, folder: Path) -> None:
        """Write `curves.json`: the same rows as columns, absent values as null."""
        if self._stream.isatty():
            self._stream.write("\n")
        rows = progress_read(folder)
        keys = list(dict.fromkeys(key for row in rows for key in row))
        curves = {key: [row.get(key) for row in rows] for key in keys}
        (folder / CURVES_FILE).write_text(json.dumps(curves), encoding="utf-8")


def progress_read(folder: Path) -> list[dict[str, object]]:
    """Rows of `progress.jsonl`; a last line cut short by a kill is left out."""
    path = folder / PROGRESS_FILE
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            rows.append(row)
    return rows


def time_left(seconds: float) -> str:
    """`95` -> `1:35`, `3725` -> `1:02:05`."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def _step(row: Mapping[str, object]) -> int:
    step = row.get("step")
    return step if isinstance(step, int) else 0
