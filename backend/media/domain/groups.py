"""Group keys: which pictures are one source seen again, so that a split never tears them apart."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import PurePosixPath

GROUP_KEY_MAX = 200
# Frames of one fixed camera within this time show one scene.
TIME_BLOCK_S = 600

# `photo_jpg.rf.0a1b2c` is how an export tool names augmented copies of photo.jpg.
_AUGMENTED = re.compile(r"[._](?:jpe?g|png|bmp|tiff?|webp)\.rf\.[0-9A-Za-z]+$", re.IGNORECASE)
_COPY = re.compile(
    r"(?:\s*\(\d{1,3}\)|[\s_-]+copy(?:[\s_-]*\d{1,3})?|[_-]aug(?:mented)?[_-]?\d{0,4})$", re.IGNORECASE
)


def source_stem(name: str) -> str:
    """`train/images/a_jpg.rf.3f2.jpg`, `a (1).png` and `a - Copy.jpg` all come from `a`."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    stem = stem[: -len(PurePosixPath(stem).suffix)] if PurePosixPath(stem).suffix else stem
    stem = _AUGMENTED.sub("", stem)
    while (shorter := _COPY.sub("", stem).rstrip(" -_")) and shorter != stem:
        stem = shorter
    return (stem or name)[:GROUP_KEY_MAX]


def folder_key(name: str) -> str:
    """The folder a file lies in; files without one are their own source."""
    parent = str(PurePosixPath(name.replace("\\", "/")).parent)
    return f"folder:{parent}"[:GROUP_KEY_MAX] if parent not in {".", "/", ""} else source_stem(name)


def time_key(camera: object, captured_at: datetime) -> str:
    """Camera and ten-minute block (UTC)."""
    block = int(captured_at.astimezone(UTC).timestamp() // TIME_BLOCK_S) * TIME_BLOCK_S
    return f"time:{camera or 'none'}:{datetime.fromtimestamp(block, UTC):%Y-%m-%dT%H:%M}"[:GROUP_KEY_MAX]


def group_key(*, name: str, group_by: str, camera: object, captured_at: datetime | None) -> str:
    """The key by the chosen rule: `name` (default), `folder` or `time` (falls back to the name)."""
    if group_by == "folder":
        return folder_key(name)
    if group_by == "time" and captured_at is not None:
        return time_key(camera, captured_at)
    return source_stem(name)
