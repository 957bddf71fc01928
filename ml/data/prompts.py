"""Where a person clicks, well inside the object first, then into the worst error; and the box they drag.

All in pixels of the square crop, origin top-left; masks are uint8 0 or 1 (S, S).
"""

from __future__ import annotations

import cv2
import numpy as np

from ml.contracts import Box
from ml.geometry.arrays import Bools, Bytes

Rng = np.random.Generator
Point = tuple[float, float]

# Boxes drawn by hand miss each side by about this share of the longer side; half are drawn well.
BOX_SLIP = 0.03
# A person clicks the middle of the error about this often, elsewhere well inside it otherwise.
DEEPEST_SHARE = 0.65
INNER_DEPTH_SHARE = 0.4
MIN_ERROR_DEPTH_PX = 1.0


def click_in(rng: Rng, mask: Bytes | Bools, deepest_share: float = DEEPEST_SHARE) -> Point | None:
    """A click on a mask: its innermost point, or a random one well inside; None for an empty mask."""
    depth = cv2.distanceTransform(np.pad(np.asarray(mask, dtype=np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    deepest = float(depth.max(initial=0.0))
    if deepest <= 0.0:
        return None
    if rng.random() < deepest_share:
        y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    else:
        rows, columns = np.nonzero(depth >= INNER_DEPTH_SHARE * deepest)
        pick = int(rng.integers(len(rows)))
        y, x = rows[pick], columns[pick]
    return float(x) + 0.5, float(y) + 0.5


def correction(
    rng: Rng, truth: Bools, found: Bools, deepest_share: float = DEEPEST_SHARE
) -> tuple[Point, bool] | None:
    """A click into the deeper of the two errors and whether it says "inside"; None where all is well."""
    missed, extra = truth & ~found, found & ~truth
    depths = [_depth(missed), _depth(extra)]
    if max(depths) < MIN_ERROR_DEPTH_PX:
        return None
    inside = depths[0] >= depths[1]
    point = click_in(rng, missed if inside else extra, deepest_share)
    return None if point is None else (point, inside)


def drawn_box(rng: Rng, mask: Bytes) -> Box:
    """The box a person would drag round a mask: tight half of the time, else a little off at each side."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    corners = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], dtype=np.float64)
    longer = float(max(corners[2] - corners[0], corners[3] - corners[1]))
    # Sides of the mask are whole pixels, a hand's are not.
    slip = rng.uniform(-0.5, 0.5, 4) if rng.random() < 0.5 else rng.normal(0, BOX_SLIP * longer, 4)
    x1, y1, x2, y2 = (corners + slip).tolist()
    if x2 - x1 < 1.0 or y2 - y1 < 1.0:
        x1, y1, x2, y2 = corners.tolist()
    return Box(x1, y1, x2, y2)


def _depth(mask: Bools) -> float:
    if not mask.any():
        return 0.0
    padded = np.pad(mask.astype(np.uint8), 1)
    return float(cv2.distanceTransform(padded, cv2.DIST_L2, 3).max())
