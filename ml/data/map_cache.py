"""Training pictures with their class maps kept in memory, small, and views of them for a semantic segmenter."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Dataset
from ml.data.augment import PAD_VALUE, log_uniform, tint
from ml.data.cache import PictureStore
from ml.data.label_maps import BACKGROUND, UNKNOWN, label_map
from ml.errors import ImageError, TrainingError
from ml.geometry.arrays import Bytes

# Larger than a detector's: what is to be segmented is often thin.
MAP_SIDE_PX = 512
SCALE = (0.7, 2.2)
TURN_DEG = 12.0
# Share of the views laid so that some object is in them: small ones would hardly be seen otherwise.
FOCUS_SHARE = 0.7
# Places to look at, kept for each class of a picture.
MAX_POINTS = 256


class MapCache:
    """All readable pictures of a data set at `side` px, each with its class map."""

    def __init__(self, dataset: Dataset, side: int = MAP_SIDE_PX) -> None:
        self.skipped: list[str] = []
        self._store = PictureStore(len(dataset.images), side)
        self._maps: list[Bytes] = []
        self._points: list[list[NDArray[np.int32]]] = []
        # Pixels of the background and of each class.
        self.counts = np.zeros(1 + len(dataset.classes), dtype=np.int64)
        rng = np.random.default_rng(0)
        for item in dataset.images:
            try:
                width, height = self._store.add(item)
            except ImageError as error:
                self.skipped.append(str(error))
                continue
            drawn = label_map(item, dataset.classes, width, height)
            self.counts += np.bincount(drawn.ravel(), minlength=256)[: len(self.counts)]
            self._points.append(_points(rng, drawn))
            self._maps.append(_packed(drawn) if self._store.compress else drawn)
        if not self._maps:
            raise TrainingError("No picture of the data set can be read.")

    def __len__(self) -> int:
        return len(self._maps)

    def view(self, rng: np.random.Generator, index: int, size: int) -> tuple[NDArray[np.uint8], Bytes]:
        """One picture flipped, turned, scaled, moved and tinted: uint8 RGB (S, S, 3) and its map (S, S), 255 outside."""
        pixels = self._store.pixels(index)
        drawn = self._maps[index]
        if self._store.compress:
            drawn = np.asarray(cv2.imdecode(drawn, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
        matrix = self._matrix(rng, index, pixels.shape[1], pixels.shape[0], size)
        # A bilinear warp below half size would skip pixels: it starts from a blurred copy.
        zoom = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        smooth = cv2.GaussianBlur(pixels, (0, 0), 0.4 / zoom) if zoom < 0.6 else pixels
        pad = (PAD_VALUE,) * 3
        seen = cv2.warpAffine(smooth, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=pad)
        known = cv2.warpAffine(drawn, matrix, (size, size), flags=cv2.INTER_NEAREST, borderValue=UNKNOWN)
        return tint(rng, np.asarray(seen, dtype=np.uint8)), np.asarray(known, dtype=np.uint8)

    def _matrix(
        self, rng: np.random.Generator, index: int, width: int, height: int, size: int
    ) -> NDArray[np.float64]:
        """Picture pixels to view pixels."""
        scale = log_uniform(rng, *SCALE) * size / max(height, width)
        angle = np.deg2rad(rng.uniform(-TURN_DEG, TURN_DEG))
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        if rng.random() < 0.5:
            turn[:, 0] = -turn[:, 0]
        points = self._points[index]
        if points and rng.random() < FOCUS_SHARE:
            of_class = points[int(rng.integers(len(points)))]
            looked_at = of_class[int(rng.integers(len(of_class)))] + 0.5
            place = rng.uniform(0.15, 0.85, 2) * size
        else:
            looked_at = np.array([width, height]) / 2
            room = np.abs(size - np.array([width, height]) * scale) / 2
            place = size / 2 + rng.uniform(-1, 1, 2) * room
        # Pixel centres lie at +0.5.
        return np.column_stack([turn, place - turn @ (looked_at - 0.5) - 0.5])


def _points(rng: np.random.Generator, drawn: Bytes) -> list[NDArray[np.int32]]:
    """Some pixels (n, 2) as x, y of every class in the map."""
    found = []
    for value in np.unique(drawn):
        if value not in (BACKGROUND, UNKNOWN):
            rows, columns = np.nonzero(drawn == value)
            picks = rng.choice(len(rows), min(len(rows), MAX_POINTS), replace=False)
            found.append(np.column_stack([columns[picks], rows[picks]]).astype(np.int32))
    return found


def _packed(drawn: Bytes) -> Bytes:
    return np.asarray(cv2.imencode(".png", drawn)[1], dtype=np.uint8)
