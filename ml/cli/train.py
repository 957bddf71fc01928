"""`python -m ml train detect|classify|segment|instance|assist`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ml.contracts import AssistConfig, Manifest, ModelKind, TrainConfig
from ml.errors import TrainingError

# What a shell gives a process ended by SIGTERM; a supervisor knows the run can be resumed.
STOPPED_EXIT = 143
DEFAULT_MINUTES = 10.0
# Share of the source photos that an assist network is measured on, unless told otherwise.
ASSIST_HOLDOUT = 0.2
ASSIST_SIZE_PX = 160


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("train", help="train a detector, a classifier, a segmenter or the assist")
    parser.add_argument("kind", choices=[str(k) for k in ModelKind])
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        metavar="DIR",
        help="YOLO, COCO or folder-per-class folder, or pictures with painted masks; for assist one or more",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="RUN")
    parser.add_argument("--classes", default="", help="keep only these, separated by commas")
    parser.add_argument(
        "--minutes", type=float, default=DEFAULT_MINUTES, help="CPU minutes; on a GPU the clock's"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--holdout", type=float, help="share of source photos kept out, 0..1")
    parser.add_argument("--val", type=Path, help="an own labelled folder to evaluate on")
    parser.add_argument("--architecture", default="", help="of a detector: site-n, d-fine-n, -s, -m or -l")
    parser.add_argument(
        "--init", type=Path, metavar="RUN|FILE", help="start from this run, or d-fine's published weights"
    )
    parser.add_argument(
        "--allow", default="", metavar="SHA256,…", help="what the hash of FILE must be one of"
    )
    parser.add_argument("--input-size", type=int, default=0, help="square side in pixels, multiple of 32")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", help="auto (what an assist does by itself), cpu or cuda")
    parser.add_argument("--max-steps", type=int, default=0, help="fixed steps instead of minutes")
    parser.add_argument("--batch", type=int, default=0, help="pictures a step (not for an assist)")
    parser.add_argument(
        "--patience",
        type=int,
        default=0,
        help="stop after so many of 10 evaluations without gain (not for an assist)",
    )
    parser.add_argument("--resume", action="store_true", help="go on from RUN's checkpoint")


def run(args: argparse.Namespace) -> int:
    """Train; prints the held-out figures as JSON."""
    from ml.training.crew import is_first_process
    from ml.training.loop import Stopped

    try:
        manifest = _train_assist(args) if args.kind == ModelKind.ASSIST else _train(args)
    except Stopped:
        return STOPPED_EXIT
    if not is_first_process():
        return 0
    print(json.dumps({"run": str(args.out), "classes": manifest.classes, "metrics": manifest.metrics}))
    return 0


def _train(args: argparse.Namespace) -> Manifest:
    from ml.training.run import train

    if len(args.data) > 1:
        raise TrainingError(f"A {args.kind} model learns from one folder, not from {len(args.data)}.")
    config = TrainConfig(
        kind=ModelKind(args.kind),
        data=args.data[0],
        out=args.out,
        minutes=args.minutes,
        seed=args.seed,
        classes=_listed(args.classes),
        architecture=args.architecture,
        input_size=args.input_size,
        max_steps=args.max_steps,
        threads=max(args.threads, 1),
        init_from=args.init,
        holdout=args.holdout or 0.0,
        val_data=args.val,
        device=args.device or "cpu",
        batch=max(args.batch, 0),
        patience=max(args.patience, 0),
        allowed_sha256=_listed(args.allow),
    )
    return train(config, resume=args.resume, whole_process=True)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _train_assist(args: argparse.Namespace) -> Manifest:
    from ml.training.assist_run import train_assist
    from ml.training.shortages import shortages_named

    if args.classes or args.val is not None:
        raise TrainingError("The assist learns every object alike: --classes and --val are not for it.")
    config = AssistConfig(
        data=tuple(args.data),
        out=args.out,
        minutes=args.minutes,
        seed=args.seed,
        input_size=args.input_size or ASSIST_SIZE_PX,
        max_steps=args.max_steps,
        threads=max(args.threads, 1),
        holdout=ASSIST_HOLDOUT if args.holdout is None else args.holdout,
        init_from=args.init,
        device=args.device or "auto",
    )
    with shortages_named(args.out):
        return train_assist(config, resume=args.resume, whole_process=True)
