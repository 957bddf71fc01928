"""Everything in a part of a picture: a grid of clicks, and of answers that are the same thing the best. Torch-free."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box
from ml.errors import GeometryError
from ml.geometry.arrays import Bools
from ml.geometry.masks import mask_box
from ml.inference.segmenter import Features, PromptPoint, Prompts, Segmenter

GRID = 16
# An answer whose own estimate of its IoU is below this is a guess.
SCORE_MIN = 0.5
# Two answers that overlap more than this are the same thing.
SAME_IOU = 0.6
# Of one that lies nearly whole in a better one, the better is kept.
INSIDE_SHARE = 0.85
# Share of the part looked at: less is a speck, more is the ground everything lies on.
AREA_SHARE = (0.0004, 0.5)
# Masks are compared in a copy of this longer side.
COMPARED_PX = 256

Watch = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    """One object: `mask` bool (H, W) of the whole picture and its score."""

    mask: Bools
    score: float


def everything(
    segmenter: Segmenter,
    features: Features,
    area: Box | None = None,
    *,
    grid: int = GRID,
    watch: Watch | None = None,
) -> list[Thing]:
    """Objects in `area` (picture pixels; the whole picture without it), best first.

    `watch` is told the share done between two clicks and may raise to stop.
    """
    whole = Box(0.0, 0.0, float(features.width), float(features.height))
    area = _cut(area, whole) if area is not None else whole
    found: list[Thing] = []
    points = grid_points(area, grid)
    for number, (x, y) in enumerate(points):
        if watch is not None:
            watch(number / len(points))
        if any(thing.mask[int(y), int(x)] and thing.score >= 0.9 for thing in found):
            continue  # a sure object lies there already
        try:
            answer = segmenter.decode(features, Prompts(points=(PromptPoint(x, y),)))
        except GeometryError:
            continue
        for mask, score in zip(answer.masks, answer.scores, strict=True):
            if score >= SCORE_MIN and _fits(mask, area):
                found.append(Thing(mask.copy(), float(score)))
        if len(found) > 4 * grid:
            found = distinct(found)
    return distinct(found)


def grid_points(area: Box, grid: int) -> list[tuple[float, float]]:
    """The middles of `grid` columns of an area and of as many rows as make the fields square, row by row."""
    longer = max(area.width, area.height)
    columns = max(1, round(grid * area.width / longer))
    rows = max(1, round(grid * area.height / longer))
    return [
        (area.x1 + (column + 0.5) * area.width / columns, area.y1 + (row + 0.5) * area.height / rows)
        for row in range(rows)
        for column in range(columns)
    ]


def distinct(things: Sequence[Thing]) -> list[Thing]:
    """The best of those that are the same, best first."""
    ordered = sorted(things, key=lambda thing: -thing.score)
    kept: list[Thing] = []
    small: list[NDArray[np.float32]] = []
    for thing in ordered:
        own = _small(thing.mask)
        if kept:
            others = np.stack(small)
            both = others @ own
            areas, area = others.sum(axis=1), own.sum()
            iou = both / np.maximum(areas + area - both, 1.0)
            if float(iou.max()) > SAME_IOU or float((both / max(area, 1.0)).max()) > INSIDE_SHARE:
                continue
        kept.append(thing)
        small.append(own)
    return kept


def _small(mask: Bools) -> NDArray[np.float32]:
    height, width = mask.shape
    scale = min(1.0, COMPARED_PX / max(height, width))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return np.asarray(
        cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5, dtype=np.float32
    ).ravel()


def _fits(mask: Bools, area: Box) -> bool:
    box = mask_box(mask)
    if box is None:
        return False
    middle_x, middle_y = (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2
    inside = area.x1 <= middle_x <= area.x2 and area.y1 <= middle_y <= area.y2
    share = float(mask.sum()) / max(area.area, 1.0)
    return inside and AREA_SHARE[0] <= share <= AREA_SHARE[1]


def _cut(area: Box, whole: Box) -> Box:
    cut = Box(max(area.x1, 0.0), max(area.y1, 0.0), min(area.x2, whole.x2), min(area.y2, whole.y2))
    if cut.width < 1.0 or cut.height < 1.0:
        raise GeometryError("The box covers less than a pixel of the picture.")
    return cut
