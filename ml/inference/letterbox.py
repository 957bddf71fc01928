"""Fit a picture of any shape into a square input, and bring boxes back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

PAD_VALUE = 114


@dataclass(frozen=True, slots=True)
class Fit:
    """How a picture lies in its square input: input = picture * scale + (left, top)."""

    scale_x: float
    scale_y: float
    left: int
    top: int
    width: int
    height: int


def letterbox(
    image: NDArray[np.uint8], size: int, centred: bool = True, stride: int = 0
) -> tuple[NDArray[np.uint8], Fit]:
    """Scale uint8 RGB (H, W, 3) to fit a grey (size, size, 3) canvas, centred or at its top-left.

    With a `stride` the canvas is only as large as the scaled picture needs, its sides multiples of it.
    """
    height, width = image.shape[:2]
    scale = size / max(height, width)
    inner_w, inner_h = max(round(width * scale), 1), max(round(height * scale), 1)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    inner = cv2.resize(image, (inner_w, inner_h), interpolation=method)
    canvas_w, canvas_h = (-(-side // stride) * stride if stride else size for side in (inner_w, inner_h))
    left, top = ((canvas_w - inner_w) // 2, (canvas_h - inner_h) // 2) if centred else (0, 0)
    canvas = np.full((canvas_h, canvas_w, 3), PAD_VALUE, dtype=np.uint8)
    canvas[top : top + inner_h, left : left + inner_w] = inner
    return canvas, Fit(inner_w / width, inner_h / height, left, top, width, height)


def boxes_back(boxes_input: NDArray[np.float32], fit: Fit) -> NDArray[np.float32]:
    """Boxes (n, 4) xyxy from input pixels to picture pixels, clipped to the picture."""
    offset = np.array([fit.left, fit.top] * 2, dtype=np.float32)
    scale = np.array([fit.scale_x, fit.scale_y] * 2, dtype=np.float32)
    limit = np.array([fit.width, fit.height] * 2, dtype=np.float32)
    return np.asarray(np.clip((boxes_input - offset) / scale, 0, limit), dtype=np.float32)
