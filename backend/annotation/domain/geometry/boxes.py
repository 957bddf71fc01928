"""Boxes, ellipses and cuboids: shapes with a size of their own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from backend.annotation.domain.geometry.checks import (
    COORDINATE_DECIMALS,
    Bounds,
    Canvas,
    ShapeProblem,
    bounds_of,
    clip,
    numbers,
    point,
    rotation,
    size_checked,
    turned,
)

FACE_CORNERS = 4


def box_numbers(given: object, canvas: Canvas) -> list[float]:
    """x1, y1, x2, y2 in order, clipped."""
    values = numbers(given, 4, "A box needs four numbers: x1, y1, x2, y2.")
    x1, x2 = sorted((values[0], values[2]))
    y1, y2 = sorted((values[1], values[3]))
    box = [
        clip(x1, canvas.width, canvas),
        clip(y1, canvas.height, canvas),
        clip(x2, canvas.width, canvas),
        clip(y2, canvas.height, canvas),
    ]
    size_checked((box[0], box[1], box[2], box[3]), canvas)
    return box


def box_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    """A turned box is kept whole where it reaches over the edge: cut, it would be another box."""
    degrees = rotation(geometry.get("rotation"))
    if not degrees:
        return {"box": box_numbers(geometry.get("box"), canvas)}
    x1, y1, x2, y2 = numbers(geometry.get("box"), 4, "A box needs four numbers: x1, y1, x2, y2.")
    box = [min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)]
    middle_checked([(x1 + x2) / 2, (y1 + y2) / 2], canvas)
    size_checked((box[0], box[1], box[2], box[3]), canvas)
    return {"box": [round(value, COORDINATE_DECIMALS) for value in box], "rotation": degrees}


def middle_checked(middle: list[float], canvas: Canvas) -> None:
    """Raises ShapeProblem where the middle of a shape that may reach over the edge is not on the picture."""
    if not (0 <= middle[0] <= canvas.width and 0 <= middle[1] <= canvas.height):
        raise ShapeProblem("It lies outside the picture.")


def box_bounds(geometry: Mapping[str, Any]) -> Bounds:
    x1, y1, x2, y2 = (float(value) for value in geometry["box"])
    degrees = float(geometry.get("rotation") or 0.0)
    if not degrees:
        return (x1, y1, x2, y2)
    return bounds_of(
        turned([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], [(x1 + x2) / 2, (y1 + y2) / 2], degrees)
    )


def ellipse_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    centre = point(geometry.get("center"), canvas, "An ellipse")
    radii = numbers(geometry.get("radii"), 2, "An ellipse needs two radii.")
    if min(radii) <= 0 or max(radii) > canvas.width + canvas.height:
        raise ShapeProblem("An ellipse needs two radii above 0 that fit the picture.")
    kept: dict[str, Any] = {"center": centre, "radii": [round(value, COORDINATE_DECIMALS) for value in radii]}
    if degrees := rotation(geometry.get("rotation")):
        kept["rotation"] = degrees
    size_checked(ellipse_bounds(kept), canvas)
    return kept


def ellipse_bounds(geometry: Mapping[str, Any]) -> Bounds:
    (cx, cy), (rx, ry) = geometry["center"], geometry["radii"]
    angle = math.radians(float(geometry.get("rotation") or 0.0))
    half_width = math.hypot(rx * math.cos(angle), ry * math.sin(angle))
    half_height = math.hypot(rx * math.sin(angle), ry * math.cos(angle))
    return (cx - half_width, cy - half_height, cx + half_width, cy + half_height)


def cuboid_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    """Two faces of four corners each, nw, ne, se, sw as seen."""
    kept = {name: _face(geometry.get(name), canvas) for name in ("front", "back")}
    size_checked(cuboid_bounds(kept), canvas)
    return kept


def _face(given: object, canvas: Canvas) -> list[list[float]]:
    if not isinstance(given, list | tuple) or len(given) != FACE_CORNERS:
        raise ShapeProblem("A cuboid needs a front and a back of four corners each.")
    return [point(corner, canvas, "A cuboid") for corner in given]


def cuboid_bounds(geometry: Mapping[str, Any]) -> Bounds:
    return bounds_of([*geometry["front"], *geometry["back"]])
