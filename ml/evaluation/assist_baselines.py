"""What the assist network is held against: the box itself, GrabCut with a seeded middle, and one watershed."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box
from ml.geometry.arrays import Bools, Bytes
from ml.inference.assist_input import CLICK_RADIUS_SHARE
from ml.inference.segmenter import Features, Prompts, Segmentation, picture_check, prompts_check

# GrabCut in the full picture takes seconds; in a window of this side it is as good.
WINDOW_SIDE_PX = 128
BOX_MARGIN = 0.25
ITERATIONS = 2
CORE = 0.4
MIN_SIDE_PX = 4
# One watershed: its blur in pixels of the window; its seed as a share of the box, or round a click of the window's side.
BLUR_PX = 1.0
BOX_SEED = 0.6
CLICK_SEED = 0.05


class _PictureSegmenter:
    """Encoding costs nothing: the picture itself."""

    key = ""
    basic = True

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """The picture itself."""
        picture_check(image_rgb)
        return Features(image_rgb, image_rgb.shape[0], image_rgb.shape[1], self.key)

    def restore(self, data: bytes, height: int, width: int) -> Features:
        """The picture from its raw bytes."""
        return self.encode(np.frombuffer(data, dtype=np.uint8).reshape(height, width, 3))


class BoxItself(_PictureSegmenter):
    """The box as a mask; nothing for clicks alone."""

    key = "box"

    def decode(self, features: Features, prompts: Prompts) -> Segmentation:
        """One mask: the pixels whose middle lies in the box."""
        prompts_check(prompts, features, self.key)
        mask = np.zeros((1, features.height, features.width), dtype=np.bool_)
        if prompts.box is not None:
            left, top, right, bottom = _whole(prompts.box, features)
            mask[0, top:bottom, left:right] = True
        return Segmentation(mask, np.ones(1, dtype=np.float32))


class GrabCut(_PictureSegmenter):
    """OpenCV's GrabCut (Rother et al. 2004) in a window of the box or the view, with its middle or the clicks as
    seeds."""

    key = "grabcut"

    def decode(self, features: Features, prompts: Prompts) -> Segmentation:
        """One mask."""
        prompts_check(prompts, features, self.key)
        return _in_window(
            features, prompts, lambda *shown: _cut(shown[0], _seeds(shown[0].shape[:2], *shown[1:]))
        )


class Watershed(_PictureSegmenter):
    """One watershed (Meyer 1992, OpenCV's) from the middle of the box or round the clicks, against what is beyond."""

    key = "watershed"

    def decode(self, features: Features, prompts: Prompts) -> Segmentation:
        """One mask."""
        prompts_check(prompts, features, self.key)
        return _in_window(features, prompts, _flooded)


def _in_window(
    features: Features,
    prompts: Prompts,
    cut: Callable[[Bytes, Prompts, tuple[int, int], float], Bools],
) -> Segmentation:
    """What `cut` finds in a small copy of the box's surroundings or of the view; it is told the corner and scale."""
    box = prompts.box
    view = prompts.viewport or Box(0.0, 0.0, features.width, features.height)
    if box is not None:
        margin_x, margin_y = box.width * BOX_MARGIN, box.height * BOX_MARGIN
        view = Box(box.x1 - margin_x, box.y1 - margin_y, box.x2 + margin_x, box.y2 + margin_y)
    left, top, right, bottom = _whole(view, features)
    part = np.asarray(features.array[top:bottom, left:right], dtype=np.uint8)
    scale = min(WINDOW_SIDE_PX / max(part.shape[:2]), 3.0)
    size = tuple(max(round(n * scale), MIN_SIDE_PX) for n in (part.shape[1], part.shape[0]))
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    soft = cut(small, prompts, (left, top), scale).astype(np.float32)
    large = cv2.resize(soft, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR) >= 0.5
    mask = np.zeros((1, features.height, features.width), dtype=np.bool_)
    mask[0, top:bottom, left:right] = large
    return Segmentation(mask, np.ones(1, dtype=np.float32))


def _flooded(small: Bytes, prompts: Prompts, corner: tuple[int, int], scale: float) -> Bools:
    """Markers of object and ground, flooded until they meet."""
    y, x = np.mgrid[0 : small.shape[0], 0 : small.shape[1]] + 0.5
    inside, outside = np.zeros(small.shape[:2], np.bool_), np.ones(small.shape[:2], np.bool_)
    box = prompts.box
    if box is not None:
        off_x = np.abs(x - ((box.x1 + box.x2) / 2 - corner[0]) * scale) / max(box.width * scale / 2, 1.0)
        off_y = np.abs(y - ((box.y1 + box.y2) / 2 - corner[1]) * scale) / max(box.height * scale / 2, 1.0)
        inside = off_x**2 + off_y**2 <= BOX_SEED**2
        outside = np.maximum(off_x, off_y) > 1.0
    else:
        outside[2:-2, 2:-2] = False
    for point in prompts.points:
        distance = np.hypot(x - (point.x - corner[0]) * scale, y - (point.y - corner[1]) * scale)
        near = distance <= max(max(small.shape[:2]) * CLICK_SEED, 1.5)
        inside, outside = (
            (inside | near, outside & ~near) if point.inside else (inside & ~near, outside | near)
        )
    markers = outside.astype(np.int32)
    markers[inside] = 2
    cv2.watershed(np.asarray(cv2.GaussianBlur(small, (0, 0), BLUR_PX), dtype=np.uint8), markers)
    grown = cv2.dilate((markers == 2).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return np.asarray(grown & ~outside)


def _seeds(shape: tuple[int, ...], prompts: Prompts, corner: tuple[int, int], scale: float) -> Bytes:
    """GrabCut's labels: what is surely and probably object or not."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    box = prompts.box
    if box is not None:
        half_x, half_y = max(box.width * scale / 2, 1.0), max(box.height * scale / 2, 1.0)
        off_x = np.abs(x - ((box.x1 + box.x2) / 2 - corner[0]) * scale) / half_x
        off_y = np.abs(y - ((box.y1 + box.y2) / 2 - corner[1]) * scale) / half_y
        seeds = np.where(np.maximum(off_x, off_y) <= 1.0, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
        seeds[off_x**2 + off_y**2 <= CORE**2] = cv2.GC_FGD
    else:
        seeds = np.full(shape, cv2.GC_PR_BGD, dtype=np.uint8)
    side = max(shape)
    for point in prompts.points:
        distance = np.hypot(x - (point.x - corner[0]) * scale, y - (point.y - corner[1]) * scale)
        if box is None:
            near = distance <= side / 6
            seeds[near & (seeds != cv2.GC_FGD) & (seeds != cv2.GC_BGD)] = (
                cv2.GC_PR_FGD if point.inside else cv2.GC_PR_BGD
            )
        seeds[distance <= max(side * CLICK_RADIUS_SHARE, 1.5)] = cv2.GC_FGD if point.inside else cv2.GC_BGD
    return seeds


def _cut(small: Bytes, seeds: Bytes) -> Bools:
    kinds = {int(v) for v in np.unique(seeds)}
    if not kinds & {cv2.GC_BGD, cv2.GC_PR_BGD} or not kinds & {cv2.GC_FGD, cv2.GC_PR_FGD}:
        return np.asarray((seeds == cv2.GC_FGD) | (seeds == cv2.GC_PR_FGD))
    models = np.zeros((2, 1, 65), dtype=np.float64)
    labels = seeds.copy()
    cv2.setRNGSeed(0)
    cv2.grabCut(small, labels, (0, 0, 1, 1), models[0], models[1], ITERATIONS, cv2.GC_INIT_WITH_MASK)
    return np.asarray((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD))


def _whole(box: Box, features: Features) -> tuple[int, int, int, int]:
    """The box in whole pixels of the picture, at least one each way."""
    left = min(max(round(box.x1), 0), features.width - 1)
    top = min(max(round(box.y1), 0), features.height - 1)
    right, bottom = (
        min(max(round(box.x2), left + 1), features.width),
        min(max(round(box.y2), top + 1), features.height),
    )
    return left, top, right, bottom
