"""`python -m ml tune`: teach a segment-anything checkpoint's mask decoder a site's own masks."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ml.cli.train import DEFAULT_MINUTES, STOPPED_EXIT

HOLDOUT = 0.2


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("tune", help="fine-tune segment-anything's mask decoder on outlines")
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, metavar="DIR", help="folders of outlines or masks"
    )
    parser.add_argument("--checkpoint", type=Path, required=True, help="the file as its authors published it")
    parser.add_argument(
        "--allow", required=True, metavar="SHA256,…", help="the file's SHA-256 must be one of these"
    )
    parser.add_argument("--prepared", type=Path, help="what `ml sam` made of it: encodes pictures faster")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN")
    parser.add_argument("--minutes", type=float, default=DEFAULT_MINUTES, help="CPU minutes of all processes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--holdout", type=float, default=HOLDOUT, help="share of source photos kept out, 0..1"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--max-steps", type=int, default=0, help="fixed steps instead of minutes")
    parser.add_argument("--resume", action="store_true", help="go on from RUN's checkpoint")


def run(args: argparse.Namespace) -> int:
    """Train; prints the held-out figures as JSON."""
    from ml.training.loop import Stopped
    from ml.training.sam_run import SamConfig, train_sam
    from ml.training.shortages import shortages_named

    config = SamConfig(
        data=tuple(args.data),
        out=args.out,
        checkpoint=args.checkpoint,
        allowed_sha256=tuple(args.allow.split(",")),
        minutes=args.minutes,
        seed=args.seed,
        max_steps=args.max_steps,
        threads=max(args.threads, 1),
        holdout=args.holdout,
        prepared=args.prepared,
    )
    try:
        with shortages_named(args.out):
            manifest = train_sam(config, resume=args.resume, whole_process=True)
    except Stopped:
        return STOPPED_EXIT
    print(json.dumps({"run": str(args.out), "metrics": manifest.metrics}))
    return 0
