"""What models learn from nothing on two cores: `python bench/training.py [--runs DIR] [--only detect …]`.

Real pictures of SITELOOP_DATA through `python -m ml train`, each run with its budget in CPU minutes, scored through the
exported graph on pictures that were kept out: `hardhat_seg` by a hash of the source photo (detector; 30 minutes),
`neu_det` by a hash (faults by class; 5), `magnetic_tile` by tile (5), `weld_seepage_seg` by a hash (segmenter; 8). About
two hours on one core. `--runs DIR` keeps RUN folders, and goes on from those that are there; `--share 0.02` tries it out
with that part of each budget, and says so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from ml.contracts import ImageRef  # noqa: E402
from ml.data.split import group_share  # noqa: E402
from ml.evaluation.anomaly import parts_read  # noqa: E402
from tests.support.bench import result_write  # noqa: E402

DATA = Path(os.environ.get("SITELOOP_DATA", REPO.parent / "shared" / "data"))
HELD_SHARE = 0.25
MINUTES = {"detect": 30.0, "neu_det": 5.0, "magnetic_tile": 5.0, "segment": 8.0}
GOALS = {"ap50_person": 0.70, "ap50_hard_hat": 0.60, "detector_ms": 12.0, "neu_det_accuracy": 0.95}


def ml(*words: str | Path) -> str:
    """One command of `python -m ml` with one thread; what it printed last. Raises CalledProcessError."""
    done = subprocess.run(
        [sys.executable, "-m", "ml", *map(str, words)],
        cwd=REPO,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip().rsplit("\n", 1)[-1]


def learnt(run: Path, kind: str, data: Path, seed: int, *more: str | Path) -> Mapping[str, Any]:
    """The RUN, trained unless it is there, and its report on what it did not learn from."""
    if not (run / "manifest.json").is_file():
        asked = [
            "--minutes",
            str(MINUTES[run.name.rsplit("-", 1)[0]]),
            "--seed",
            str(seed),
            "--threads",
            "1",
            *more,
        ]
        ml("train", kind, "--data", data, "--out", run, *asked, *(["--resume"] if run.is_dir() else []))
    report = run / "report.json"
    if not report.is_file():
        listed = run / "holdout.txt"
        held = ["--only-listed", str(listed)] if listed.is_file() else []
        val = Path(more[more.index("--val") + 1]) if "--val" in more else data
        ml("evaluate", run, "--data", val, "--report", report, *held)
    print(json.dumps({"run": run.name}), flush=True)
    return json.loads(report.read_text())  # type: ignore[no-any-return]


def spent(run: Path) -> dict[str, float]:
    last = json.loads((run / "progress.jsonl").read_text().strip().rsplit("\n", 1)[-1])
    return {"steps": last["step"], "cpu_s": round(last["cpu_s"], 1)}


def mean_of(values: Sequence[float]) -> dict[str, Any]:
    """Mean over seeds and its 95 % interval by Student's t; None with one seed."""
    row = np.array(values)
    half = stats.t.ppf(0.975, len(row) - 1) * row.std(ddof=1) / len(row) ** 0.5 if len(row) > 1 else None
    mean = float(row.mean())
    return {
        "seeds": [round(float(v), 4) for v in row],
        "mean": round(mean, 4),
        "interval": None if half is None else [round(mean - half, 4), round(mean + half, 4)],
    }


def held_out(share: float) -> list[str]:
    return ["--holdout", str(share)]


def detect(runs: Path, seeds: Sequence[int]) -> dict[str, Any]:
    found, rows = {}, []
    for seed in seeds:
        run = runs / f"detect-{seed}"
        report = learnt(run, "detect", DATA / "hardhat_seg", seed, *held_out(HELD_SHARE))
        rows.append({name: report["per_class"][name]["ap50"] for name in ("person", "hard_hat")})
        found[f"seed_{seed}"] = spent(run)
    first = runs / f"detect-{seeds[0]}"
    return {
        "pictures_kept_out": len((first / "holdout.txt").read_text().split()),
        "runs": found,
        **{f"ap50_{name}": mean_of([row[name] for row in rows]) for name in rows[0]},
        "frame_1280x720": json.loads(ml("benchmark", first)),
    }


def by_folder(folder: Path, parts: Mapping[str, Sequence[tuple[str, Path]]]) -> None:
    """Pictures linked into `part/class/`, as a classifier reads them."""
    for part, rows in parts.items():
        for name, path in rows:
            target = folder / part / name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(path.resolve())


def neu_det(runs: Path, seeds: Sequence[int], scratch: Path) -> dict[str, Any]:
    pictures = sorted((DATA / "neu_det" / "JPEGImages").glob("*.jpg"))
    folder = scratch / "neu_det"
    by_folder(folder, {"all": [(path.stem.rsplit("_", 1)[0], path) for path in pictures]})
    rows = [
        learnt(
            runs / f"neu_det-{seed}",
            "classify",
            folder / "all",
            seed,
            *held_out(HELD_SHARE),
        )
        for seed in seeds
    ]
    return classified(rows) | {"runs": {f"seed_{s}": spent(runs / f"neu_det-{s}") for s in seeds}}


def magnetic_tile(runs: Path, seeds: Sequence[int], scratch: Path) -> dict[str, Any]:
    """All exposures of a tile on one side."""
    sides: dict[str, list[tuple[str, Path]]] = {"learn": [], "check": []}
    for part in parts_read(DATA / "magnetic_tile"):
        share = group_share(ImageRef(id=part.path.stem, path=part.path, group=part.tile))
        sides["check" if share < HELD_SHARE else "learn"].append((part.kind, part.path))
    folder = scratch / "magnetic_tile"
    by_folder(folder, sides)
    rows = [
        learnt(
            runs / f"magnetic_tile-{seed}",
            "classify",
            folder / "learn",
            seed,
            "--val",
            folder / "check",
        )
        for seed in seeds
    ]
    return classified(rows) | {"learnt_from": len(sides["learn"]), "kept_out": len(sides["check"])}


def classified(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: mean_of([report[name] for report in reports]) for name in ("accuracy", "macro_f1")}


def segment(runs: Path, seeds: Sequence[int]) -> dict[str, Any]:
    rows = [
        learnt(
            runs / f"segment-{seed}",
            "segment",
            DATA / "weld_seepage_seg",
            seed,
            *held_out(HELD_SHARE),
        )
        for seed in seeds
    ]
    name = next(iter(n for n in rows[0]["iou"] if n != "background"))
    return {
        "iou_seepage": mean_of([row["iou"][name] for row in rows]),
        "baselines": rows[0]["baselines"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, metavar="DIR")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--only", nargs="+", choices=list(MINUTES), default=list(MINUTES))
    args = parser.parse_args()
    MINUTES.update({part: minutes * args.share for part, minutes in MINUTES.items()})
    if not DATA.is_dir():
        print(f"{DATA} is not there: set SITELOOP_DATA. Nothing was measured.")
        return
    with tempfile.TemporaryDirectory(prefix="sl-training-") as name:
        scratch = Path(name)
        runs = args.runs or scratch / "runs"
        runs.mkdir(parents=True, exist_ok=True)
        measures = {
            "detect": lambda: detect(runs, args.seeds),
            "neu_det": lambda: neu_det(runs, args.seeds, scratch),
            "magnetic_tile": lambda: magnetic_tile(runs, args.seeds, scratch),
            "segment": lambda: segment(runs, args.seeds),
        }
        found = {part: measures[part]() for part in MINUTES if part in args.only}
    result_write(
        "training", {"nice": os.nice(0), "threads": 1, "cpu_minutes": MINUTES, **found, "goals": GOALS}
    )


if __name__ == "__main__":
    main()
