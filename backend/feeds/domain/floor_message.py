"""What the wall is told about a floor: circles, distances and speeds with their bands, and who stands too near."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from backend.feeds.contracts import FeedSettings
from ml.geometry.arrays import Bools, Floats, Ints
from ml.geometry.calibration import SIGMA_JUDGED_MAX_M, Z95, Calibration, Distances
from ml.tracking.floor import FloorState

CIRCLE_CORNERS = 28
# Pairs further apart than this many limits are of no interest; of a crowd the nearest are drawn.
PAIR_LIMITS = 1.75
PAIRS_MAX = 24
# Counts that held for so long are counts; a person hidden for a moment is no change.
SETTLED_S = 1.0


class FloorView(StrEnum):
    """Whether metres are told. MOVED: not until a person looked; LOST: not while the picture shows nothing known."""

    NONE = "none"
    MEASURED = "measured"
    MOVED = "moved"
    LOST = "lost"


class Nearness(StrEnum):
    """A person against everybody else: some pair is nearer than the limit, none is, or it cannot be said."""

    NEAR = "near"
    FAR = "far"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Counts:
    """People in view, those too near (None: not measured) and the shortest judged distance."""

    people: int
    near: int | None
    closest_m: float | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Pairs:
    first: Ints
    second: Ints
    bands: Distances
    judged: Bools


def floor_message(state: FloorState, calibration: Calibration, given: FeedSettings) -> dict[str, Any]:
    """JSON for the wall. Pixels are of the frame; `plus_minus` values are half of a 95 % band."""
    pairs = _pairs(state)
    sure = np.asarray(state.clear & (state.points.sigma_m <= SIGMA_JUDGED_MAX_M))
    nearness = _nearness(pairs, sure, given.limit_m)
    speeds = state.speeds()
    people = []
    for row, track_id in enumerate(state.ids.tolist()):
        told = bool(state.speed_known[row] and sure[row])
        people.append(
            {
                "track_id": track_id,
                "xy_m": _rounded(state.points.xy_m[row], 2),
                "plus_minus_m": _number(Z95 * state.points.sigma_m[row]),
                "nearness": nearness[row],
                "is_inside": bool(state.points.inside[row]),
                "speed_m_s": _number(speeds.metres[row]) if told else None,
                "speed_plus_minus": _number((speeds.high_m[row] - speeds.low_m[row]) / 2) if told else None,
                "circle": _circle(calibration, state.points.xy_m[row], given.limit_m / 2),
            }
        )
    return {
        "view": FloorView.MEASURED,
        "limit_m": given.limit_m,
        "people": people,
        "pairs": _near_pairs(state, pairs, given.limit_m),
    }


def counts_of(message: dict[str, Any], people: int) -> Counts:
    """Counts of a message; `people` in view, also those whose feet are nowhere."""
    near = sum(each["nearness"] == Nearness.NEAR for each in message["people"])
    judged = [pair["metres"] for pair in message["pairs"] if pair["is_judged"]]
    return Counts(people, near, min(judged, default=None))


class SettledCounts:
    """Tells counts when they changed and have held for a moment."""

    def __init__(self) -> None:
        self._told: tuple[int, int | None] | None = None
        self._waits: tuple[int, int | None] | None = None
        self._since_s = 0.0

    def take(self, time_s: float, counts: Counts) -> Counts | None:
        """One frame's counts; gives them when they are news."""
        now = (counts.people, counts.near)
        if now != self._waits:
            self._waits, self._since_s = now, time_s
        if now == self._told or time_s - self._since_s < SETTLED_S:
            return None
        first, self._told = self._told is None, now
        # An empty floor at the start is no news.
        return None if first and not counts.people else counts


def _pairs(state: FloorState) -> _Pairs:
    first, second = np.triu_indices(len(state.ids), 1)
    bands = state.distances(first.tolist(), second.tolist())
    judged = np.asarray(bands.judged & state.clear[first] & state.clear[second])
    return _Pairs(first, second, bands, judged)


def _nearness(pairs: _Pairs, sure: Bools, limit_m: float) -> list[Nearness]:
    """Near by the likeliest distance of a judged pair; far only where no pair, judged or not, might be nearer."""
    near, doubtful = np.zeros(len(sure), dtype=bool), ~sure
    too_near = pairs.judged & (pairs.bands.metres < limit_m)
    perhaps = ~pairs.judged & ~(pairs.bands.low_m >= limit_m)
    for found, rows in ((near, too_near), (doubtful, perhaps)):
        found[pairs.first[rows]] = True
        found[pairs.second[rows]] = True
    return [
        Nearness.NEAR if n else Nearness.UNSURE if d else Nearness.FAR
        for n, d in zip(near.tolist(), doubtful.tolist(), strict=True)
    ]


def _near_pairs(state: FloorState, pairs: _Pairs, limit_m: float) -> list[dict[str, Any]]:
    bands = pairs.bands
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(bands.metres < PAIR_LIMITS * limit_m)
    rows = rows[np.argsort(bands.metres[rows], kind="stable")][:PAIRS_MAX]
    return [
        {
            "first": int(state.ids[pairs.first[row]]),
            "second": int(state.ids[pairs.second[row]]),
            "metres": _number(bands.metres[row]),
            "plus_minus_m": _number(Z95 * bands.sigma_m[row]),
            "is_judged": bool(pairs.judged[row]),
            "is_near": bool(pairs.judged[row] and bands.metres[row] < limit_m),
        }
        for row in rows.tolist()
    ]


def _circle(calibration: Calibration, centre_m: Floats, radius_m: float) -> list[float] | None:
    """x, y, x, y… of a floor circle in the picture, bent as the lens bends it; None where part of it is not in front."""
    angle = 2.0 * np.pi * np.arange(CIRCLE_CORNERS) / CIRCLE_CORNERS
    ring = calibration.to_image(centre_m + radius_m * np.column_stack([np.cos(angle), np.sin(angle)]))
    return _rounded(ring.ravel(), 1) if np.isfinite(ring).all() else None


def _rounded(values: Floats, digits: int) -> list[float]:
    return [round(float(value), digits) for value in values]


def _number(value: float) -> float | None:
    return round(float(value), 2) if np.isfinite(value) else None
