"""`python -m ml evaluate RUN --data DIR --report FILE.json`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ml.contracts import Dataset, LabelledImage, ModelKind
from ml.data.readers import detection_read, tags_read
from ml.errors import DatasetError
from ml.evaluation.score import evaluate, only_listed, report_as_json
from ml.inference.predictor import Predictor


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("evaluate", help="score a RUN on a labelled folder")
    parser.add_argument("run_dir", type=Path, metavar="RUN")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--only-listed", type=Path, metavar="FILE", help="a text file of picture names")
    parser.add_argument("--split", choices=["train", "val", "test"], help="only this part of the data")
    parser.add_argument("--threads", type=int, default=1)


def run(args: argparse.Namespace) -> int:
    """Score the model on the classes it shares with the data; writes and prints the report."""
    predictor = Predictor.load(args.run_dir, args.threads)
    kind = predictor.manifest.kind
    loaded = detection_read(args.data) if kind is ModelKind.DETECT else tags_read(args.data)
    shared = tuple(c for c in predictor.classes if c in loaded.dataset.classes)
    if not shared:
        raise DatasetError(f"The model knows {', '.join(predictor.classes)}; none of it is in {args.data}.")
    truth = Dataset(shared, _part(loaded.dataset.images, args.split))
    if args.only_listed is not None:
        truth = only_listed(truth, _lines(args.only_listed))
    report = report_as_json(evaluate(predictor, kind, truth))
    args.report.parent.mkdir(parents=True, exist_ok=True)
    args.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))
    return 0


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
