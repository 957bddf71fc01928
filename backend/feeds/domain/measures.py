"""What is measured of the tracks of one frame, as rules ask for it: nearest distance, speed, stay, gear."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple

import numpy as np

from backend.feeds.domain.rules import Condition, GearWanted
from backend.feeds.domain.scene import SceneFrame
from ml.contracts import TrackPoint
from ml.scene.gear import Gear, GearWatcher, Worn

# Once open, so much further or slower still counts as going on; where the band is wider, half of its half does (about
# one standard deviation), or noise alone would end and begin incidents.
NEAR_RELEASE, SPEED_RELEASE = 1.1, 0.9
BAND_RELEASE = 0.5

Measured = tuple[float, float]


class Measures:
    """One frame's figures, each worked out once and only where a rule asks. A figure is (value, half its 95 % band)."""

    def __init__(self, scene: SceneFrame, gear: Mapping[str, Mapping[int, Worn]]) -> None:
        """`gear`: state by track id, by `gear_key`."""
        self._scene, self._gear = scene, gear
        self._labels = {point.track_id: point.label for point in scene.points}
        floor = scene.floor
        self._rows: dict[int, int] = {}
        if floor is not None:
            self._rows = {int(i): row for row, i in enumerate(floor.ids.tolist())}
        self._speeds: list[Measured | None] | None = None
        self._nearest: dict[tuple[int, tuple[str, ...]], Measured | None] = {}

    def is_seen(self, track_id: int) -> bool:
        return track_id in self._labels

    def label_of(self, track_id: int) -> str:
        """The label of a track seen now; "" for another."""
        return self._labels.get(track_id, "")

    def of_labels(self, labels: Collection[str]) -> dict[int, str]:
        return {i: label for i, label in self._labels.items() if label in labels}

    def holds(
        self, condition: Condition, track_id: int, *, eased: bool = False, unsure: bool = False
    ) -> bool:
        """Whether all that the condition asks of one object is so now.

        `eased`: what an open incident needs to go on: thresholds with their hysteresis, and no stay to be served again.
        `unsure`: what cannot be told now counts as so.
        """
        if condition.zones:
            stay = self.dwell(track_id, condition.zones)
            if stay is None or (not eased and condition.dwell_s is not None and stay < condition.dwell_s):
                return False
        if condition.near_m is not None:
            near = self.nearest(track_id, condition.near_labels)
            is_near = near is not None and near[0] < _near_limit(condition.near_m, near[1], eased)
            if not is_near and not (unsure and self._near_perhaps(track_id, condition)):
                return False
        if condition.speed_m_s is not None:
            speed = self.speed(track_id)
            if not (
                unsure if speed is None else speed[0] > _speed_limit(condition.speed_m_s, speed[1], eased)
            ):
                return False
        states = [(g.state, self._gear.get(gear_key(g), {}).get(track_id)) for g in condition.gear]
        return all(found is wanted or (unsure and found is Worn.CANNOT_TELL) for wanted, found in states)

    def dwell(self, track_id: int, zones: Sequence[str]) -> float | None:
        """Longest stay so far in one of the zones, in seconds; None for nobody inside."""
        found = self._scene.dwell_s or {}
        stays = [found[key] for zone in zones if (key := (zone, track_id)) in found]
        return max(stays, default=None)

    def nearest(self, track_id: int, labels: tuple[str, ...]) -> Measured | None:
        """Metres to the nearest object of those labels, where both stand for sure and the distance is sure."""
        key = (track_id, labels)
        if key not in self._nearest:
            self._nearest[key] = self._measure_nearest(track_id, labels)
        return self._nearest[key]

    def _measure_nearest(self, track_id: int, labels: tuple[str, ...]) -> Measured | None:
        floor, row = self._scene.floor, self._rows.get(track_id)
        if floor is None or row is None or not floor.clear[row]:
            return None
        others = [
            other_row
            for other, other_row in self._rows.items()
            if other != track_id and self._labels.get(other) in labels and floor.clear[other_row]
        ]
        if not others:
            return None
        found = floor.distances([row] * len(others), others)
        sure = np.flatnonzero(found.judged)
        if not len(sure):
            return None
        best = int(sure[np.argmin(found.metres[sure])])
        return float(found.metres[best]), float(found.high_m[best] - found.low_m[best]) / 2

    def _near_perhaps(self, track_id: int, condition: Condition) -> bool:
        """Whether somebody whose distance cannot be told may be nearer than asked."""
        floor, row = self._scene.floor, self._rows.get(track_id)
        others = [i for i, label in self._labels.items() if i != track_id and label in condition.near_labels]
        if floor is None or row is None:
            return bool(others)
        placed = [self._rows[i] for i in others if i in self._rows]
        found = floor.distances([row] * len(placed), placed)
        told = found.judged & floor.clear[placed] & floor.clear[row]
        perhaps = ~told & ~(found.low_m >= (condition.near_m or 0.0))
        return len(placed) < len(others) or bool(perhaps.any())

    def speed(self, track_id: int) -> Measured | None:
        """Speed over the floor in m/s of somebody who stands for sure; None before it can be told."""
        floor, row = self._scene.floor, self._rows.get(track_id)
        if floor is None or row is None or not (floor.speed_known[row] and floor.clear[row]):
            return None
        if self._speeds is None:
            speeds = floor.speeds()
            self._speeds = [
                (metres, (high - low) / 2) if np.isfinite(metres) else None
                for metres, low, high in zip(
                    speeds.metres.tolist(), speeds.low_m.tolist(), speeds.high_m.tolist(), strict=True
                )
            ]
        return self._speeds[row]


def _near_limit(limit_m: float, band_m: float, eased: bool) -> float:
    return max(limit_m * NEAR_RELEASE, limit_m + BAND_RELEASE * band_m) if eased else limit_m


def _speed_limit(limit_m_s: float, band_m_s: float, eased: bool) -> float:
    return min(limit_m_s * SPEED_RELEASE, limit_m_s - BAND_RELEASE * band_m_s) if eased else limit_m_s


def gear_key(wanted: GearWanted) -> str:
    return f"{wanted.item}:{wanted.label}"


class GearLook:
    """Who wears what on one feed, for the items that its rules ask for. Not thread-safe."""

    def __init__(
        self, wanted: Collection[tuple[GearWanted, tuple[str, ...]]], known: Collection[str]
    ) -> None:
        """`wanted`: items with the labels of their wearers. `known`: labels the model finds; an item that it does not
        know is never missing."""
        self._watchers = {
            gear_key(item): (item.item, item.label, frozenset(wearers), GearWatcher())
            for item, wearers in wanted
            if item.label in known
        }

    def update(self, scene: SceneFrame) -> dict[str, dict[int, Worn]]:
        """State by track id, by `gear_key`."""
        found: dict[str, dict[int, Worn]] = {}
        for key, (item, label, wearers, watcher) in self._watchers.items():
            people = {p.track_id: _box(p) for p in scene.points if p.label in wearers}
            items = np.array([astuple(p.box) for p in scene.found if p.label == label]).reshape(-1, 4)
            states = watcher.update(scene.time_s, people, {Gear(item): items}, scene.size_px)
            found[key] = {i: worn[Gear(item)] for i, worn in states.items()}
        return found


def _box(point: TrackPoint) -> tuple[float, float, float, float]:
    box = point.measured or point.box
    return box.x1, box.y1, box.x2, box.y2
