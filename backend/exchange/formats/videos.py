"""Finds the video that a label file speaks of, inside the folder and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ml.data.loaded import inside

VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".gif"})
PLACES = ("", "videos", "images", "data")


def video_find(
    root: Path, names: Iterable[str], *, beside: Path | None = None, is_alone: bool = True
) -> Path | None:
    """The video called one of `names`, where exports put them; else the only one in the folder `beside`, unless other
    videos' labels lie there too (not `is_alone`)."""
    for base in dict.fromkeys((beside or root, root)):
        for name in names:
            for place in PLACES:
                folder = inside(base, place) if place else base
                path = inside(folder, name) if folder is not None and name and "\x00" not in name else None
                if path is not None and path.is_relative_to(root) and _is_video(path):
                    return path
    found = [path for path in sorted(beside.iterdir()) if _is_video(path)] if beside and is_alone else []
    return found[0] if len(found) == 1 else None


def _is_video(path: Path) -> bool:
    return (
        path.suffix.lower() in VIDEO_SUFFIXES
        and not path.name.startswith(".")
        and path.is_file()
        and not path.is_symlink()
    )
