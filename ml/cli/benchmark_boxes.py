"""Boxes saved by each selection strategy over random selection: a detector trained anew after each batch of pictures.

Writes `boxes-<strategy>-<seed>.json` into DIR for each curve, leaving out those that are there, so that several
processes may share the work; then `selection-boxes.json` and `.svg` of all that are there.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ml.active.candidates import SelectionConfig, Strategy
from ml.data.readers import detection_read
from ml.data.split import holdout_split
from ml.errors import DatasetError
from ml.evaluation.curve_svg import curves_svg
from ml.evaluation.selection_curves import as_figures, in_words, saving, worst_gap

BUDGETS = (10, 20, 35, 50, 75, 100, 150)
AT = (50, 100, 150)
CLASSES = ("person", "hard_hat")
HELD_SHARE = 0.25
# What a training sees of a detector at 256 pixels: about two CPU minutes.
STEPS, SIDE_PX = 400, 256
_SHIPPED = Path(__file__).parents[1] / "weights" / "site-people"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Register the options."""
    strategies = [str(s) for s in Strategy]
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--strategies", nargs="+", choices=strategies, default=["random", "hybrid"])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=100)
    parser.add_argument("--budgets", type=int, nargs="+", default=list(BUDGETS), help="pictures, growing")
    parser.add_argument("--at", type=int, nargs="+", default=list(AT), help="budgets of random to compare at")
    parser.add_argument("--steps", type=int, default=STEPS, help="of each training")
    parser.add_argument("--input-size", type=int, default=SIDE_PX)
    parser.add_argument(
        "--init", type=Path, default=_SHIPPED, metavar="RUN", help="each training goes on from it"
    )
    parser.add_argument("--classes", nargs="+", default=list(CLASSES))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    data = Path(os.environ.get("SITELOOP_DATA", "../shared/data"), "hardhat_seg")
    parser.add_argument("--data", type=Path, default=data, metavar="DIR", help="a YOLO or COCO folder")


def run(args: argparse.Namespace) -> int:
    """Measure what is missing, write, and print one line a strategy."""
    budgets = args.budgets
    if args.seeds < 1 or sorted(set(budgets)) != budgets or not set(args.at) <= set(budgets):
        raise DatasetError("One seed or more, budgets that grow, and --at among them are needed.")
    args.out.mkdir(parents=True, exist_ok=True)
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    wanted = {(s, seed): args.out / f"boxes-{s}-{seed}.json" for s in args.strategies for seed in seeds}
    if any(not path.is_file() for path in wanted.values()):
        _measure({key: path for key, path in wanted.items() if not path.is_file()}, args)
    _report(wanted, args, list(seeds))
    return 0


def _measure(missing: Mapping[tuple[str, int], Path], args: argparse.Namespace) -> None:
    # torch is loaded by a measurement alone, not by a look at what was measured.
    from ml.training.crew import crew_open
    from ml.training.run import threads_set
    from ml.training.selection_boxes import BoxPool, BoxRounds

    pool, held = holdout_split(detection_read(args.data, tuple(args.classes)).dataset, HELD_SHARE)
    if len(pool.images) < args.budgets[-1]:
        raise DatasetError(
            f"{args.budgets[-1]} pictures are asked for, {len(pool.images)} are to choose from."
        )
    threads_set(args.threads)
    with crew_open(args.device) as crew, tempfile.TemporaryDirectory(prefix="boxes-") as name:
        part = BoxPool(pool, held, args.init, args.input_size, args.steps, crew)
        rounds = BoxRounds(part, Path(name) / "run")
        for (strategy, seed), path in missing.items():
            rows = rounds.curve(args.budgets, SelectionConfig(strategy=Strategy(strategy)), seed)
            path.write_text(json.dumps(rows) + "\n", encoding="utf-8")
            told = ", ".join(f"{row['pictures']}: {row['ap50']:.3f}" for row in rows)
            print(f"{strategy} {seed}: {told}", flush=True)


def _report(wanted: Mapping[tuple[str, int], Path], args: argparse.Namespace, seeds: list[int]) -> None:
    rows = {key: json.loads(path.read_text(encoding="utf-8")) for key, path in wanted.items()}
    curves = {
        s: np.array([[row["ap50"] for row in rows[s, seed]] for seed in seeds]) for s in args.strategies
    }
    report: dict[str, Any] = {}
    for strategy, curve in curves.items():
        boxes = [[row["boxes"] for row in rows[strategy, seed]] for seed in seeds]
        report[strategy] = {
            "curve": [round(float(v), 4) for v in curve.mean(axis=0)],
            "seeds": [[round(float(v), 4) for v in line] for line in curve],
            "boxes": [round(float(v), 1) for v in np.mean(boxes, axis=0)],
        }
        if "random" in curves and strategy != "random" and len(seeds) > 1:
            found = [saving(args.budgets, curve, curves["random"], at) for at in args.at]
            report[strategy] |= {
                "savings": as_figures(found),
                "worst_gap": round(worst_gap(curve, curves["random"]), 4),
            }
            print(f"boxes {strategy}: saved {in_words(found)} pictures", flush=True)
    result = {
        "set": "boxes",
        "seeds": seeds,
        "budgets": args.budgets,
        "steps": args.steps,
        "strategies": report,
    }
    (args.out / "selection-boxes.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    strongest_first = {s: c for s, c in curves.items() if s != "random"} | {
        s: c for s, c in curves.items() if s == "random"
    }
    title = f"boxes: pictures labelled ({len(seeds)} seeds)"
    svg = curves_svg(title, args.budgets, strongest_first, f"AP50 of {', '.join(args.classes)}")
    (args.out / "selection-boxes.svg").write_text(svg, encoding="utf-8")
