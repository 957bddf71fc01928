"""What every shape's check uses: numbers, clipping to the picture, rings of points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

# A stroke over the picture's edge is clipped; further out the coordinates are of another scale, and refused.
OVERHANG_SHARE = 0.1
OVERHANG_PX = 2.0
COORDINATE_DECIMALS = 3
POINTS_MAX = 20_000
_NUMBERS = (int, float)

Bounds = tuple[float, float, float, float]
Points = list[list[float]]


class ShapeProblem(ValueError):
    """One region cannot be saved; the message is for the person who drew it."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture or video drawn on. `frame_count` is None for a picture; `frames` are those of a part of a video.

    With `clip_any` (a model's word) overhang of any size is clipped.
    """

    width: int
    height: int
    frame_count: int | None = None
    min_box_px: float = 1.0
    clip_any: bool = False
    frames: range | None = None


def finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def numbers(given: object, count: int, problem: str) -> list[float]:
    """Exactly `count` finite numbers. Raises ShapeProblem with `problem`."""
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != count:
        raise ShapeProblem(problem)
    if not all(finite(value) for value in given):
        raise ShapeProblem(f"{problem} One is not a number.")
    return [float(value) for value in given]


def clip(value: float, size: int, canvas: Canvas) -> float:
    """The coordinate on the picture. Raises ShapeProblem far outside."""
    allowed = math.inf if canvas.clip_any else size * OVERHANG_SHARE + OVERHANG_PX
    if value < -allowed or value > size + allowed:
        raise ShapeProblem("It lies outside the picture.")
    return round(min(max(float(value), 0.0), float(size)), COORDINATE_DECIMALS)


def point(given: object, canvas: Canvas, name: str) -> list[float]:
    """One clipped [x, y]."""
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 2:
        raise ShapeProblem(f"{name} has a point that is not two numbers.")
    if not all(finite(value) for value in given):
        raise ShapeProblem(f"{name} has a point that is not two numbers.")
    return [clip(given[0], canvas.width, canvas), clip(given[1], canvas.height, canvas)]


def _inside(given: object, canvas: Canvas) -> list[float] | None:
    """`point` for nearly all of them, at a fraction of its cost: two plain numbers on the picture; else None."""
    if type(given) is list and len(given) == 2:
        x, y = given
        if type(x) in _NUMBERS and type(y) in _NUMBERS and 0 <= x <= canvas.width and 0 <= y <= canvas.height:
            return [round(float(x), COORDINATE_DECIMALS), round(float(y), COORDINATE_DECIMALS)]
    return None


def points(given: object, canvas: Canvas, name: str) -> Points:
    """Clipped points, repeats in a row taken out."""
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > POINTS_MAX:
        raise ShapeProblem(f"{name} needs a list of at most {POINTS_MAX} points.")
    kept: Points = []
    for each in given:
        clipped = _inside(each, canvas) or point(each, canvas, name)
        if not kept or kept[-1] != clipped:
            kept.append(clipped)
    return kept


def ring(given: object, canvas: Canvas, name: str) -> Points:
    """A closed outline of at least three different points, the first not repeated at the end."""
    kept = points(given, canvas, name)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    if len(kept) < 3:
        raise ShapeProblem(f"{name} needs at least three different points.")
    return kept


def bounds_of(given: Sequence[Sequence[float]]) -> Bounds:
    """The box around points; zeros for none."""
    if not given:
        return (0.0, 0.0, 0.0, 0.0)
    xs, ys = [each[0] for each in given], [each[1] for each in given]
    return (min(xs), min(ys), max(xs), max(ys))


def size_checked(bounds: Bounds, canvas: Canvas) -> None:
    """Raises ShapeProblem where width or height is below the project's smallest."""
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    if width < canvas.min_box_px or height < canvas.min_box_px or width <= 0 or height <= 0:
        raise ShapeProblem(
            f"It is {width:.1f} × {height:.1f} pixels inside the picture; "
            f"the smallest allowed is {canvas.min_box_px:g} × {canvas.min_box_px:g}."
        )


def rotation(given: object) -> float:
    """Degrees clockwise in 0..360; 0 where none is given."""
    value = given or 0.0
    if not finite(value):
        raise ShapeProblem("The rotation is not a number.")
    return round(float(value) % 360.0, 2)  # type: ignore[arg-type]


def turned(corners: Sequence[Sequence[float]], middle: Sequence[float], degrees: float) -> Points:
    """Points turned clockwise (y down) about `middle`."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        [
            middle[0] + (x - middle[0]) * c - (y - middle[1]) * s,
            middle[1] + (x - middle[0]) * s + (y - middle[1]) * c,
        ]
        for x, y in corners
    ]
