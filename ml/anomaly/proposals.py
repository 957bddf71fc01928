"""From a heat map to boxes a person can take or leave."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.anomaly.encoders import CELL_PX
from ml.contracts import Box, Prediction

DEFECT_LABEL = "defect"
# Cells over the threshold that touch, corners included, are one defect; this share of the threshold at its rim.
RIM_SHARE = 0.85
BOXES_MAX = 20


def threshold_of(good_heats: Sequence[NDArray[np.float32]], share: float = 0.9) -> float:
    """The heat that `share` of good pictures (not those remembered) stay under. Raises ValueError for none."""
    if not good_heats:
        raise ValueError("A threshold needs good pictures that are not in the memory.")
    return float(np.quantile([float(h.max()) for h in good_heats], share))


def proposals(heat: NDArray[np.float32], threshold: float, width: int, height: int) -> tuple[Prediction, ...]:
    """Boxes in the pixels of a picture `width` by `height`, hottest first, at most BOXES_MAX.

    A box goes round cells above RIM_SHARE of the threshold with one above it among them. The score is 0.5 at the
    threshold and nears 1 at twice that: how far from good, not a probability.
    """
    mask = (heat > RIM_SHARE * threshold).astype(np.uint8)
    count, label, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for part in range(1, count):
        peak = float(heat[label == part].max())
        if peak <= threshold:
            continue
        x, y, w, h = (int(v) for v in stats[part][:4])
        right, bottom = min(float(width), (x + w) * CELL_PX), min(float(height), (y + h) * CELL_PX)
        box = Box(float(x * CELL_PX), float(y * CELL_PX), right, bottom)
        found.append(Prediction(DEFECT_LABEL, _score(peak, threshold), box))
    return tuple(sorted(found, key=lambda p: -p.score)[:BOXES_MAX])


def _score(peak: float, threshold: float) -> float:
    over = peak / max(threshold, 1e-9) - 1.0
    return float(1.0 - 0.5 * np.exp(-2.0 * over))
