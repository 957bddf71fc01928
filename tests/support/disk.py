"""Disks that are full, for tests: a place that takes nothing, and a limit on how large any file may grow."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def full_at(path: Path) -> None:
    """Whatever is written to `path` meets a full disk, until somebody removes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/dev/full")


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow past `size` bytes: writes fail as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
