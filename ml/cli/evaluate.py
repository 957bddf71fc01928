"""`python -m ml evaluate RUN --data DIR… --report FILE.json`: what is measured follows from the RUN's kind."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ml.contracts import Dataset, LabelledImage, ModelKind
from ml.data.kinds import reader_of
from ml.errors import DatasetError
from ml.evaluation.assist import assist_report
from ml.evaluation.score import evaluate, only_listed, report_as_json
from ml.inference.manifest import manifest_read
from ml.inference.predictor import Predictor


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("evaluate", help="score a RUN on a labelled folder")
    parser.add_argument("run_dir", type=Path, metavar="RUN")
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        metavar="DIR",
        help="one folder; for an assist, or more",
    )
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--only-listed", type=Path, metavar="FILE", help="a text file of picture names")
    parser.add_argument("--split", choices=["train", "val", "test"], help="only this part of the data")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--objects", type=int, default=100, help="assist: objects a set and seed")
    parser.add_argument("--seed", type=int, default=0, help="assist: first seed of objects and views")
    parser.add_argument("--seeds", type=int, default=1, help="assist: how many seeds")


def run(args: argparse.Namespace) -> int:
    """Score the model (on the classes it shares with the data); writes and prints the report."""
    if manifest_read(args.run_dir).kind is ModelKind.ASSIST:
        report = _assist(args)
    else:
        report = _classes(args)
    args.report.parent.mkdir(parents=True, exist_ok=True)
    args.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))
    return 0


def _assist(args: argparse.Namespace) -> dict[str, object]:
    if args.only_listed is not None or args.split is not None:
        raise DatasetError("An assist is scored on all it has not learnt from: no --only-listed, no --split.")
    if args.objects < 1 or args.seeds < 1:
        raise DatasetError("At least one object and one seed are needed.")
    return assist_report(args.run_dir, args.data, args.objects, args.seed, args.seeds, args.threads)


def _classes(args: argparse.Namespace) -> dict[str, object]:
    if len(args.data) > 1:
        raise DatasetError("All but an assist are scored on one folder at a time.")
    folder = args.data[0]
    predictor = Predictor.load(args.run_dir, args.threads)
    kind = predictor.manifest.kind
    loaded = reader_of(kind)(folder)
    shared = tuple(c for c in predictor.classes if c in loaded.dataset.classes)
    if not shared:
        raise DatasetError(f"The model knows {', '.join(predictor.classes)}; none of it is in {folder}.")
    truth = Dataset(shared, _part(loaded.dataset.images, args.split))
    if args.only_listed is not None:
        truth = only_listed(truth, _lines(args.only_listed))
    return dict(report_as_json(evaluate(predictor, kind, truth)))


def _part(images: tuple[LabelledImage, ...], split: str | None) -> tuple[LabelledImage, ...]:
    part = tuple(i for i in images if split is None or i.split == split)
    if not part:
        raise DatasetError(f"The data set has no part called {split}.")
    return part


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as a list of names.") from error
