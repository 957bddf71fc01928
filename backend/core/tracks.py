"""Where a track is at a frame of its video; `frontend/src/canvas/document/tracks.ts` says the same.

A track's geometry is `{"of": the shape it has, "keyframes": [{"frame", "outside", "occluded", "attributes"?, "by"?,
"confidence"?, and that shape's own fields}…]}` with keyframes in rising order of frames. A track of `tag` has no
fields: it says over which frames a tag holds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.core.between import between

# What was stored before tracks had other shapes says none.
SHAPE_UNSAID = "box"
# Fields of a keyframe that are no geometry.
KEYFRAME_FIELDS = frozenset({"frame", "outside", "occluded", "attributes", "by", "confidence"})


@dataclass(frozen=True, slots=True)
class TrackState:
    """What a track says of one frame: `geometry` as a picture's object of `shape` has it, pixels.

    `outside`: the object is not in the picture, and `geometry` is where it was lost or comes back. `attributes`:
    what keyframes up to here said; the track's own hold for the rest. `is_keyframe`: stated for this very frame.
    """

    shape: str
    geometry: dict[str, Any]
    outside: bool
    occluded: bool
    attributes: dict[str, Any]
    is_keyframe: bool


def track_shape(geometry: Mapping[str, Any]) -> str:
    """The shape a track has in each frame."""
    return str(geometry.get("of") or SHAPE_UNSAID)


def track_at(geometry: Mapping[str, Any], frame: int) -> TrackState | None:
    """The track's state at `frame` (index from 0); None before its first keyframe.

    It holds still after the last keyframe, and towards one that is `outside`: an object that leaves is not dragged to
    the place where it was lost.
    """
    keyframes: Sequence[Mapping[str, Any]] = geometry["keyframes"]
    index = bisect_right(keyframes, frame, key=lambda key: key["frame"]) - 1
    if index < 0:
        return None
    shape, before = track_shape(geometry), keyframes[index]
    after = keyframes[index + 1] if index + 1 < len(keyframes) else None
    is_keyframe, outside = before["frame"] == frame, bool(before.get("outside"))
    said = keyframe_geometry(before)
    if after is not None and not (is_keyframe or outside or after.get("outside")):
        share = (frame - before["frame"]) / (after["frame"] - before["frame"])
        said = between(shape, said, keyframe_geometry(after), share)
    attributes: dict[str, Any] = {}
    for key in keyframes[: index + 1]:
        attributes |= key.get("attributes") or {}
    return TrackState(shape, said, outside, bool(before.get("occluded")), attributes, is_keyframe)


def keyframe_geometry(keyframe: Mapping[str, Any]) -> dict[str, Any]:
    """The shape's own fields of a keyframe."""
    return {name: value for name, value in keyframe.items() if name not in KEYFRAME_FIELDS}


def region_at(region: Mapping[str, Any], frame: int) -> dict[str, Any] | None:
    """A stored track as an object of the picture at `frame`; None while it is not there, and for a track of `tag`."""
    state = track_at(region["geometry"], frame)
    if state is None or state.outside or state.shape == "tag":
        return None
    said = {**(region.get("attributes") or {}), **state.attributes}
    return {
        **region,
        "shape": state.shape,
        "geometry": state.geometry,
        "occluded": state.occluded,
        "attributes": {name: value for name, value in said.items() if value is not None},
    }


def tags_at(regions: Iterable[Mapping[str, Any]], frame: int) -> list[str]:
    """Label ids of the tags that hold at `frame`, each once; `regions` may hold tracks of any shape."""
    found: dict[str, None] = {}
    for region in regions:
        if region["shape"] == "track" and track_shape(region["geometry"]) == "tag":
            state = track_at(region["geometry"], frame)
            if state is not None and not state.outside:
                found[str(region["label_id"])] = None
    return list(found)
