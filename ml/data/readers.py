"""Reads a folder as a data set, whatever of the accepted forms it has: YOLO, COCO, folder per class.

Torch-free. Odd rows are left out and noted, never fatal; only a folder with nothing usable is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ml.contracts import Dataset, LabelledImage
from ml.data.coco import coco_read, coco_tables, coco_tags_read
from ml.data.folders import folder_per_class_read
from ml.data.loaded import Loaded
from ml.data.yolo import yolo_description, yolo_read
from ml.errors import DatasetError


def detection_read(folder: Path, classes: Sequence[str] = ()) -> Loaded:
    """Read boxes and polygons from a YOLO folder (`data.yaml`) or COCO json; `classes` keeps only those.

    Pictures without objects stay: they are true negatives. Raises DatasetError.
    """
    _require_folder(folder)
    if yolo_description(folder) is not None:
        loaded = yolo_read(folder)
    else:
        tables = coco_tables(folder)
        if not tables:
            raise DatasetError(f"{folder} has neither a data.yaml (YOLO) nor a COCO json.")
        loaded = coco_read(folder, tables)
    if not loaded.dataset.images:
        raise DatasetError(f"{folder} has no readable picture with labels.")
    return classes_keep(loaded, classes)


def is_detection_set(folder: Path) -> bool:
    """Whether `detection_read` would know the folder's form."""
    return yolo_description(folder) is not None or bool(coco_tables(folder))


def tags_read(folder: Path, classes: Sequence[str] = ()) -> Loaded:
    """Read image tags: one folder per class, or a COCO json whose images carry `tags`. Raises DatasetError."""
    _require_folder(folder)
    tables = coco_tables(folder)
    loaded = coco_tags_read(folder, tables) if tables else folder_per_class_read(folder)
    if len(loaded.dataset.classes) == 0:
        raise DatasetError(f"{folder} has neither a folder per class nor a COCO json with image tags.")
    return classes_keep(loaded, classes)


def classes_keep(loaded: Loaded, classes: Sequence[str]) -> Loaded:
    """Keep only objects and tags of `classes`, in that order; an empty list keeps all."""
    if not classes:
        return loaded
    dataset = loaded.dataset
    unknown = [c for c in classes if c not in dataset.classes]
    if unknown:
        raise DatasetError(f"No class {', '.join(unknown)} here; there is {', '.join(dataset.classes)}.")
    wanted = set(classes)
    images = tuple(
        LabelledImage(
            item.image,
            tuple(a for a in item.annotations if a.label in wanted),
            tuple(t for t in item.tags if t in wanted),
            item.split,
        )
        for item in dataset.images
    )
    return Loaded(Dataset(tuple(dict.fromkeys(classes)), images), loaded.notes, loaded.skeletons)


def _require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder.")
