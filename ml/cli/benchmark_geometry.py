"""Metres and seconds: published velocities, speed and distance under noise, WILDTRACK, generated clips with a bent lens.

Sets that are not under --data are left out; --clips 0 leaves out the generated ones.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ml.evaluation.clips_report import clips_report
from ml.evaluation.geometry_report import GOALS, public_report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the measurement."""
    parser.add_argument("--data", type=Path, help="folder with ETH, UCY and WILDTRACK sets")
    parser.add_argument("--clips", type=int, default=16, help="generated clips (about 5 CPU seconds each)")
    parser.add_argument("--seed", type=int, default=0, help="of the noise, the clicks and the clips")
    parser.add_argument("--report", type=Path, help="JSON file to write")


def run(args: argparse.Namespace) -> int:
    """Print the figures, and write them where asked."""
    report: dict[str, object] = {"benchmark": "geometry", "seed": args.seed, "goals": GOALS}
    if args.data:
        report |= public_report(args.data, args.seed)
    if args.clips > 0:
        report["generated_clips"] = clips_report(args.clips, args.seed)
    text = json.dumps(report, indent=2)
    if args.report:
        args.report.parent.mkdir(parents=True, exist_ok=True)
        args.report.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0
