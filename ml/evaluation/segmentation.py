"""IoU of semantic segmenters over pixels, and of simple rules on the same pictures."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import BACKGROUND_NAME, Dataset, EvalReport, ImagePrediction, ModelKind
from ml.data.label_maps import UNKNOWN, label_map
from ml.errors import ImageError
from ml.geometry.arrays import Bytes
from ml.inference.pictures import picture_load
from ml.inference.regions import regions_map

Counts = NDArray[np.int64]


def confusion_counts(truth: Bytes, found: Bytes, classes: int) -> Counts:
    """Pixels (true, found) with the background first; where the truth is unknown (255) nothing counts."""
    side = classes + 1
    known = truth != UNKNOWN
    pairs = truth[known].astype(np.int64) * side + found[known]
    return np.bincount(pairs, minlength=side * side).reshape(side, side)


def iou_by_class(counts: Counts, classes: Sequence[str]) -> dict[str, float]:
    """IoU by class, the background first; a class without a true pixel is left out."""
    values = _ious(counts)
    names = (BACKGROUND_NAME, *classes)
    return {name: float(v) for name, v in zip(names, values, strict=True) if not np.isnan(v)}


def present_mean(counts: Counts) -> float:
    """Mean IoU over the classes with true pixels, the background as well; 0 without any."""
    values = _ious(counts)
    return float(np.nanmean(values)) if not np.isnan(values).all() else 0.0


def picture_counts(truth: Dataset, predictions: Sequence[ImagePrediction]) -> NDArray[np.int64]:
    """Pixel counts (pictures, true, found); `predictions` in picture order."""
    side = len(truth.classes) + 1
    counts = np.zeros((len(truth.images), side, side), dtype=np.int64)
    for i, (item, prediction) in enumerate(zip(truth.images, predictions, strict=True)):
        height, width = item.image.height, item.image.width
        drawn = label_map(item, truth.classes, width, height)
        found = regions_map(prediction.regions, truth.classes, height, width)
        counts[i] = confusion_counts(drawn, found, len(truth.classes))
    return counts


def segmentation_report(
    truth: Dataset, predictions: Sequence[ImagePrediction], ms_per_image: float = 0.0
) -> EvalReport:
    """IoU by class over all pixels and as a mean over pictures, with the baselines `majority` and `otsu`."""
    counts = picture_counts(truth, predictions)
    total = counts.sum(axis=0)
    return EvalReport(
        kind=ModelKind.SEGMENT,
        images=len(truth.images),
        ms_per_image=ms_per_image,
        miou=present_mean(total),
        iou=iou_by_class(total, truth.classes),
        iou_picture=_picture_means(counts, truth.classes),
        baselines={"majority": _majority(total, truth.classes), "otsu": otsu_iou(truth)},
    )


def otsu_iou(truth: Dataset) -> dict[str, float]:
    """IoU by class of one side of Otsu's threshold on each picture's greys: dark or bright, whichever suits the class
    better over the whole set, so that the rule is not sold short."""
    sides = np.zeros((2, len(truth.classes), 3), dtype=np.int64)
    for item in truth.images:
        try:
            grey = cv2.cvtColor(picture_load(item.image.path), cv2.COLOR_RGB2GRAY)
        except ImageError:
            continue
        drawn = label_map(item, truth.classes, grey.shape[1], grey.shape[0])
        _, bright = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        known = drawn != UNKNOWN
        for side, chosen in enumerate(((bright == 0) & known, (bright > 0) & known)):
            for k in range(len(truth.classes)):
                wanted = drawn == k + 1
                sides[side, k] += ((wanted & chosen).sum(), (wanted | chosen).sum(), wanted.sum())
    return {
        name: float(max(sides[side, k, 0] / max(sides[side, k, 1], 1) for side in (0, 1)))
        for k, name in enumerate(truth.classes)
        if sides[0, k, 2]
    }


def _majority(total: Counts, classes: Sequence[str]) -> dict[str, float]:
    """IoU by class where every pixel is called what is commonest."""
    rows = total.sum(axis=1)
    said = np.zeros_like(total)
    said[:, int(rows.argmax())] = rows
    return iou_by_class(said, classes)


def _ious(counts: Counts) -> NDArray[np.float64]:
    true, found, hits = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    union = true + found - hits
    return np.where(true > 0, hits / np.maximum(union, 1), np.nan)


def _picture_means(counts: Counts, classes: Sequence[str]) -> dict[str, float]:
    rows = np.array([_ious(one) for one in counts]).reshape(len(counts), 1 + len(classes))
    means = {}
    for column, name in enumerate((BACKGROUND_NAME, *classes)):
        values = rows[~np.isnan(rows[:, column]), column]
        if len(values):
            means[name] = float(values.mean())
    return means
