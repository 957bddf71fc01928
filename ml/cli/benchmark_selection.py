"""Labels saved by each selection strategy over random selection, on pools of small and real pictures.

Writes `selection-<set>.json` and `selection-<set>.svg` into DIR, the same for the same seeds.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path

from ml.active.candidates import SelectionConfig, Strategy
from ml.errors import DatasetError
from ml.evaluation.curve_svg import curves_svg
from ml.evaluation.selection_curves import as_figures, curves, in_words, random_curves, saving, worst_gap
from ml.evaluation.selection_sets import PoolSet, digits, helmet_crops, long_tail, steel_surfaces
from ml.inference.predictor import Predictor

WORST_GAP_MAX = 0.01
_SHIPPED = Path(__file__).parents[1] / "weights" / "site-people"
_GENERATED: dict[str, Callable[[], PoolSet]] = {"digits": digits, "long_tail": long_tail}
_REAL: dict[str, Callable[[Path, Predictor], PoolSet]] = {
    "helmet_crops": helmet_crops,
    "steel_surfaces": steel_surfaces,
}
STRATEGIES = [s for s in Strategy if s is not Strategy.RANDOM]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Register the options."""
    names = [*_GENERATED, *_REAL]
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--sets", nargs="+", choices=names, default=names)
    parser.add_argument("--strategies", nargs="+", choices=[str(s) for s in STRATEGIES], default=STRATEGIES)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first-seed", type=int, default=100, help="seeds below 100 chose the defaults")
    parser.add_argument("--random-fraction", type=float, default=SelectionConfig().random_fraction)
    parser.add_argument("--encoder", type=Path, default=_SHIPPED, metavar="RUN", help="whose embeddings")
    data = os.environ.get("SITELOOP_DATA", "../shared/data")
    parser.add_argument(
        "--data", type=Path, default=Path(data), metavar="DIR", help="folder of the real sets"
    )


def run(args: argparse.Namespace) -> int:
    """Measure, write, and print one line a set and strategy."""
    if args.seeds < 1:
        raise DatasetError("At least one seed is needed.")
    args.out.mkdir(parents=True, exist_ok=True)
    for name in args.sets:
        if name in _GENERATED:
            made = _GENERATED[name]()
        else:
            made = _REAL[name](args.data, Predictor.load(args.encoder))
        _measure(made, args)
    return 0


def _measure(made: PoolSet, args: argparse.Namespace) -> None:
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    random = random_curves(made.draw, made.budgets, seeds)
    found, report = {}, {}
    for strategy in args.strategies:
        config = SelectionConfig(strategy=Strategy(strategy), random_fraction=args.random_fraction)
        ours = curves(made.draw, made.budgets, config, seeds)
        savings = [saving(made.budgets, ours, random, at) for at in made.at]
        gap = worst_gap(ours, random)
        found[str(strategy)] = ours
        report[str(strategy)] = {
            "curve": [round(float(v), 4) for v in ours.mean(axis=0)],
            "worst_gap": round(gap, 4),
            "savings": as_figures(savings),
        }
        print(f"{made.name} {strategy}: saved {in_words(savings)}; worst {100 * gap:+.1f} points", flush=True)
    first = next(iter(found))
    lines = {first: found[first], "random": random, **{n: c for n, c in found.items() if n != first}}
    result = {
        "set": made.name,
        "what": made.what,
        "seeds": list(seeds),
        "pool": len(made.draw(seeds[0]).pool),
        "budgets": list(made.budgets),
        "random": [round(float(v), 4) for v in random.mean(axis=0)],
        "target_saved": made.target,
        "target_worst_gap": -WORST_GAP_MAX,
        "strategies": report,
    }
    stem = f"selection-{made.name.replace('_', '-')}"
    (args.out / f"{stem}.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    svg = curves_svg(f"{made.what} ({len(seeds)} seeds)", made.budgets, lines, "mean recall of the classes")
    (args.out / f"{stem}.svg").write_text(svg, encoding="utf-8")
