"""Which regions of several people show the same object."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Annotation, Polygon
from ml.errors import QualityError
from ml.geometry.boxes import box_intersections, box_iou
from ml.geometry.masks import polygon_to_mask, rle_to_mask
from ml.tracking.association import match

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
# By two people's places in the list of people, the first before the second: (n, m) overlaps of their regions.
Overlaps = Mapping[tuple[int, int], Floats]

IOU_MATCH_MIN = 0.5
# An IoU of exactly the limit counts as a match.
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Pair:
    """Regions `first` and `second` (places in their lists) are one object, overlapping by `iou`."""

    first: int
    second: int
    iou: float


def boxes_of(regions: Sequence[Annotation]) -> Floats:
    """(n, 4) xyxy of regions."""
    return np.array([(r.box.x1, r.box.y1, r.box.x2, r.box.y2) for r in regions], dtype=np.float64).reshape(
        -1, 4
    )


def region_iou(first: Sequence[Annotation], second: Sequence[Annotation]) -> Floats:
    """(n, m) overlap of outlines where a pair has any (a plain box counts as its own outline), else of boxes."""
    a, b = boxes_of(first), boxes_of(second)
    iou = box_iou(a, b)
    outlined_a, outlined_b = (
        [r.polygon is not None or r.mask is not None for r in rs] for rs in (first, second)
    )
    either = np.array(outlined_a, dtype=np.bool_)[:, None] | np.array(outlined_b, dtype=np.bool_)[None, :]
    for i, j in zip(*np.nonzero(either & (box_intersections(a, b) > 0)), strict=True):
        iou[i, j] = _outline_iou(first[i], second[j])
    return iou


def match_regions(
    first: Sequence[Annotation],
    second: Sequence[Annotation],
    iou_min: float = IOU_MATCH_MIN,
    same_label: bool = True,
    iou: Floats | None = None,
) -> list[Pair]:
    """Pairs with IoU >= `iou_min` that make the sum of IoU greatest (Hungarian); each region in one pair at most.

    `iou` (n, m) where it is known already, or is no overlap of two outlines.
    """
    iou = region_iou(first, second) if iou is None else iou
    if same_label:
        iou = iou * _same_label(first, second)
    rows, columns = match(iou, iou_min - _HAIR)
    return [Pair(int(i), int(j), float(iou[i, j])) for i, j in zip(rows, columns, strict=True)]


def cluster_regions(
    people: Sequence[Sequence[Annotation]], iou_min: float = IOU_MATCH_MIN, overlaps: Overlaps | None = None
) -> list[dict[int, int]]:
    """Objects as {person: place of the region in that person's list}, labels aside; each region in exactly one.

    `overlaps` as `match_regions` takes them, of each two people.

    The best overlapping pair of two people is joined first, then the next, as long as a cluster keeps one region a
    person and the mean overlap across the two parts is at least `iou_min` (so that a chain of neighbours is no object).
    """
    nodes = [(person, place) for person, regions in enumerate(people) for place in range(len(regions))]
    order = {node: number for number, node in enumerate(nodes)}
    iou = np.zeros((len(nodes), len(nodes)))
    for a in range(len(people)):
        for b in range(a + 1, len(people)):
            at_a, at_b = order.get((a, 0)), order.get((b, 0))
            if at_a is not None and at_b is not None:
                block = region_iou(people[a], people[b]) if overlaps is None else overlaps[a, b]
                iou[at_a : at_a + len(people[a]), at_b : at_b + len(people[b])] = block
    iou = iou + iou.T
    member = {number: [number] for number in range(len(nodes))}
    home = list(range(len(nodes)))
    rows, columns = np.nonzero(np.triu(iou) >= iou_min - _HAIR)
    for at in np.argsort(-iou[rows, columns], kind="stable"):
        one, other = home[int(rows[at])], home[int(columns[at])]
        if one == other or not _may_join(member[one], member[other], nodes, iou, iou_min):
            continue
        for number in member[other]:
            home[number] = one
        member[one] += member.pop(other)
    return [dict(sorted(nodes[number] for number in numbers)) for _, numbers in sorted(member.items())]


def _may_join(
    one: list[int], other: list[int], nodes: list[tuple[int, int]], iou: Floats, iou_min: float
) -> bool:
    if {nodes[n][0] for n in one} & {nodes[n][0] for n in other}:
        return False
    return bool(iou[np.ix_(one, other)].mean() >= iou_min - _HAIR)


def _same_label(first: Sequence[Annotation], second: Sequence[Annotation]) -> Bools:
    return np.array([[a.label == b.label for b in second] for a in first], dtype=np.bool_).reshape(
        len(first), len(second)
    )


def _outline_iou(first: Annotation, second: Annotation) -> float:
    """IoU of two outlines, counted in pixels of the rectangle around both."""
    left, top = (math.floor(min(getattr(first.box, s), getattr(second.box, s))) for s in ("x1", "y1"))
    right, bottom = (math.ceil(max(getattr(first.box, s), getattr(second.box, s))) for s in ("x2", "y2"))
    a, b = (_mask_in(r, left, top, right, bottom) for r in (first, second))
    union = int((a | b).sum())
    return float((a & b).sum() / union) if union else 0.0


def _mask_in(region: Annotation, left: int, top: int, right: int, bottom: int) -> Bools:
    """The region's pixels inside a rectangle of whole pixels; outside the picture it has none."""
    height, width = bottom - top, right - left
    if region.mask is not None:
        whole = rle_to_mask(region.mask)
        mask = np.zeros((height, width), dtype=np.bool_)
        cut = whole[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        down, along = max(-top, 0), max(-left, 0)
        mask[down : down + cut.shape[0], along : along + cut.shape[1]] = cut
        return mask
    ring = region.polygon or _box_polygon(region)
    if len(ring.points) < 3:
        raise QualityError("An outline has at least three corners.")
    moved = Polygon(
        tuple((x - left, y - top) for x, y in ring.points),
        tuple(tuple((x - left, y - top) for x, y in hole) for hole in ring.holes),
    )
    return polygon_to_mask(moved, height, width)


def _box_polygon(region: Annotation) -> Polygon:
    box = region.box
    return Polygon(((box.x1, box.y1), (box.x2, box.y1), (box.x2, box.y2), (box.x1, box.y2)))
