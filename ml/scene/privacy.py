"""Makes parts of a picture unreadable for good: places nobody may watch, and heads."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box

# Lossy sources smear a pixel or two over an outline; nothing of the inside may be read off that rim.
MARGIN_PX = 2
# Opaque, where there is an alpha channel.
FILL = (0, 0, 0, 255)
# Five by five cells hold no face (and no hair style) at any size.
CELLS = 5
# Upright people: the head is the top eighth of the body; a box drawn loosely, or one bent forward, needs more.
HEAD_SHARE = 0.22
# OpenCV takes corners in sixteenths of a pixel.
_SHIFT = 4

Polygons = Sequence[Sequence[Sequence[float]]]


def burn(image_rgb: NDArray[np.uint8], polygons: Polygons, *, top: int = 0, height: int = 0) -> None:
    """Fill polygons with black, in place, a little over their edge.

    `polygons`: corners (x, y) in 0..1 of the upright picture. `image_rgb`: uint8 (H, W) or (H, W, C), or the strip
    of a picture of `height` rows that begins at row `top`.
    """
    rows, columns = image_rgb.shape[:2]
    if not rows:
        return
    whole = height or rows
    for polygon in polygons:
        corners = np.asarray(polygon, np.float64) * (columns, whole) - (0.5, 0.5 + top)
        fixed = np.rint(corners * (1 << _SHIFT)).astype(np.int32)
        # One at a time: two that overlap in one call would cancel each other out.
        cv2.fillPoly(image_rgb, [fixed], FILL, lineType=cv2.LINE_8, shift=_SHIFT)
        cv2.polylines(
            image_rgb, [fixed], True, FILL, thickness=2 * MARGIN_PX + 1, lineType=cv2.LINE_8, shift=_SHIFT
        )


def head_box(person: Box) -> Box:
    """Where the head of an upright person is, from the person's box alone: its top, as wide as the box."""
    return Box(person.x1, person.y1, person.x2, person.y1 + HEAD_SHARE * (person.y2 - person.y1))


def mosaic(image_rgb: NDArray[np.uint8], boxes: Sequence[Box]) -> None:
    """Replace each box by 5 × 5 cells of its mean colours, in place. Boxes in pixels; parts outside are left out."""
    rows, columns = image_rgb.shape[:2]
    for box in boxes:
        x1, y1 = max(0, int(box.x1)), max(0, int(box.y1))
        x2, y2 = min(columns, int(np.ceil(box.x2))), min(rows, int(np.ceil(box.y2)))
        if x2 <= x1 or y2 <= y1:
            continue
        part = image_rgb[y1:y2, x1:x2]
        cells = cv2.resize(part, (min(CELLS, x2 - x1), min(CELLS, y2 - y1)), interpolation=cv2.INTER_AREA)
        part[:] = cv2.resize(cells, (x2 - x1, y2 - y1), interpolation=cv2.INTER_NEAREST)
