"""Files by key in the default storage (local folder or S3), with local paths for those who need one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from backend.core import copies

COPY_CHUNK_BYTES = 1024 * 1024


def write_bytes(key: str, content: bytes) -> str:
    """Store `content` under exactly `key`, replacing what is there. Returns the key."""
    if default_storage.exists(key):
        default_storage.delete(key)
    return default_storage.save(key, ContentFile(content))


def write_file(key: str, path: Path) -> str:
    """Store a local file under exactly `key`."""
    if default_storage.exists(key):
        default_storage.delete(key)
    with path.open("rb") as handle:
        return default_storage.save(key, File(handle))


def read_bytes(key: str) -> bytes:
    with default_storage.open(key, "rb") as handle:
        content: bytes = handle.read()
        return content


@contextmanager
def local_path(key: str) -> Iterator[Path]:
    """A path to the file's content for as long as the block runs: the file itself, or a temporary copy."""
    try:
        yield Path(default_storage.path(key))
    except NotImplementedError:
        with tempfile.TemporaryDirectory(prefix="siteloop-") as folder:
            target = Path(folder) / Path(key).name
            with default_storage.open(key, "rb") as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, COPY_CHUNK_BYTES)
            yield target


def kept_path(key: str) -> Path:
    """A path to the content of a file that is read again and again: the file itself, or a copy that is kept for a while.

    To be opened at once. Raises Unavailable where there is no room for the copy.
    """
    try:
        return Path(default_storage.path(key))
    except NotImplementedError:
        return copies.copy_of(key)


def exists(key: str) -> bool:
    return default_storage.exists(key)


def delete(key: str) -> None:
    if key:
        default_storage.delete(key)
        copies.forget(key)
