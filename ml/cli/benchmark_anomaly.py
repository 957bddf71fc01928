"""Defects of `magnetic_tile` told from good tiles without examples, against brightness and random features.

Writes `anomaly.json` into DIR.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from ml.anomaly.encoders import FilterEncoder, GraphEncoder
from ml.evaluation.anomaly import AnomalyReport, Part, brightness_report, parts_read, patches_report

_SHIPPED = Path(__file__).parents[1] / "weights" / "site-people"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Register the options."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--encoder", type=Path, default=_SHIPPED, metavar="RUN", help="whose layers")
    parser.add_argument("--seed", type=int, default=0)
    data = os.environ.get("SITELOOP_DATA", "../shared/data")
    parser.add_argument(
        "--data", type=Path, default=Path(data), metavar="DIR", help="folder of magnetic_tile"
    )


def run(args: argparse.Namespace) -> int:
    """Measure, write and print one line each."""
    parts = parts_read(args.data / "magnetic_tile")
    name = args.encoder.name
    ways: dict[str, Callable[[list[Part]], AnomalyReport]] = {
        "brightness": lambda p: brightness_report(p, args.seed),
        "filters": lambda p: patches_report(p, FilterEncoder(), args.seed),
        f"{name}, random weights": lambda p: patches_report(
            p, GraphEncoder(args.encoder, random_seed=args.seed), args.seed
        ),
        name: lambda p: patches_report(p, GraphEncoder(args.encoder), args.seed),
    }
    reports = {}
    for way, measure in ways.items():
        report = measure(parts)
        reports[way] = asdict(report)
        print(f"{way}: AUROC {report.auroc:.3f} [{report.low:.3f}, {report.high:.3f}]", flush=True)
    good = [p for p in parts if p.is_good]
    result = {
        "set": "magnetic_tile",
        "pictures": len(parts),
        "good_pictures": len(good),
        "good_tiles": len({p.tile for p in good}),
        "defective_tiles": len({p.tile for p in parts if not p.is_good}),
        "seed": args.seed,
        "reports": reports,
    }
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "anomaly.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0
