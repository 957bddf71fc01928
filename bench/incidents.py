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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from backend.feeds.contracts import FeedSettings  # noqa: E402
from backend.feeds.domain.measures import GearLook, Measures  # noqa: E402
from backend.feeds.domain.rule_engine import Change, Rule, RuleWatcher  # noqa: E402
from backend.feeds.domain.rules import Condition, Direction, GearWanted  # noqa: E402
from backend.feeds.domain.scene import MarkingShape, SceneFrame, SceneWatcher  # noqa: E402
from ml.contracts import Box, Prediction, TrackPoint  # noqa: E402
from ml.evaluation.clips import FRAMES_PER_S, SECONDS, Clip, click, clip_config, clip_truth, detected  # noqa: E402
from ml.geometry.arrays import Bools  # noqa: E402
from ml.geometry.calibration import SIGMA_JUDGED_MAX_M, Calibration, FloorPoints  # noqa: E402
from ml.geometry.footing import CUT_OFF_MARGIN_PX, stand  # noqa: E402
from ml.inference.predictor import Predictor  # noqa: E402
from ml.scene.gear import Gear, Worn  # noqa: E402
from ml.scene.people import FloorScene  # noqa: E402
from ml.simulation.scene import build_scene, scene_frame  # noqa: E402
from ml.simulation.truth import HARD_HAT, PERSON, SAFETY_VEST, ObjectTruth  # noqa: E402
from ml.tracking.floor import FloorState  # noqa: E402
from ml.tracking.tracker import Tracker, TrackerConfig  # noqa: E402
from tests.support.bench import result_write  # noqa: E402

SLACK_S = 2.0
# What is over so soon after a clip begins had begun before it: a track is confirmed after 0.4 s, its speed
# told 1 s later, and the rules here ask for one second of it.
WARM_UP_S = 2.4
GOAL_BOXES, GOAL_DETECTOR = 0.95, 0.80
SEED = 4_100
# A box that ends this share of its height above the true feet ends at something that hides them.
FEET_SHARE = 0.06
# As asked, strict and loose.
LINES = ("line", "line_inner", "line_outer")
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
            *(Condition(people, line=line, direction=Direction.EITHER) for line in LINES),
        ),
    ]


def _grown(ring: Sequence[tuple[float, float]], by: float) -> tuple[tuple[float, float], ...]:
    x, y = np.mean(np.array(ring), axis=0)
    return tuple(
        (float(np.clip(x + (px - x) * by, 0, 1)), float(np.clip(y + (py - y) * by, 0, 1))) for px, py in ring
    )


def shapes() -> list[MarkingShape]:
    """One zone in the middle of the floor, with a twentieth more and less around it, and a line across, likewise."""
    ring = ((0.25, 0.5), (0.75, 0.5), (0.85, 0.9), (0.15, 0.9))
    ends = ((0.5, 0.98), (0.5, 0.4))
    return [
        MarkingShape("zone", "zone", "picture", ring),
        MarkingShape("inner", "zone", "picture", _grown(ring, 0.94)),
        MarkingShape("outer", "zone", "picture", _grown(ring, 1.06)),
        *(
            MarkingShape(name, "line", "picture", _grown(ends, by))
            for name, by in zip(LINES, (1.0, 0.94, 1.06), strict=True)
        ),
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
        found: Sequence[Prediction] = (),
    ) -> None:
        scene: SceneFrame = self.scenes.update(time_s, time_s, size_px, points, floor, found)
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


def _feet_seen(person: ObjectTruth, size_px: tuple[int, int]) -> bool:
    """Whether the box ends at the feet: they are in the picture and nothing stands before them."""
    box, (x, y), (width, height) = person.box_px, person.foot_px, size_px
    return box.y2 >= y - FEET_SHARE * box.height and 0 <= x < width and box.y2 < height - CUT_OFF_MARGIN_PX


def _judged(calibration: Calibration, people: Sequence[ObjectTruth], size_px: tuple[int, int]) -> Bools:
    """(N,) people whom the product says it measures: feet seen, surely enough placed."""
    boxes = np.array([astuple(o.box_px) for o in people]).reshape(-1, 4)
    standing = stand(calibration, boxes, size_px)
    seen = np.array([_feet_seen(o, size_px) for o in people], dtype=bool)
    return np.asarray(seen & (standing.points.sigma_m <= SIGMA_JUDGED_MAX_M))


def _truth_floor(
    time_s: float, objects: Sequence[ObjectTruth], measured_of: Callable[[Sequence[ObjectTruth]], Bools]
) -> FloorState:
    people = sorted((o for o in objects if o.label == PERSON and o.visible >= 0.3), key=lambda o: o.track_id)
    n = len(people)
    measured = measured_of(people)
    # Whoever is not measured stands still, far from everybody.
    away_m = np.where(measured, 0.0, 1e4 * np.arange(1, n + 1))[:, None]
    exact = FloorPoints(
        np.array([o.foot_m for o in people]).reshape(-1, 2) + away_m,
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
        np.array([[o.speed_m_s, 0.0] for o in people]).reshape(-1, 2) * measured[:, None],
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


def truth(clip: Clip, asks: Sequence[Ask], calibration: Calibration) -> Found:
    """What the rules, strict, as asked and loose, find in the truth. Strict ones leave out of their metres whom the
    product says it does not measure."""
    size_px = (clip.camera.width, clip.camera.height)
    everybody = Judge(
        {(ask.name, name): getattr(ask, name) for ask in asks for name in ("rule", "loose")}, []
    )
    strict = Judge({(ask.name, "strict"): ask.strict for ask in asks}, [])
    for time_s, objects in clip.frames:
        points, worn = _truth_points(objects), _truth_worn(objects)
        for judge, measured_of in (
            (everybody, lambda people: np.ones(len(people), dtype=bool)),
            (strict, lambda people: _judged(calibration, people, size_px)),
        ):
            judge.frame(time_s, size_px, points, _truth_floor(time_s, objects, measured_of), worn)
    return everybody.over() | strict.over()


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
        sure = [one for one in said if one.score >= FeedSettings().show_score]
        judge.frame(time_s, size_px, points, state, found=sure)
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


def _gap_s(one: Span, other: Span) -> float:
    """How far two spans lie apart; negative where they overlap."""
    return max(one[0], other[0]) - min(one[1], other[1])


def judged(
    strict: Sequence[Span], plain: Sequence[Span], loose: Sequence[Span], given: Sequence[Span]
) -> tuple[list[Span], list[Span], list[Span]]:
    """(must be found, missed, false).

    Each of `given` belongs to the loose span it overlaps most; without one it is false. Where a stricter reading parts
    what a looser one joins, one incident and several are both right, but never more than the reading with the most.
    """
    own: list[list[Span]] = [[] for _ in loose]
    false = []
    for span in given:
        gaps = [_gap_s(span, other) for other in loose]
        if gaps and min(gaps) <= SLACK_S:
            own[gaps.index(min(gaps))].append(span)
        else:
            false.append(span)
    must = [span for span in strict if span[1] >= WARM_UP_S]
    missed = []
    for whole, spans in zip(loose, own, strict=True):
        parts = [[s for s in reading if _gap_s(s, whole) <= 0.0] for reading in (strict, plain)]
        false += spans[max(1, *(len(part) for part in parts)) :]
        missed += [s for s in must if s in parts[0] and all(_gap_s(s, span) > SLACK_S for span in spans)]
    return must, missed, false


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
        must, missed, false = judged(strict, plain, loose, given)
        self.must += len(must)
        self.must_found += len(must) - len(missed)
        self.false += len(false)

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
        true, said = truth(clip, asks, calibration), measured(clip, asks, calibration, looks)
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
