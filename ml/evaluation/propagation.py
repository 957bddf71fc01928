"""Keyframes that a person has to set where an object is followed from each of them, on pictures whose truth is exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.contracts import Box
from ml.evaluation.keyframes import MEAN_IOU, Needed, overlaps
from ml.following.bending import bent
from ml.following.boxes import BoxFollower
from ml.geometry.arrays import Bytes, Floats


def propagated(pictures: Sequence[Bytes], boxes: Floats, mean_iou: float = MEAN_IOU) -> Needed:
    """Follow from the first frame, mend the worst frame, follow on from there, until the mean overlap is reached.

    `pictures` (H, W, 3) and true `boxes` (N, 4) of the same frames in a row; a person's boxes are exact. Between two of theirs
    what was followed is bent to end on the second; where following gives up, the box stands still. Raises GeometryError for
    a first box too small to follow.
    """
    keyframes = [0]
    shown = _followed(pictures, boxes, 0, len(boxes))
    while True:
        each = overlaps(shown, boxes)
        if each.mean() >= mean_iou or len(keyframes) == len(boxes):
            return Needed(tuple(keyframes), float(each.mean()))
        worst = int(each.argmin())
        keyframes = sorted({*keyframes, worst})
        at = keyframes.index(worst)
        before = keyframes[at - 1]
        after = keyframes[at + 1] if at + 1 < len(keyframes) else len(boxes)
        shown[before : worst + 1] = _bent(_followed(pictures, boxes, before, worst + 1), boxes[worst])
        way = _followed(pictures, boxes, worst, min(after + 1, len(boxes)))
        shown[worst : after + 1] = _bent(way, boxes[after]) if after < len(boxes) else way


def _followed(pictures: Sequence[Bytes], boxes: Floats, start: int, end: int) -> Floats:
    """(end - start, 4): the true box at `start`, and where the follower has it on the frames after, cut to the picture."""
    follower = BoxFollower(pictures[start], Box(*boxes[start]))
    height, width = pictures[start].shape[:2]
    found = [boxes[start]]
    for picture in pictures[start + 1 : end]:
        told = follower.step(picture)
        if told.stop is not None:
            break
        x1, y1, x2, y2 = told.box.xyxy
        found.append(np.array([max(x1, 0.0), max(y1, 0.0), min(x2, width), min(y2, height)]))
    return np.array(found + [found[-1]] * (end - start - len(found)))


def _bent(way: Floats, goal: Floats) -> Floats:
    """The way with its first box as it is, and the others bent so that the last one is at the goal."""
    rest = bent([Box(*row) for row in way[1:]], Box(*goal))
    return np.array([way[0], *(box.xyxy for box in rest)])
