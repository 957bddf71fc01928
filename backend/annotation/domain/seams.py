"""Which tracks of two neighbouring parts of a video are one object: by their overlap, and by what people said. Plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
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

    `overlap`: mean IoU over those of the shared frames compared on which either is there; None where no shared frame,
    compared or not, has both.
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
    overlap = _overlaps(first, second, shared)
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
    found = [(int(row), int(column)) for row, column in zip(*match(score, IOU_SAME_MIN), strict=True)]
    return [
        _pair(first[row], second[column], shared, is_by_hand=is_by_hand, overlap=float(overlap[row, column]))
        for pairs, is_by_hand in ((by_hand, True), (found, False))
        for row, column in pairs
    ]


def stretches(region: RegionData, within: Span) -> list[Span]:
    """The frames of `within` on which a track is there, in order, none empty; each from one keyframe to the next."""
    keyframes = region.geometry["keyframes"]
    ends = [key["frame"] for key in keyframes[1:]] + [within.end]
    found = [
        Span(max(key["frame"], within.start), min(end, within.end))
        for key, end in zip(keyframes, ends, strict=False)
        if not key.get("outside")
    ]
    return [span for span in found if span.start < span.end]


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


def _pair(first: RegionData, second: RegionData, shared: Span, *, is_by_hand: bool, overlap: float) -> Pair:
    ours, theirs = stretches(first, shared), stretches(second, shared)
    told = overlap if _meet(ours, theirs) else None
    return Pair(first, second, is_by_hand, told, _least_lost(ours, theirs, shared))


def _overlaps(first: Sequence[RegionData], second: Sequence[RegionData], shared: Span) -> Any:
    """Mean IoU over those of the frames compared with either, (first, second)."""
    import numpy as np

    from ml.geometry.boxes import box_iou

    overlap = np.zeros((len(first), len(second)))
    seen = np.zeros_like(overlap)
    for frame in frames_compared(shared, FRAMES_COMPARED_MAX):
        ours, theirs = ([box_at(region, frame) for region in side] for side in (first, second))
        one = np.array([box is not None for box in ours], dtype=bool)
        other = np.array([box is not None for box in theirs], dtype=bool)
        seen += one[:, None] | other[None]
        if one.any() and other.any():
            iou = box_iou([box for box in ours if box], [box for box in theirs if box])
            overlap[np.ix_(np.flatnonzero(one), np.flatnonzero(other))] += iou
    return np.divide(overlap, seen, out=np.zeros_like(overlap), where=seen > 0)


def frames_compared(shared: Span, most: int) -> list[int]:
    """At most so many of the shared frames, evenly."""
    length = shared.end - shared.start
    count = min(length, most)
    return [shared.start + at * length // count for at in range(count)]


def _meet(ours: Sequence[Span], theirs: Sequence[Span]) -> bool:
    """Whether a frame is in stretches of both."""
    at = other = 0
    while at < len(ours) and other < len(theirs):
        if max(ours[at].start, theirs[other].start) < min(ours[at].end, theirs[other].end):
            return True
        if ours[at].end <= theirs[other].end:
            at += 1
        else:
            other += 1
    return False


def _least_lost(ours: Sequence[Span], theirs: Sequence[Span], shared: Span) -> int:
    """Where to change over between two tracks that are there on these stretches of the shared frames.

    The fewest frames are lost: of the first from there on, of the second before. Of several such places it is the one
    nearest to the middle, which is the middle itself where both are there throughout.
    """
    middle = (shared.start + shared.end) // 2
    # How much more is lost with each later frame changes only where a stretch begins or ends.
    turns = Counter({shared.start: 0, middle: 0, shared.end: 0})
    for spans, step in ((ours, -1), (theirs, 1)):
        for span in spans:
            turns[span.start] += step
            turns[span.end] -= step
    lost, slope, at = sum(span.end - span.start for span in ours), 0, shared.start
    found = []
    for frame in sorted(turns):
        lost += slope * (frame - at)
        at, slope = frame, slope + turns[frame]
        found.append((lost, abs(frame - middle), frame))
    return min(found)[-1]
