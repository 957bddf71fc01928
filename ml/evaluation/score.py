"""Runs a model over a labelled data set and scores it, with the time a picture takes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Dataset, EvalReport, ImagePrediction, LabelledImage, ModelKind
from ml.errors import DatasetError, ImageError
from ml.evaluation.judging import judge_of
from ml.inference.pictures import picture_load

# AP needs the low end of the curve; below this nothing changes the third digit.
EVALUATION_MIN_SCORE = 0.01


class Model(Protocol):
    """`Predictor`, or a foreign detector behind the same method."""

    def predict(self, image: NDArray[np.uint8], min_score: float) -> ImagePrediction: ...


@dataclass(frozen=True, slots=True)
class Scored:
    """Pictures that could be read, their predictions in the same order, and the median and 95th percentile of
    the milliseconds one takes (decoding the file not counted)."""

    images: tuple[LabelledImage, ...]
    predictions: tuple[ImagePrediction, ...]
    ms_per_image: float
    ms_p95: float = 0.0


def predictions_of(model: Model, images: Sequence[LabelledImage]) -> Scored:
    """Run `model` over `images`; those that cannot be decoded are left out."""
    kept, found, times_ms = [], [], []
    for item in images:
        try:
            pixels = picture_load(item.image.path)
        except ImageError:
            continue
        start = time.perf_counter()
        found.append(model.predict(pixels, EVALUATION_MIN_SCORE))
        times_ms.append((time.perf_counter() - start) * 1000)
        kept.append(item)
    if not times_ms:
        return Scored((), (), 0.0)
    return Scored(tuple(kept), tuple(found), median(times_ms), float(np.percentile(times_ms, 95)))


def evaluate(model: Model, kind: ModelKind, truth: Dataset) -> EvalReport:
    """Score `model` on `truth`, whose classes are those to count."""
    scored = predictions_of(model, truth.images)
    readable = Dataset(truth.classes, scored.images)
    return judge_of(kind).report(readable, scored.predictions, scored.ms_per_image)


def only_listed(dataset: Dataset, names: Sequence[str]) -> Dataset:
    """The pictures named in a list, by id or by bare file name. Raises DatasetError where none is."""
    wanted = {name.strip() for name in names if name.strip()}
    images = tuple(i for i in dataset.images if i.image.id in wanted or i.image.path.name in wanted)
    if not images:
        raise DatasetError("None of the listed pictures is in the data set.")
    return Dataset(dataset.classes, images)


def report_as_json(report: EvalReport) -> dict[str, object]:
    """The report as `python -m ml evaluate` writes it."""
    common: dict[str, object] = {
        "kind": str(report.kind),
        "images": report.images,
        "ms_per_image": round(report.ms_per_image, 3),
    }
    if report.kind is ModelKind.CLASSIFY:
        return {"accuracy": report.accuracy, "macro_f1": report.macro_f1, **common}
    if report.kind is ModelKind.SEGMENT:
        parts = {"iou": dict(report.iou), "iou_picture": dict(report.iou_picture)}
        baselines = {name: dict(values) for name, values in report.baselines.items()}
        return {"miou": report.miou, **parts, "baselines": baselines, **common}
    masks = report.kind is ModelKind.INSTANCE
    per_class: Mapping[str, object] = {
        name: {
            **({"mask_ap50": m.mask_ap50, "mask_ap": m.mask_ap} if masks else {}),
            "ap50": m.ap50,
            "ap": m.ap,
            "truths": m.truths,
        }
        for name, m in report.per_class.items()
    }
    overall = {"mask_ap50": report.mask_ap50, "mask_ap": report.mask_ap} if masks else {}
    return {**overall, "ap50": report.ap50, "ap": report.ap, "per_class": per_class, **common}
