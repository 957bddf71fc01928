"""`python -m ml export RUN`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("export", help="write a RUN's model.onnx anew from its weights")
    parser.add_argument("run_dir", type=Path, metavar="RUN")


def run(args: argparse.Namespace) -> int:
    """Export with the parity check; prints checksum and difference."""
    from ml.training.run import export_run

    manifest = export_run(args.run_dir)
    print(json.dumps({"run": str(args.run_dir), "sha256": manifest.sha256, "parity": manifest.parity}))
    return 0
