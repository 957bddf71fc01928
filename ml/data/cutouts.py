"""Objects cut out by their outlines and put into other pictures: more scenes than a small set has.

After "Simple Copy-Paste" (Ghiasi 2021). What lies in an object, a hat on its wearer, goes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from operator import itemgetter

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.data.augment import log_uniform
from ml.data.cache import Sample, SampleCache
from ml.geometry.arrays import Floats
from ml.geometry.boxes import box_areas, box_coverage

# Enough to be new in every scene; each is kept as pixels.
MOST, MOST_BYTES = 2_000, 400_000_000
LEAST_SIDE_PX = 6.0
# An object is a part of a larger one of another class that holds this share of its box.
INSIDE_SHARE = 0.6
PASTED_SHARE, MOST_A_PICTURE = 0.6, 4
SCALE = (0.4, 1.6)
# Larger ones would hide the scene they are put into.
LARGEST_SHARE = 0.9
BRIGHTNESS = (0.75, 1.25)
# What is hidden to this share is no label any more.
HIDDEN_SHARE = 0.6

Boxes = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cutout:
    """An object and its parts: `pixels` uint8 RGB (h, w, 3), `mask` uint8 (h, w), 255 on them, `boxes` (n, 4) xyxy in its
    pixels, `labels` and `ignored` (n,)."""

    pixels: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    boxes: Boxes
    labels: NDArray[np.int64]
    ignored: NDArray[np.bool_]


def cutouts_of(cache: SampleCache) -> tuple[Cutout, ...]:
    """What of `cache` has an outline and is not a part of something else; none where only boxes are known.

    Of more than `MOST` or `MOST_BYTES` an even choice.
    """
    found = [(index, members) for index in range(len(cache)) for members in _wholes(cache, index)]
    size = sum(_bytes(cache.boxes(index)[members]) for index, members in found)
    every = max(1, ceil(len(found) / MOST), ceil(size / MOST_BYTES))
    return tuple(
        _cut(sample, members)
        for index, rows in groupby(found[::every], key=itemgetter(0))
        for sample in [cache.sample(index)]
        for _, members in rows
    )


def pasted(rng: np.random.Generator, sample: Sample, cutouts: Sequence[Cutout]) -> Sample:
    """`sample` without its outlines, in `PASTED_SHARE` of calls a copy with some `cutouts` at random places and sizes."""
    scene = replace(sample, outlines=())
    if not cutouts or rng.random() >= PASTED_SHARE:
        return scene
    scene = replace(scene, pixels=sample.pixels.copy())
    for _ in range(int(rng.integers(1, MOST_A_PICTURE + 1))):
        scene = _put(rng, scene, cutouts[int(rng.integers(len(cutouts)))])
    return scene


def _wholes(cache: SampleCache, index: int) -> list[list[int]]:
    """Of each outlined object that is no part: its number, then those of its parts and of theirs."""
    boxes, labels = cache.boxes(index), cache.labels(index)
    if not len(boxes):
        return []
    area = box_areas(boxes)
    holds = (
        (box_coverage(boxes, boxes) >= INSIDE_SHARE)
        & (area[:, None] < area[None])
        & (labels[:, None] != labels[None])
    )
    # Of several that hold it, the smallest is its owner; owners grow, so that going from one to the next ends.
    whole = np.arange(len(boxes))
    owner = np.where(holds.any(axis=1), np.where(holds, area[None], np.inf).argmin(axis=1), whole)
    while (owner[whole] != whole).any():
        whole = owner[whole]
    sides = boxes[:, 2:] - boxes[:, :2]
    return [
        [number, *(part for part in np.flatnonzero(whole == number).tolist() if part != number)]
        for number, outline in enumerate(cache.outlines(index))
        if outline and whole[number] == number and sides[number].min() >= LEAST_SIDE_PX
    ]


def _bytes(boxes: Boxes) -> float:
    """Of a piece around `boxes`: three colours and a mask."""
    return float((boxes[:, 2:].max(axis=0) - boxes[:, :2].min(axis=0)).prod()) * 4


def _cut(sample: Sample, members: list[int]) -> Cutout:
    boxes = sample.boxes[members]
    height, width = sample.pixels.shape[:2]
    left, top = np.floor(boxes[:, :2].min(axis=0)).clip(0).astype(int).tolist()
    right, bottom = np.ceil(boxes[:, 2:].max(axis=0)).clip(1, (width, height)).astype(int).tolist()
    pixels = sample.pixels[top:bottom, left:right].copy()
    mask = np.zeros(pixels.shape[:2], dtype=np.uint8)
    boxes = boxes - np.array([left, top, left, top], dtype=np.float32)
    for number, box in zip(members, boxes, strict=True):
        if sample.outlines[number]:
            rings = [
                np.round(ring - (left + 0.5, top + 0.5)).astype(np.int32) for ring in sample.outlines[number]
            ]
            cv2.fillPoly(mask, rings, 255)
        else:
            # A part of which only the box is known: the corners of its box are seldom its own.
            middle, sides = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
            cv2.ellipse(mask, (middle.tolist(), sides.tolist(), 0.0), 255, -1)
    return Cutout(pixels, mask, boxes, sample.labels[members], sample.ignored[members])


def _put(rng: np.random.Generator, scene: Sample, cutout: Cutout) -> Sample:
    """`scene` with `cutout` in it, painted into its pixels; nothing where it would fill the picture."""
    height, width = scene.pixels.shape[:2]
    scale = log_uniform(rng, *SCALE)
    h, w = (max(1, round(side * scale)) for side in cutout.mask.shape)
    if w > LARGEST_SHARE * width or h > LARGEST_SHARE * height:
        return scene
    shrink = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    pixels, mask = (cv2.resize(p, (w, h), interpolation=shrink) for p in (cutout.pixels, cutout.mask))
    gain = np.array([w / cutout.mask.shape[1], h / cutout.mask.shape[0]] * 2, dtype=np.float32)
    boxes = cutout.boxes * gain
    if rng.random() < 0.5:
        pixels, mask = cv2.flip(pixels, 1), cv2.flip(mask, 1)
        boxes[:, [0, 2]] = w - boxes[:, [2, 0]]
    left, top = int(rng.integers(0, width - w + 1)), int(rng.integers(0, height - h + 1))
    # A hard edge would tell what was pasted.
    weight = cv2.GaussianBlur(mask, (3, 3), 0) * np.float32(1 / 255)
    lit = cv2.convertScaleAbs(pixels, alpha=rng.uniform(*BRIGHTNESS))
    below = scene.pixels[top : top + h, left : left + w]
    below[:] = cv2.blendLinear(lit, below, weight, 1 - weight)
    kept = (
        _hidden(scene.boxes - np.array([left, top, left, top], dtype=np.float32), mask > 127) < HIDDEN_SHARE
    )
    boxes += np.array([left, top, left, top], dtype=np.float32)
    return Sample(
        scene.pixels,
        np.concatenate([scene.boxes[kept], boxes]),
        np.concatenate([scene.labels[kept], cutout.labels]),
        np.concatenate([scene.ignored[kept], cutout.ignored]),
    )


def _hidden(boxes: Boxes, mask: NDArray[np.bool_]) -> Floats:
    """Share (n,) of each box, in pixels of `mask`, that the mask covers."""
    height, width = mask.shape
    summed = cv2.integral(mask.astype(np.uint8))
    x1, y1, x2, y2 = boxes.round().astype(int).clip(0, (width, height, width, height)).T
    covered = summed[y2, x2] - summed[y1, x2] - summed[y2, x1] + summed[y1, x1]
    return np.asarray(covered / np.maximum(box_areas(boxes), 1.0))
