"""Every shape an object of one picture can have: how its geometry is checked, and its enclosing box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.annotation.domain.geometry import boxes, masks, paths, skeletons
from backend.annotation.domain.geometry.checks import Bounds, Canvas


@dataclass(frozen=True, slots=True)
class Kind:
    normalise: Callable[[Mapping[str, Any], Canvas], dict[str, Any]]
    bounds: Callable[[Mapping[str, Any]], Bounds]


STILL_SHAPES = {
    "box": Kind(boxes.box_normalise, boxes.box_bounds),
    "polygon": Kind(paths.polygon_normalise, paths.path_bounds),
    "polyline": Kind(paths.polyline_normalise, paths.path_bounds),
    "points": Kind(paths.points_normalise, paths.path_bounds),
    "ellipse": Kind(boxes.ellipse_normalise, boxes.ellipse_bounds),
    "cuboid": Kind(boxes.cuboid_normalise, boxes.cuboid_bounds),
    "skeleton": Kind(skeletons.skeleton_normalise, skeletons.skeleton_bounds),
    "mask": Kind(masks.mask_normalise, masks.mask_bounds),
}
