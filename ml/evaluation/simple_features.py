"""Features of a picture that need no model: oriented gradients, colours and a coarse thumbnail."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_PX = 48
# Oriented gradients (Dalal and Triggs 2005): 5 x 5 blocks of four cells, nine directions each, 900 numbers.
CELL_PX = 8
DIRECTIONS = 9
# Hue, saturation and value are counted in a grid of 3 x 3 fields.
GRID = 3
COLOUR_BINS = 8
THUMBNAIL_PX = 8


def simple_features(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(D,) numbers of a uint8 RGB picture (H, W, 3) of any size, about unit length each part."""
    small = np.asarray(cv2.resize(picture, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    directions = _directions(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0)
    thumbnail = cv2.resize(small, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA)
    pixels = (thumbnail.astype(np.float32) / 255.0).ravel()
    parts = [directions, _colours(small), pixels - pixels.mean()]
    return np.concatenate([part / max(float(np.linalg.norm(part)), 1e-6) for part in parts])


def _directions(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    dy, dx = np.gradient(grey)
    size = np.hypot(dx, dy)
    angle = (np.arctan2(dy, dx) / np.pi % 1.0) * DIRECTIONS
    cells = SIDE_PX // CELL_PX
    counts = np.zeros((DIRECTIONS, cells, cells), dtype=np.float32)
    for d in range(DIRECTIONS):
        # Each pixel is shared by the two directions it lies between.
        away = np.abs((angle - d + DIRECTIONS / 2) % DIRECTIONS - DIRECTIONS / 2)
        part = size * np.maximum(1.0 - away, 0.0)
        counts[d] = part.reshape(cells, CELL_PX, cells, CELL_PX).sum(axis=(1, 3))
    blocks = np.stack([counts[:, y : cells - 1 + y, x : cells - 1 + x] for y in (0, 1) for x in (0, 1)])
    length = np.sqrt((blocks**2).sum(axis=(0, 1), keepdims=True) + 1e-4)
    return np.asarray(blocks / length, dtype=np.float32).ravel()


def _colours(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Square roots of the counts, so that Euclidean distance is Hellinger's."""
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV_FULL)
    step = SIDE_PX // GRID
    found = []
    for top in range(0, SIDE_PX, step):
        for left in range(0, SIDE_PX, step):
            field = hsv[top : top + step, left : left + step].reshape(-1, 3)
            found += [
                np.bincount(field[:, c].astype(np.int64) * COLOUR_BINS // 256, minlength=COLOUR_BINS)
                for c in range(3)
            ]
    return np.sqrt(np.concatenate(found).astype(np.float32))
