"""Training pictures kept in memory, small: decoding full files every step would cost more than the step."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Annotation, Dataset, LabelledImage, Polygon
from ml.errors import ImageError, TrainingError
from ml.geometry.masks import mask_to_polygons, rle_to_mask
from ml.inference.pictures import picture_load

CACHE_SIDE_PX = 384
# Above this the cache keeps JPEG bytes instead of pixels (1 ms a decode, a tenth of the memory).
MAX_RAW_BYTES = 1_500_000_000
JPEG_QUALITY = 92


# Rings (k, 2) of x, y that are filled together, so that a ring inside another is a hole; empty where only the box is known.
Outline = tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture ready to be augmented: `boxes` (n, 4) xyxy in pixels of `pixels`, `labels` (n,), `outlines` n or none."""

    pixels: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    ignored: NDArray[np.bool_]
    outlines: tuple[Outline, ...] = ()


class PictureStore:
    """Pictures at `side` px or smaller: as pixels, or as JPEG bytes where there are too many of them."""

    def __init__(self, count: int, side: int) -> None:
        self._side = side
        self.compress = count * side * side * 3 * 5 // 4 > MAX_RAW_BYTES
        self._pixels: list[NDArray[np.uint8]] = []

    def __len__(self) -> int:
        return len(self._pixels)

    def add(self, item: LabelledImage) -> tuple[int, int]:
        """Decode and keep one picture; gives its (width, height) here. Raises ImageError."""
        full = picture_load(item.image.path)
        height, width = full.shape[:2]
        scale = min(1.0, self._side / max(height, width))
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        pixels = cv2.resize(full, size, interpolation=cv2.INTER_AREA) if scale < 1 else full
        if self.compress:
            pixels = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
        self._pixels.append(np.asarray(pixels, dtype=np.uint8))
        return size

    def pixels(self, index: int) -> NDArray[np.uint8]:
        """uint8 RGB (h, w, 3), not to be written to."""
        pixels = self._pixels[index]
        if self.compress:
            pixels = np.asarray(cv2.imdecode(pixels, cv2.IMREAD_COLOR), dtype=np.uint8)
        return pixels


class SampleCache:
    """All readable pictures of a data set at `side` px, with their labels as arrays, and with outlines if asked for."""

    def __init__(self, dataset: Dataset, side: int = CACHE_SIDE_PX, outlines: bool = False) -> None:
        self.skipped: list[str] = []
        self._store = PictureStore(len(dataset.images), side)
        self._index = {name: i for i, name in enumerate(dataset.classes)}
        self._labels: list[tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.bool_]]] = []
        self._outlines: list[tuple[Outline, ...]] = []
        self._with_outlines = outlines
        self.tags: list[int] = []
        for item in dataset.images:
            self._add(item)
        if not len(self):
            raise TrainingError("No picture of the data set can be read.")

    def __len__(self) -> int:
        return len(self._store)

    def sample(self, index: int) -> Sample:
        """The picture at `index` and its labels; the arrays are not to be written to."""
        return Sample(self._store.pixels(index), *self._labels[index], self._outlines[index])

    def boxes(self, index: int) -> NDArray[np.float32]:
        """Boxes (n, 4) of the picture at `index`, without decoding it; so are `labels` (n,) and `outlines`."""
        return self._labels[index][0]

    def labels(self, index: int) -> NDArray[np.int64]:
        return self._labels[index][1]

    def outlines(self, index: int) -> tuple[Outline, ...]:
        return self._outlines[index]

    def _add(self, item: LabelledImage) -> None:
        try:
            size = self._store.add(item)
        except ImageError as error:
            self.skipped.append(str(error))
            return
        scale = size[0] / item.image.width, size[1] / item.image.height
        self._labels.append(self._arrays(item, *scale))
        kept = [a for a in item.annotations if a.label in self._index] if self._with_outlines else []
        self._outlines.append(tuple(outline_of(a, scale) for a in kept))
        self.tags.append(self._index.get(item.tags[0], -1) if item.tags else -1)

    def _arrays(
        self, item: LabelledImage, scale_x: float, scale_y: float
    ) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.bool_]]:
        kept = [a for a in item.annotations if a.label in self._index]
        boxes = np.array([(a.box.x1, a.box.y1, a.box.x2, a.box.y2) for a in kept], dtype=np.float32)
        boxes = boxes.reshape(-1, 4) * np.array([scale_x, scale_y] * 2, dtype=np.float32)
        labels = np.array([self._index[a.label] for a in kept], dtype=np.int64)
        return boxes, labels, np.array([a.ignore for a in kept], dtype=np.bool_)


def outline_of(annotation: Annotation, scale: tuple[float, float] = (1.0, 1.0)) -> Outline:
    """The rings of an object in a picture scaled by (x, y); none where its pixels are not known."""
    parts: tuple[Polygon, ...] = ()
    if annotation.mask is not None:
        parts = mask_to_polygons(rle_to_mask(annotation.mask))
    elif annotation.polygon is not None:
        parts = annotation.parts or (annotation.polygon,)
    rings = [ring for part in parts for ring in (part.points, *part.holes)]
    return tuple(np.asarray(ring, dtype=np.float32) * np.array(scale, dtype=np.float32) for ring in rings)
