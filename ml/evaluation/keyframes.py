"""How many keyframes a track needs, and what straight lines between them are off, against boxes that are true on every frame.

A run is one object through consecutive frames, (N, 4) xyxy pixels. Keyframes are taken as drawn exactly; a track holds still
after its last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ml.geometry.arrays import Floats
from ml.geometry.boxes import row_iou

# What a track has to reach on average: a box drawn twice by careful people agrees by about as much.
MEAN_IOU = 0.9
# Keyframes further apart than this are not tried: no object that moves is followed so far by a line.
APART_MAX = 200


@dataclass(frozen=True, slots=True)
class Needed:
    """Keyframes that reach MEAN_IOU, as indices into the run; `mean_iou` over all its frames."""

    keyframes: tuple[int, ...]
    mean_iou: float


def overlaps(one: Floats, other: Floats) -> Floats:
    """Intersection over union of boxes (..., 4) place by place; 0 where both are empty."""
    first, second = np.broadcast_arrays(one, other)
    return row_iou(first.reshape(-1, 4), second.reshape(-1, 4)).reshape(first.shape[:-1])


def between(boxes: Floats, keyframes: Sequence[int]) -> Floats:
    """(N, 4) what a track with these keyframes (rising, the first frame among them) shows."""
    frames = np.arange(len(boxes))
    return np.stack([np.interp(frames, keyframes, boxes[list(keyframes), side]) for side in range(4)], axis=1)


def mean_overlap(boxes: Floats, keyframes: Sequence[int]) -> float:
    """Mean overlap of a track with these keyframes with the true boxes."""
    return float(overlaps(between(boxes, keyframes), boxes).mean())


def overlap_at_distance(runs: Iterable[Floats], distance: int) -> tuple[float, int]:
    """(mean overlap halfway between two keyframes that are `distance` frames away on either side, of how many such frames)."""
    found = []
    for boxes in runs:
        if len(boxes) > 2 * distance:
            middle = (boxes[: -2 * distance] + boxes[2 * distance :]) / 2
            found.append(overlaps(middle, boxes[distance:-distance]))
    values = np.concatenate(found) if found else np.empty(0)
    return (float(values.mean()) if values.size else float("nan")), int(values.size)


def fewest(boxes: Floats, mean_iou: float = MEAN_IOU, *, holding: bool = False) -> Needed:
    """The fewest keyframes that reach the mean, and of those the best: what no way of choosing can beat.

    With `holding` nothing is interpolated: a box stays until the next keyframe. By dynamic programming over the number of
    keyframes; the first frame is always one.
    """
    count = len(boxes)
    gain = _between_sums(boxes, holding=holding)
    tail = np.array([overlaps(boxes[at], boxes[at + 1 :]).sum() for at in range(count)])
    best = np.full(count, -np.inf)
    best[0] = 1.0
    came: list[np.ndarray] = []
    while True:
        total = best + tail
        end = int(total.argmax())
        if total[end] / count >= mean_iou or len(came) == count - 1:
            keyframes = [end]
            for step in reversed(came):
                keyframes.append(int(step[keyframes[-1]]))
            return Needed(tuple(reversed(keyframes)), float(total[end] / count))
        # From each frame to each later one: one keyframe more.
        reach = best[:, None] + gain
        came.append(reach.argmax(axis=0))
        best = reach.max(axis=0) + 1.0


def _between_sums(boxes: Floats, *, holding: bool) -> Floats:
    """(N, N) sum of the overlaps strictly between a keyframe and the next; -inf where the next is not later, or too far."""
    count = len(boxes)
    gain = np.full((count, count), -np.inf)
    for apart in range(1, min(count - 1, APART_MAX) + 1):
        starts = np.arange(count - apart)
        steps = np.arange(1, apart)
        first, last = boxes[starts][:, None], boxes[starts + apart][:, None]
        share = np.zeros_like(steps, dtype=float) if holding else steps / apart
        line = first + (last - first) * share[None, :, None]
        true = boxes[starts[:, None] + steps[None, :]]
        gain[starts, starts + apart] = overlaps(line, true).sum(axis=1)
    return gain


def worst_first(boxes: Floats, mean_iou: float = MEAN_IOU) -> Needed:
    """As somebody works who looks the track through and mends the worst frame, until the mean is reached."""
    keyframes = [0]
    while True:
        each = overlaps(between(boxes, keyframes), boxes)
        if each.mean() >= mean_iou or len(keyframes) == len(boxes):
            return Needed(tuple(keyframes), float(each.mean()))
        keyframes = sorted({*keyframes, int(each.argmin())})


def common_step(runs: Sequence[Floats], mean_iou: float = MEAN_IOU) -> tuple[int, float]:
    """(k, mean overlap): the largest k for which keyframes on every k-th frame of each run reach the mean over all frames.

    What somebody needs who sets them at a fixed pace, without looking where they are due.
    """
    frames = sum(map(len, runs))
    for step in range(APART_MAX, 0, -1):
        total = sum(mean_overlap(boxes, range(0, len(boxes), step)) * len(boxes) for boxes in runs)
        if total / frames >= mean_iou:
            return step, float(total / frames)
    return 1, 1.0
