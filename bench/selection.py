"""CPU time of drawing a batch of 500 from 50,000 pictures of 384 numbers, by strategy: `python -m bench.selection`.

Set OMP_NUM_THREADS=1 for one thread; CPU seconds count all of them. The plan's child process counts as well.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np

from ml.active.candidates import Candidate, SelectionConfig, Strategy
from ml.active.selection import Selection, select
from ml.contracts import Box, ImagePrediction, Prediction

PICTURES = 50_000
NUMBERS = 384
BATCH = 500
CLASSES = 10
CAMERAS = 40
# Pictures come in bursts that look alike, as a camera's do.
BURST = 5
LABELLED = 2000
RUNS = 3
GOAL_CPU_S = 6.0
GOAL_PLAN_CPU_S = 8.0
PLAN_PICTURES = 20_000
RESULT = Path(__file__).parent / "results" / "selection.json"


def embeddings(count: int, rng: np.random.Generator) -> np.ndarray:
    """Unit rows around 200 centres, with a large part common to all and near-copies in bursts."""
    centres = rng.normal(0.0, 1.0, (200, NUMBERS))
    scenes = -(-count // BURST)
    scene = centres[rng.integers(0, 200, scenes)] + rng.normal(0.0, 0.7, (scenes, NUMBERS))
    rows = np.repeat(scene, BURST, axis=0)[:count] + rng.normal(0.0, 0.1, (count, NUMBERS)) + 2.0
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def tagged(count: int, rng: np.random.Generator) -> list[Candidate]:
    """Classified pictures; embeddings are tuples of floats, as they come from the database."""
    shares = rng.dirichlet(np.full(CLASSES, 0.3), count).tolist()
    return [
        Candidate(
            f"p{i:06}",
            ImagePrediction(tag_scores={f"class{c}": p for c, p in enumerate(row)}),
            tuple(vector),
            group=f"camera{i % CAMERAS}",
            clip=f"clip{i // 500}",
            time_s=float(i),
        )
        for i, (row, vector) in enumerate(zip(shares, embeddings(count, rng).tolist(), strict=True))
    ]


def boxed(count: int, rng: np.random.Generator) -> list[Candidate]:
    """Detected pictures with ten boxes each at most."""
    vectors = embeddings(count, rng).tolist()
    found = []
    for i, vector in enumerate(vectors):
        boxes = tuple(
            Prediction(f"class{rng.integers(CLASSES)}", float(rng.beta(1.0, 2.0)), Box(0.0, 0.0, 9.0, 9.0))
            for _ in range(int(rng.integers(0, 10)))
        )
        camera = f"camera{i % CAMERAS}"
        found.append(
            Candidate(f"p{i:06}", ImagePrediction(boxes), tuple(vector), camera, f"clip{i // 500}", float(i))
        )
    return found


def cpu_s(work: Callable[[], Selection]) -> tuple[float, Selection]:
    """CPU seconds of this process and of its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = process_time()
    made = work()
    own = process_time() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own + after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, made


def figures(work: Callable[[], Selection], runs: int = RUNS) -> dict[str, object]:
    measured = [cpu_s(work) for _ in range(runs)]
    times = sorted(seconds for seconds, _ in measured)
    made = measured[-1][1]
    assert made.choices, "nothing was chosen"
    return {
        "cpu_s": round(float(np.median(times)), 2),
        "max_cpu_s": round(times[-1], 2),
        "n": runs,
        "chosen": len(made.choices),
        "planner": str(made.planner),
        "missed": {name: round(short, 1) for name, short in made.missed.items()},
    }


def main() -> None:
    rng = np.random.default_rng(0)
    pool = tagged(PICTURES, rng)
    known = embeddings(LABELLED, rng).tolist()
    many = {f"class{c}": 40 for c in range(CLASSES)}
    found: dict[str, object] = {}
    for strategy in Strategy:
        config = SelectionConfig(strategy=strategy, cap_per_group=60, cap_per_clip=20, min_gap_s=2.0)
        found[strategy] = figures(lambda config=config: select(pool, BATCH, many, config, 0, known))
    first = SelectionConfig(cap_per_group=60, cap_per_clip=20, min_gap_s=2.0)
    found["hybrid, first batch"] = figures(lambda: select(pool, BATCH, {}, first, 0))
    shelf = boxed(PLAN_PICTURES, rng)
    limits = SelectionConfig(
        cap_per_group=30,
        cap_per_clip=20,
        min_gap_s=2.0,
        quota_per_class={"class0": 300.0, "class1": 300.0},
        quota_per_group={"camera0": 20, "camera1": 20},
        budget_boxes=1800.0,
        budget_seconds=16_000.0,
    )
    plan = {
        "integer program": figures(lambda: select(shelf, BATCH, many, limits, 0, known)),
        "greedy fallback": figures(
            lambda: select(shelf, BATCH, many, limits, 0, known, plan_time_limit_s=0.0)
        ),
    }
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    result = {
        "bench": "selection",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "commit": commit.stdout.strip() or "unknown",
        "load_1min": round(os.getloadavg()[0], 1),
        "pictures": PICTURES,
        "numbers": NUMBERS,
        "batch": BATCH,
        "by_strategy": found,
        "goal_cpu_s": GOAL_CPU_S,
        "plan_of_pictures": PLAN_PICTURES,
        "plan": plan,
        "goal_plan_cpu_s": GOAL_PLAN_CPU_S,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
