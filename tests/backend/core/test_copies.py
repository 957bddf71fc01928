"""Files of a bucket are fetched once, kept while they are used, and gone when they are deleted or forgotten."""

from __future__ import annotations

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from backend.core import copies, storage
from backend.core.errors import Unavailable


class Bucket(Storage):
    """No local paths, and it counts who asks."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.opened = 0

    def _open(self, name: str, mode: str = "rb") -> ContentFile:
        self.opened += 1
        if name not in self.files:
            raise FileNotFoundError(name)
        return ContentFile(self.files[name])

    def delete(self, name: str) -> None:
        self.files.pop(name, None)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Bucket:
    settings.COPIES_DIR = tmp_path / "copies"
    settings.COPIES_MAX_BYTES = 10_000
    made = Bucket()
    monkeypatch.setattr(copies, "default_storage", made)
    monkeypatch.setattr(storage, "default_storage", made)
    made.files["a/clip.mp4"] = b"a" * 4_000
    return made


def kept(folder: Path) -> list[int]:
    return sorted(p.stat().st_size for p in folder.iterdir() if not p.name.startswith("."))


def unused_for(path: Path, seconds: float) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_a_file_is_fetched_once_whoever_asks_at_the_same_time(bucket: Bucket) -> None:
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: storage.kept_path("a/clip.mp4"), range(16)))
    assert {p.read_bytes() for p in paths} == {b"a" * 4_000}
    assert len(set(paths)) == 1
    assert paths[0].suffix == ".mp4"
    assert bucket.opened == 1


def test_a_deleted_file_leaves_no_copy(bucket: Bucket) -> None:
    path = storage.kept_path("a/clip.mp4")
    storage.delete("a/clip.mp4")
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        storage.kept_path("a/clip.mp4")
    assert kept(path.parent) == []


def test_what_nobody_used_for_long_goes_and_what_is_in_use_stays(bucket: Bucket) -> None:
    old = storage.kept_path("a/clip.mp4")
    unused_for(old, copies.KEPT_UNUSED_S + 1)
    assert storage.kept_path("a/clip.mp4") == old, "asked for again it stays"
    unused_for(old, copies.KEPT_UNUSED_S + 1)
    copies.prune()
    assert not old.exists()


def test_above_the_limit_the_longest_unused_go_first(bucket: Bucket) -> None:
    bucket.files["b.mp4"] = b"b" * 5_000
    bucket.files["c.mp4"] = b"c" * 3_000
    first, second = storage.kept_path("a/clip.mp4"), storage.kept_path("b.mp4")
    unused_for(first, copies.IN_USE_S + 20)
    unused_for(second, copies.IN_USE_S + 10)
    third = storage.kept_path("c.mp4")
    assert [p.exists() for p in (first, second, third)] == [False, True, True]
    # One larger than all the room is still there for whoever asked.
    bucket.files["d.mp4"] = b"d" * 20_000
    assert storage.kept_path("d.mp4").stat().st_size == 20_000


def test_a_full_disk_is_told_and_leaves_nothing_half_written(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(copies.shutil, "copyfileobj", full)
    with pytest.raises(Unavailable, match="disk is full"):
        storage.kept_path("a/clip.mp4")
    assert [p for p in copies._path("a/clip.mp4").parent.iterdir() if p.name.startswith(".part")] == []
