"""Everything in a part of a picture: a grid of clicks, and of answers that are the same thing the best. Torch-free."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box
from ml.errors import GeometryError
from ml.geometry.arrays import Bools
from ml.geometry.masks import mask_box
from ml.inference.segmenter import Features, PromptPoint, Prompts, Segmentation, Segmenter


@dataclass(frozen=True, slots=True)
class Grade:
    """`grid` clicks along the longer side, each in `views` of these shares of it (the whole picture without any).

    Answers scored below `least` are guesses. With `twice` a score counts by how well another click, or the same one
    in another view, found the same thing.
    """

    grid: int
    views: tuple[float, ...]
    least: float
    twice: bool


# The small network outlines something wherever it is clicked, and scores it alike: only what is found twice is there.
SMALL, LARGE = Grade(14, (0.15, 0.3, 0.6), 0.5, True), Grade(16, (), 0.8, False)
# Two answers that overlap more than this are the same thing.
SAME_IOU = 0.6
# Of one that lies nearly whole in a better one, the better is kept.
INSIDE_SHARE = 0.85
# Share of the part looked at: less is a speck, more is the ground everything lies on.
AREA_SHARE = (0.0004, 0.5)
# Of an outline that runs along the picture's border, or along that of what the network looked at, for more than this
# share of its length: sky, ground and walls do, and things that are cut off.
BORDER_SHARE = 0.12
# Masks are compared in a copy of this longer side.
COMPARED_PX = 128

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
    grid: int | None = None,
    watch: Watch | None = None,
) -> list[Thing]:
    """Objects in `area` (picture pixels; the whole picture without it), best first; `grid` as of `Grade`.

    `watch` is told the share done between two clicks and may raise to stop.
    """
    whole = Box(0.0, 0.0, float(features.width), float(features.height))
    area = _cut(area, whole) if area is not None else whole
    grade = SMALL if segmenter.basic else LARGE
    found: list[_Seen] = []
    points = grid_points(area, grid or grade.grid)
    for number, (x, y) in enumerate(points):
        if watch is not None:
            watch(number / len(points))
        for view in _views(x, y, area, whole, grade):
            try:
                answer = segmenter.decode(features, Prompts(points=(PromptPoint(x, y),), viewport=view))
            except GeometryError:
                continue
            # The three of Segment Anything are readings of their own; the network's are one, closer or wider.
            for k in range(1 if grade.twice else len(answer.masks)):
                if not _fits(answer.masks[k], area) or _is_cut(answer, k):
                    continue
                found.append(_seen(answer.masks[k], float(answer.scores[k])))
    kept = _distinct(_agreed(found) if grade.twice else found, grade.least)
    return [Thing(seen.unpacked((features.height, features.width)), seen.score) for seen in kept]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """A mask packed to bits, with a small copy (float32, flat) to compare it by."""

    bits: NDArray[np.uint8]
    small: NDArray[np.float32]
    score: float

    def unpacked(self, size: tuple[int, int]) -> Bools:
        flat = np.unpackbits(self.bits, count=size[0] * size[1])
        return np.asarray(flat.reshape(size), dtype=np.bool_)


def _seen(mask: Bools, score: float) -> _Seen:
    return _Seen(np.packbits(mask), _small(mask), score)


def _views(x: float, y: float, area: Box, whole: Box, grade: Grade) -> list[Box | None]:
    """Squares around a click, cut to the picture."""
    longer = max(area.width, area.height)
    halves = [share * longer / 2 for share in grade.views]
    views = [_cut(Box(x - half, y - half, x + half, y + half), whole) for half in halves]
    return [*views] or [None]


def _agreed(found: Sequence[_Seen]) -> list[_Seen]:
    """Each with its score times the best IoU with another."""
    if len(found) < 2:
        return []
    small = np.stack([seen.small for seen in found])
    both = small @ small.T
    areas = small.sum(axis=1)
    iou = both / np.maximum(areas[:, None] + areas - both, 1.0)
    np.fill_diagonal(iou, 0.0)
    return [
        replace(seen, score=seen.score * float(best))
        for seen, best in zip(found, iou.max(axis=1), strict=True)
    ]


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
    kept = _distinct([_seen(thing.mask, thing.score) for thing in things], 0.0)
    return [Thing(seen.unpacked(things[0].mask.shape), seen.score) for seen in kept]


def _distinct(found: Sequence[_Seen], least: float) -> list[_Seen]:
    kept: list[_Seen] = []
    for seen in sorted(found, key=lambda each: -each.score):
        if seen.score < least:
            break
        if kept:
            others = np.stack([other.small for other in kept])
            both = others @ seen.small
            areas, area = others.sum(axis=1), seen.small.sum()
            iou = both / np.maximum(areas + area - both, 1.0)
            if float(iou.max()) > SAME_IOU or float((both / max(area, 1.0)).max()) > INSIDE_SHARE:
                continue
        kept.append(seen)
    return kept


def _is_cut(answer: Segmentation, k: int) -> bool:
    """Whether the outline ends where the picture does, or where the network's window on it does."""
    low_res = None if answer.low_res is None else answer.low_res[k]
    views = [_shrunk(answer.masks[k])]
    if low_res is not None and low_res.shape[0] == low_res.shape[1] + 1:
        views.append(np.asarray(low_res[:-1] >= 0.5))
    return any(border_share(view) > BORDER_SHARE for view in views)


def border_share(mask: Bools) -> float:
    """Share of a mask's outline that lies on the border of its array; 0 for an empty mask."""
    outline = mask & (cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) == 0)
    rim = outline[0].sum() + outline[-1].sum() + outline[1:-1, 0].sum() + outline[1:-1, -1].sum()
    return float(rim) / max(int(outline.sum()), 1)


def _small(mask: Bools) -> NDArray[np.float32]:
    return _shrunk(mask).astype(np.float32).ravel()


def _shrunk(mask: Bools) -> Bools:
    height, width = mask.shape
    scale = min(1.0, COMPARED_PX / max(height, width))
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5)


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
