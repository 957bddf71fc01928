"""Local copies of files that lie in a bucket, for those who read one of them again and again (frames of a video).

Keys name their content, so a copy is never out of date. Copies that nobody used for an hour go, and the longest unused
ones where they take more than the setting allows.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from backend.core.errors import DISK_FULL_CODES, Unavailable

CHUNK_BYTES = 1024 * 1024
# Deleted pictures must not live on in copies: nobody may rely on one for longer.
KEPT_UNUSED_S = 3_600.0
# Whoever was given a path opens it within this time; open files may be removed.
IN_USE_S = 120.0


def copy_of(key: str) -> Path:
    """A local file with the content of `key`, fetched once for all processes of this machine. Raises Unavailable on a full disk."""
    path = _path(key)
    if _touched(path):
        return path
    with _one_at_a_time(path):
        # Another process may have fetched it while this one waited.
        if not _touched(path):
            _fetch(key, path)
    prune()
    return path


def forget(key: str) -> None:
    """Remove the copy of a deleted file."""
    _path(key).unlink(missing_ok=True)


def prune() -> None:
    """Remove copies that nobody used for long, then the longest unused ones above the limit."""
    now = time.time()
    left = settings.COPIES_MAX_BYTES
    for unused_s, size, path in sorted(_copies(now)):
        left -= size
        if unused_s > KEPT_UNUSED_S or (left < 0 and unused_s > IN_USE_S):
            path.unlink(missing_ok=True)


def _path(key: str) -> Path:
    name = hashlib.sha256(key.encode()).hexdigest()
    return Path(settings.COPIES_DIR) / f"{name}{Path(key).suffix}"


def _touched(path: Path) -> bool:
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / f".{path.stem}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(key: str, path: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    part = Path(name)
    try:
        with default_storage.open(key, "rb") as source, os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(source, out, CHUNK_BYTES)
        part.replace(path)
    except OSError as error:
        if error.errno in DISK_FULL_CODES:
            raise Unavailable(
                "The server's disk is full, so the video cannot be read now. Nothing is lost."
            ) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def _copies(now_s: float) -> Iterator[tuple[float, int, Path]]:
    """(seconds unused, bytes, path) of each; remains of a fetch that was killed among them."""
    folder = Path(settings.COPIES_DIR)
    for path in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):
            facts = path.stat()
            yield now_s - facts.st_mtime, facts.st_size, path
