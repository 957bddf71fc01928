"""A memory of what patches of good parts look like; a patch far from all of them is suspect (PatchCore, CVPR 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.active.spread import farthest_first, projected
from ml.anomaly.encoders import Maps
from ml.errors import TrainingError

# Patches kept: greedy k-centres keep the rare good ones that a random draw would lose.
MEMORY_PATCHES = 2000
# Patches the centres are looked for among, drawn at random from all good pictures.
CONSIDERED_PATCHES = 20_000
WALK_DIMS = 32
SMOOTH_CELLS = 0.8
COMPARED_ROWS = 1024


@dataclass(frozen=True, slots=True)
class PatchMemory:
    """`rows` (M, D) are patches less `mean`, by `scale`; distances are per root of D, so that they compare."""

    rows: NDArray[np.float32]
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]

    def heat(self, maps: Maps) -> NDArray[np.float32]:
        """(h, w) distance of every cell of (h, w, D) to the nearest patch remembered, smoothed over neighbours."""
        height, width, dims = maps.shape
        flat = self._scaled(maps.reshape(-1, dims))
        squares = (self.rows**2).sum(axis=1)
        nearest = np.empty(len(flat), dtype=np.float32)
        for start in range(0, len(flat), COMPARED_ROWS):
            block = flat[start : start + COMPARED_ROWS]
            away = (squares - 2.0 * (block @ self.rows.T)).min(axis=1) + (block**2).sum(axis=1)
            nearest[start : start + COMPARED_ROWS] = np.sqrt(np.maximum(away, 0.0) / dims)
        return np.asarray(
            cv2.GaussianBlur(nearest.reshape(height, width), (0, 0), SMOOTH_CELLS), dtype=np.float32
        )

    def _scaled(self, flat: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray((flat - self.mean) / self.scale, dtype=np.float32)


def memory_fit(good: Sequence[Maps], seed: int = 0, patches: int = MEMORY_PATCHES) -> PatchMemory:
    """Remember the patches of good pictures, each (h, w, D). Raises TrainingError where there are none."""
    if not good:
        raise TrainingError("At least one picture without defects is needed.")
    rng = np.random.default_rng(seed)
    flat = np.concatenate([maps.reshape(-1, maps.shape[2]) for maps in good])
    if len(flat) > CONSIDERED_PATCHES:
        flat = flat[rng.choice(len(flat), CONSIDERED_PATCHES, replace=False)]
    mean, scale = flat.mean(axis=0), np.maximum(flat.std(axis=0), 1e-4)
    rows = np.asarray((flat - mean) / scale, dtype=np.float32)
    narrow = projected(rows, WALK_DIMS, seed)
    kept = list(islice(farthest_first(narrow, narrow[:0]), patches))
    return PatchMemory(rows[kept], mean, scale)


def picture_score(heat: NDArray[np.float32]) -> float:
    """A picture is as suspect as its most suspect place."""
    return float(heat.max())
