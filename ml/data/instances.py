"""Reads folders of objects with exact outlines: YOLO or COCO outlines, or pictures with a painted mask beside them.

Torch-free. Boxes without an outline are left out; so are pictures without an object, which teach a mask nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Annotation, Box, ImageRef
from ml.data.loaded import Notes
from ml.data.painted import painted_pixels, painted_read
from ml.data.readers import detection_read, is_detection_set
from ml.data.split import group_share
from ml.errors import DatasetError
from ml.geometry.arrays import Bools, Bytes
from ml.geometry.masks import polygon_to_mask, rle_to_mask

# Smaller than this no two people draw the same outline; fuller than this the outline is a box in disguise.
MIN_AREA_PX = 100
MAX_FILL = 0.97


@dataclass(frozen=True, slots=True, eq=False)
class InstanceMask:
    """One object: its pixels uint8 0 or 1 (h, w), placed with the corner at (`left`, `top`) of the picture."""

    left: int
    top: int
    pixels: Bytes

    @property
    def box(self) -> Box:
        """Tight half-open box in picture pixels."""
        height, width = self.pixels.shape
        return Box(float(self.left), float(self.top), float(self.left + width), float(self.top + height))

    def full(self, height: int, width: int) -> Bools:
        """The mask bool (height, width) of the whole picture."""
        mask = np.zeros((height, width), dtype=np.bool_)
        rows, columns = self.pixels.shape
        mask[self.top : self.top + rows, self.left : self.left + columns] = self.pixels > 0
        return mask


@dataclass(frozen=True, slots=True, eq=False)
class InstancePicture:
    """A picture, the data set's name, and at least one object."""

    image: ImageRef
    source: str
    objects: tuple[InstanceMask, ...]


@dataclass(frozen=True, slots=True)
class InstanceSet:
    """The pictures of one folder; `notes` says what was left out."""

    name: str
    pictures: tuple[InstancePicture, ...]
    notes: tuple[str, ...] = ()


def instances_read(folder: Path) -> InstanceSet:
    """Read a folder, whatever of the accepted forms it has. Raises DatasetError where no outline is found.

    Forms: `data.yaml` with polygon rows, a COCO json with polygons or run lengths, `images/` with `masks/*.png`, or pictures (JPEG)
    with a PNG of the same name beside each; every blob of a painted mask is one object.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder.")
    notes = Notes()
    name = folder.resolve().name
    pictures = tuple(
        _outlined(folder, name, notes) if is_detection_set(folder) else _painted(folder, name, notes)
    )
    if not pictures:
        raise DatasetError(f"{folder} has no object with an outline: polygons, or painted masks, are needed.")
    return InstanceSet(name, pictures, notes.lines())


def holdout_instances(
    pictures: Sequence[InstancePicture], share: float
) -> tuple[list[InstancePicture], list[InstancePicture]]:
    """(to learn from, held out) by a hash of the source photo: the same every time, copies on one side."""
    kept = [p for p in pictures if group_share(p.image) >= share]
    return kept, [p for p in pictures if group_share(p.image) < share]


def instance_of(mask: Bools | Bytes) -> InstanceMask | None:
    """An object from its mask (H, W); None where it is too small or a plain box."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    top, left = int(rows[0]), int(columns[0])
    pixels = np.ascontiguousarray(mask[top : rows[-1] + 1, left : columns[-1] + 1], dtype=np.uint8)
    area = int(pixels.sum())
    if area < MIN_AREA_PX or area / pixels.size > MAX_FILL:
        return None
    return InstanceMask(left, top, pixels)


def _outlined(folder: Path, name: str, notes: Notes) -> Iterator[InstancePicture]:
    loaded = detection_read(folder)
    for item in loaded.dataset.images:
        found = [o for a in item.annotations if (o := _from_outline(a, item.image, notes)) is not None]
        if found:
            yield InstancePicture(item.image, name, tuple(found))


def _from_outline(annotation: Annotation, image: ImageRef, notes: Notes) -> InstanceMask | None:
    if annotation.ignore or (annotation.mask is None and annotation.polygon is None):
        notes.add("object without an outline left out", image.id)
        return None
    if annotation.mask is not None:
        found = instance_of(rle_to_mask(annotation.mask))
    elif annotation.polygon is not None:
        found = instance_of(polygon_to_mask(annotation.polygon, image.height, image.width))
    if found is None:
        notes.add("object too small, or a plain box, left out", image.id)
    return found


def _painted(folder: Path, name: str, notes: Notes) -> Iterator[InstancePicture]:
    for image, mask in painted_read(folder, notes):
        found = tuple(_blobs(mask))
        if found:
            yield InstancePicture(image, name, found)


def _blobs(mask: NDArray[np.uint8]) -> Iterator[InstanceMask]:
    count, labels = cv2.connectedComponents(painted_pixels(mask).astype(np.uint8))
    for k in range(1, count):
        found = instance_of(np.asarray(labels == k))
        if found is not None:
            yield found
