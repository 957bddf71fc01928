"""Who stands in which zone, since when: on the foot point, with inertia in time and hysteresis in space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ml.contracts import Box
from ml.geometry.arrays import points_2d
from ml.geometry.polygon import signed_distance

# A box this near the lower edge has its feet outside the picture.
CUT_OFF_MARGIN_PX = 2.0


def foot_point_px(box_px: Box) -> tuple[float, float]:
    """Where an upright object stands: the middle of the box's lower edge."""
    return (box_px.x1 + box_px.x2) / 2.0, box_px.y2


def foot_cut_off(box_px: Box, picture_height: int) -> bool:
    """Whether the feet lie below the picture, so that the foot point is a guess."""
    return box_px.y2 >= picture_height - CUT_OFF_MARGIN_PX


class ZoneChange(StrEnum):
    ENTER = "enter"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon in image pixels or ground metres; `margin` (same unit) must be left behind to count as out."""

    id: str
    ring: tuple[tuple[float, float], ...]
    margin: float = 0.0
    enter_s: float = 0.4
    exit_s: float = 0.8


@dataclass(frozen=True, slots=True)
class ZoneEvent:
    """`time_s` is when the foot crossed, not when it was believed; `dwell_s` is 0 on entry."""

    zone_id: str
    track_id: int
    change: ZoneChange
    time_s: float
    dwell_s: float = 0.0


@dataclass(slots=True)
class _Stay:
    since_s: float
    seen_s: float
    counted: bool = False
    out_since_s: float | None = None


class ZoneWatcher:
    """Stays of tracks in the zones of one camera. Not thread-safe."""

    def __init__(self, zones: Sequence[Zone], lost_s: float = 2.0) -> None:
        """`lost_s`: a track unseen this long has left, at the time it was last seen. Raises GeometryError."""
        for zone in zones:
            signed_distance(np.zeros((0, 2)), zone.ring)
        self._zones = tuple(zones)
        self._lost_s = lost_s
        self._stays: dict[tuple[str, int], _Stay] = {}

    def update(self, time_s: float, feet: Mapping[int, tuple[float, float]]) -> list[ZoneEvent]:
        """Take the foot points by track id (confirmed tracks only, in the zones' space) and tell what changed."""
        events: list[ZoneEvent] = []
        ids = list(feet)
        points = points_2d([feet[i] for i in ids])
        for zone in self._zones:
            for track_id, depth in zip(ids, signed_distance(points, zone.ring).tolist(), strict=True):
                events += self._seen(zone, track_id, depth, time_s)
        return events + self._unseen(time_s)

    def dwell_s(self, time_s: float) -> dict[tuple[str, int], float]:
        """Seconds by (zone, track) of the stays that count at this time."""
        return {key: time_s - stay.since_s for key, stay in self._stays.items() if stay.counted}

    def _seen(self, zone: Zone, track_id: int, depth: float, time_s: float) -> list[ZoneEvent]:
        key = (zone.id, track_id)
        stay = self._stays.get(key)
        if stay is None:
            if depth >= 0.0:
                self._stays[key] = stay = _Stay(time_s, time_s)
                return self._count(zone, track_id, stay, time_s)
            return []
        stay.seen_s = time_s
        if depth >= 0.0 or (stay.counted and depth >= -zone.margin):
            stay.out_since_s = None
            return self._count(zone, track_id, stay, time_s)
        if not stay.counted:
            # A step over the line and back, before it counted.
            del self._stays[key]
            return []
        if stay.out_since_s is None:
            stay.out_since_s = time_s
        if time_s - stay.out_since_s < zone.exit_s:
            return []
        del self._stays[key]
        return [_exit(key, stay, stay.out_since_s)]

    def _count(self, zone: Zone, track_id: int, stay: _Stay, time_s: float) -> list[ZoneEvent]:
        if stay.counted or time_s - stay.since_s < zone.enter_s:
            return []
        stay.counted = True
        return [ZoneEvent(zone.id, track_id, ZoneChange.ENTER, stay.since_s)]

    def _unseen(self, time_s: float) -> list[ZoneEvent]:
        events = []
        for key, stay in list(self._stays.items()):
            if time_s - stay.seen_s > self._lost_s:
                del self._stays[key]
                if stay.counted:
                    left_s = stay.seen_s if stay.out_since_s is None else stay.out_since_s
                    events.append(_exit(key, stay, left_s))
        return events


def _exit(key: tuple[str, int], stay: _Stay, left_s: float) -> ZoneEvent:
    return ZoneEvent(*key, ZoneChange.EXIT, left_s, left_s - stay.since_s)
