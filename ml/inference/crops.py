"""The surroundings of a box, stretched to a square: what a judge of given boxes looks at. Torch-free."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.geometry.boxes import box_grown
from ml.inference.letterbox import PAD_VALUE

Real = TypeVar("Real", np.float32, np.float64)

SIDE_PX = 96
# Of the box's width and height more on each side: half of the square's sides are the box's. Less shows too little of
# an object that is larger than its box.
MARGIN = 0.5
# A box of less shows nothing.
LEAST_SIDE_PX = 2.0


def crop(pixels: NDArray[np.uint8], box: NDArray[np.float64], flip: bool = False) -> NDArray[np.uint8]:
    """uint8 RGB (SIDE_PX, SIDE_PX, 3) of the box (xyxy in pixels of `pixels`, of some area) and MARGIN round it.

    Both axes are stretched by their own factor; what lies outside the picture is grey. `flip`: left is right.
    """
    x1, y1, x2, y2 = box_grown([box], MARGIN)[0].tolist()
    left, top = int(max(np.floor(x1), 0)), int(max(np.floor(y1), 0))
    right, bottom = (
        int(min(np.ceil(x2), pixels.shape[1])) + 1,
        int(min(np.ceil(y2), pixels.shape[0])) + 1,
    )
    part = pixels[top:bottom, left:right]
    gain_x, gain_y = SIDE_PX / (x2 - x1), SIDE_PX / (y2 - y1)
    if part.size == 0:
        return np.full((SIDE_PX, SIDE_PX, 3), PAD_VALUE, dtype=np.uint8)
    # A bilinear warp below half size would skip pixels: it starts from a smaller copy, an axis at a time.
    width, height = (
        max(1, min(n, int(np.ceil(n * gain)))) if gain < 0.5 else n
        for n, gain in ((part.shape[1], gain_x), (part.shape[0], gain_y))
    )
    source = part
    if (width, height) != (part.shape[1], part.shape[0]):
        source = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    scale_x, scale_y = gain_x * part.shape[1] / width, gain_y * part.shape[0] / height
    # Pixel centres lie at +0.5.
    shift_x, shift_y = (left - x1) * gain_x + 0.5 * scale_x - 0.5, (top - y1) * gain_y + 0.5 * scale_y - 0.5
    if flip:
        scale_x, shift_x = -scale_x, SIDE_PX - 1 - shift_x
    matrix = np.array([[scale_x, 0.0, shift_x], [0.0, scale_y, shift_y]])
    found = cv2.warpAffine(
        source,
        matrix,
        (SIDE_PX, SIDE_PX),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(PAD_VALUE,) * 3,
    )
    return np.asarray(found, dtype=np.uint8)


def offsets_mirrored(offsets: NDArray[Real]) -> NDArray[Real]:
    """By how much the sides x1, y1, x2, y2 (last axis) of a box move, for its mirror image; and back."""
    return np.asarray(offsets[..., [2, 1, 0, 3]] * np.array([-1, 1, -1, 1], offsets.dtype))


def shape_of(box: NDArray[np.float64], width: int, height: int) -> NDArray[np.float32]:
    """(4,) what the stretched square does not show: logs of the box's width, height and aspect against the picture's size, and how
    far down its middle lies."""
    w, h = box[2] - box[0], box[3] - box[1]
    whole = float(max(width, height))
    middle = (box[1] + box[3]) / (2 * height)
    return np.array([np.log(w / whole) + 2, np.log(h / whole) + 2, np.log(w / h), 2 * middle - 1], np.float32)
