"""Geometry of every shape: checked, clipped and rounded for storage, and its enclosing box.

Geometry is float pixels of the upright picture, half-open; see `RegionVersion` for its forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backend.annotation.domain.geometry import tracks
from backend.annotation.domain.geometry.checks import Bounds, Canvas, ShapeProblem
from backend.annotation.domain.geometry.kinds import STILL_SHAPES, Kind
from backend.core.tracks import SHAPE_UNSAID

# Less than a hand or a screen pixel can mean; more is an edit.
SAME_GEOMETRY_PX = 0.1
# What a field means that is missing, where that is not 0.
_UNSAID = {"of": SHAPE_UNSAID}

_KINDS = {**STILL_SHAPES, "track": Kind(tracks.track_normalise, tracks.track_bounds)}


def geometry_normalise(
    shape: str, geometry: Mapping[str, Any], canvas: Canvas, *, clip_any: bool = False
) -> dict[str, Any]:
    """Clip and check one geometry. With `clip_any` (a model's word) overhang of any size is clipped.

    Raises ShapeProblem: wrong form, not finite, outside, too small.
    """
    kind = _KINDS.get(shape)
    if kind is None:
        raise ShapeProblem(f"{shape} is not a shape of an object.")
    if shape == "track" and canvas.frame_count is None:
        raise ShapeProblem("A track needs a video.")
    if shape != "track" and canvas.frame_count is not None:
        raise ShapeProblem("On a video, objects are drawn as tracks.")
    return kind.normalise(geometry, replace(canvas, clip_any=clip_any))


def geometry_bounds(shape: str, geometry: Mapping[str, Any]) -> Bounds:
    """The enclosing box in pixels; of a track, that of all its visible keyframes."""
    return _KINDS[shape].bounds(geometry)


def geometry_same(one: object, other: object) -> bool:
    """Whether two geometries are the same to within SAME_GEOMETRY_PX in every coordinate."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= SAME_GEOMETRY_PX
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = set(one) | set(other)
        return all(
            geometry_same(one.get(key, _UNSAID.get(key, 0.0)), other.get(key, _UNSAID.get(key, 0.0)))
            for key in keys
        )
    if isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str):
        return len(one) == len(other) and all(geometry_same(a, b) for a, b in zip(one, other, strict=True))
    return one == other
