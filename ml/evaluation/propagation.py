"""Keyframes that a person has to set where an object is followed between them, on pictures whose truth is exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.contracts import Box
from ml.evaluation.keyframes import MEAN_IOU, Needed, overlaps
from ml.following.between import joined
from ml.following.boxes import BoxFollower, Followed
from ml.geometry.arrays import Bytes, Floats


def propagated(pictures: Sequence[Bytes], boxes: Floats, mean_iou: float = MEAN_IOU) -> Needed:
    """Follow from the first frame, mend the worst frame, fill what lies to both sides of it, until the mean overlap is reached.

    `pictures` (H, W, 3) and true `boxes` (N, 4) of the same frames in a row; a person's boxes are exact. Between two of theirs
    the object is followed from both; after the last one from there on, and where that gives up the box stands still. Raises
    GeometryError for a first box too small to follow.
    """
    ways = _Ways(pictures, boxes)
    keyframes = [0]
    shown = ways.on(0)
    while True:
        each = overlaps(shown, boxes)
        if each.mean() >= mean_iou or len(keyframes) == len(boxes):
            return Needed(tuple(keyframes), float(each.mean()))
        worst = int(each.argmin())
        keyframes = sorted({*keyframes, worst})
        at = keyframes.index(worst)
        before = keyframes[at - 1]
        shown[before : worst + 1] = ways.between(before, worst)
        if at + 1 < len(keyframes):
            after = keyframes[at + 1]
            shown[worst : after + 1] = ways.between(worst, after)
        else:
            shown[worst:] = ways.on(worst)


class _Ways:
    """What the follower finds from the true box of a frame, cut to the picture."""

    def __init__(self, pictures: Sequence[Bytes], boxes: Floats) -> None:
        self._pictures, self._boxes = pictures, boxes

    def on(self, start: int) -> Floats:
        """(N - start, 4): from `start` to the end."""
        found = [
            self._box(start),
            *(each.box for each in self._followed(start, range(start + 1, len(self._boxes)))),
        ]
        rows = [self._clipped(box) for box in found]
        return np.array(rows + [rows[-1]] * (len(self._boxes) - start - len(rows)))

    def between(self, start: int, goal: int) -> Floats:
        """(goal - start + 1, 4): the true boxes of both, and what lies between."""
        ahead = self._followed(start, range(start + 1, goal + 1))
        back = self._followed(goal, range(goal - 1, start - 1, -1))
        way = joined(self._box(start), ahead, back, self._box(goal), goal - start)
        between = [self._clipped(box) for box in way.boxes]
        return np.array([self._boxes[start], *between, self._boxes[goal]])

    def _followed(self, start: int, frames: range) -> list[Followed]:
        follower = BoxFollower(self._pictures[start], self._box(start))
        found = []
        for frame in frames:
            told = follower.step(self._pictures[frame])
            if told.stop is not None:
                break
            found.append(told)
        return found

    def _box(self, frame: int) -> Box:
        return Box(*self._boxes[frame].tolist())

    def _clipped(self, box: Box) -> Floats:
        height, width = self._pictures[0].shape[:2]
        return np.array([max(box.x1, 0.0), max(box.y1, 0.0), min(box.x2, width), min(box.y2, height)])
