"""Who wears what: helmets and vests to people frame by frame, and worn, missing or cannot tell over time.

"Missing" is a claim: it needs looks at which the gear would have been seen. A head that is too small, cut off or behind
somebody else says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from ml.geometry.arrays import Bools, Floats
from ml.tracking.association import match

# Where on a person's box an item sits, and how far outside the box it may reach: shares of the box, y from the top.
_REGIONS = {"helmet": (-0.12, 0.33), "vest": (0.05, 0.75)}
_SIDE_SLACK = 0.2
# Share of an item's box that must lie in its wearer's region.
_INSIDE_MIN = 0.55
# Under this height in the picture no item of a person is seen for sure.
PERSON_MIN_PX = {"helmet": 48.0, "vest": 36.0}
# Share of the region that others nearer to the camera may cover.
_COVERED_MAX = 0.35
CUT_OFF_MARGIN_PX = 2.0


class Gear(StrEnum):
    HELMET = "helmet"
    VEST = "vest"


class Worn(StrEnum):
    WORN = "worn"
    MISSING = "missing"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class GearConfig:
    """What a look is worth. The shares are a fair detector's; a worse one needs them said."""

    # Worn items found in a clear look, and looks at a bare head that show an item all the same.
    found_share: float = 0.85
    false_share: float = 0.05
    # Looks nearer in time than this see the same thing again.
    look_s: float = 0.4
    # Old looks fade with this time constant, so that a helmet taken off is noticed.
    memory_s: float = 6.0
    # Log odds at which a claim is made: 20 to 1.
    claim: float = 3.0
    most: float = 6.0


def visible_regions(people_px: ArrayLike, size_px: tuple[int, int], gear: Gear) -> Bools:
    """(N,) whether an item on each of (N, 4) people would be seen: large enough, in the picture, not covered."""
    people = np.asarray(people_px, dtype=np.float64).reshape(-1, 4)
    width, height = size_px
    region = _regions(people, gear, reach=0.0)
    tall = people[:, 3] - people[:, 1] >= PERSON_MIN_PX[gear]
    margin = CUT_OFF_MARGIN_PX
    within = (region[:, 0] > margin) & (region[:, 1] > margin)
    within &= (region[:, 2] < width - margin) & (region[:, 3] < height - margin)
    # Whoever ends lower stands nearer.
    nearer = people[None, :, 3] > people[:, None, 3]
    covered = np.where(nearer, _inside(region, people), 0.0)
    np.fill_diagonal(covered, 0.0)
    worst = covered.max(axis=1) if len(people) else np.zeros(0)
    return np.asarray(tall & within & (worst <= _COVERED_MAX))


def wearers(people_px: ArrayLike, items_px: ArrayLike, gear: Gear) -> list[tuple[int, int]]:
    """Pairs (person, item) of (N, 4) people and (M, 4) items of one kind, each in one pair at most."""
    people = np.asarray(people_px, dtype=np.float64).reshape(-1, 4)
    items = np.asarray(items_px, dtype=np.float64).reshape(-1, 4)
    if not len(people) or not len(items):
        return []
    region = _regions(people, gear, reach=_SIDE_SLACK)
    inside = _inside(items, region).T
    # Of two people whose regions hold the item, the one whose middle it sits on.
    middle = (items[None, :, 0] + items[None, :, 2] - people[:, None, 0] - people[:, None, 2]) / 2.0
    aside = np.abs(middle) / np.maximum(people[:, None, 2] - people[:, None, 0], 1.0)
    wanted = people[:, 1] + (0.08 if gear is Gear.HELMET else 0.4) * (people[:, 3] - people[:, 1])
    lower = np.abs((items[None, :, 1] + items[None, :, 3]) / 2.0 - wanted[:, None])
    off = aside + lower / np.maximum(people[:, None, 3] - people[:, None, 1], 1.0)
    gain = np.where(inside >= _INSIDE_MIN, inside / (1.0 + 2.0 * off), 0.0)
    rows, columns = match(np.asarray(gain), 0.0)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


@dataclass(slots=True)
class _Belief:
    odds: float
    time_s: float


class GearWatcher:
    """What one camera's tracks wear. Not thread-safe."""

    def __init__(self, config: GearConfig | None = None, lost_s: float = 2.0) -> None:
        self._config = config or GearConfig()
        self._lost_s = lost_s
        self._beliefs: dict[tuple[int, Gear], _Belief] = {}
        self._time_s = 0.0

    def update(
        self,
        time_s: float,
        people_px: Mapping[int, Sequence[float]],
        items_px: Mapping[Gear, ArrayLike],
        size_px: tuple[int, int],
    ) -> dict[int, dict[Gear, Worn]]:
        """Take the people's boxes by track id and the found items' by kind; tell for each person seen now.

        A kind that the model does not know must be left out: its absence would be read as missing.
        """
        self._time_s = time_s
        ids = list(people_px)
        boxes = np.array([people_px[i] for i in ids], dtype=np.float64).reshape(-1, 4)
        found: dict[int, dict[Gear, Worn]] = {i: {} for i in ids}
        for gear, items in items_px.items():
            worn = {person for person, _ in wearers(boxes, items, gear)}
            clear = visible_regions(boxes, size_px, gear)
            for row, track_id in enumerate(ids):
                self._look(track_id, gear, time_s, row in worn, bool(clear[row]))
                found[track_id][gear] = self.state(track_id, gear)
        self._beliefs = {k: b for k, b in self._beliefs.items() if time_s - b.time_s <= self._lost_s}
        return found

    def state(self, track_id: int, gear: Gear) -> Worn:
        """What is known of a track now; CANNOT_TELL for an unknown one."""
        belief = self._beliefs.get((track_id, gear))
        if belief is None or abs(belief.odds) < self._config.claim:
            return Worn.CANNOT_TELL
        return Worn.WORN if belief.odds > 0 else Worn.MISSING

    def _look(self, track_id: int, gear: Gear, time_s: float, seen: bool, clear: bool) -> None:
        config = self._config
        belief = self._beliefs.get((track_id, gear))
        if belief is None:
            belief = self._beliefs[(track_id, gear)] = _Belief(0.0, time_s - config.look_s)
        step = time_s - belief.time_s
        belief.odds *= float(np.exp(-step / config.memory_s))
        belief.time_s = time_s
        if not (seen or clear):
            return
        fresh = min(step / config.look_s, 1.0)
        if seen:
            gain = np.log(config.found_share / config.false_share)
        else:
            gain = np.log((1.0 - config.found_share) / (1.0 - config.false_share))
        belief.odds = float(np.clip(belief.odds + fresh * gain, -config.most, config.most))


def _regions(people: Floats, gear: Gear, reach: float) -> Floats:
    top, low = _REGIONS[gear]
    if not reach:
        top = max(top, 0.0)
    wide, tall = people[:, 2] - people[:, 0], people[:, 3] - people[:, 1]
    return np.column_stack(
        [
            people[:, 0] - reach * wide,
            people[:, 1] + top * tall,
            people[:, 2] + reach * wide,
            people[:, 1] + low * tall,
        ]
    )


def _inside(items: Floats, regions: Floats) -> Floats:
    """(M, N) share of each item's area that lies in each region."""
    low = np.maximum(items[:, None, :2], regions[None, :, :2])
    high = np.minimum(items[:, None, 2:], regions[None, :, 2:])
    common = np.prod(np.maximum(high - low, 0.0), axis=2)
    area = np.prod(np.maximum(items[:, 2:] - items[:, :2], 1e-9), axis=1)
    return np.asarray(common / area[:, None])
