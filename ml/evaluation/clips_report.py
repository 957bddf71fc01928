"""The whole way on generated clips: jittered boxes, tracks, floor, distances, speeds, zones, lines and gear."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ml.contracts import TrackPoint
from ml.evaluation.clips import CLICKS, SEEN_MIN, Clip, click, clip_truth, detected, visible_floor
from ml.evaluation.geometry_report import Bands
from ml.geometry.calibration import SIGMA_JUDGED_MAX_M, distances
from ml.scene.gear import Gear, GearWatcher, Worn
from ml.scene.lines import Line, LineWatcher, line_place
from ml.scene.people import FloorScene
from ml.scene.zones import Zone, ZoneChange, ZoneWatcher
from ml.simulation.truth import HARD_HAT, PERSON, SAFETY_VEST, ObjectTruth
from ml.tracking.floor import FloorState
from ml.tracking.tracker import Tracker

LABELS = {Gear.HELMET: HARD_HAT, Gear.VEST: SAFETY_VEST}
Way = Sequence[tuple[float, dict[int, tuple[float, float]]]]
Owners = dict[int, list[tuple[float, int]]]
LINE_HALF_M, ZONE_HALF_M, MARGIN_M = 4.0, 1.5, 0.3
EVENT_SLACK_S = 1.0
SURE_STAY_S = 1.0
_STATIC_POINTS = 40
_STATIC_SIGMA_PX = 2.0
_PLACES = 3


@dataclass(frozen=True, slots=True)
class Event:
    """Who and what, between two times in seconds (the same for what has no length), dated `at_s`."""

    key: Any
    start_s: float
    end_s: float
    at_s: float


@dataclass(slots=True)
class Events:
    """Events found and true, matched by person, kind and time. Precision and recall as of two truths (see `add`)."""

    true: int = 0
    found: int = 0
    recalled: int = 0
    right: int = 0
    late_s: list[float] = field(default_factory=list)

    def add(self, sure: Sequence[Event], possible: Sequence[Event], found: Sequence[Event]) -> None:
        """`sure` ones must be found; a found one must be among the `possible`: what only grazes a line or a zone's edge
        is no fault either way."""
        self.true += len(sure)
        self.found += len(found)
        self.recalled += len(_matched(sure, found))
        self.right += len(_matched(found, possible))
        self.late_s += [abs(a.at_s - b.at_s) for a, b in _matched(sure, found)]

    def figures(self) -> dict[str, Any]:
        """Precision, recall, counts, and how far off in time a matched one is."""
        return {
            "true": self.true,
            "found": self.found,
            "recall": round(self.recalled / self.true, 4) if self.true else None,
            "precision": round(self.right / self.found, 4) if self.found else None,
            "time_off_s_median": round(float(np.median(self.late_s)), 3) if self.late_s else None,
        }


@dataclass(slots=True)
class _Totals:
    still: Bands = field(default_factory=Bands)
    moving: Bands = field(default_factory=Bands)
    everybody: Bands = field(default_factory=Bands)
    speed_off: list[float] = field(default_factory=list)
    speed_hit: list[bool] = field(default_factory=list)
    lines: Events = field(default_factory=Events)
    zones: Events = field(default_factory=Events)
    dwell_off: list[float] = field(default_factory=list)
    gear: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    unclear: int = 0
    places: int = 0
    k1_off: list[float] = field(default_factory=list)
    reprojection_cm: list[float] = field(default_factory=list)


class _ClipRun:
    """One clip through one calibration."""

    def __init__(self, clip: Clip, clicks: int, rng: np.random.Generator, totals: _Totals) -> None:
        self.clip, self.rng, self.totals = clip, rng, totals
        self.size = (clip.camera.width, clip.camera.height)
        self.calibration = click(clip.camera, clicks, rng)
        totals.k1_off.append(abs(self.calibration.lens.k1 - clip.camera.k1))
        totals.reprojection_cm.append(self.calibration.reprojection_cm)
        self.tracker, self.floor, self.gear = (
            Tracker(),
            FloorScene(self.calibration, self.size),
            GearWatcher(),
        )
        places = np.array([o.foot_m for _, objects in clip.frames for o in objects if o.label == PERSON])
        self.lines, self.zones = _lines(places, rng), _zones(places, rng)
        self.owner: Owners = defaultdict(list)
        self.feet: list[tuple[float, dict[int, tuple[float, float]]]] = []

    def run(self) -> None:
        """All frames, then the events."""
        for time_s, objects in self.clip.frames:
            finds = list(detected(objects, self.rng))
            points = [
                p
                for p in self.tracker.update(time_s, [find for find, _ in finds])
                if p.label == PERSON and p.confirmed
            ]
            truths = {find.box: item for find, item in finds}
            known = {p.track_id: truths[p.measured] for p in points if p.measured in truths}
            for track_id, item in known.items():
                if item is not None:
                    self.owner[track_id].append((time_s, item.track_id))
            state = self.floor.update(time_s, points)
            people = {i: item for i, item in known.items() if item is not None}
            self._measure(state, people)
            usable = state.points.sigma_m <= SIGMA_JUDGED_MAX_M
            feet = zip(state.ids[usable].tolist(), state.points.xy_m[usable].tolist(), strict=True)
            self.feet.append((time_s, {track_id: (x, y) for track_id, (x, y) in feet}))
            items = {
                gear: [(f.box.x1, f.box.y1, f.box.x2, f.box.y2) for f, _ in finds if f.label == label]
                for gear, label in LABELS.items()
            }
            self._wear(time_s, points, items, people, objects)
        self._static()
        self._events()

    def _measure(self, state: FloorState, people: dict[int, ObjectTruth]) -> None:
        ids = state.ids.tolist()
        true = np.array([people[i].foot_m if i in people else (np.nan, np.nan) for i in ids]).reshape(-1, 2)
        old = state.speed_known
        usable = state.clear & np.isfinite(true).all(axis=1) & old
        upright = np.array(
            [i in people and not people[i].pose.startswith(("sit", "crouch")) for i in ids], dtype=bool
        )
        self.totals.places += int((np.isfinite(true).all(axis=1) & old).sum())
        self.totals.unclear += int((np.isfinite(true).all(axis=1) & old & ~state.clear).sum())
        rows = np.flatnonzero(usable)
        first, second = (rows[part] for part in np.triu_indices(len(rows), 1))
        apart = np.hypot(*(true[first] - true[second]).T)
        inside = state.points.inside[first] & state.points.inside[second]
        found = state.distances(first.tolist(), second.tolist())
        self.totals.everybody.add(found, apart, inside)
        both = upright[first] & upright[second]
        self.totals.moving.add(found.take(both), apart[both], inside[both])
        speeds = state.speeds()
        speed = np.array([people[i].speed_m_s if i in people else np.nan for i in ids])
        near = usable & (state.points.sigma_m < 0.5)
        self.totals.speed_off += np.abs(speeds.metres - speed)[near].tolist()
        self.totals.speed_hit += ((speeds.low_m <= speed) & (speed <= speeds.high_m))[near].tolist()

    def _wear(
        self,
        time_s: float,
        points: Sequence[TrackPoint],
        items: dict[Gear, list[tuple[float, float, float, float]]],
        people: dict[int, ObjectTruth],
        objects: Sequence[ObjectTruth],
    ) -> None:
        boxes = {p.track_id: (p.box.x1, p.box.y1, p.box.x2, p.box.y2) for p in points}
        for track_id, worn in self.gear.update(time_s, boxes, items, self.size).items():
            if track_id not in people or time_s < 2.0:
                continue
            for gear, answer in worn.items():
                real = any(
                    o.parent_id == people[track_id].track_id and o.label == LABELS[gear] for o in objects
                )
                self.totals.gear[(gear.value, "worn" if real else "missing", answer.value)] += 1

    def _static(self) -> None:
        """Pure geometry: true floor points with stated pixel noise, near and far, in and out of the hull."""
        camera, rng = self.clip.camera, self.rng
        far = visible_floor(camera, rng, _STATIC_POINTS // 2, 25.0)
        near = far + rng.normal(0.0, 2.0, far.shape)
        pixels, depth = camera.project(
            np.column_stack([np.concatenate([far, near]), np.zeros(_STATIC_POINTS)])
        )
        seen = (depth > 0.5) & ((pixels > 0) & (pixels < self.size)).all(axis=1)
        true = np.concatenate([far, near])[seen]
        feet = pixels[seen] + rng.normal(0.0, _STATIC_SIGMA_PX, (int(seen.sum()), 2))
        found = self.calibration.locate(feet, _STATIC_SIGMA_PX)
        first, second = np.triu_indices(len(true), 1)
        apart = np.hypot(*(true[first] - true[second]).T)
        self.totals.still.add(
            distances(found, first, second), apart, found.inside[first] & found.inside[second]
        )

    def _events(self) -> None:
        people = [
            (t, {o.track_id: o for o in objects if o.label == PERSON}) for t, objects in self.clip.frames
        ]
        seen = [(t, {i: o.foot_m for i, o in there.items() if o.visible >= SEEN_MIN}) for t, there in people]
        everywhere = [(t, {i: o.foot_m for i, o in there.items()}) for t, there in people]
        self.totals.lines.add(
            _near(
                _crossings([_stretched(line, 0.9, 2 * MARGIN_M) for line in self.lines], seen),
                self.lines,
                seen,
            ),
            _near(
                _crossings([_stretched(line, 1.1, 0.0) for line in self.lines], everywhere),
                self.lines,
                everywhere,
            ),
            _crossings(self.lines, self.feet, self.owner),
        )
        found = _stays(self.zones, self.feet, self.owner)
        sure = [
            s
            for s in _stays([_scaled(z, -MARGIN_M) for z in self.zones], seen)
            if s.end_s - s.start_s >= SURE_STAY_S
        ]
        self.totals.zones.add(sure, _stays([_scaled(z, MARGIN_M) for z in self.zones], everywhere), found)
        for a, b in _matched(_stays(self.zones, seen), found):
            self.totals.dwell_off.append(abs((a.end_s - a.start_s) - (b.end_s - b.start_s)))


def _matched(events: Sequence[Event], among: Sequence[Event]) -> list[tuple[Event, Event]]:
    """Each event with its partner, the one that begins nearest of those that meet it within `EVENT_SLACK_S`."""
    left = list(among)
    found = []
    for event in events:
        near = [
            other
            for other in left
            if other.key == event.key
            and other.start_s <= event.end_s + EVENT_SLACK_S
            and event.start_s <= other.end_s + EVENT_SLACK_S
        ]
        if near:
            best = min(near, key=lambda other: abs(other.start_s - event.start_s))
            left.remove(best)
            found.append((event, best))
    return found


def _crossings(lines: Sequence[Line], way: Way, owner: Owners | None = None) -> list[Event]:
    watcher = LineWatcher(lines)
    events = [event for time_s, feet in way for event in watcher.update(time_s, feet)]
    return [
        Event((_who(e.track_id, e.time_s, owner), e.line_id, e.direction), e.time_s, e.time_s, e.time_s)
        for e in events
    ]


def _near(events: Sequence[Event], lines: Sequence[Line], way: Way) -> list[Event]:
    """Crossings stretched over the time around them that the person stood by the line: then nobody can date it."""
    by_id = {line.id: line for line in lines}
    found = []
    for event in events:
        who, line_id, _ = event.key
        by_line = [
            (t, abs(line_place(by_id[line_id], feet[who])[0]) <= 2 * MARGIN_M)
            for t, feet in way
            if who in feet
        ]
        start = max([t for t, near in by_line if not near and t <= event.start_s], default=0.0)
        end = min([t for t, near in by_line if not near and t >= event.end_s], default=np.inf)
        found.append(replace(event, start_s=start, end_s=float(end)))
    return found


def _stretched(line: Line, by: float, margin: float) -> Line:
    """The line longer or shorter about its middle: who passes by its very end is no fault either way."""
    (x1, y1), (x2, y2) = line.start, line.end
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    start, end = (x + by * (x1 - x), y + by * (y1 - y)), (x + by * (x2 - x), y + by * (y2 - y))
    return Line(line.id, start, end, margin)


def _stays(zones: Sequence[Zone], way: Way, owner: Owners | None = None) -> list[Event]:
    """Stays in zones; those not over at the end last until then."""
    watcher = ZoneWatcher(zones)
    events = [event for time_s, feet in way for event in watcher.update(time_s, feet)]
    last = way[-1][0]
    found = []
    for event in events:
        if event.change is ZoneChange.ENTER:
            over = [
                e.time_s
                for e in events
                if e.change is ZoneChange.EXIT
                and (e.track_id, e.zone_id) == (event.track_id, event.zone_id)
                and e.time_s >= event.time_s
            ]
            key = (_who(event.track_id, event.time_s, owner), event.zone_id)
            found.append(Event(key, event.time_s, min(over, default=last), event.time_s))
    return found


def _who(track_id: int, time_s: float, owner: Owners | None) -> int:
    """The person a track was on at a time; a number nobody has where it was on nobody."""
    if owner is None:
        return track_id
    looks = owner.get(track_id)
    return min(looks, key=lambda look: abs(look[0] - time_s))[1] if looks else -track_id


def _scaled(zone: Zone, by_m: float) -> Zone:
    middle = np.mean(zone.ring, axis=0)
    ring = [corner + by_m * np.sign(corner - middle) for corner in np.array(zone.ring)]
    return replace(zone, ring=tuple((float(x), float(y)) for x, y in ring), enter_s=0.0)


def clips_report(clips: int, seed: int, make: Any = clip_truth) -> dict[str, Any]:
    """`clips` generated clips, k1 from 0 to -0.35, each through calibrations of 6, 8 and 12 clicked points.

    All distances of a clip share one calibration's error: with one each, a single unlucky one moves the coverage of all.
    """
    totals = _Totals()
    for index in range(clips):
        clip = make(seed, index)
        for clicks in CLICKS:
            _ClipRun(clip, clicks, np.random.default_rng([seed, index, clicks]), totals).run()
    return {
        "clips": clips,
        "seed": seed,
        "floor_points": totals.still.figures(),
        "people": totals.moving.figures(),
        "people_sitting_too": totals.everybody.figures(),
        "people_not_judged": round(totals.unclear / max(totals.places, 1), 4),
        "speed": {
            "mae_m_s": round(float(np.mean(totals.speed_off)), 4) if totals.speed_off else None,
            "coverage": round(float(np.mean(totals.speed_hit)), 4) if totals.speed_hit else None,
            "n": len(totals.speed_off),
        },
        "lines": totals.lines.figures(),
        "zones": totals.zones.figures(),
        "dwell": {
            "n": len(totals.dwell_off),
            "median_off_s": round(float(np.median(totals.dwell_off)), 3) if totals.dwell_off else None,
            "p90_off_s": round(float(np.percentile(totals.dwell_off, 90)), 3) if totals.dwell_off else None,
        },
        "gear": _gear_figures(totals.gear),
        "k1_mae": round(float(np.mean(totals.k1_off)), 4),
        "reprojection_cm_mean": round(float(np.mean(totals.reprojection_cm)), 2),
    }


def _gear_figures(counts: Counter[tuple[str, str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for gear in Gear:
        answers = {
            real: {w: counts[(gear.value, real, w.value)] for w in Worn} for real in ("worn", "missing")
        }
        row: dict[str, Any] = {"looks": sum(sum(part.values()) for part in answers.values())}
        for real, wrong in (("worn", Worn.MISSING), ("missing", Worn.WORN)):
            said = answers[real]
            total = sum(said.values())
            row[f"truly_{real}"] = {
                "n": total,
                "told_right": round(said[Worn(real)] / total, 4) if total else None,
                "told_wrong": round(said[wrong] / total, 4) if total else None,
                "cannot_tell": round(said[Worn.CANNOT_TELL] / total, 4) if total else None,
            }
        found[gear.value] = row
    return found


def _lines(places: np.ndarray, rng: np.random.Generator) -> list[Line]:
    """Lines across where people go, at several angles."""
    found = []
    for index in range(_PLACES):
        x, y = places[rng.integers(len(places))]
        angle = np.pi * (index + rng.random()) / _PLACES
        dx, dy = LINE_HALF_M * np.cos(angle), LINE_HALF_M * np.sin(angle)
        found.append(Line(f"line {index}", (x - dx, y - dy), (x + dx, y + dy), MARGIN_M))
    return found


def _zones(places: np.ndarray, rng: np.random.Generator) -> list[Zone]:
    """Squares where people are."""
    found = []
    for index in range(_PLACES):
        x, y = places[rng.integers(len(places))]
        half = ZONE_HALF_M
        ring = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
        found.append(Zone(f"zone {index}", ring, MARGIN_M))
    return found
