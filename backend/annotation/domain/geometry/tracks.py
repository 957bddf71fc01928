"""Tracks: boxes at keyframes of a video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.annotation.domain.geometry.boxes import box_numbers
from backend.annotation.domain.geometry.checks import Bounds, Canvas, ShapeProblem, bounds_of

KEYFRAMES_MAX = 100_000


def track_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    return {"keyframes": _keyframes(geometry.get("keyframes"), canvas)}


def _keyframes(given: object, canvas: Canvas) -> list[dict[str, Any]]:
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
            raise ShapeProblem(f"Frame {frame} is not in the video ({canvas.frame_count} frames).")
        if frames and frame <= frames[-1]["frame"]:
            raise ShapeProblem("Keyframes must be in rising order of frames, each frame once.")
        frames.append(
            {
                "frame": frame,
                "box": box_numbers(key.get("box"), canvas),
                "outside": bool(key.get("outside", False)),
                "occluded": bool(key.get("occluded", False)),
            }
        )
    if all(frame["outside"] for frame in frames):
        raise ShapeProblem("A track must be visible on at least one keyframe.")
    return frames


def track_bounds(geometry: Mapping[str, Any]) -> Bounds:
    """Around all visible keyframes."""
    boxes = [frame["box"] for frame in geometry.get("keyframes", ()) if not frame.get("outside")]
    return bounds_of([corner for box in boxes for corner in (box[:2], box[2:])])
