"""Finds the pictures that label files name, inside the folder and nowhere else."""

from __future__ import annotations

from pathlib import Path

from ml.contracts import ImageRef
from ml.data.loaded import Notes, inside, picture_ref

PLACES = ("", "images", "data")


def picture_find(root: Path, name: str, notes: Notes, *, more: tuple[str, ...] = ()) -> ImageRef | None:
    """The picture called `name` below `root`, where exports put them; noted and None where it is not there."""
    if name and "\x00" not in name:
        for place in (*PLACES, *more):
            base = inside(root, place) if place else root
            path = inside(base, name) if base is not None else None
            if path is not None and path.is_relative_to(root) and path.is_file():
                return picture_ref(path, root, notes)
    notes.add("picture that is not there left out", name[:80])
    return None
