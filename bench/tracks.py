"""How many keyframes a track needs by hand, with lines between them and with following: `python bench/tracks.py`.

Measured against boxes that are true on every frame: generated clips of a hall (people, what they wear, a forklift), and, where
SITELOOP_DATA has them, the tracks that people drew for MOT15 and PETS. Keyframes are taken as drawn exactly; what a hand is off
comes on top.
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from ml.evaluation.keyframes import (  # noqa: E402
    MEAN_IOU,
    Needed,
    common_step,
    fewest,
    overlap_at_distance,
    worst_first,
)
from ml.evaluation.propagation import propagated  # noqa: E402
from ml.evaluation.track_sets import mot_sequences  # noqa: E402
from ml.simulation.scene import render_clip  # noqa: E402
from ml.simulation.truth import PALLET, SceneConfig, View  # noqa: E402
from tests.support.bench import result_write  # noqa: E402

SEEDS = (11, 12, 13)
VIEWS = (View.WALL, View.HIGH, View.EYE)
WIDTH, HEIGHT, SECONDS, FRAMES_PER_S = 640, 360, 10.0, 25.0
DISTANCES = (1, 2, 5, 10, 25, 50)
# Less than this was not worth a box to those who would draw it.
SIDE_MIN_PX = 8.0
RUN_MIN_FRAMES = 5
DATA = Path(os.environ.get("SITELOOP_DATA", REPO.parent / "shared" / "data")) / "tracks"


@dataclass(frozen=True, slots=True)
class Run:
    """One object through consecutive frames; `leaves`: it is gone before the clip ends, which somebody has to say."""

    label: str
    first: int
    boxes: np.ndarray
    leaves: bool
    propagated: Needed | None = None


def runs_of(rows: dict[tuple[str, int], dict[int, Sequence[float]]], frames: int) -> Iterator[Run]:
    """Stretches without a gap of boxes by (label, object) and frame."""
    for (label, _), by_frame in sorted(rows.items()):
        numbers = np.array(sorted(by_frame))
        for part in np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1):
            if len(part) >= RUN_MIN_FRAMES:
                boxes = np.array([by_frame[frame] for frame in part], dtype=float)
                yield Run(label, int(part[0]), boxes, bool(part[-1] < frames - 1))


def generated() -> list[Run]:
    """Visible boxes of what an annotator would draw: not what is nearly hidden or tiny."""
    runs: list[Run] = []
    for seed, view in zip(SEEDS, VIEWS, strict=True):
        config = SceneConfig(seed=seed, width=WIDTH, height=HEIGHT, people=5, forklifts=1, view=view)
        rows: dict[tuple[str, int], dict[int, Sequence[float]]] = defaultdict(dict)
        pictures = []
        for frame in render_clip(config, SECONDS, FRAMES_PER_S):
            pictures.append(frame.image_rgb)
            for item in frame.objects:
                box = item.box_px
                # Pallets stand still: they would flatter everything.
                if item.label != PALLET and not item.ignore and min(box.width, box.height) >= SIDE_MIN_PX:
                    rows[(item.label, item.track_id)][frame.index] = (box.x1, box.y1, box.x2, box.y2)
        for run in runs_of(rows, len(pictures)):
            part = pictures[run.first : run.first + len(run.boxes)]
            runs.append(replace(run, propagated=propagated(part, run.boxes)))
    return runs


def recorded() -> dict[str, tuple[list[Run], float]]:
    """Runs and frames a second of the real sets, by name."""
    found = {}
    for sequence in mot_sequences(DATA) if DATA.is_dir() else ():
        rows: dict[tuple[str, int], dict[int, Sequence[float]]] = defaultdict(dict)
        for frame, there in sequence.truth.items():
            for identity, box in zip(there.ids, there.boxes_px, strict=True):
                rows[("person", int(identity))][frame] = box
        runs = list(runs_of(rows, max(sequence.truth) + 1))
        found[sequence.name] = (runs, sequence.frames_per_s)
    return found


def moves(run: Run) -> bool:
    """Whether its middle gets further than the object is long."""
    middles = (run.boxes[:, :2] + run.boxes[:, 2:]) / 2
    long_px = float(np.median((run.boxes[:, 2:] - run.boxes[:, :2]).max(axis=1)))
    return float(np.hypot(*np.ptp(middles, axis=0))) > long_px


def report(runs: list[Run]) -> dict[str, Any]:
    """What runs of one kind need. Keyframes are counted for each hundred frames of an object."""
    boxes = [run.boxes for run in runs]
    frames = sum(map(len, boxes))
    at_distance = {str(d): overlap_at_distance(boxes, d) for d in DISTANCES}
    needed = {
        "held": [fewest(each, holding=True) for each in boxes],
        "interpolated_fewest": [fewest(each) for each in boxes],
        "interpolated_worst_first": [worst_first(each) for each in boxes],
    }
    if all(run.propagated is not None for run in runs):
        needed["propagated_worst_first"] = [run.propagated for run in runs if run.propagated is not None]
    step, mean = common_step(boxes)
    return {
        "runs": len(runs),
        "frames": frames,
        "iou_halfway": {d: round(value, 3) for d, (value, count) in at_distance.items() if count},
        "keyframes_per_100": {
            "each_frame": 100.0,
            **{
                way: per_100(sum(len(each.keyframes) for each in found), frames)
                for way, found in needed.items()
            },
        },
        "mean_iou": {
            way: round(sum(each.mean_iou * len(b) for each, b in zip(found, boxes, strict=True)) / frames, 3)
            for way, found in needed.items()
        },
        "leaves_per_100": per_100(sum(run.leaves for run in runs), frames),
        "every_kth_frame": step,
        "every_kth_frame_mean_iou": round(mean, 3),
    }


def per_100(count: int, frames: int) -> float:
    return round(100 * count / frames, 2)


def main() -> None:
    made = generated()
    labels = sorted({run.label for run in made})
    result: dict[str, Any] = {
        "mean_iou_wanted": MEAN_IOU,
        "generated": {
            "clips": f"{len(SEEDS)} of {SECONDS:g} s, {WIDTH} × {HEIGHT}, {FRAMES_PER_S:g} a second",
            "all": report(made),
            "moving": report([run for run in made if moves(run)]),
            **{label: report([run for run in made if run.label == label]) for label in labels},
        },
    }
    real = recorded()
    if real:
        result["recorded"] = {
            name: {"frames_per_s": rate, **report(runs)} for name, (runs, rate) in real.items()
        }
    result_write("tracks", result)


if __name__ == "__main__":
    main()
