"""How good the tracks are that a detector and the tracker propose for a video: `python bench/suggested_tracks.py`.

Generated clips of a hall with exact truth, looked at five times a second as the job does. By the shipped detector, and by
detectors made from the truth: exact, and one that jitters, misses one look in five and sees what is not there.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from backend.annotation.contracts import SuggestionItem  # noqa: E402
from backend.core.tracks import track_at  # noqa: E402
from backend.learning.contracts import BoundClass  # noqa: E402
from backend.learning.domain.predictions import KEEP_SCORE_MIN  # noqa: E402
from backend.learning.domain.video_tracks import looks_of, track_items  # noqa: E402
from backend.projects.contracts import Label  # noqa: E402
from ml.contracts import Box, Prediction  # noqa: E402
from ml.evaluation.mot import IdBoxes, evaluate_tracks, pooled  # noqa: E402
from ml.inference.predictor import Predictor  # noqa: E402
from ml.simulation.scene import RenderedFrame, render_clip  # noqa: E402
from ml.simulation.truth import FORKLIFT, HARD_HAT, PERSON, SceneConfig, View  # noqa: E402
from ml.tracking.whole import whole_tracks  # noqa: E402
from tests.support.bench import result_write  # noqa: E402

SEEDS = (21, 22, 23, 24, 25, 26)
VIEWS = (View.WALL, View.HIGH, View.EYE)
WIDTH, HEIGHT, SECONDS, FRAMES_PER_S = 640, 360, 20.0, 25.0
CLASSES = (PERSON, FORKLIFT, HARD_HAT)
# What an annotator would not draw: nothing is asked of it, nothing is held against who draws it.
SIDE_MIN_PX = 8.0
# A person would go on from a track that overlaps an object's own by this much, over all frames of both.
ACCEPTABLE_IOU = 0.5
# Who is seen for less than the job wants to see of a track needs no track.
SEEN_MIN_FRAMES = 25
JITTER, MISS_SHARE, FALSE_PER_LOOK = 0.06, 0.2, 0.2
BINDING = {name: BoundClass(name, 0.25) for name in CLASSES}
LABELS = [Label(name, name, "#888888", ("box", "track")) for name in CLASSES]

Looker = Callable[[RenderedFrame], list[Prediction]]


@dataclass(frozen=True, slots=True)
class Course:
    """One object through a clip: boxes by frame."""

    label: str
    boxes: dict[int, tuple[float, float, float, float]]


def truth_of(frames: Sequence[RenderedFrame]) -> tuple[list[Course], list[Course]]:
    """What is to be found, and what may be: hardly seen, tiny, or there for a moment."""
    plain: dict[tuple[str, int], dict[int, Any]] = defaultdict(dict)
    everything: dict[tuple[str, int], dict[int, Any]] = defaultdict(dict)
    for frame in frames:
        for item in frame.objects:
            if item.label not in CLASSES:
                continue
            key, box = (item.label, item.track_id), item.box_px
            everything[key][frame.index] = box.xyxy
            if not item.ignore and min(box.width, box.height) >= SIDE_MIN_PX:
                plain[key][frame.index] = box.xyxy
    wanted = {key for key, boxes in plain.items() if len(boxes) >= SEEN_MIN_FRAMES}
    return (
        [Course(key[0], plain[key]) for key in sorted(wanted)],
        [Course(key[0], boxes) for key, boxes in sorted(everything.items()) if key not in wanted],
    )


def drawn(items: Sequence[SuggestionItem], frames: int) -> list[Course]:
    found = []
    for item in items:
        states = ((frame, track_at(item.geometry, frame)) for frame in range(frames))
        boxes = {frame: tuple(s.geometry["box"]) for frame, s in states if s is not None and not s.outside}
        found.append(Course(item.label_id, boxes))
    return found


def iou(one: Sequence[float], other: Sequence[float]) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    return shared / (sum(areas) - shared) if shared else 0.0


def overlap(one: Course, other: Course) -> float:
    """Mean overlap over all frames on which either is there; 0 of different labels."""
    if one.label != other.label:
        return 0.0
    both = one.boxes.keys() & other.boxes.keys()
    return sum(iou(one.boxes[f], other.boxes[f]) for f in both) / len(one.boxes.keys() | other.boxes.keys())


def by_frame(paths: Sequence[Course], frames: int) -> dict[int, IdBoxes]:
    found = {}
    for frame in range(frames):
        there = [(number, path.boxes[frame]) for number, path in enumerate(paths) if frame in path.boxes]
        ids = np.array([number for number, _ in there], dtype=np.int64)
        found[frame] = IdBoxes(ids, np.array([box for _, box in there], dtype=float).reshape(-1, 4))
    return found


def exact(frame: RenderedFrame) -> list[Prediction]:
    return [
        Prediction(o.label, 0.9, o.box_px)
        for o in frame.objects
        if o.label in CLASSES and not o.ignore and min(o.box_px.width, o.box_px.height) >= SIDE_MIN_PX
    ]


def clumsy(rng: np.random.Generator) -> Looker:
    def look(frame: RenderedFrame) -> list[Prediction]:
        found = []
        for said in exact(frame):
            if rng.random() < MISS_SHARE:
                continue
            box = said.box
            off = rng.normal(0.0, JITTER, 4) * ([box.width, box.height] * 2)
            x1, y1, x2, y2 = np.array(box.xyxy) + off
            if x2 - x1 > 1 and y2 - y1 > 1:
                found.append(Prediction(said.label, float(rng.uniform(0.3, 0.9)), Box(x1, y1, x2, y2)))
        if rng.random() < FALSE_PER_LOOK:
            x, y = rng.uniform(0, [WIDTH - 40, HEIGHT - 80])
            found.append(Prediction(PERSON, 0.4, Box(x, y, x + 40, y + 80)))
        return found

    return look


def clip_report(frames: Sequence[RenderedFrame], look: Looker) -> dict[str, Any]:
    times_s = [frame.time_s for frame in frames]
    looks = looks_of(times_s)
    tracks = whole_tracks((at, times_s[at], look(frames[at])) for at in looks)
    items = track_items(tracks, looks, BINDING, LABELS)
    wanted, allowed = truth_of(frames)
    found = drawn(items, len(frames))
    overlaps = np.array([[overlap(f, w) for w in wanted] for f in found]).reshape(len(found), len(wanted))
    spare = np.array([max((overlap(f, a) for a in allowed), default=0.0) for f in found])
    good = overlaps.max(axis=1, initial=0.0) >= ACCEPTABLE_IOU
    judged = good | (spare < ACCEPTABLE_IOU)
    labels = {}
    for label in CLASSES:
        of = [number for number, f in enumerate(found) if f.label == label and judged[number]]
        to = [number for number, w in enumerate(wanted) if w.label == label]
        labels[label] = {
            "suggested": len(of),
            "acceptable": int(good[of].sum()),
            "objects": len(to),
            "found": int((overlaps[:, to].max(axis=0, initial=0.0) >= ACCEPTABLE_IOU).sum()),
        }
    # Each label for itself: a helmet lies on a head.
    mot = [
        evaluate_tracks(
            *(by_frame([p for p in side if p.label == label], len(frames)) for side in (wanted, found))
        )
        for label in CLASSES
    ]
    keyframes = sum(len(item.geometry["keyframes"]) for item in items)
    return {"labels": labels, "mot": mot, "keyframes": keyframes, "tracks": len(items)}


def summed(reports: Sequence[dict[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for at, label in enumerate(CLASSES):
        counts = {
            key: sum(r["labels"][label][key] for r in reports)
            for key in ("suggested", "acceptable", "objects", "found")
        }
        result[label] = {**counts, **scores([r["mot"][at] for r in reports])}
    every = {
        key: sum(result[label][key] for label in CLASSES)
        for key in ("suggested", "acceptable", "objects", "found")
    }
    tracks = sum(r["tracks"] for r in reports)
    result["all"] = {
        **every,
        **scores([each for r in reports for each in r["mot"]]),
        "keyframes_a_track": round(sum(r["keyframes"] for r in reports) / tracks, 2) if tracks else None,
    }
    return result


def scores(reports: Sequence[Any]) -> dict[str, float]:
    report = pooled(reports)
    return {"idf1": round(report.idf1, 3), "mota": round(report.mota, 3), "switches": report.switches}


def main() -> None:
    shipped = Predictor.load(REPO / "ml" / "weights" / "site-people")
    reports: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for seed in SEEDS:
        config = SceneConfig(
            seed=seed, width=WIDTH, height=HEIGHT, people=5, forklifts=1, view=VIEWS[seed % len(VIEWS)]
        )
        frames = list(render_clip(config, SECONDS, FRAMES_PER_S))
        ways: dict[str, Looker] = {
            "exact": exact,
            "clumsy": clumsy(np.random.default_rng(seed)),
            "shipped": lambda frame: list(shipped.predict(frame.image_rgb, KEEP_SCORE_MIN).detections),
        }
        for name, look in ways.items():
            reports[name].append(clip_report(frames, look))
    result = {name: summed(found) for name, found in reports.items()}
    clips = f"{len(SEEDS)} of {SECONDS:g} s, {WIDTH} × {HEIGHT}, {FRAMES_PER_S:g} a second"
    result_write("suggested_tracks", {"clips": clips, "acceptable_iou": ACCEPTABLE_IOU, **result})


if __name__ == "__main__":
    main()
