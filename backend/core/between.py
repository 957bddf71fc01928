"""A shape between two keyframes of a track; `frontend/src/canvas/geometry/between.ts` does the same.

Geometry as a picture's object stores it. The cases both must answer alike are `tests/vectors/tracks.json`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

Pair = tuple[float, float]
Ring = tuple[Pair, ...]
Matched = tuple[tuple[Pair, Pair], ...]

# Outlines of one length are matched vertex by vertex up to here: every turn of one against the other is tried.
SAME_COUNT_MAX = 256
# Places compared to find where one outline begins on the other, and how many beginnings are tried.
SAMPLES = 64
STARTS_MAX = 128
# Two beginnings that fit this nearly alike are the same to a person: the earlier one is taken, in both languages.
TIE_SHARE = 1e-9
# Places on an outline closer than this share of its length are one.
SAME_PLACE = 1e-9


def between(shape: str, one: Mapping[str, Any], other: Mapping[str, Any], share: float) -> dict[str, Any]:
    """The geometry at `share` (0..1) of the way from one keyframe to the next.

    Boxes and ellipses turn the shorter way round. Polygons and lines go by matched points. A keypoint keeps the
    visibility of the keyframe before, and its place where the next one has none. Masks hold, and so do
    sets of points whose number changes.
    """
    made = _KINDS.get(shape)
    return dict(one) if made is None else made(one, other, share)


def mix(a: float, b: float, share: float) -> float:
    return a + (b - a) * share


def mix_pair(a: Sequence[float], b: Sequence[float], share: float) -> list[float]:
    return [mix(a[0], b[0], share), mix(a[1], b[1], share)]


def mix_angle(a: float, b: float, share: float) -> float:
    """Degrees, the shorter way round, 0 to below 360."""
    return (a + ((b - a + 180.0) % 360.0 - 180.0) * share) % 360.0


def _turned(one: Mapping[str, Any], other: Mapping[str, Any], share: float) -> dict[str, Any]:
    degrees = mix_angle(one.get("rotation") or 0.0, other.get("rotation") or 0.0, share)
    return {"rotation": degrees} if degrees else {}


def _box(one: Mapping[str, Any], other: Mapping[str, Any], share: float) -> dict[str, Any]:
    box = [mix(a, b, share) for a, b in zip(one["box"], other["box"], strict=True)]
    return {"box": box, **_turned(one, other, share)}


def _ellipse(one: Mapping[str, Any], other: Mapping[str, Any], share: float) -> dict[str, Any]:
    both = {name: mix_pair(one[name], other[name], share) for name in ("center", "radii")}
    return {**both, **_turned(one, other, share)}


def _cuboid(one: Mapping[str, Any], other: Mapping[str, Any], share: float) -> dict[str, Any]:
    return {
        face: [mix_pair(a, b, share) for a, b in zip(one[face], other[face], strict=True)]
        for face in ("front", "back")
    }


def _points(one: Mapping[str, Any], other: Mapping[str, Any], share: float) -> dict[str, Any]:
    if len(one["points"]) != len(other["points"]):
        return dict(one)
    return {"points": [mix_pair(a, b, share) for a, b in zip(one["points"], other["points"], strict=True)]}


def _skeleton(one: Mapping[str, Any], other: Mapping[str, Any], share: float) -> dict[str, Any]:
    later = other["keypoints"]
    keypoints = []
    for at, (x, y, seen) in enumerate(one["keypoints"]):
        to = later[at] if at < len(later) else (x, y, 0)
        place = mix_pair((x, y), to, share) if seen and to[2] else [x, y]
        keypoints.append([*place, seen])
    return {"keypoints": keypoints}


def _polyline(one: Mapping[str, Any], other: Mapping[str, Any], share: float) -> dict[str, Any]:
    matched = chains_matched(_pairs(one["points"]), _pairs(other["points"]))
    return {"points": [mix_pair(a, b, share) for a, b in matched]}


def _polygon(one: Mapping[str, Any], other: Mapping[str, Any], share: float) -> dict[str, Any]:
    def ring(a: Sequence[Sequence[float]], b: Sequence[Sequence[float]]) -> list[list[float]]:
        return [mix_pair(p, q, share) for p, q in rings_matched(_pairs(a), _pairs(b))]

    holes, later = one.get("holes") or (), other.get("holes") or ()
    if len(holes) == len(later):
        holes = [ring(a, b) for a, b in zip(holes, later, strict=True)]
    kept = {"points": ring(one["points"], other["points"])}
    return {**kept, "holes": [list(hole) for hole in holes]} if holes else kept


_KINDS: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any], float], dict[str, Any]]] = {
    "box": _box,
    "polygon": _polygon,
    "polyline": _polyline,
    "points": _points,
    "ellipse": _ellipse,
    "cuboid": _cuboid,
    "skeleton": _skeleton,
}


def _pairs(points: Sequence[Sequence[float]]) -> Ring:
    return tuple((each[0], each[1]) for each in points)


# ---- matching


@lru_cache(maxsize=256)
def rings_matched(one: Ring, other: Ring) -> Matched:
    """Points of two closed outlines that belong together, going round the first from its first vertex.

    With equally many vertices, vertex by vertex from the best-aligned start: what was not moved stands still. Else
    both are resampled: each vertex of either, with the place on the other as far along its length from the
    best-aligned start. The second is taken the other way round where it was drawn so.
    """
    if _area(one) * _area(other) < 0:
        other = (other[0], *other[:0:-1])
    count = len(one)
    if count == len(other) <= SAME_COUNT_MAX:
        turn = _best([_cost(one, other[at:] + other[:at]) for at in range(count)])
        return tuple(zip(one, other[turn:] + other[:turn], strict=True))
    first, second = _Length(one, closed=True), _Length(other, closed=True)
    marks = [at / SAMPLES for at in range(SAMPLES)]
    fixed = [first.at(mark) for mark in marks]
    every = -(-len(other) // STARTS_MAX)
    starts = second.stops[: len(other) : every]
    costs = [_cost(fixed, [second.at((start + mark) % 1.0) for mark in marks]) for start in starts]
    start = starts[_best(costs)]
    own = [(place, vertex, None) for place, vertex in zip(first.stops, one, strict=False)]
    theirs = [
        ((place - start) % 1.0, None, vertex) for place, vertex in zip(second.stops, other, strict=False)
    ]
    return _merged([*own, *theirs], first.at, lambda place: second.at((start + place) % 1.0), whole_turn=True)


@lru_cache(maxsize=256)
def chains_matched(one: Ring, other: Ring) -> Matched:
    """As `rings_matched` for open lines, from end to end; the second is turned round where its ends lie nearer so."""
    if _gap(one[0], other[-1]) + _gap(one[-1], other[0]) < _gap(one[0], other[0]) + _gap(one[-1], other[-1]):
        other = other[::-1]
    if len(one) == len(other):
        return tuple(zip(one, other, strict=True))
    first, second = _Length(one, closed=False), _Length(other, closed=False)
    own = [(place, vertex, None) for place, vertex in zip(first.stops, one, strict=True)]
    theirs = [(place, None, vertex) for place, vertex in zip(second.stops, other, strict=True)]
    return _merged([*own, *theirs], first.at, second.at, whole_turn=False)


def _merged(
    places: list[Any],
    on_first: Callable[[float], Pair],
    on_second: Callable[[float], Pair],
    *,
    whole_turn: bool,
) -> Matched:
    """Places (share of the length, vertex of the first or None, of the second or None) in order, each once."""
    rows: list[list[Any]] = []
    for place, a, b in sorted(places, key=lambda row: row[0]):
        at = 0.0 if whole_turn and place > 1.0 - SAME_PLACE else place
        near = next((row for row in (rows[-1:] + rows[:1]) if abs(row[0] - at) <= SAME_PLACE), None)
        if near is None or (a is not None and near[1] is not None) or (b is not None and near[2] is not None):
            rows.append([at, a, b])
        else:
            near[1], near[2] = near[1] or a, near[2] or b
    return tuple((a or on_first(place), b or on_second(place)) for place, a, b in rows)


class _Length:
    """An outline measured along itself: `stops`, each vertex's share of the whole length; of a ring 1.0 at the end."""

    def __init__(self, points: Ring, *, closed: bool) -> None:
        self.points = (*points, points[0]) if closed else points
        run = [0.0]
        for a, b in zip(self.points, self.points[1:], strict=False):
            run.append(run[-1] + _gap(a, b) ** 0.5)
        whole = run[-1] or 1.0
        self.stops = [each / whole for each in run]

    def at(self, place: float) -> Pair:
        """The point at that share of the length, 0..1."""
        index = min(bisect_right(self.stops, place), len(self.stops) - 1)
        start, end = self.stops[index - 1], self.stops[index]
        share = (place - start) / (end - start) if end > start else 0.0
        x, y = mix_pair(self.points[index - 1], self.points[index], share)
        return x, y


def _gap(a: Pair, b: Pair) -> float:
    """Squared distance."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    return dx * dx + dy * dy


def _cost(one: Sequence[Pair], other: Sequence[Pair]) -> float:
    total = 0.0
    for a, b in zip(one, other, strict=True):
        total += _gap(a, b)
    return total


def _best(costs: list[float]) -> int:
    """Index of the smallest; of those that are nearly alike, the first."""
    limit = min(costs) + TIE_SHARE * max(costs)
    return next(at for at, cost in enumerate(costs) if cost <= limit)


def _area(ring: Ring) -> float:
    """Twice the signed area."""
    total = 0.0
    for at, (x, y) in enumerate(ring):
        nx, ny = ring[(at + 1) % len(ring)]
        total += x * ny - nx * y
    return total
