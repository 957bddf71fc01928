"""Where a box goes from one frame to the next, by sparse optical flow that is checked against itself.

Points of a grid in the box are tracked there and back (pyramidal Lucas-Kanade); those that do not come back to where
they began are passed over, and the median of the rest moves and scales the box (Median Flow: Kalal et al., ICPR 2010).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ml.contracts import Box
from ml.geometry.arrays import Bytes, Floats

GRID = 12
# Of the box, on each side: at its edge lie pixels that do not move with it.
MARGIN_SHARE = 0.12
WINDOW_PX = 15
LEVELS = 3
# A point that comes back farther from where it began than this was lost on the way.
BACK_MAX_PX = 1.0
POINTS_MIN = 8
# Nothing grows or shrinks faster from frame to frame; what says so is noise.
SCALE_STEP_MAX = 0.06
_CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 0.03)


@dataclass(frozen=True, slots=True)
class FlowStep:
    """How a box went: its middle by `shift_px`, its sides by `scale`; `kept` is the share of points that came back."""

    shift_px: tuple[float, float]
    scale: float
    kept: float


def box_flow(before: Bytes, after: Bytes, box: Box) -> FlowStep | None:
    """From grey (H, W) `before`, where the object lies in `box`, to `after`; None where too few points are sure."""
    points = _grid(box, before.shape[1], before.shape[0])
    if len(points) < POINTS_MIN:
        return None
    size = (WINDOW_PX, WINDOW_PX)
    start = points.astype(np.float32).reshape(-1, 1, 2)
    there, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, start, start.copy(), winSize=size, maxLevel=LEVELS, criteria=_CRITERIA
    )
    back, returned, _ = cv2.calcOpticalFlowPyrLK(
        after, before, there, there.copy(), winSize=size, maxLevel=LEVELS, criteria=_CRITERIA
    )
    off = np.linalg.norm((back - start).reshape(-1, 2), axis=1)
    good = (found.ravel() == 1) & (returned.ravel() == 1) & (off < BACK_MAX_PX)
    kept = float(good.mean())
    if int(good.sum()) < POINTS_MIN:
        return None
    old, new = points[good], there.reshape(-1, 2)[good].astype(np.float64)
    dx, dy = np.median(new - old, axis=0).tolist()
    return FlowStep((dx, dy), _scale(old, new), kept)


def _grid(box: Box, width: int, height: int) -> Floats:
    """(N, 2) points of a grid in the inner part of the box that is in the picture."""
    margin_x, margin_y = MARGIN_SHARE * box.width, MARGIN_SHARE * box.height
    xs = np.linspace(box.x1 + margin_x, box.x2 - margin_x, GRID)
    ys = np.linspace(box.y1 + margin_y, box.y2 - margin_y, GRID)
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    inside = (points >= 0).all(axis=1) & (points[:, 0] <= width - 1) & (points[:, 1] <= height - 1)
    return np.asarray(points[inside])


def _scale(old: Floats, new: Floats) -> float:
    """Median change of the distances between pairs of points, the far half of them: near ones say little."""
    first, second = np.triu_indices(len(old), 1)
    before = np.linalg.norm(old[first] - old[second], axis=1)
    far = before >= np.median(before)
    after = np.linalg.norm(new[first] - new[second], axis=1)
    scale = float(np.median(after[far] / before[far]))
    return min(max(scale, 1.0 - SCALE_STEP_MAX), 1.0 + SCALE_STEP_MAX)
