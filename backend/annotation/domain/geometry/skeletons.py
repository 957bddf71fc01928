"""Skeletons: named keypoints in the order of the label's template, with visibility as in COCO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backend.annotation.domain.geometry.checks import (
    POINTS_MAX,
    Bounds,
    Canvas,
    ShapeProblem,
    bounds_of,
    point,
)

ABSENT, OCCLUDED, VISIBLE = 0, 1, 2


def skeleton_normalise(geometry: Mapping[str, Any], canvas: Canvas) -> dict[str, Any]:
    """`keypoints` as [x, y, v]; an absent one is kept as [0, 0, 0]."""
    given = geometry.get("keypoints")
    if not isinstance(given, Sequence) or isinstance(given, str) or not 0 < len(given) <= POINTS_MAX:
        raise ShapeProblem("A skeleton needs a list of keypoints.")
    kept: list[list[float]] = []
    for each in given:
        if not isinstance(each, Sequence) or len(each) != 3 or each[2] not in (ABSENT, OCCLUDED, VISIBLE):
            raise ShapeProblem("A keypoint is x, y and 0 (absent), 1 (covered) or 2 (visible).")
        if each[2] == ABSENT:
            kept.append([0.0, 0.0, ABSENT])
        else:
            kept.append([*point(each[:2], canvas, "A skeleton"), int(each[2])])
    if all(each[2] == ABSENT for each in kept):
        raise ShapeProblem("A skeleton needs at least one keypoint that is there.")
    return {"keypoints": kept}


def skeleton_bounds(geometry: Mapping[str, Any]) -> Bounds:
    """Around the keypoints that are there."""
    return bounds_of([each[:2] for each in geometry["keypoints"] if each[2] != ABSENT])
