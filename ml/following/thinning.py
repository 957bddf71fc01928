"""Few keyframes in place of a box for every frame: straight lines between them stay close to what was followed.

One pass, so that keyframes may be shown while the rest is still being followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from ml.contracts import Box
from ml.geometry.arrays import Bools
from ml.geometry.boxes import as_boxes, row_iou

# The straight line between two keyframes overlaps each box between them by this, or is off by no more than a hand is.
KEEP_IOU = 0.9
KEEP_PX = 1.5
# A keyframe at least this often: a person looks at keyframes.
APART_MAX = 250


@dataclass(slots=True)
class Thinner:
    """Takes boxes one by one; `add` says which frame is to be a keyframe now that the next one is known.

    The first frame is a keyframe already, and whoever ends makes the last one added a keyframe too.
    """

    first: Box
    keep_iou: float = KEEP_IOU
    keep_px: float = KEEP_PX
    apart_max: int = APART_MAX
    _run: list[tuple[float, float, float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._run = [self.first.xyxy]

    def add(self, box: Box) -> bool:
        """Take the next frame's box. True: the frame **before** it is to be a keyframe; a new line begins there."""
        self._run.append(box.xyxy)
        if len(self._run) <= 2:
            return False
        if len(self._run) <= self.apart_max and self._is_straight():
            return False
        self._run = self._run[-2:]
        return True

    def _is_straight(self) -> bool:
        boxes = np.array(self._run)
        at = np.linspace(0.0, 1.0, len(boxes))[1:-1, None]
        line = boxes[0] + (boxes[-1] - boxes[0]) * at
        return bool(close(line, boxes[1:-1], self.keep_iou, self.keep_px).all())


def thinned(boxes: Sequence[Box], keep_iou: float = KEEP_IOU, keep_px: float = KEEP_PX) -> list[int]:
    """Indices of the boxes of frames in a row to keep, the first and last among them; [] for none."""
    return thinned_at(range(len(boxes)), boxes, keep_iou, keep_px)


def thinned_at(
    frames: Sequence[int], boxes: Sequence[Box], keep_iou: float = KEEP_IOU, keep_px: float = KEEP_PX
) -> list[int]:
    """As `thinned` for boxes at rising frames that lie unevenly; [] for none."""
    if not boxes:
        return []
    rows, at = np.array([box.xyxy for box in boxes]), np.asarray(frames, dtype=np.float64)
    kept, last = [0], len(rows) - 1
    while kept[-1] < last:
        start, end = kept[-1], kept[-1] + 1
        while end < last and at[end + 1] - at[start] <= APART_MAX:
            share = ((at[start + 1 : end + 1] - at[start]) / (at[end + 1] - at[start]))[:, None]
            line = rows[start] + (rows[end + 1] - rows[start]) * share
            if not close(line, rows[start + 1 : end + 1], keep_iou, keep_px).all():
                break
            end += 1
        kept.append(end)
    return kept


def close(one: ArrayLike, other: ArrayLike, keep_iou: float, keep_px: float) -> Bools:
    """(N,) whether boxes of two lists agree, row by row: in overlap, or in every side to within pixels."""
    a, b = as_boxes(one), as_boxes(other)
    return np.asarray((row_iou(a, b) >= keep_iou) | (np.abs(a - b).max(axis=1, initial=0.0) <= keep_px))
