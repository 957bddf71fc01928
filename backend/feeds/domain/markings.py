"""What can be a zone or a line: enough corners, inside its space, no edge across another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

from backend.feeds.enums import MarkingKind, MarkingSpace

POINTS_MAX = 64
# Shares of the picture's side, or metres: anything smaller was a slip of the hand.
LENGTH_MIN = 0.005
AREA_MIN = 0.0001
GROUND_MAX_M = 10_000.0

Point = tuple[float, float]


def points_problem(kind: str, space: str, points: Sequence[Sequence[float]]) -> str:
    """Why the points cannot be a marking of that kind and space, in words; empty when they can."""
    if any(len(point) != 2 or not all(math.isfinite(value) for value in point) for point in points):
        return "Each point needs two numbers."
    low, high = (0.0, 1.0) if space == MarkingSpace.PICTURE else (-GROUND_MAX_M, GROUND_MAX_M)
    if any(not low <= value <= high for point in points for value in point):
        return f"Each number lies between {low:g} and {high:g}."
    ring = [(float(point[0]), float(point[1])) for point in points]
    return _line_problem(ring) if kind == MarkingKind.LINE else _zone_problem(ring)


def _line_problem(ends: list[Point]) -> str:
    if len(ends) != 2:
        return "A line has two ends."
    return "" if math.dist(*ends) >= LENGTH_MIN else "The ends of the line lie on one another."


def _zone_problem(ring: list[Point]) -> str:
    if not 3 <= len(ring) <= POINTS_MAX:
        return f"A zone has 3 to {POINTS_MAX} corners."
    edges = list(zip(ring, ring[1:] + ring[:1], strict=True))
    area = abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in edges)) / 2
    crossed = any(_cross(first, second) for first, second in combinations(edges, 2))
    if crossed:
        return "Two edges of the zone cross each other."
    return "" if area >= AREA_MIN else "The zone holds no area."


def _cross(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether two edges cross inside both; sharing a corner is no crossing."""

    def side(edge: tuple[Point, Point], point: Point) -> float:
        (ax, ay), (bx, by) = edge
        return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)

    apart = side(first, second[0]) * side(first, second[1])
    return apart < 0 and side(second, first[0]) * side(second, first[1]) < 0
