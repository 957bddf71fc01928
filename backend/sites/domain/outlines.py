"""Which outlines may be drawn on a camera's picture."""

from __future__ import annotations

from collections.abc import Sequence

POLYGONS_MAX = 20
CORNERS_MIN, CORNERS_MAX = 3, 64
# A ten-thousandth of the picture: smaller is a slip of the mouse.
AREA_MIN = 1e-4

Corners = Sequence[Sequence[float]]


def outlines_problem(polygons: Sequence[Corners]) -> str:
    """Why these cannot be kept, or nothing. Corners are (x, y) in 0..1 of the upright picture."""
    if len(polygons) > POLYGONS_MAX:
        return f"At most {POLYGONS_MAX} outlines."
    for corners in polygons:
        if not CORNERS_MIN <= len(corners) <= CORNERS_MAX:
            return f"An outline has {CORNERS_MIN} to {CORNERS_MAX} corners."
        if not all(len(corner) == 2 and all(0.0 <= v <= 1.0 for v in corner) for corner in corners):
            return "Corners lie inside the picture: x and y from 0 to 1."
        if abs(_area(corners)) < AREA_MIN:
            return "An outline is too thin to hide anything."
        if _crosses_itself(corners):
            # What such an outline holds is a matter of taste; here nothing may be.
            return "An outline crosses itself."
    return ""


def _area(corners: Corners) -> float:
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def _crosses_itself(corners: Corners) -> bool:
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    count = len(edges)
    return any(
        _cross(*edges[first], *edges[second])
        for first in range(count)
        for second in range(first + 2, count)
        if (first, second) != (0, count - 1)
    )


def _cross(a: Sequence[float], b: Sequence[float], c: Sequence[float], d: Sequence[float]) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Sequence[float], b: Sequence[float], p: Sequence[float]) -> float:
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
