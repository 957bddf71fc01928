"""The way between two of a person's boxes, joined from what following found from either end.

Each end is sure of what lies near it: a frame counts what came from an end by how near that end is. Only the middle of
the object is taken from following; its size goes in a straight line, because what a small box gains and loses from frame
to frame is mostly noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ml.contracts import Box
from ml.following.boxes import Followed
from ml.geometry.arrays import Bools, Floats
from ml.geometry.boxes import row_iou


@dataclass(frozen=True, slots=True)
class Joined:
    """Where the object is between its ends, first to last: `boxes`, and a `confidence` 0..1 for each; 0 where neither end
    was followed to, and the box lies on the straight line across."""

    boxes: tuple[Box, ...]
    confidence: tuple[float, ...]


def joined(start: Box, ahead: Sequence[Followed], back: Sequence[Followed], goal: Box, steps: int) -> Joined:
    """The steps - 1 frames between `start` and `goal`, which lies `steps` frames on.

    `ahead` was followed from the start on, `back` from the goal towards the start, each frame by frame to where it was given
    up; one that came to the other end says so by being `steps` long. Either may be empty.
    """
    if steps < 2:
        return Joined((), ())
    share = np.arange(1, steps)[:, None] / steps
    ends = np.array([start.xyxy, goal.xyxy])
    middles, sizes = (ends[:, :2] + ends[:, 2:]) / 2, ends[:, 2:] - ends[:, :2]
    size = sizes[0] + share * (sizes[1] - sizes[0])
    one, is_one, sure_one = _way(ahead, steps, middles[0], middles[1])
    theirs, is_theirs, sure_theirs = _way(back, steps, middles[1], middles[0])
    other, is_other, sure_other = theirs[::-1], is_theirs[::-1], sure_theirs[::-1]
    weight = np.column_stack([is_one * (1.0 - share[:, 0]), is_other * share[:, 0]])
    total = weight.sum(axis=1)
    found = total > 0.0
    weight[found] /= total[found, None]
    middle = weight[:, :1] * one + weight[:, 1:] * other
    if not found.all():
        _bridge(middle, found, middles)
    confidence = weight[:, 0] * sure_one + weight[:, 1] * sure_other
    both = is_one & is_other
    # Two ways that do not meet cannot both be right.
    agreement = row_iou(_boxes(one[both], size[both]), _boxes(other[both], size[both]))
    confidence[both] = np.minimum(confidence[both], agreement)
    boxes = (Box(*row) for row in _boxes(middle, size).tolist())
    return Joined(tuple(boxes), tuple(confidence.tolist()))


def _way(
    followed: Sequence[Followed], steps: int, begin: Floats, end: Floats
) -> tuple[Floats, Bools, Floats]:
    """(steps - 1, 2) middles from one end to before the other, where there are any, and how sure they are.

    What came out elsewhere than the other end says grew off on the way: each takes its share of it.
    """
    rows = np.array([begin.tolist(), *(_middle(each.box) for each in followed[:steps])])
    if len(rows) == steps + 1:
        rows = rows + np.linspace(0.0, 1.0, len(rows))[:, None] * (end - rows[-1])
    rows = rows[1:steps]
    count = steps - 1
    middles, sure = np.zeros((count, 2)), np.zeros(count)
    middles[: len(rows)] = rows
    sure[: len(rows)] = [each.confidence for each in followed[: len(rows)]]
    return middles, np.arange(count) < len(rows), sure


def _bridge(middle: Floats, found: Bools, ends: Floats) -> None:
    """Lay a straight line across frames that were not found."""
    places = np.arange(1, len(middle) + 1)
    known = np.concatenate([[0], places[found], [len(middle) + 1]])
    rows = np.concatenate([ends[:1], middle[found], ends[1:]])
    for side in range(2):
        middle[~found, side] = np.interp(places[~found], known, rows[:, side])


def _middle(box: Box) -> list[float]:
    return [(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2]


def _boxes(middle: Floats, size: Floats) -> Floats:
    return np.asarray(np.concatenate([middle - size / 2, middle + size / 2], axis=1))
