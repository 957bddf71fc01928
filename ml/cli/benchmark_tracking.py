"""Tracks from public detections, scored by MOTA and IDF1, and the time of an update.

Every folder with `det.txt` and a truth under --data is a sequence.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ml.evaluation.tracking_report import tracking_report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the measurement."""
    parser.add_argument("--data", type=Path, required=True, help="folder with MOT15-like sequences")
    parser.add_argument("--report", type=Path, help="JSON file to write")


def run(args: argparse.Namespace) -> int:
    """Print the figures, and write them where asked."""
    text = json.dumps(tracking_report(args.data), indent=2)
    if args.report:
        args.report.parent.mkdir(parents=True, exist_ok=True)
        args.report.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0
