"""Folder-per-class data sets for classifiers: `DIR/<class>/…`, optionally under train, val and test."""

from __future__ import annotations

from pathlib import Path

from ml.contracts import Dataset, LabelledImage
from ml.data.loaded import Loaded, Notes, picture_ref, pictures_under, split_of

_SPLIT_FOLDERS = frozenset({"train", "val", "valid", "test"})


def folder_per_class_read(folder: Path) -> Loaded:
    """Every picture gets its class folder's name as its only tag."""
    notes = Notes()
    images = []
    for class_folder in _class_folders(folder):
        for path in pictures_under(class_folder):
            ref = picture_ref(path, folder, notes)
            if ref is not None:
                split = split_of(class_folder.parent.name) if class_folder.parent != folder else ""
                images.append(LabelledImage(ref, tags=(class_folder.name,), split=split))
    classes = tuple(sorted({item.tags[0] for item in images}))
    return Loaded(Dataset(classes, tuple(images)), notes.lines())


def _class_folders(folder: Path) -> list[Path]:
    found = []
    for child in sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")):
        grandchildren = [p for p in child.iterdir() if p.is_dir()]
        if child.name.lower() in _SPLIT_FOLDERS and grandchildren:
            found += sorted(grandchildren)
        else:
            found.append(child)
    return found
