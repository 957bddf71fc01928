"""`python -m ml predict RUN PATH… --out FILE.json`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from ml.contracts import ImagePrediction, ModelKind, Prediction, RleMask
from ml.data.loaded import pictures_under
from ml.errors import DatasetError, ImageError
from ml.geometry.rle import counts_encode
from ml.inference.pictures import picture_load
from ml.inference.predictor import Predictor

MIN_SCORE = 0.25


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    parser = subparsers.add_parser("predict", help="run a RUN on pictures")
    parser.add_argument("run_dir", type=Path, metavar="RUN")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="pictures or folders")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.json")
    parser.add_argument("--min-score", type=float, default=MIN_SCORE)
    parser.add_argument("--threads", type=int, default=1)


def run(args: argparse.Namespace) -> int:
    """Write one entry a picture: `{"path", "detections" | "tags" | "regions"}`, boxes in its pixels, masks and
    regions (by class) as COCO's run lengths."""
    predictor = Predictor.load(args.run_dir, args.threads)
    rows = []
    for path in _pictures(args.paths):
        try:
            prediction = predictor.predict(picture_load(path), args.min_score)
        except ImageError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        rows.append({"path": str(path), **_as_json(prediction, predictor.manifest.kind)})
    if not rows:
        raise DatasetError("No picture could be read.")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"pictures": len(rows), "out": str(args.out)}))
    return 0


def _pictures(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from pictures_under(path)
        else:
            yield path


def _as_json(prediction: ImagePrediction, kind: ModelKind) -> dict[str, object]:
    if kind is ModelKind.SEGMENT:
        return {"regions": {name: _coco(mask) for name, mask in prediction.regions.items()}}
    if prediction.tag_scores:
        return {"tags": dict(prediction.tag_scores)}
    return {"detections": [_detection(d) for d in prediction.detections]}


def _detection(found: Prediction) -> dict[str, object]:
    row: dict[str, object] = {"label": found.label, "score": found.score, "box": asdict(found.box)}
    return row if found.mask is None else row | {"mask": _coco(found.mask)}


def _coco(mask: RleMask) -> dict[str, object]:
    return {"size": [mask.height, mask.width], "counts": counts_encode(mask.counts)}
