"""How far two tracks of one video overlap, over its frames. Loads OpenCV: for jobs, not for the web process.

The overlap is the mean IoU of the two in a frame, over the frames on which either is there; where one is missing it is
0. On which frames a track is there is counted exactly; how well two fit, where both are, on a bounded number of frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.annotation.contracts import RegionData, region_dict
from backend.annotation.domain.annotations import annotation_of
from backend.annotation.domain.geometry import geometry_bounds
from backend.core.tracks import keyframe_geometry, region_at, track_shape
from ml.geometry.boxes import row_iou
from ml.quality.matching import region_iou

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Two tracks are looked at on so many of the frames that they share, at most: half of them where either has a keyframe,
# half spread evenly. Outlines are counted in pixels, which costs a thousand times what four numbers do.
BOX_FRAMES_MAX = 256
OUTLINE_FRAMES_MAX = 24


@dataclass(frozen=True, slots=True)
class Track:
    """`spans` (n, 2): frames on which it is there, from and to before, in order, apart. `keys` (k,): its keyframes.

    `bounds` xyxy around all of it. Of one of upright boxes: `boxes` (k, 4) and `holds` (k,), whether it stands still
    from that keyframe to the next.
    """

    region: RegionData
    kind: str
    spans: Ints
    keys: Ints
    bounds: tuple[float, float, float, float]
    boxes: Floats | None
    holds: NDArray[np.bool_] | None


def track_of(region: RegionData, frame_count: int) -> Track:
    """A stored track of a video of that many frames."""
    geometry = region.geometry
    kind, keyframes = track_shape(geometry), geometry["keyframes"]
    keys = np.array([key["frame"] for key in keyframes], dtype=np.int64)
    outside = np.array([bool(key.get("outside")) for key in keyframes])
    ends = np.append(keys[1:], max(frame_count, int(keys[-1]) + 1))
    boxes = holds = None
    if kind == "box" and not any(keyframe_geometry(key).get("rotation") for key in keyframes):
        boxes = np.array([key["box"] for key in keyframes], dtype=np.float64)
        # Towards the keyframe on which it leaves, and after the last one, it does not move.
        holds = np.append(outside[1:], True)
    return Track(
        region=region,
        kind=kind,
        spans=_joined(np.stack([keys, ends], axis=1)[~outside]),
        keys=keys,
        bounds=geometry_bounds("track", geometry),
        boxes=boxes,
        holds=holds,
    )


def track_overlaps(first: Sequence[Track], second: Sequence[Track], *, width: int, height: int) -> Floats:
    """(n, m) overlaps, 0..1, in a picture of that size in pixels.

    Tracks of tags overlap in frames, and only those of the same label: two tags that hold together are two things.
    """
    found = np.zeros((len(first), len(second)))
    if not found.size:
        return found
    for i, j in zip(*np.nonzero(_may_meet(first, second)), strict=True):
        found[i, j] = _overlap(first[i], second[j], width, height)
    return found


def _may_meet(first: Sequence[Track], second: Sequence[Track]) -> NDArray[np.bool_]:
    """Whether the frames and the places around all of each meet at all: most pairs of a long video do not."""
    a_box, b_box = (np.array([track.bounds for track in side]) for side in (first, second))
    a_end, b_end = (
        np.array([(track.spans[0, 0], track.spans[-1, 1]) for track in side]) for side in (first, second)
    )
    a_tag, b_tag = (np.array([track.kind == "tag" for track in side]) for side in (first, second))
    a_label, b_label = (np.array([track.region.label_id for track in side]) for side in (first, second))
    in_time = (a_end[:, None, 0] < b_end[None, :, 1]) & (b_end[None, :, 0] < a_end[:, None, 1])
    in_place = (a_box[:, None, :2] < b_box[None, :, 2:]).all(axis=2)
    in_place &= (b_box[None, :, :2] < a_box[:, None, 2:]).all(axis=2)
    both_tags = a_tag[:, None] & b_tag[None, :] & (a_label[:, None] == b_label[None, :])
    neither = ~a_tag[:, None] & ~b_tag[None, :]
    meets: NDArray[np.bool_] = in_time & (both_tags | (neither & in_place))
    return meets


def _overlap(one: Track, other: Track, width: int, height: int) -> float:
    shared = _shared(one.spans, other.spans)
    both = _length(shared)
    either = _length(one.spans) + _length(other.spans) - both
    if both == 0:
        return 0.0
    if one.kind == "tag":
        return both / either
    upright = one.boxes is not None and other.boxes is not None
    most = BOX_FRAMES_MAX if upright else OUTLINE_FRAMES_MAX
    frames, weights = frames_looked_at(shared, np.concatenate([one.keys, other.keys]), most)
    if upright:
        iou = row_iou(_boxes_at(one, frames), _boxes_at(other, frames))
    else:
        iou = np.array([_outline_iou(one, other, int(frame), width, height) for frame in frames])
    return float(iou @ weights) / either


def frames_looked_at(shared: Ints, keys: Ints, most: int) -> tuple[Ints, Floats]:
    """Frames (n,) of `shared` spans, n <= `most`, and how many frames each stands for (n,): they sum to all of them.

    Each is the middle of a stretch that begins at a keyframe or an even step. All frames where they are few.
    """
    lengths = shared[:, 1] - shared[:, 0]
    before = np.concatenate([[0], np.cumsum(lengths)])
    total = int(before[-1])
    if total <= most:
        at = np.arange(total)
        weights = np.ones(total)
    else:
        cuts = np.linspace(0, total, most // 2 + 1).astype(np.int64)[:-1]
        cuts = np.unique(np.concatenate([cuts, _thinned(_places(shared, before, keys), most - len(cuts))]))
        ends = np.append(cuts[1:], total)
        at = (cuts + ends - 1) // 2
        weights = (ends - cuts).astype(np.float64)
    span = np.searchsorted(before, at, side="right") - 1
    return shared[span, 0] + at - before[span], weights


def _places(shared: Ints, before: Ints, keys: Ints) -> Ints:
    """Where keyframes are among the shared frames, numbered through."""
    span = np.searchsorted(shared[:, 0], keys, side="right") - 1
    inside = (span >= 0) & (keys < shared[np.maximum(span, 0), 1])
    span, keys = span[inside], keys[inside]
    places: Ints = np.unique(before[span] + keys - shared[span, 0])
    return places


def _thinned(places: Ints, most: int) -> Ints:
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).astype(np.int64)]


def _boxes_at(track: Track, frames: Ints) -> Floats:
    """(n, 4): as `backend.core.tracks.track_at`, for many frames at once."""
    assert track.boxes is not None and track.holds is not None
    index = np.searchsorted(track.keys, frames, side="right") - 1
    after = np.minimum(index + 1, len(track.keys) - 1)
    gap = np.maximum(track.keys[after] - track.keys[index], 1)
    share = np.where(track.holds[index], 0.0, (frames - track.keys[index]) / gap)[:, None]
    boxes: Floats = track.boxes[index] * (1.0 - share) + track.boxes[after] * share
    return boxes


def _outline_iou(one: Track, other: Track, frame: int, width: int, height: int) -> float:
    a, b = (region_at(region_dict(track.region), frame) for track in (one, other))
    if a is None or b is None:
        return 0.0
    drawn = [[annotation_of(RegionData(**each), width, height)] for each in (a, b)]
    return float(region_iou(*drawn)[0, 0])


def _joined(spans: Ints) -> Ints:
    """Spans in order, those that touch as one."""
    apart = np.flatnonzero(spans[1:, 0] > spans[:-1, 1])
    starts, ends = np.append(0, apart + 1), np.append(apart, len(spans) - 1)
    joined: Ints = np.stack([spans[starts, 0], spans[ends, 1]], axis=1)
    return joined


def _shared(one: Ints, other: Ints) -> Ints:
    """The frames that are in both, as spans."""
    found = []
    i = j = 0
    while i < len(one) and j < len(other):
        start, end = max(one[i, 0], other[j, 0]), min(one[i, 1], other[j, 1])
        if start < end:
            found.append((start, end))
        if one[i, 1] < other[j, 1]:
            i += 1
        else:
            j += 1
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _length(spans: Ints) -> int:
    return int((spans[:, 1] - spans[:, 0]).sum())
