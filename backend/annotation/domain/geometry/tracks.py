"""Tracks: one object's shape at keyframes of a video. What lies between them: `backend.core.tracks`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.annotation.domain.geometry.checks import Bounds, Canvas, ShapeProblem, bounds_of, finite
from backend.annotation.domain.geometry.kinds import STILL_SHAPES, Kind
from backend.core.tracks import track_shape

KEYFRAMES_MAX = 100_000
ATTRIBUTES_MAX = 100
# Who set a keyframe, where it was no person.
KEYFRAME_SOURCES = ("tracker", "segmenter", "interpolation")
# A tag over a range of frames: a track without a place in the picture.
_TAG = Kind(lambda _given, _canvas: {}, lambda _given: (0.0, 0.0, 0.0, 0.0))
_SHAPES = {**STILL_SHAPES, "tag": _TAG}
TRACK_SHAPES = tuple(_SHAPES)


def track_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    """`of`, the shape in each frame ("box" where none is said), and `keyframes`, each with that shape's own fields."""
    shape = track_shape(geometry)
    if shape not in _SHAPES:
        raise ShapeProblem(f"A track cannot be one of {shape[:40]}.")
    return {"of": shape, "keyframes": _keyframes(geometry.get("keyframes"), _SHAPES[shape], canvas)}


def _keyframes(given: object, kind: Kind, canvas: Canvas) -> list[dict[str, Any]]:
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise ShapeProblem("A track needs at least one keyframe.")
    if len(given) > KEYFRAMES_MAX:
        raise ShapeProblem(f"A track has at most {KEYFRAMES_MAX} keyframes.")
    frames: list[dict[str, Any]] = []
    for key in given:
        frame = key.get("frame") if isinstance(key, Mapping) else None
        if not isinstance(frame, int) or isinstance(frame, bool):
            raise ShapeProblem("A keyframe needs a whole frame number.")
        if not 0 <= frame < (canvas.frame_count or 0):
            raise ShapeProblem(f"Frame {frame + 1} is not in the video ({canvas.frame_count} frames).")
        if canvas.frames is not None and frame not in canvas.frames:
            part = f"frames {canvas.frames.start + 1:,} to {canvas.frames.stop:,}"
            raise ShapeProblem(f"Frame {frame + 1:,} is not in this part of the video ({part}).")
        if frames and frame <= frames[-1]["frame"]:
            raise ShapeProblem("Keyframes must be in rising order of frames, each frame once.")
        try:
            frames.append({"frame": frame, **_said(key), **kind.normalise(key, canvas)})
        except ShapeProblem as problem:
            raise ShapeProblem(f"Frame {frame + 1}: {problem}") from problem
    if all(frame["outside"] for frame in frames):
        raise ShapeProblem("A track must be visible on at least one keyframe.")
    return frames


def _said(key: Mapping[str, Any]) -> dict[str, Any]:
    """What a keyframe says beside its geometry; its attributes' values are the label's to check."""
    said: dict[str, Any] = {
        "outside": bool(key.get("outside", False)),
        "occluded": bool(key.get("occluded", False)),
    }
    if attributes := key.get("attributes"):
        if not isinstance(attributes, Mapping) or len(attributes) > ATTRIBUTES_MAX:
            raise ShapeProblem("A keyframe's attributes are values by attribute id.")
        said["attributes"] = dict(attributes)
    if (by := key.get("by")) is not None:
        if by not in KEYFRAME_SOURCES:
            raise ShapeProblem(f"A keyframe is set by a person, or by one of {', '.join(KEYFRAME_SOURCES)}.")
        said["by"] = by
    if (confidence := key.get("confidence")) is not None:
        if not finite(confidence) or not 0 <= confidence <= 1:
            raise ShapeProblem("A keyframe's confidence is a number from 0 to 1.")
        said["confidence"] = round(float(confidence), 4)
    return said


def track_bounds(geometry: Mapping[str, Any]) -> Bounds:
    """Around all visible keyframes."""
    bounds = _SHAPES[track_shape(geometry)].bounds
    boxes = [bounds(frame) for frame in geometry.get("keyframes", ()) if not frame.get("outside")]
    return bounds_of([corner for box in boxes for corner in (box[:2], box[2:])])
