"""Long videos as several tasks: which frames each has, and a track cut to them. Plain Python.

The way back, from the parts' labels to those of the whole video, is `joining.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.annotation.contracts import RegionData
from backend.core.tracks import track_at


@dataclass(frozen=True, slots=True)
class Span:
    """Frames of a video, from `start` up to and without `end`, counted from 0."""

    start: int
    end: int


def spans_of(frame_count: int, longest: int, overlap: int) -> list[Span]:
    """Parts of about the same length, of `longest` frames at most, neighbours sharing `overlap` frames.

    None where the video is no longer than that, or `longest` is 0. `overlap` is at most a fourth of `longest`, so that no
    frame is in three parts.
    """
    if not 0 < longest < frame_count:
        return []
    count = math.ceil((frame_count - overlap) / (longest - overlap))
    step = (frame_count - overlap) / count
    starts = [round(step * number) for number in range(count + 1)]
    return [Span(starts[number], starts[number + 1] + overlap) for number in range(count)]


def regions_cut(regions: Iterable[RegionData], span: Span) -> list[RegionData]:
    """What tracks say of those frames; one that is not there on any of them is left out."""
    found = []
    for region in regions:
        if (geometry := track_cut(region.geometry, span)) is not None:
            found.append(replace(region, geometry=geometry))
    return found


def track_cut(geometry: Mapping[str, Any], span: Span) -> dict[str, Any] | None:
    """The track on those frames alone, saying the same of each; None where it is on none of them.

    It gets keyframes at the ends where it had none, marked as interpolated. What earlier keyframes said of attributes
    is said by the first one.
    """
    given: Sequence[Mapping[str, Any]] = geometry["keyframes"]
    kept = [dict(key) for key in given if span.start <= key["frame"] < span.end]
    first = track_at(geometry, span.start)
    if first is not None and not first.outside and not first.is_keyframe:
        kept.insert(0, keyframe_of(span.start, first.geometry, occluded=first.occluded))
    while kept and kept[0]["outside"]:
        kept.pop(0)
    if not kept:
        return None
    if said := attributes_before(given, kept[0]["frame"]):
        kept[0]["attributes"] = {**said, **(kept[0].get("attributes") or {})}
    last, after = span.end - 1, [key for key in given if key["frame"] >= span.end]
    # Towards a keyframe that is outside, and after the last one, it holds still by itself.
    if after and not after[0]["outside"] and not kept[-1]["outside"] and kept[-1]["frame"] < last:
        state = track_at(geometry, last)
        assert state is not None
        kept.append(keyframe_of(last, state.geometry, occluded=state.occluded))
    return {**geometry, "keyframes": kept}


def attributes_before(keyframes: Iterable[Mapping[str, Any]], frame: int) -> dict[str, Any]:
    """What keyframes before `frame` said of attributes, the later outweighing the earlier; None takes one back."""
    said: dict[str, Any] = {}
    for key in keyframes:
        if key["frame"] < frame:
            said |= key.get("attributes") or {}
    return said


def keyframe_of(
    frame: int, geometry: Mapping[str, Any], *, occluded: bool = False, outside: bool = False
) -> dict[str, Any]:
    """A keyframe that nobody set: it follows from those around it."""
    return {
        "frame": frame,
        "outside": outside,
        "occluded": occluded,
        "by": "interpolation",
        **geometry,
    }
