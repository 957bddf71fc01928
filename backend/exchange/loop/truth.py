"""What the simulated people know: the true boxes of every picture, by file name."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backend.exchange.loop.errors import LoopFailed
from ml.data.readers import detection_read
from ml.errors import MlError

ZIP_PICTURES_MAX = 200


@dataclass(frozen=True, slots=True)
class TrueBox:
    label: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Truth:
    classes: tuple[str, ...]
    pictures: dict[str, Path]
    boxes: dict[str, tuple[TrueBox, ...]]


def truth_read(folder: Path) -> Truth:
    """Read a YOLO or COCO folder. Raises LoopFailed when it is neither, or two pictures share a name."""
    try:
        dataset = detection_read(folder).dataset
    except MlError as error:
        raise LoopFailed(str(error)) from error
    pictures: dict[str, Path] = {}
    boxes: dict[str, tuple[TrueBox, ...]] = {}
    for item in dataset.images:
        name = item.image.path.name
        if name in pictures:
            raise LoopFailed(f"Two pictures are named {name}; the truth could not be told apart.")
        pictures[name] = item.image.path
        boxes[name] = tuple(
            TrueBox(a.label, (a.box.x1, a.box.y1, a.box.x2, a.box.y2))
            for a in item.annotations
            if not a.ignore
        )
    return Truth(dataset.classes, pictures, boxes)


def zips_write(truth: Truth, folder: Path) -> list[Path]:
    """The pictures alone, without any label, in a few zips."""
    names = sorted(truth.pictures)
    made = []
    for start in range(0, len(names), ZIP_PICTURES_MAX):
        path = folder / f"pictures-{start // ZIP_PICTURES_MAX + 1}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for name in names[start : start + ZIP_PICTURES_MAX]:
                archive.write(truth.pictures[name], name)
        made.append(path)
    return made


def iou_matrix(first: Sequence[Sequence[float]], second: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """(len(first), len(second)) intersection over union of xyxy boxes."""
    a, b = np.asarray(first, float).reshape(-1, 4), np.asarray(second, float).reshape(-1, 4)
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0.0, None), axis=2)
    area_a, area_b = np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1)
    union = area_a[:, None] + area_b[None, :] - shared
    return np.where(union > 0, shared / np.where(union > 0, union, 1.0), 0.0)
