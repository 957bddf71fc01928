"""Greedy non-maximum suppression in NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def nms(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], labels: NDArray[np.int64], iou_max: float
) -> NDArray[np.int64]:
    """Indices kept, by falling score (ties by index). Boxes (n, 4) xyxy of different labels never meet."""
    order = np.argsort(-scores, kind="stable")
    if order.size == 0:
        return order
    # Moved apart by label, so that one pass serves all classes.
    span = np.float32(boxes.max() - boxes.min() + 1)
    moved = (boxes + (labels * span)[:, None].astype(np.float32))[order]
    area = (moved[:, 2] - moved[:, 0]) * (moved[:, 3] - moved[:, 1])
    alive = np.ones(order.size, dtype=np.bool_)
    kept = []
    for i in range(order.size):
        if not alive[i]:
            continue
        kept.append(order[i])
        rest = np.flatnonzero(alive[i + 1 :]) + i + 1
        width = np.minimum(moved[i, 2], moved[rest, 2]) - np.maximum(moved[i, 0], moved[rest, 0])
        height = np.minimum(moved[i, 3], moved[rest, 3]) - np.maximum(moved[i, 1], moved[rest, 1])
        overlap = np.maximum(width, 0) * np.maximum(height, 0)
        union = np.maximum(area[i] + area[rest] - overlap, 1e-9)
        alive[rest[overlap / union > iou_max]] = False
    return np.array(kept, dtype=np.int64)
