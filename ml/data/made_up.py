"""Made-up outlines and surfaces: what no set of named objects teaches, that an object is whatever differs from what
is around it. Torch-free.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.geometry.arrays import Bytes, Floats, Singles

Rng = np.random.Generator

SHAPE_PX = 144
# Longer side of a shape before it is cut out.
SPAN_PX = 120
SURFACE_PX = 320
MIN_SHAPE_PX = 200
TRIES = 8


def shape(rng: Rng) -> Bytes:
    """The mask of a made-up object, 0 or 255, cut to its tight box; its longer side is about 120 pixels."""
    for _ in range(TRIES):
        draw = _SHAPES[int(rng.choice(len(_SHAPES), p=_SHAPE_ODDS))]
        mask = draw(rng)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if len(rows) and int((mask > 0).sum()) >= MIN_SHAPE_PX:
            return np.ascontiguousarray(mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    return np.asarray(cv2.circle(np.zeros((81, 81), np.uint8), (40, 40), 40, 255, -1), dtype=np.uint8)


def surface(rng: Rng) -> Bytes:
    """A made-up surface, uint8 RGB (320, 320, 3): cloudy, brushed, striped or tiled, of one colour or a few."""
    height = _clouds(rng)
    kind = rng.random()
    if kind < 0.25:
        height = 0.5 * height + _stripes(rng)
    elif kind < 0.35:
        height = 0.5 * height + _tiles(rng)
    grey = rng.random() < 0.5
    base = np.full(3, rng.uniform(40, 215)) if grey else rng.uniform(20, 235, 3)
    tone = np.ones(3) if grey else rng.uniform(0.3, 1.0, 3) * rng.choice((-1, 1), 3, p=(0.2, 0.8))
    pixels = base + height[..., None] * tone * np.exp(rng.uniform(np.log(4), np.log(55)))
    pixels += rng.normal(0, rng.uniform(0, 9), pixels.shape)
    return np.asarray(np.clip(pixels, 0, 255), dtype=np.uint8)


def _clouds(rng: Rng, side: int = SURFACE_PX) -> Singles:
    """Noise of several sizes (zero mean, unit spread), drawn out along one direction as brushing does."""
    total = np.zeros((side, side), np.float32)
    roughness = rng.uniform(0.35, 1.1)
    stretch = float(np.exp(rng.uniform(0, np.log(14)))) if rng.random() < 0.5 else 1.0
    for octave in range(7):
        cells = 2**octave + 1
        across = max(round(cells / stretch), 2)
        grid = rng.normal(0, 1, (cells + 1, across + 1)).astype(np.float32)
        total += cv2.resize(grid, (side, side), interpolation=cv2.INTER_CUBIC) * roughness**octave
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(0, 360), 1.45)
    turned = cv2.warpAffine(total, matrix, (side, side), borderMode=cv2.BORDER_REFLECT)
    return np.asarray((turned - turned.mean()) / (turned.std() + 1e-6), dtype=np.float32)


def _stripes(rng: Rng) -> Singles:
    y, x = np.mgrid[0:SURFACE_PX, 0:SURFACE_PX].astype(np.float32)
    angle, wave = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(5), np.log(90)))
    phase = (x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / wave + 0.5 * _clouds(rng)
    return np.asarray(np.tanh(np.sin(phase) * rng.uniform(0.5, 4)), dtype=np.float32)


def _tiles(rng: Rng) -> Singles:
    cells = int(rng.integers(2, 12))
    grid = rng.normal(0, 1, (cells, cells)).astype(np.float32)
    return np.asarray(
        cv2.resize(grid, (SURFACE_PX, SURFACE_PX), interpolation=cv2.INTER_NEAREST), dtype=np.float32
    )


def _blob(rng: Rng) -> Bytes:
    """A smooth closed curve: a circle whose radius wanders, squeezed and turned."""
    angles = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    radius = np.ones(96)
    rough = rng.uniform(0.1, 0.45)
    for wave in range(2, 12):
        radius += rng.normal(0, rough / wave) * np.cos(wave * angles + rng.uniform(0, 2 * np.pi))
    points = np.stack([np.cos(angles), np.sin(angles) * rng.uniform(0.2, 1.0)], axis=1)
    return _polygon(_turned(rng, points * np.maximum(radius, 0.15)[:, None]))


def _corners(rng: Rng) -> Bytes:
    """A convex polygon of three to eight corners."""
    count = int(rng.integers(3, 9))
    even = np.arange(count) * 2 * np.pi / count
    angles = np.sort(rng.uniform(0, 2 * np.pi, count)) if rng.random() < 0.5 else even
    points = np.stack([np.cos(angles), np.sin(angles) * rng.uniform(0.25, 1.0)], axis=1)
    return _polygon(_turned(rng, points))


def _star(rng: Rng) -> Bytes:
    """A polygon with bays: radii that jump from corner to corner."""
    count = int(rng.integers(5, 16))
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * rng.uniform(0.35, 1.0, (count, 1))
    return _polygon(_turned(rng, points * (1.0, rng.uniform(0.4, 1.0))))


def _stroke(rng: Rng) -> Bytes:
    """A line that wanders and swells, as a crack, a cable or a scratch does."""
    steps = int(rng.integers(3, 12))
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(rng.normal(0, rng.uniform(0.1, 0.7), steps))
    points = _placed(np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0))
    mask = np.zeros((SHAPE_PX, SHAPE_PX), dtype=np.uint8)
    width = np.exp(rng.uniform(np.log(3), np.log(26)))
    for first, second in zip(points[:-1], points[1:], strict=True):
        thick = max(2, round(width * rng.uniform(0.6, 1.4)))
        cv2.line(mask, first.tolist(), second.tolist(), 255, thick, cv2.LINE_8)
    return mask


def _ring(rng: Rng) -> Bytes:
    """A shape with a hole in it."""
    outer = (_blob, _corners)[int(rng.integers(2))](rng)
    share = rng.uniform(0.3, 0.75)
    hole = cv2.resize(outer, None, fx=share, fy=share, interpolation=cv2.INTER_NEAREST)
    room = SHAPE_PX - hole.shape[0]
    top, left = (int(room / 2 + rng.normal(0, 3)) for _ in range(2))
    top, left = (min(max(v, 0), room) for v in (top, left))
    part = outer[top : top + hole.shape[0], left : left + hole.shape[1]]
    part[hole > 0] = 0
    return outer


def _joined(rng: Rng) -> Bytes:
    """Two or three shapes that overlap, as a body and its limbs do."""
    mask = np.zeros((SHAPE_PX, SHAPE_PX), np.uint8)
    for _ in range(int(rng.integers(2, 4))):
        part = (_blob, _corners, _stroke)[int(rng.integers(3))](rng)
        share = rng.uniform(0.35, 0.8)
        small = cv2.resize(part, None, fx=share, fy=share, interpolation=cv2.INTER_NEAREST)
        top, left = (int(v) for v in rng.uniform(0.15, 0.85, 2) * (SHAPE_PX - small.shape[0]))
        place = mask[top : top + small.shape[0], left : left + small.shape[1]]
        np.maximum(place, small, out=place)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if len(stats) > 1 else 0
    return np.asarray((labels == largest) & (mask > 0), dtype=np.uint8) * np.uint8(255)


def _cloud_cut(rng: Rng) -> Bytes:
    """The largest patch of cloudy noise over a level: ragged, as stains and seepage are."""
    small = cv2.GaussianBlur(_clouds(rng, SHAPE_PX), (0, 0), rng.uniform(0.8, 3.0))
    mask = (small > np.quantile(small, rng.uniform(0.6, 0.9))).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if len(stats) > 1 else 0
    return np.asarray((labels == largest) & (mask > 0), dtype=np.uint8) * np.uint8(255)


def _turned(rng: Rng, points: Floats) -> Floats:
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(points @ turn)


def _placed(points: Floats) -> NDArray[np.int32]:
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = (points - (low + high) / 2) * SPAN_PX / max(float((high - low).max()), 1e-6)
    return np.asarray(np.round(scaled + SHAPE_PX / 2), dtype=np.int32)


def _polygon(points: Floats) -> Bytes:
    mask = np.zeros((SHAPE_PX, SHAPE_PX), dtype=np.uint8)
    cv2.fillPoly(mask, [_placed(points)], 255)
    return mask


_SHAPES = (_blob, _corners, _star, _stroke, _ring, _joined, _cloud_cut)
_SHAPE_ODDS = (0.25, 0.12, 0.1, 0.18, 0.07, 0.16, 0.12)
