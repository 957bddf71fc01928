"""Polygons, polylines and points: shapes that are lists of vertices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.annotation.domain.geometry.checks import (
    Bounds,
    Canvas,
    Points,
    ShapeProblem,
    bounds_of,
    points,
    ring,
    size_checked,
)

MIN_POLYGON_AREA_PX2 = 1.0


def ring_area(outline: Points) -> float:
    """Shoelace formula, in square pixels."""
    total = 0.0
    for (xa, ya), (xb, yb) in zip(outline, outline[1:] + outline[:1], strict=True):
        total += xa * yb - xb * ya
    return abs(total) / 2.0


def polygon_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    outer = ring(geometry.get("points"), canvas, "A polygon")
    size_checked(bounds_of(outer), canvas)
    if ring_area(outer) < MIN_POLYGON_AREA_PX2:
        raise ShapeProblem("A polygon encloses no area.")
    holes = [ring(hole, canvas, "A hole") for hole in geometry.get("holes") or ()]
    return {"points": outer, "holes": holes} if holes else {"points": outer}


def polyline_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    kept = points(geometry.get("points"), canvas, "A line")
    if len(kept) < 2:
        raise ShapeProblem("A line needs at least two different points.")
    return {"points": kept}


def points_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    kept = points(geometry.get("points"), canvas, "A set of points")
    if not kept:
        raise ShapeProblem("A set of points needs at least one.")
    return {"points": kept}


def path_bounds(geometry: Mapping[str, Any]) -> Bounds:
    return bounds_of(geometry["points"])
