"""Incidents on generated clips: `python bench/incidents.py [--clips N] [--detector]`. Precision and recall of rules.

Truth: the same rules judged on the exact boxes, places and speeds of `ml.simulation`. Measured: on true boxes with the
stated jitter and misses of `ml.evaluation.clips` through the product's tracker, floor, zones and engine, on a calibration
clicked with errors; with `--detector` on rendered pictures through the shipped detector. An incident is found when one
of the measured overlaps it in time within `SLACK_S`; each can be found once.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from backend.feeds.domain.measures import GearLook, Measures  # noqa: E402
from backend.feeds.domain.rule_engine import Change, Rule, RuleWatcher  # noqa: E402
from backend.feeds.domain.rules import Condition, Direction, GearWanted  # noqa: E402
from backend.feeds.domain.scene import MarkingShape, SceneFrame, SceneWatcher  # noqa: E402
from ml.contracts import Box, Prediction, TrackPoint  # noqa: E402
from ml.evaluation.clips import FRAMES_PER_S, SECONDS, Clip, click, clip_config, clip_truth, detected  # noqa: E402
from ml.geometry.calibration import Calibration, FloorPoints  # noqa: E402
from ml.inference.predictor import Predictor  # noqa: E402
from ml.scene.gear import Gear, Worn  # noqa: E402
from ml.scene.people import FloorScene  # noqa: E402
from ml.simulation.scene import build_scene, scene_frame  # noqa: E402
from ml.simulation.truth import HARD_HAT, PERSON, SAFETY_VEST, ObjectTruth  # noqa: E402
from ml.tracking.floor import FloorState  # noqa: E402
from ml.tracking.tracker import Tracker, TrackerConfig  # noqa: E402
from tests.support.bench import result_write  # noqa: E402

SLACK_S = 2.0
GOAL_BOXES, GOAL_DETECTOR = 0.95, 0.80
SEED = 4_100
# What the shipped detector and the stated boxes know.
KNOWN = (PERSON, HARD_HAT, SAFETY_VEST)


@dataclass(frozen=True)
class Ask:
    """A rule with its strict and its loose reading: what the strict one finds must be found, what the loose one does not
    find must not be. Between the two lies what a person with a tape measure would argue about."""

    name: str
    rule: Condition
    strict: Condition
    loose: Condition


def _asks() -> list[Ask]:
    people = (PERSON,)

    def ask(name: str, make: Any) -> Ask:
        return Ask(name, make(1.0, "zone"), make(1.15, "inner"), make(0.85, "outer"))

    helmet = (GearWanted(Gear.HELMET, Worn.MISSING, HARD_HAT),)
    return [
        ask("in zone 1 s", lambda k, z: Condition(people, zones=(z,), lasts_s=1.0 * k)),
        ask("stay in zone 4 s", lambda k, z: Condition(people, zones=(z,), dwell_s=4.0 * k)),
        ask("two in zone 1 s", lambda k, z: Condition(people, zones=(z,), count=2, lasts_s=1.0 * k)),
        ask(
            "no helmet in zone 2 s", lambda k, z: Condition(people, zones=(z,), gear=helmet, lasts_s=2.0 * k)
        ),
        ask(
            "nearer than 1.5 m for 1 s",
            lambda k, z: Condition(people, near_m=1.5 / k, near_labels=people, lasts_s=1.0 * k),
        ),
        ask(
            "faster than 1.2 m/s for 1 s", lambda k, z: Condition(people, speed_m_s=1.2 * k, lasts_s=1.0 * k)
        ),
        Ask(
            "over the line",
            Condition(people, line="line", direction=Direction.EITHER),
            Condition(people, line="line", direction=Direction.EITHER),
            Condition(people, line="line", direction=Direction.EITHER),
        ),
    ]


def _grown(ring: Sequence[tuple[float, float]], by: float) -> tuple[tuple[float, float], ...]:
    x, y = np.mean(np.array(ring), axis=0)
    return tuple(
        (float(np.clip(x + (px - x) * by, 0, 1)), float(np.clip(y + (py - y) * by, 0, 1))) for px, py in ring
    )


def shapes() -> list[MarkingShape]:
    """One zone in the middle of the floor, with a twentieth more and less around it, and a line across."""
    ring = ((0.25, 0.5), (0.75, 0.5), (0.85, 0.9), (0.15, 0.9))
    return [
        MarkingShape("zone", "zone", "picture", ring),
        MarkingShape("inner", "zone", "picture", _grown(ring, 0.94)),
        MarkingShape("outer", "zone", "picture", _grown(ring, 1.06)),
        MarkingShape("line", "line", "picture", ((0.5, 0.98), (0.5, 0.4))),
    ]


Span = tuple[float, float]
Found = dict[tuple[str, str], list[Span]]


class Judge:
    """Runs rules over one clip's frames and collects when their incidents were open."""

    def __init__(self, conditions: dict[tuple[str, str], Condition], items: Sequence[GearWanted]) -> None:
        self.watchers = {
            key: RuleWatcher(Rule(f"{key[0]}|{key[1]}", condition, 2.0, 0.0))
            for key, condition in conditions.items()
        }
        self.scenes = SceneWatcher()
        self.scenes.set_shapes(shapes())
        self.gear = GearLook([(item, (PERSON,)) for item in items], KNOWN)
        self.found: Found = defaultdict(list)
        self.last_s = 0.0

    def frame(
        self,
        time_s: float,
        size_px: tuple[int, int],
        points: Sequence[TrackPoint],
        floor: FloorState | None,
        worn: dict[str, dict[int, Worn]] | None = None,
    ) -> None:
        scene: SceneFrame = self.scenes.update(time_s, time_s, size_px, points, floor)
        measures = Measures(scene, self.gear.update(scene) if worn is None else worn)
        self.last_s = time_s
        for key, watcher in self.watchers.items():
            for change in watcher.update(scene, measures, True):
                self._take(key, change)

    def over(self) -> Found:
        for key, watcher in self.watchers.items():
            for change in watcher.close(self.last_s):
                self._take(key, change)
        return self.found

    def _take(self, key: tuple[str, str], change: Any) -> None:
        if change.change is Change.CLOSE:
            self.found[key].append((change.since_s, change.seen_s))


def _truth_points(objects: Sequence[ObjectTruth]) -> list[TrackPoint]:
    found = []
    for item in objects:
        if item.label == PERSON and item.visible >= 0.3:
            x, y = item.foot_px
            found.append(TrackPoint(item.track_id, 0.0, Box(x - 15, y - 90, x + 15, y), PERSON, 1.0, True))
    return found


def _truth_floor(time_s: float, objects: Sequence[ObjectTruth]) -> FloorState:
    people = sorted((o for o in objects if o.label == PERSON and o.visible >= 0.3), key=lambda o: o.track_id)
    n = len(people)
    exact = FloorPoints(
        np.array([o.foot_m for o in people]).reshape(-1, 2),
        np.zeros((n, 2, 1)),
        np.tile(np.eye(2) * 1e-8, (n, 1, 1)),
        np.ones(n, bool),
    )
    return FloorState(
        time_s,
        np.array([o.track_id for o in people], dtype=np.int64),
        exact,
        np.ones(n, bool),
        np.full(n, 9.0),
        np.array([[o.speed_m_s, 0.0] for o in people]).reshape(-1, 2),
        np.tile(np.eye(2) * 1e-8, (n, 1, 1)),
    )


def _truth_worn(objects: Sequence[ObjectTruth]) -> dict[str, dict[int, Worn]]:
    worn = {o.parent_id for o in objects if o.label == HARD_HAT}
    return {
        "helmet:hard_hat": {
            o.track_id: Worn.WORN if o.track_id in worn else Worn.MISSING
            for o in objects
            if o.label == PERSON
        }
    }


def truth(clip: Clip, asks: Sequence[Ask]) -> Found:
    readings = {(ask.name, name): getattr(ask, name) for ask in asks for name in ("rule", "strict", "loose")}
    judge = Judge(readings, [])
    size_px = (clip.camera.width, clip.camera.height)
    for time_s, objects in clip.frames:
        judge.frame(
            time_s, size_px, _truth_points(objects), _truth_floor(time_s, objects), _truth_worn(objects)
        )
    return judge.over()


def measured(
    clip: Clip, asks: Sequence[Ask], calibration: Calibration, looks: Iterator[tuple[float, list[Prediction]]]
) -> Found:
    """The product's way: tracker, floor, zones and rules on what a detector says."""
    items = [item for ask in asks for item in ask.rule.gear]
    judge = Judge({(ask.name, "rule"): ask.rule for ask in asks}, items)
    size_px = (clip.camera.width, clip.camera.height)
    tracker, floor = Tracker(TrackerConfig()), FloorScene(calibration, size_px)
    for time_s, said in looks:
        points = [p for p in tracker.update(time_s, said) if p.confirmed]
        state = floor.update(time_s, [p for p in points if p.label == PERSON])
        judge.frame(time_s, size_px, points, state)
    return judge.over()


def paired(wanted: Sequence[Span], given: Sequence[Span]) -> int:
    """How many of `wanted` overlap one of `given` of their own."""
    free, hits = list(given), 0
    for start, end in wanted:
        for span in free:
            if span[0] <= end + SLACK_S and span[1] >= start - SLACK_S:
                free.remove(span)
                hits += 1
                break
    return hits


@dataclass
class Tally:
    events: int = 0
    said: int = 0
    hits: int = 0
    must: int = 0
    must_found: int = 0
    false: int = 0

    def add(self, true: Found, said: Found, name: str) -> None:
        plain, strict, loose = (true.get((name, reading), []) for reading in ("rule", "strict", "loose"))
        given = said.get((name, "rule"), [])
        self.events += len(plain)
        self.said += len(given)
        self.hits += paired(plain, given)
        self.must += len(strict)
        self.must_found += paired(strict, given)
        # An incident that was split in two by a blink is a false one too: each of the loose answers for one.
        self.false += len(given) - paired(given, loose)

    def record(self) -> dict[str, Any]:
        def share(part: int, whole: int) -> float | None:
            return round(part / whole, 4) if whole else None

        return {
            "events": self.events,
            "incidents": self.said,
            "precision": share(self.said - self.false, self.said),
            "recall": share(self.must_found, self.must),
            "must_be_found": self.must,
            "false": self.false,
            "precision_without_band": share(self.hits, self.said),
            "recall_without_band": share(self.hits, self.events),
        }


def _noisy(clip: Clip, seed: int) -> Iterator[tuple[float, list[Prediction]]]:
    rng = np.random.default_rng(seed)
    for time_s, objects in clip.frames:
        yield time_s, [said for said, _ in detected(objects, rng)]


def _rendered(seed: int, index: int) -> Iterator[tuple[float, list[Prediction]]]:
    """The shipped detector on the clip's pictures."""
    predictor = Predictor.load(REPO / "ml" / "weights" / "site-people")
    scene = build_scene(clip_config(seed, index), SECONDS + 2.0)
    for n in range(int(SECONDS * FRAMES_PER_S)):
        time_s = n / FRAMES_PER_S
        picture = scene_frame(scene, time_s, n, 1.0 / FRAMES_PER_S).image_rgb
        yield time_s, list(predictor.predict(picture, 0.1).detections)


def run(clips: int, *, detector: bool) -> dict[str, Any]:
    """All rules over so many clips."""
    asks = _asks()
    tallies = {ask.name: Tally() for ask in asks}
    for index in range(clips):
        started = time.monotonic()
        clip = clip_truth(SEED, index)
        calibration = click(clip.camera, 12, np.random.default_rng(SEED + index))
        looks = _rendered(SEED, index) if detector else _noisy(clip, SEED * 7 + index)
        true, said = truth(clip, asks), measured(clip, asks, calibration, looks)
        for name, tally in tallies.items():
            tally.add(true, said, name)
        done = sum(tally.events for tally in tallies.values())
        print(
            f"clip {index + 1}: {done} events, {time.monotonic() - started:.1f} s",
            file=sys.stderr,
            flush=True,
        )
    whole = Tally()
    for tally in tallies.values():
        for name in ("events", "said", "hits", "must", "must_found", "false"):
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
    return {"all": whole.record(), **{name: tally.record() for name, tally in tallies.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=40)
    parser.add_argument("--detector-clips", type=int, default=12)
    given = parser.parse_args()
    body: dict[str, Any] = {
        "clips": given.clips,
        "slack_s": SLACK_S,
        "goals": {"boxes": GOAL_BOXES, "detector": GOAL_DETECTOR},
        "boxes_with_noise_and_misses": run(given.clips, detector=False),
    }
    if given.detector_clips:
        body["detector_clips"] = given.detector_clips
        body["shipped_detector"] = run(given.detector_clips, detector=True)
    result_write("incidents", body)


if __name__ == "__main__":
    main()
