"""Which detections hit which labelled objects: by falling score, each object once, at one overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Annotation, Dataset, ImagePrediction, LabelledImage, Prediction

IOU_MATCH_MIN = 0.5
MAX_DETECTIONS = 100


@dataclass(frozen=True, slots=True)
class ClassTable:
    """One class, all pictures: detections by falling score (0..1) with their picture, and objects a picture."""

    picture: NDArray[np.int64]
    score: NDArray[np.float64]
    hit: NDArray[np.bool_]
    objects: NDArray[np.int64]


# Of one picture: (detections, objects) how far each lies on each, 0..1.
Overlaps = Callable[[LabelledImage, Sequence[Prediction], Sequence[Annotation]], NDArray[np.float64]]


def box_overlaps(
    _item: LabelledImage, found: Sequence[Prediction], wanted: Sequence[Annotation]
) -> NDArray[np.float64]:
    """`overlaps_of` as `Overlaps`."""
    return overlaps_of(found, wanted)


def class_table(
    truth: Dataset,
    predictions: Sequence[ImagePrediction],
    label: str,
    overlaps: Overlaps = box_overlaps,
) -> ClassTable:
    """The table of one class; `predictions` in the order of the pictures. Raises ValueError on another length."""
    if len(predictions) != len(truth.images):
        raise ValueError(f"{len(predictions)} predictions for {len(truth.images)} pictures")
    pictures, scores, hits, objects = [], [], [], []
    for number, (item, prediction) in enumerate(zip(truth.images, predictions, strict=True)):
        wanted = [a for a in item.annotations if a.label == label]
        found = [d for d in prediction.detections if d.label == label][:MAX_DETECTIONS]
        objects.append(sum(not a.ignore for a in wanted))
        hits_here = hits_of(overlaps(item, found, wanted), wanted)
        for detection, hit in zip(found, hits_here, strict=True):
            if hit is not None:
                pictures.append(number)
                scores.append(detection.score)
                hits.append(hit)
    falling = np.asarray(scores, dtype=np.float64)
    order = np.argsort(-falling, kind="stable")
    return ClassTable(
        np.asarray(pictures, dtype=np.int64)[order],
        falling[order],
        np.asarray(hits, dtype=np.bool_)[order],
        np.asarray(objects, dtype=np.int64),
    )


def hits_of(overlaps: NDArray[np.float64], wanted: Sequence[Annotation]) -> list[bool | None]:
    """For detections by falling score (rows of `overlaps`): hit, miss, or None where only an ignored region is met."""
    ignored = np.array([a.ignore for a in wanted], dtype=np.bool_)
    free = np.ones(len(wanted), dtype=np.bool_)
    results: list[bool | None] = []
    for row in overlaps:
        candidates = np.flatnonzero(free & ~ignored & (row >= IOU_MATCH_MIN))
        if candidates.size:
            free[candidates[row[candidates].argmax()]] = False
            results.append(True)
        else:
            results.append(None if (row[ignored] >= IOU_MATCH_MIN).any() else False)
    return results


def overlaps_of(found: Sequence[Prediction], wanted: Sequence[Annotation]) -> NDArray[np.float64]:
    """IoU (detections, objects); against an ignored region the overlap's share of the detection, as COCO."""
    a = np.array([(d.box.x1, d.box.y1, d.box.x2, d.box.y2) for d in found]).reshape(-1, 1, 4)
    b = np.array([(w.box.x1, w.box.y1, w.box.x2, w.box.y2) for w in wanted]).reshape(1, -1, 4)
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    overlap = np.maximum(sides, 0).prod(axis=-1)
    area_a = (a[..., 2:] - a[..., :2]).prod(axis=-1)
    area_b = (b[..., 2:] - b[..., :2]).prod(axis=-1)
    ignored = np.array([w.ignore for w in wanted], dtype=np.bool_)
    union = np.where(ignored[None, :], area_a, area_a + area_b - overlap)
    return np.asarray(overlap / np.maximum(union, 1e-9), dtype=np.float64)
