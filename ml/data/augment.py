"""Augmentation for small detectors: mosaic, flip, scale and colour, each tile drawn by one affine warp."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.data.cache import Outline, Sample

PAD_VALUE = 114
# Tile side over input side: 1 shows objects as large as at inference.
MOSAIC_SCALE = (0.45, 1.3)
TILE_JITTER = (0.8, 1.25)
SINGLE_SCALE = (0.6, 1.6)
CROSS_RANGE = (0.3, 0.7)
# A cut object is kept as a label while this share of it is visible.
MIN_VISIBLE = 0.25
MIN_SIDE_PX = 2.0
HUE_GAIN, SATURATION_GAIN, VALUE_GAIN = 0.015, 0.6, 0.4


@dataclass(frozen=True, slots=True)
class Augmented:
    """`pixels` uint8 RGB (S, S, 3); `boxes` (n, 4) xyxy in its pixels; `labels`, `ignored` (n,); `outlines` n or none."""

    pixels: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    ignored: NDArray[np.bool_]
    outlines: tuple[Outline, ...] = ()


def mosaic(rng: np.random.Generator, samples: Sequence[Sample], size: int) -> Augmented:
    """Four pictures around a random cross point, flipped, scaled and tinted."""
    canvas = np.full((size, size, 3), PAD_VALUE, dtype=np.uint8)
    cross_x, cross_y = rng.uniform(*CROSS_RANGE, size=2) * size
    common = log_uniform(rng, *MOSAIC_SCALE)
    parts = []
    for position, sample in enumerate(samples):
        height, width = sample.pixels.shape[:2]
        scale = common * log_uniform(rng, *TILE_JITTER) * size / max(height, width)
        left = cross_x - width * scale if position % 2 == 0 else cross_x
        top = cross_y - height * scale if position < 2 else cross_y
        parts.append(_paste(canvas, sample, scale, left, top, flip=rng.random() < 0.5))
    return _finish(rng, canvas, parts)


def single(
    rng: np.random.Generator, sample: Sample, size: int, scale_range: tuple[float, float] = SINGLE_SCALE
) -> Augmented:
    """One picture, flipped, scaled, moved and tinted."""
    canvas = np.full((size, size, 3), PAD_VALUE, dtype=np.uint8)
    height, width = sample.pixels.shape[:2]
    scale = log_uniform(rng, *scale_range) * size / max(height, width)
    left = rng.uniform(0, 1) * (size - width * scale)
    top = rng.uniform(0, 1) * (size - height * scale)
    part = _paste(canvas, sample, scale, left, top, flip=rng.random() < 0.5)
    return _finish(rng, canvas, [part])


def tint(rng: np.random.Generator, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Random hue, saturation and value gains by look-up tables."""
    gains = 1 + rng.uniform(-1, 1, 3) * (HUE_GAIN, SATURATION_GAIN, VALUE_GAIN)
    ramp = np.arange(256, dtype=np.float64)
    table = np.stack(
        [(ramp * gains[0]) % 180, np.clip(ramp * gains[1], 0, 255), np.clip(ramp * gains[2], 0, 255)], axis=-1
    ).astype(np.uint8)
    hsv = cv2.LUT(cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV), table[None])
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), dtype=np.uint8)


_Part = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.bool_], tuple[Outline, ...]]


def _paste(
    canvas: NDArray[np.uint8], sample: Sample, scale: float, left: float, top: float, flip: bool
) -> _Part:
    """Draw `sample` with its top-left at (left, top) in canvas pixels; gives its visible labels."""
    width = sample.pixels.shape[1]
    sign, start = (-scale, left + width * scale) if flip else (scale, left)
    # A bilinear warp below half size would skip pixels: it starts from a halved copy.
    source = (
        cv2.resize(sample.pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        if scale < 0.5
        else sample.pixels
    )
    zoom_x, zoom_y = width / source.shape[1], sample.pixels.shape[0] / source.shape[0]
    # Pixel centres lie at +0.5: without the shift every box would sit half a pixel off.
    matrix = np.array(
        [
            [sign * zoom_x, 0.0, start + 0.5 * sign * zoom_x - 0.5],
            [0.0, scale * zoom_y, top + 0.5 * scale * zoom_y - 0.5],
        ]
    )
    cv2.warpAffine(
        source,
        matrix,
        (canvas.shape[1], canvas.shape[0]),
        dst=canvas,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    moved = sample.boxes * np.float32(scale)
    if flip:
        moved[:, [0, 2]] = width * np.float32(scale) - moved[:, [2, 0]]
    moved += np.array([left, top, left, top], dtype=np.float32)
    keep = _visible(moved, canvas.shape[0])
    # Flipped, a point at x of the picture comes to lie at `start` less x times the scale: as the pixels do.
    gain, offset = np.array((sign, scale), np.float32), np.array((start, top), np.float32)
    rings = tuple(
        tuple(ring * gain + offset for ring in outline)
        for outline, seen in zip(sample.outlines, keep, strict=False)
        if seen
    )
    return moved[keep].clip(0, canvas.shape[0]), sample.labels[keep], sample.ignored[keep], rings


def _visible(boxes: NDArray[np.float32], size: int) -> NDArray[np.bool_]:
    clipped = boxes.clip(0, size)
    sides = clipped[:, 2:] - clipped[:, :2]
    area = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1e-6)
    keep: NDArray[np.bool_] = (sides.min(axis=1) >= MIN_SIDE_PX) & (sides.prod(axis=1) / area >= MIN_VISIBLE)
    return keep


def _finish(rng: np.random.Generator, canvas: NDArray[np.uint8], parts: Sequence[_Part]) -> Augmented:
    boxes, labels, ignored = (np.concatenate(column) for column in list(zip(*parts, strict=True))[:3])
    outlines = tuple(outline for part in parts for outline in part[3])
    return Augmented(tint(rng, canvas), boxes, labels, ignored, outlines)


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between `low` and `high`, even in its logarithm."""
    return math.exp(rng.uniform(math.log(low), math.log(high)))
