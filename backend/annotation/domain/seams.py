"""Which tracks of two neighbouring parts of a video are one object: by their overlap, and by what people said. Plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from backend.annotation.contracts import Labels, RegionData
from backend.annotation.domain.geometry import geometry_bounds
from backend.annotation.domain.parts import Span
from backend.annotation.enums import LinkKind
from backend.core.tracks import track_at, track_shape

# Mean overlap (IoU) over the shared frames from which two tracks are the same object.
IOU_SAME_MIN = 0.5
# Of the frames two parts share, so many are compared, evenly: more would say no more.
FRAMES_COMPARED_MAX = 50
# Lines and points have no area: what is compared of them is at least this wide and high.
SIDE_MIN_PX = 8.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Link:
    """What a person said of two tracks, by region id: one of the part before, one of this part."""

    earlier: str
    later: str
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class PartLabels:
    """What is said of one part, and of its tracks against those of the part before; `is_last`: the video ends with it."""

    span: Span
    labels: Labels
    is_last: bool
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tracks that are one object: as the earlier says before frame `changes_at`, as the later from it on.

    `overlap`: mean IoU over the shared frames on which either is there; None where no frame has both.
    """

    earlier: RegionData
    later: RegionData
    is_by_hand: bool
    overlap: float | None
    changes_at: int


def shared_span(before: PartLabels, part: PartLabels) -> Span | None:
    """The frames that both have; None where a part between them is missing."""
    if part.span.start >= before.span.end:
        return None
    return Span(part.span.start, before.span.end)


def are_alike(one: RegionData, other: RegionData) -> bool:
    """Whether two tracks may be one object: of one label and shape."""
    return (one.label_id, track_shape(one.geometry)) == (other.label_id, track_shape(other.geometry))


def is_there(region: RegionData, frame: int) -> bool:
    state = track_at(region.geometry, frame)
    return state is not None and not state.outside


def pairs_at(before: PartLabels, part: PartLabels) -> list[Pair]:
    """The tracks of neighbours that are one object, each at most once.

    First those that people joined; of the others, but for those that people parted, the ones that overlap best. A link has
    no effect where one of its tracks is not there, or the two are not alike.
    """
    import numpy as np

    from ml.tracking.association import match

    first, second = before.labels.regions, part.labels.regions
    shared = shared_span(before, part)
    if shared is None or not first or not second:
        return []
    overlap, are_both = _overlaps(first, second, shared)
    alike = np.array([[are_alike(a, b) for b in second] for a in first], dtype=bool)
    rows = {region.region_id: index for index, region in enumerate(first)}
    columns = {region.region_id: index for index, region in enumerate(second)}
    score = np.where(alike, overlap, 0.0)
    by_hand: list[tuple[int, int]] = []
    for link in part.links:
        row, column = rows.get(link.earlier), columns.get(link.later)
        if row is None or column is None or not alike[row, column]:
            continue
        if link.kind == LinkKind.APART:
            score[row, column] = 0.0
        elif all(row != one and column != other for one, other in by_hand):
            by_hand.append((row, column))
    for row, column in by_hand:
        score[row, :] = score[:, column] = 0.0
    middle = (shared.start + shared.end) // 2
    found = [(int(row), int(column)) for row, column in zip(*match(score, IOU_SAME_MIN), strict=True)]
    return [
        Pair(
            first[row],
            second[column],
            is_by_hand=is_by_hand,
            overlap=float(overlap[row, column]) if are_both[row, column] else None,
            changes_at=middle if are_both[row, column] else _least_lost(first[row], second[column], shared),
        )
        for pairs, is_by_hand in ((by_hand, True), (found, False))
        for row, column in pairs
    ]


def box_at(region: RegionData, frame: int) -> Box | None:
    """The rectangle (xyxy pixels) around the track at that frame; of a tag any that is the same for all."""
    state = track_at(region.geometry, frame)
    if state is None or state.outside:
        return None
    if state.shape == "tag":
        return (0.0, 0.0, 1.0, 1.0)
    x1, y1, x2, y2 = geometry_bounds(state.shape, state.geometry)
    wider, higher = (max(SIDE_MIN_PX - side, 0.0) / 2 for side in (x2 - x1, y2 - y1))
    return (x1 - wider, y1 - higher, x2 + wider, y2 + higher)


def _overlaps(first: Sequence[RegionData], second: Sequence[RegionData], shared: Span) -> tuple[Any, Any]:
    """(mean IoU over the frames with either, whether any frame has both), each (first, second)."""
    import numpy as np

    from ml.geometry.boxes import box_iou

    overlap = np.zeros((len(first), len(second)))
    seen, both = np.zeros_like(overlap), np.zeros_like(overlap)
    for frame in frames_compared(shared, FRAMES_COMPARED_MAX):
        ours, theirs = ([box_at(region, frame) for region in side] for side in (first, second))
        one = np.array([box is not None for box in ours], dtype=bool)
        other = np.array([box is not None for box in theirs], dtype=bool)
        seen += one[:, None] | other[None]
        both += one[:, None] & other[None]
        if one.any() and other.any():
            iou = box_iou([box for box in ours if box], [box for box in theirs if box])
            overlap[np.ix_(np.flatnonzero(one), np.flatnonzero(other))] += iou
    mean = np.divide(overlap, seen, out=np.zeros_like(overlap), where=seen > 0)
    return mean, both > 0


def frames_compared(shared: Span, most: int) -> list[int]:
    """At most so many of the shared frames, evenly."""
    length = shared.end - shared.start
    count = min(length, most)
    return [shared.start + at * length // count for at in range(count)]


def _least_lost(first: RegionData, second: RegionData, shared: Span) -> int:
    """Where to change over between tracks that are not there together: the fewest frames of either are lost.

    Of several such frames the one nearest to the middle of the shared ones.
    """
    middle = (shared.start + shared.end) // 2
    frames = range(shared.start, shared.end)
    ours, theirs = ([is_there(region, frame) for frame in frames] for region in (first, second))
    # Of the first from there on, of the second before.
    lost = accumulate((b - a for a, b in zip(ours, theirs, strict=True)), initial=sum(ours))
    _, _, best = min((count, abs(frame - middle), frame) for frame, count in enumerate(lost, shared.start))
    return best
