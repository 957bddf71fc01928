"""How likely each pixel of a small window belongs to the object, from watersheds, place and colour.

One watershed is brittle. Many with different seeds and blur (stochastic watershed, Angulo and Jeulin 2007) vote, and
the vote is averaged with a prior of place and a likelihood of colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Soft = NDArray[np.float32]
Points = Sequence[tuple[float, float]]

COLOUR_BINS = 8
# A colour seen in neither place decides nothing.
COLOUR_PRIOR = 2e-4
BOX_BLURS_PX = (0.0, 1.0, 2.0)
BOX_SEED_SCALES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
BOX_PRIOR_SCALES = (0.6, 0.8, 0.9, 1.0, 1.1)
CLICK_BLURS_PX = (1.0, 2.0)
# Shares of the window's longer side. A person zooms until the object fills a third to two thirds of the view.
CLICK_SEED_RADII = (0.02, 0.05, 0.1)
CLICK_REACHES = (0.35, 0.5)
CLICK_PRIOR_SIGMA = 0.18
CLICK_COLOUR_RADIUS = 0.04
OUT_RADIUS = 0.03
OUT_PRIOR_SIGMA = 0.17
FAR_PRIOR_MAX = 0.05


def box_likelihood(
    window: NDArray[np.uint8], box: tuple[float, float, float, float], ins: Points, outs: Points
) -> Soft:
    """(h, w) in 0..1 for an object filling a box (xyxy in window pixels), 0 outside the box."""
    shape = window.shape[:2]
    side = max(box[2] - box[0], box[3] - box[1])
    within = _rectangle(shape, box)
    out = _disks(shape, outs, OUT_RADIUS * side)
    given = _disks(shape, ins, OUT_RADIUS * side) & ~out
    votes = np.zeros(shape, dtype=np.float32)
    for blurred, scale in product([_blurred(window, b) for b in BOX_BLURS_PX], BOX_SEED_SCALES):
        seed = (_ellipse(shape, box, scale) & within & ~out) | given
        votes += _watershed(blurred, seed, (~within | out) & ~given)
    votes /= len(BOX_BLURS_PX) * len(BOX_SEED_SCALES)
    prior = np.mean([_ellipse(shape, box, scale) for scale in BOX_PRIOR_SCALES], axis=0)
    prior = _with_clicks(prior, ins, outs, OUT_PRIOR_SIGMA * side)
    colour = _colour(window, (_ellipse(shape, box, 0.8) & ~out) | given, ~within | out)
    likely: Soft = ((votes + prior + 2.0 * colour) / 4.0).astype(np.float32)
    likely[~within | out] = 0.0
    likely[given] = 1.0
    return likely


def click_likelihood(window: NDArray[np.uint8], ins: Points, outs: Points) -> Soft:
    """(h, w) in 0..1 for the object under the clicks `ins` (at least one), away from the clicks `outs`."""
    shape = window.shape[:2]
    side = max(shape)
    border = np.ones(shape, dtype=np.bool_)
    border[2:-2, 2:-2] = False
    out = _disks(shape, outs, OUT_RADIUS * side)
    votes = np.zeros(shape, dtype=np.float32)
    for blurred, radius in product([_blurred(window, b) for b in CLICK_BLURS_PX], CLICK_SEED_RADII):
        seed = _disks(shape, ins, radius * side) & ~out
        for reach in CLICK_REACHES:
            far = border | out | ~_disks(shape, ins, reach * side)
            votes += _watershed(blurred, seed, far & ~seed)
    votes /= len(CLICK_BLURS_PX) * len(CLICK_SEED_RADII) * len(CLICK_REACHES)
    nearest = np.min([_distance(shape, p) for p in ins], axis=0)
    prior = np.exp(-0.5 * (nearest / (CLICK_PRIOR_SIGMA * side)) ** 2)
    prior = _with_clicks(prior, (), outs, OUT_PRIOR_SIGMA * side)
    near = _disks(shape, ins, CLICK_COLOUR_RADIUS * side) & ~out
    colour = _colour(window, near, (border | out | (prior < FAR_PRIOR_MAX)) & ~near)
    likely: Soft = ((1.5 * votes + prior + colour) / 3.5).astype(np.float32)
    likely[out] = 0.0
    likely[_disks(shape, ins, 1.5) & ~out] = 1.0
    return likely


def _watershed(window: NDArray[np.uint8], inside: Bools, outside: Bools) -> Bools:
    markers = outside.astype(np.int32)
    markers[inside] = 2
    cv2.watershed(window, markers)
    # OpenCV leaves a one-pixel ridge and the frame unowned: give them to the object where it touches them.
    grown = cv2.dilate((markers == 2).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.asarray(grown & ~outside)


def _colour(window: NDArray[np.uint8], inside: Bools, outside: Bools) -> Soft:
    bins = (window >> 5).astype(np.intp)
    index = (bins[..., 0] * COLOUR_BINS + bins[..., 1]) * COLOUR_BINS + bins[..., 2]
    like, unlike = _histogram(index[inside]), _histogram(index[outside])
    share = (like + COLOUR_PRIOR) / (like + unlike + 2.0 * COLOUR_PRIOR)
    return np.asarray(cv2.GaussianBlur(share[index].astype(np.float32), (0, 0), 1.0))


def _histogram(values: NDArray[np.intp]) -> NDArray[np.float64]:
    """Shares by colour, spread a little over the neighbouring bins: noise crosses their borders."""
    cube = np.bincount(values, minlength=COLOUR_BINS**3).astype(np.float64).reshape((COLOUR_BINS,) * 3)
    padded = np.pad(cube, 1)
    spread = cube.copy()
    for axis in range(3):
        for start in (0, 2):
            part = [slice(1, -1)] * 3
            part[axis] = slice(start, start + COLOUR_BINS)
            spread += 0.15 * padded[tuple(part)]
    shares: NDArray[np.float64] = spread.ravel() / max(spread.sum(), 1.0)
    return shares


def _with_clicks(
    prior: NDArray[np.float64], ins: Points, outs: Points, sigma_px: float
) -> NDArray[np.float64]:
    for point in ins:
        prior = np.maximum(prior, np.exp(-0.5 * (_distance(prior.shape, point) / sigma_px) ** 2))
    for point in outs:
        prior = prior * (1.0 - np.exp(-0.5 * (_distance(prior.shape, point) / sigma_px) ** 2))
    return prior


def _blurred(window: NDArray[np.uint8], sigma_px: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(window, (0, 0), sigma_px), dtype=np.uint8) if sigma_px else window


def _centres(shape: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = np.arange(shape[1], dtype=np.float64), np.arange(shape[0], dtype=np.float64)
    return x[None, :] + 0.5, y[:, None] + 0.5


def _distance(shape: tuple[int, ...], point: tuple[float, float]) -> NDArray[np.float64]:
    x, y = _centres(shape)
    return np.asarray(np.hypot(x - point[0], y - point[1]))


def _disks(shape: tuple[int, ...], points: Points, radius_px: float) -> Bools:
    found = np.zeros(shape, dtype=np.bool_)
    for point in points:
        found |= _distance(shape, point) <= max(radius_px, 1.5)
    return found


def _ellipse(shape: tuple[int, ...], box: tuple[float, float, float, float], scale: float) -> Bools:
    x, y = _centres(shape)
    half_x = max((box[2] - box[0]) / 2.0 * scale, 0.7)
    half_y = max((box[3] - box[1]) / 2.0 * scale, 0.7)
    off_x, off_y = (x - (box[0] + box[2]) / 2.0) / half_x, (y - (box[1] + box[3]) / 2.0) / half_y
    return np.asarray(off_x**2 + off_y**2 <= 1.0)


def _rectangle(shape: tuple[int, ...], box: tuple[float, float, float, float]) -> Bools:
    x, y = _centres(shape)
    return np.asarray((x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3]))
