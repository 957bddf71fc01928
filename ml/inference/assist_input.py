"""What the assist network is shown: a square of the picture at a fixed size, and the prompt drawn over it.

Plain enough to be written again in another language; everything cleverer happens inside the graph. In short, for an
input of S x S pixels:

1. The square `Window` of the picture is scaled to S x S (smoothly; what lies beyond the picture is grey 127) and
   divided by 255: channels 0, 1, 2 are red, green, blue.
2. Channel 3: 1 within S / 40 pixels of a click on the object, else 0; channel 4 the same for clicks on what is not.
   Distances are from the middle of a pixel.
3. Channel 5: 0 outside the box; inside, 0.5 at the border rising to 1 at its middle like a four-sided roof.
4. Channel 6: the mask of the answer that is being corrected (0..1, in the same window), or 0.

The graph takes `images` float32 (B, 7, S, S) and gives `masks` (B, S, S), at least 0.5 on the object, and `scores`
(B,), its own estimate of the IoU.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box
from ml.geometry.arrays import Bytes, Singles

INPUT_CHANNELS = 7
CLICKS_IN, CLICKS_OUT, BOX, BEFORE = 3, 4, 5, 6
# The window is this many times the longer side of a box.
BOX_WINDOW = 1.4
CLICK_RADIUS_SHARE = 1 / 40
PAD_VALUE = 127
# A window of fewer picture pixels would show only blur.
MIN_SIDE_PX = 12

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """A square of the picture in whole pixels; it may reach beyond the picture."""

    left: int
    top: int
    side: int

    def point(self, x_px: float, y_px: float, size: int) -> Point:
        """Picture pixels to pixels of the `size` x `size` input."""
        scale = size / self.side
        return (x_px - self.left) * scale, (y_px - self.top) * scale

    def corners(self, box: Box, size: int) -> tuple[float, float, float, float]:
        """A box of the picture as xyxy in pixels of the input."""
        return (*self.point(box.x1, box.y1, size), *self.point(box.x2, box.y2, size))


def window_round(x_px: float, y_px: float, side_px: float) -> Window:
    """The window of about `side_px` with (x, y) in its middle."""
    side = max(round(side_px), MIN_SIDE_PX)
    return Window(round(x_px - side / 2), round(y_px - side / 2), side)


def window_of_box(box: Box) -> Window:
    """The window that a box alone asks for."""
    side = max(box.width, box.height) * BOX_WINDOW
    return window_round((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2, side)


def crop(picture: Bytes, window: Window, size: int, fill: int = PAD_VALUE) -> Bytes:
    """The window of uint8 (H, W) or (H, W, 3) at `size` x `size`; beyond the picture it is `fill`."""
    height, width = picture.shape[:2]
    right, bottom = window.left + window.side, window.top + window.side
    part = picture[max(window.top, 0) : max(bottom, 0), max(window.left, 0) : max(right, 0)]
    beyond = (max(-window.top, 0), max(bottom - height, 0), max(-window.left, 0), max(right - width, 0))
    if not part.size:
        return np.full((size, size, *picture.shape[2:]), fill, dtype=np.uint8)
    if any(beyond):
        padded = cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=(fill,) * 3)
        part = np.asarray(padded, dtype=np.uint8)
    method = cv2.INTER_AREA if window.side > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (size, size), interpolation=method), dtype=np.uint8)


def draw_click(channel: NDArray[np.float32], x: float, y: float) -> None:
    """Set the disk of a click at (x, y) of the channel's pixels (S, S) to 1."""
    size = channel.shape[0]
    radius = size * CLICK_RADIUS_SHARE
    first_x, first_y = max(int(x - radius) - 1, 0), max(int(y - radius) - 1, 0)
    part = channel[first_y : int(y + radius) + 2, first_x : int(x + radius) + 2]
    off_y = np.arange(part.shape[0])[:, None] + (first_y + 0.5 - y)
    off_x = np.arange(part.shape[1])[None, :] + (first_x + 0.5 - x)
    part[off_x**2 + off_y**2 <= radius**2] = 1.0


def draw_box(channel: NDArray[np.float32], corners: Sequence[float]) -> None:
    """Fill the channel (S, S) with the roof over a box (xyxy in its pixels)."""
    x1, y1, x2, y2 = corners
    middle = np.arange(channel.shape[0], dtype=np.float32) + 0.5
    rise_x = 1.0 - np.abs(middle - (x1 + x2) / 2) / max((x2 - x1) / 2, 0.5)
    rise_y = 1.0 - np.abs(middle - (y1 + y2) / 2) / max((y2 - y1) / 2, 0.5)
    roof = np.minimum(rise_y[:, None], rise_x[None, :])
    channel[...] = np.where(roof > 0.0, 0.5 + 0.5 * roof, 0.0)


def input_of(picture: Bytes, window: Window, size: int) -> Singles:
    """float32 (7, S, S) of a uint8 RGB picture's window, without a prompt yet."""
    image = np.zeros((INPUT_CHANNELS, size, size), dtype=np.float32)
    image[:3] = crop(picture, window, size).transpose(2, 0, 1)
    image[:3] *= 1.0 / 255.0
    return image
