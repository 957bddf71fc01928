"""What a person placed on a still to calibrate a floor: checked, solved, and drawn back over the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from backend.feeds.errors import CalibrationRefused
from ml.errors import GeometryError
from ml.geometry.arrays import Floats
from ml.geometry.calibrate import (
    CLICK_SIGMA_PX,
    DISTANCES_MIN,
    KnownDistance,
    calibrate_distances,
    calibrate_points,
)
from ml.geometry.calibration import Calibration
from ml.geometry.homography import POINTS_MIN, homography_fit

Method = Literal["points", "distances"]

# Points of one place: nobody clicks or measures finer than this.
SAME_PX, SAME_M = 2.0, 0.02
# Width of the cloud of points across its length under which they count as one line.
LINE_SHARE_MIN = 0.02
# A point that misfits by so much, and whose leaving or swapping mends it by so much, is named.
SUSPECT_PX, SUSPECT_GAIN = 6.0, 4.0
SUSPECT_POINTS_MIN = 6


@dataclass(frozen=True, slots=True)
class FloorPoint:
    """A place in the picture, with the floor metres it shows where they are known."""

    x: float
    y: float
    x_m: float | None = None
    y_m: float | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """Metres on the floor between two points, by their index."""

    first: int
    second: int
    metres: float


@dataclass(frozen=True, slots=True)
class TapeCheck:
    """A measured distance between two places of the picture, which the calibration did not learn from."""

    start: tuple[float, float]
    end: tuple[float, float]
    metres: float


@dataclass(frozen=True, slots=True)
class FloorDraft:
    """All that was placed. Pixels are of the still, whose (width, height) `size_px` is."""

    size_px: tuple[int, int]
    method: Method
    points: tuple[FloorPoint, ...]
    distances: tuple[Length, ...] = ()
    lines: tuple[tuple[tuple[float, float], ...], ...] = ()
    k1: float | None = None
    checks: tuple[TapeCheck, ...] = field(default=())

    @classmethod
    def parse(cls, given: dict[str, Any], size_px: tuple[int, int]) -> FloorDraft:
        """From what the API took (its serializer checked types and counts). Raises CalibrationRefused."""
        draft = cls(
            size_px=size_px,
            method=given["method"],
            points=tuple(FloorPoint(p["x"], p["y"], p.get("x_m"), p.get("y_m")) for p in given["points"]),
            distances=tuple(Length(d["first"], d["second"], d["metres"]) for d in given.get("distances", ())),
            lines=tuple(tuple((p["x"], p["y"]) for p in line) for line in given.get("lines", ())),
            k1=given.get("k1"),
            checks=tuple(
                TapeCheck((c["x1"], c["y1"]), (c["x2"], c["y2"]), c["metres"])
                for c in given.get("checks", ())
            ),
        )
        draft._check_places()
        return draft

    def as_dict(self) -> dict[str, Any]:
        """What `parse` takes, for a database."""
        return {
            "method": self.method,
            "points": [{"x": p.x, "y": p.y, "x_m": p.x_m, "y_m": p.y_m} for p in self.points],
            "distances": [{"first": d.first, "second": d.second, "metres": d.metres} for d in self.distances],
            "lines": [[{"x": x, "y": y} for x, y in line] for line in self.lines],
            "k1": self.k1,
            "checks": [
                {"x1": c.start[0], "y1": c.start[1], "x2": c.end[0], "y2": c.end[1], "metres": c.metres}
                for c in self.checks
            ],
        }

    def _check_places(self) -> None:
        width, height = self.size_px
        places = [(p.x, p.y) for p in self.points] + [p for line in self.lines for p in line]
        places += [p for c in self.checks for p in (c.start, c.end)]
        if any(not (0 <= x <= width and 0 <= y <= height) for x, y in places):
            raise CalibrationRefused("A point lies outside the picture. Drag it back into it.")
        count = len(self.points)
        if any(max(d.first, d.second) >= count or d.first == d.second for d in self.distances):
            raise CalibrationRefused("A distance names a point that is not there. Remove that distance.")
        if any(len(line) < 3 for line in self.lines):
            raise CalibrationRefused("A straight line needs three clicks or more along it.")


def draft_solve(draft: FloorDraft) -> Calibration:
    """The floor that explains what was placed. Raises CalibrationRefused with what to do."""
    try:
        found = _by_points(draft) if draft.method == "points" else _by_distances(draft)
    except GeometryError as error:
        raise CalibrationRefused(_advice(draft, str(error))) from error
    whole = (found.matrix, found.factor, found.residual_m, found.residual_px)
    if len(found.hull_m) < 3 or not all(np.isfinite(part).all() for part in whole):
        raise CalibrationRefused(_advice(draft, ""))
    return found


def _by_points(draft: FloorDraft) -> Calibration:
    if len(draft.points) < POINTS_MIN:
        raise CalibrationRefused(
            f"Place at least {POINTS_MIN} floor points; six or more are much surer. There are {len(draft.points)}."
        )
    bare = [n + 1 for n, p in enumerate(draft.points) if p.x_m is None or p.y_m is None]
    if bare:
        raise CalibrationRefused(f"{_named(bare)} no metres yet. Type them, or remove what you do not know.")
    pixels, floor = draft_pixels(draft), draft_metres(draft)
    _refuse_doubled(pixels, SAME_PX, "lie on the same spot of the picture. Drag one away, or remove it.")
    _refuse_doubled(floor, SAME_M, "have the same metres. Correct one of them.")
    if _is_line(pixels) or _is_line(floor):
        raise CalibrationRefused(
            "The points lie on one line, which says nothing about the floor beside it. Add points well off that line."
        )
    lines = [np.array(line) for line in draft.lines]
    return calibrate_points(pixels, floor, draft.size_px, k1=draft.k1, lines_px=lines)


def _by_distances(draft: FloorDraft) -> Calibration:
    if len(draft.distances) < DISTANCES_MIN:
        raise CalibrationRefused(
            f"Measure at least {DISTANCES_MIN} distances between points, in different directions. "
            f"There are {len(draft.distances)}."
        )
    pixels = draft_pixels(draft)
    _refuse_doubled(pixels, SAME_PX, "lie on the same spot of the picture. Drag one away, or remove it.")
    used = sorted({i for d in draft.distances for i in (d.first, d.second)})
    if len(used) < 3 or _is_line(pixels[used]):
        raise CalibrationRefused(
            "All measured distances run along one line. Measure some across it as well, near and far."
        )
    known = [
        KnownDistance((p.x, p.y), (q.x, q.y), d.metres)
        for d in draft.distances
        for p, q in ((draft.points[d.first], draft.points[d.second]),)
    ]
    lines = [np.array(line) for line in draft.lines]
    return calibrate_distances(known, draft.size_px, k1=draft.k1, lines_px=lines)


def draft_pixels(draft: FloorDraft) -> Floats:
    """(N, 2) pixels of the points."""
    return np.array([(p.x, p.y) for p in draft.points], dtype=np.float64).reshape(-1, 2)


def draft_metres(draft: FloorDraft) -> Floats:
    """(N, 2) metres of the points, NaN where not known."""
    return np.array([(p.x_m, p.y_m) for p in draft.points], dtype=np.float64).reshape(-1, 2)


def suspects(draft: FloorDraft) -> str:
    """Names the point or the two points that contradict the others, with what to do; empty where none does."""
    if draft.method != "points" or len(draft.points) < SUSPECT_POINTS_MIN:
        return ""
    pixels, floor = draft_pixels(draft), draft_metres(draft)
    left = _misfit_px(pixels, floor)
    if left < SUSPECT_PX:
        return ""
    rows = np.arange(len(pixels))
    without = [_misfit_px(np.delete(pixels, n, 0), np.delete(floor, n, 0)) for n in rows]
    swapped = {}
    for first, second in combinations(rows.tolist(), 2):
        order = rows.copy()
        order[[first, second]] = second, first
        swapped[first, second] = _misfit_px(pixels, floor[order])
    alone, pair = int(np.argmin(without)), min(swapped, key=lambda each: swapped[each])
    if swapped[pair] < min(without[alone], left / SUSPECT_GAIN):
        return f"Points {pair[0] + 1} and {pair[1] + 1} look swapped: exchange their metres."
    if without[alone] < left / SUSPECT_GAIN:
        return f"Point {alone + 1} does not fit the others. Look at its place and at its metres."
    return ""


def _misfit_px(pixels: Floats, floor: Floats) -> float:
    try:
        return homography_fit(floor, pixels).rms
    except GeometryError:
        return float("inf")


def _advice(draft: FloorDraft, reason: str) -> str:
    named = suspects(draft)
    if named:
        return f"No floor fits these points. {named}"
    if "horizon" in reason:
        return "These points contradict each other: two of them are swapped, or one has wrong metres."
    if "one line" in reason:
        return "Too many of the points lie on one line. Add points well off that line."
    if draft.method == "distances":
        return "No floor fits these distances. Look for one that was typed wrongly, or measure some more."
    return "No floor fits these points. Look for one that was placed or typed wrongly."


def _named(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Point {numbers[0]} has"
    return f"Points {', '.join(map(str, numbers[:-1]))} and {numbers[-1]} have"


def _refuse_doubled(places: Floats, apart: float, problem: str) -> None:
    for first, second in combinations(range(len(places)), 2):
        if np.hypot(*(places[first] - places[second])) < apart:
            raise CalibrationRefused(f"Points {first + 1} and {second + 1} {problem}")


def _is_line(places: ArrayLike) -> bool:
    cloud = np.asarray(places, dtype=np.float64)
    spread = np.linalg.svd(cloud - cloud.mean(axis=0), compute_uv=False)
    return bool(spread[1] < LINE_SHARE_MIN * spread[0])


def click_px(calibration: Calibration) -> float:
    """How well a place is clicked on this still, as judged by the fit."""
    return calibration.click_sigma_px or CLICK_SIGMA_PX


def same_shape(first_px: tuple[int, int], second_px: tuple[int, int]) -> bool:
    """Whether two (width, height) may be of one view, only larger or smaller: alike but for a pixel of rounding."""
    return abs(first_px[0] * second_px[1] - first_px[1] * second_px[0]) <= max(first_px[0], second_px[0])
