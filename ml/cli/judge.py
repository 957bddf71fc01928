"""`python -m ml judge`: a judge of given boxes beside a detector, from what the detector learned from."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ml.cli.train import STOPPED_EXIT

DEFAULT_MINUTES = 3.0


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("judge", help="train a judge of given boxes beside a detector")
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="what the detector learned from"
    )
    parser.add_argument(
        "--detector", type=Path, required=True, metavar="RUN", help="the judge goes on from its trunk"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--minutes", type=float, default=DEFAULT_MINUTES, help="CPU minutes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--max-steps", type=int, default=0, help="fixed steps instead of minutes")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint")


def run(args: argparse.Namespace) -> int:
    """Train; prints the classes and figures as JSON."""
    from ml.training.judge_run import JudgeConfig, judge_train
    from ml.training.loop import Stopped
    from ml.training.shortages import shortages_named

    config = JudgeConfig(
        data=args.data,
        detector=args.detector,
        out=args.out,
        minutes=args.minutes,
        seed=args.seed,
        max_steps=args.max_steps,
        threads=max(args.threads, 1),
    )
    args.out.mkdir(parents=True, exist_ok=True)
    try:
        with shortages_named(args.out):
            facts = judge_train(config, resume=args.resume, whole_process=True)
    except Stopped:
        return STOPPED_EXIT
    print(json.dumps({"judge": str(args.out), "classes": facts.classes, "figures": dict(facts.figures)}))
    return 0
