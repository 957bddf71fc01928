"""Where on the floor a boxed person stands: the lower edge's middle, less what a body's shape does to it.

A box ends at the toe next to the camera, and under a steep view its middle leans away from the feet: both are worked out
from a body of ordinary size standing there. Feet that are hidden or cut off are told from the height they would mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ml.geometry.arrays import Bools, Floats
from ml.geometry.calibration import Calibration, FloorPoints

# (height, radius) of rings round a standing body, metres: feet, hips and hands, shoulders, crown.
_BODY_RINGS_M = ((0.03, 0.24), (0.9, 0.24), (1.4, 0.24), (1.72, 0.09))
BODY_HEIGHT_M = 1.72
# How far the middle between the feet lies from where this body would have them, per axis: by stride, which changes from
# look to look, and by posture, which stays.
STRIDE_SPREAD_M = 0.06
POSTURE_SPREAD_M = 0.08
# Box edges of a fair detector, as a share of the box's height, and never better than the pixel grid.
EDGE_SIGMA_HEIGHTS = 0.025
EDGE_SIGMA_MIN_PX = 0.5
# Heights that a box can mean before its feet are taken for hidden, or the box for no person upright.
HEIGHT_MIN_M, HEIGHT_MAX_M = 1.45, 2.2
CUT_OFF_MARGIN_PX = 2.0
# A box covers every pixel its object touches: half a pixel too much on each side.
OUTSIDE_PX = 0.5
_SIDES = 8
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """Places of N boxes. `clear` (N,): the feet are in the picture and not hidden, so the place may be judged by.

    `height_m` (N,): the body height each box would mean; NaN where only the plane is known.
    """

    points: FloorPoints
    clear: Bools
    height_m: Floats


def edge_sigma_px(boxes_px: ArrayLike, share: float = EDGE_SIGMA_HEIGHTS) -> Floats:
    """(N,) standard deviation of one edge of (N, 4) xyxy boxes."""
    boxes = np.asarray(boxes_px, dtype=np.float64).reshape(-1, 4)
    return np.asarray(np.maximum(share * (boxes[:, 3] - boxes[:, 1]), EDGE_SIGMA_MIN_PX))


def stand(
    calibration: Calibration,
    boxes_px: ArrayLike,
    size_px: tuple[int, int],
    sigma_px: ArrayLike | None = None,
    spread_m: float = STRIDE_SPREAD_M,
) -> Standing:
    """Places of (N, 4) xyxy boxes of upright people in a picture of `size_px` (width, height).

    `sigma_px` (N,): standard deviation of one box edge; `edge_sigma_px` where not given.
    """
    boxes = np.asarray(boxes_px, dtype=np.float64).reshape(-1, 4)
    sigma = edge_sigma_px(boxes) if sigma_px is None else np.broadcast_to(np.asarray(sigma_px), (len(boxes),))
    bottom = np.column_stack([(boxes[:, 0] + boxes[:, 2]) / 2.0, boxes[:, 3] - OUTSIDE_PX])
    feet, height = bottom, np.full(len(boxes), np.nan)
    for _ in range(_ROUNDS):
        shape = _body_boxes(calibration, calibration.to_floor(feet))
        known = np.asarray(np.isfinite(shape).all(axis=1))
        middle = np.column_stack([(shape[:, 0] + shape[:, 2]) / 2.0, shape[:, 3]])
        feet = np.where(known[:, None], bottom - (middle - shape[:, 4:]), bottom)
        height = BODY_HEIGHT_M * (boxes[:, 3] - boxes[:, 1]) / (shape[:, 3] - shape[:, 1])
    # The middle of two edges is surer than one edge.
    points = calibration.locate(feet, np.column_stack([sigma / np.sqrt(2.0), sigma]), spread_m)
    if calibration.vertical is None:
        height = np.full(len(boxes), np.nan)
    clear = np.isfinite(points.xy_m).all(axis=1) & _in_picture(boxes, size_px) & ~_hidden(boxes, bottom)
    clear &= ~((height < HEIGHT_MIN_M) | (height > HEIGHT_MAX_M))
    return Standing(points, clear, height)


def _body_boxes(calibration: Calibration, floor_m: Floats) -> Floats:
    """(N, 6): xyxy of a body's picture at each place, and the place's own pixel."""
    angle = 2.0 * np.pi * np.arange(_SIDES) / _SIDES
    unit = np.column_stack([np.cos(angle), np.sin(angle)])
    at = np.where(np.isfinite(floor_m), floor_m, 0.0)
    rings = _BODY_RINGS_M if calibration.vertical is not None else _BODY_RINGS_M[:1]
    outline = []
    for height, radius in rings:
        ring = (at[:, None] + radius * unit).reshape(-1, 2)
        pixels = calibration.to_image(ring, height if calibration.vertical is not None else 0.0)
        outline.append(pixels.reshape(len(at), _SIDES, 2))
    body = np.concatenate(outline, axis=1)
    found = np.concatenate([body.min(axis=1), body.max(axis=1), calibration.to_image(at)], axis=1)
    found[~np.isfinite(floor_m).all(axis=1)] = np.nan
    return found


def _in_picture(boxes: Floats, size_px: tuple[int, int]) -> Bools:
    width, height = size_px
    side = (boxes[:, 0] > CUT_OFF_MARGIN_PX) & (boxes[:, 2] < width - CUT_OFF_MARGIN_PX)
    return np.asarray(side & (boxes[:, 3] < height - CUT_OFF_MARGIN_PX))


def _hidden(boxes: Floats, bottom: Floats) -> Bools:
    """(N,) whether another box that ends lower covers the lower edge's middle."""
    x, y = bottom[:, :1], bottom[:, 1:]
    over = (x > boxes[:, 0]) & (x < boxes[:, 2]) & (y > boxes[:, 1]) & (y < boxes[:, 3])
    np.fill_diagonal(over, False)
    return np.asarray(over.any(axis=1))
