"""Made-up objects on real backgrounds: shapes, marks and cracks of every contrast, cut exactly.

They teach what no set of named objects does: that an object is whatever differs from what is around it.
"""

from __future__ import annotations

import cv2
import numpy as np

from ml.data.instances import InstanceMask, instance_of
from ml.geometry.arrays import Bytes, Floats

Rng = np.random.Generator

SIDE_PX = 288
# Longer side of a shape, as a share of the picture's.
SIZES = (0.12, 0.6)
DISTRACTOR_SHARE = 0.5
# Less than this mean difference of grey levels is not to be seen.
MIN_CONTRAST = 14.0
TRIES = 6


def pasted(rng: Rng, background: Bytes, filler: Bytes) -> tuple[Bytes, InstanceMask] | None:
    """A shape on `background`, filled from `filler` (both uint8 (288, 288, 3)); None where no shape came out."""
    picture = background.copy()
    if rng.random() < DISTRACTOR_SHARE:
        picture = _filled(rng, picture, _shape(rng), filler)
    for _ in range(TRIES):
        mask = _shape(rng)
        target = instance_of(mask)
        if target is not None:
            return _filled(rng, picture, mask, filler), target
    return None


def _shape(rng: Rng) -> Bytes:
    size = SIDE_PX * float(np.exp(rng.uniform(*np.log(SIZES))))
    middle = rng.uniform(0.5 * size, SIDE_PX - 0.5 * size, 2)
    draw = (_blob, _blob, _outline, _stroke)[int(rng.integers(4))]
    return draw(rng, middle, size)


def _blob(rng: Rng, middle: Floats, size: float) -> Bytes:
    """A smooth closed curve: a circle whose radius wanders, squeezed and turned."""
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    radius = np.ones(64)
    for wave in range(2, 8):
        radius += rng.normal(0, 0.35 / wave) * np.cos(wave * angles + rng.uniform(0, 2 * np.pi))
    radius = np.maximum(radius, 0.15) * size / 2
    points = np.stack([radius * np.cos(angles), radius * np.sin(angles) * rng.uniform(0.25, 1.0)], axis=1)
    return _polygon(_turned(rng, points) + middle)


def _outline(rng: Rng, middle: Floats, size: float) -> Bytes:
    """A convex polygon of three to eight corners."""
    corners = int(rng.integers(3, 9))
    angles = (
        np.sort(rng.uniform(0, 2 * np.pi, corners))
        if rng.random() < 0.5
        else np.arange(corners) * 2 * np.pi / corners
    )
    points = np.stack([np.cos(angles), np.sin(angles) * rng.uniform(0.25, 1.0)], axis=1) * size / 2
    return _polygon(_turned(rng, points) + middle)


def _stroke(rng: Rng, middle: Floats, size: float) -> Bytes:
    """A line that wanders, as a crack, a cable or a scratch does."""
    steps = int(rng.integers(3, 9))
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, 0.5, steps))
    points = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)
    points = (points - points.mean(axis=0)) * (size / steps) + middle
    mask = np.zeros((SIDE_PX, SIDE_PX), dtype=np.uint8)
    width = max(2, round(size * rng.uniform(0.03, 0.2)))
    cv2.polylines(mask, [np.round(points).astype(np.int32)], False, 1, width)
    return mask


def _turned(rng: Rng, points: Floats) -> Floats:
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(points @ turn)


def _polygon(points: Floats) -> Bytes:
    mask = np.zeros((SIDE_PX, SIDE_PX), dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 1)
    return mask


def _filled(rng: Rng, picture: Bytes, mask: Bytes, filler: Bytes) -> Bytes:
    base = picture.astype(np.float32)
    kind = int(rng.integers(3))
    if kind == 0:
        fill = filler.astype(np.float32)
    elif kind == 1:
        fill = base * float(rng.choice((rng.uniform(0.35, 0.8), rng.uniform(1.25, 1.9))))
    else:
        grain = cv2.GaussianBlur(
            rng.normal(0, 1, base.shape[:2]).astype(np.float32), (0, 0), rng.uniform(0.6, 3)
        )
        fill = rng.uniform(0, 255, 3).astype(np.float32) + grain[..., None] * rng.uniform(5, 60)
    inside = mask > 0
    if inside.any() and np.abs(fill[inside].mean(axis=0) - base[inside].mean(axis=0)).mean() < MIN_CONTRAST:
        fill = fill + float(rng.choice((-1, 1))) * rng.uniform(20, 70)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), rng.uniform(0.4, 1.6)) * rng.uniform(0.6, 1.0)
    mixed = base + (fill - base) * soft[..., None]
    return np.asarray(np.clip(mixed, 0, 255), dtype=np.uint8)
