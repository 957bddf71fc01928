"""How far two models say the same of one picture, without anybody knowing the truth.

Boxes of one label are matched one to one by falling overlap, from `IOU_MATCH_MIN` on (as COCO counts a hit);
what is left over is what only one of them sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Prediction
from ml.evaluation.matching import IOU_MATCH_MIN


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of boxes; `iou_sum` over the matched ones. `per_label`: [matched, only first, only second]."""

    matched: int = 0
    only_first: int = 0
    only_second: int = 0
    iou_sum: float = 0.0
    per_label: dict[str, list[int]] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Nothing that only one of them sees."""
        return self.only_first == self.only_second == 0


def agreement(first: Sequence[Prediction], second: Sequence[Prediction]) -> Agreement:
    """Compare two models' boxes (pixels of one picture, labels by the same names, thresholds applied already)."""
    per_label: dict[str, list[int]] = {}
    iou_sum = 0.0
    for label in sorted({p.label for p in first} | {p.label for p in second}):
        ours = [p for p in first if p.label == label]
        theirs = [p for p in second if p.label == label]
        overlaps = _matched(ious(ours, theirs))
        iou_sum += sum(overlaps)
        n = len(overlaps)
        per_label[label] = [n, len(ours) - n, len(theirs) - n]
    sums = [sum(row[i] for row in per_label.values()) for i in range(3)]
    return Agreement(sums[0], sums[1], sums[2], iou_sum, per_label)


def ious(first: Sequence[Prediction], second: Sequence[Prediction]) -> NDArray[np.float64]:
    """Intersection over union, (len(first), len(second)), 0..1."""
    a = np.array([(p.box.x1, p.box.y1, p.box.x2, p.box.y2) for p in first]).reshape(-1, 1, 4)
    b = np.array([(p.box.x1, p.box.y1, p.box.x2, p.box.y2) for p in second]).reshape(1, -1, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    overlap = np.maximum(sides, 0.0).prod(axis=-1)
    areas = [(x[..., 2:] - x[..., :2]).prod(axis=-1) for x in (a, b)]
    return np.asarray(overlap / np.maximum(areas[0] + areas[1] - overlap, 1e-9), dtype=np.float64)


def _matched(overlaps: NDArray[np.float64]) -> list[float]:
    """Overlaps of the pairs, the best first, each box once."""
    left = overlaps.copy()
    found: list[float] = []
    while left.size and float(left.max()) >= IOU_MATCH_MIN:
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        found.append(float(left[row, column]))
        left[row, :] = left[:, column] = -1.0
    return found
