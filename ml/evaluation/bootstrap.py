"""Paired bootstrap over pictures: is one model really better than another on the same test set?

Matching is done once a picture; a resample only reweights pictures, so 200 of them take well under a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Dataset, ImagePrediction
from ml.evaluation.matching import ClassTable, Overlaps, box_overlaps, class_table
from ml.evaluation.segmentation import picture_counts, present_mean

RECALL_POINTS = np.linspace(0.0, 1.0, 101)
# 95 % interval.
LOW_PERCENTILE, HIGH_PERCENTILE = 2.5, 97.5

_Figure = Callable[[NDArray[np.int64]], float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Figure of A less that of B: on the whole set, and the 95 % bounds over resampled pictures."""

    difference: float
    low: float
    high: float

    @property
    def is_worse(self) -> bool:
        """A is worse than B beyond chance."""
        return self.high < 0.0

    @property
    def is_better(self) -> bool:
        """A is better than B beyond chance."""
        return self.low > 0.0


def paired_bootstrap(
    truth: Dataset,
    predictions_a: Sequence[ImagePrediction],
    predictions_b: Sequence[ImagePrediction],
    n: int = 200,
    seed: int = 0,
    overlaps: Overlaps = box_overlaps,
) -> Comparison:
    """Compare the AP50 (mean over classes with truth) of two detectors; predictions in picture order."""
    tables_a = [class_table(truth, predictions_a, name, overlaps) for name in truth.classes]
    tables_b = [class_table(truth, predictions_b, name, overlaps) for name in truth.classes]
    return _compare(
        len(truth.images), lambda w: _mean_ap(tables_a, w), lambda w: _mean_ap(tables_b, w), n, seed
    )


def paired_bootstrap_accuracy(
    truth: Dataset,
    predictions_a: Sequence[ImagePrediction],
    predictions_b: Sequence[ImagePrediction],
    n: int = 200,
    seed: int = 0,
) -> Comparison:
    """Compare the accuracy of two classifiers on the same tagged pictures."""
    right_a, right_b = (_right(truth, p) for p in (predictions_a, predictions_b))
    return _compare(
        len(truth.images), lambda w: _weighted_mean(right_a, w), lambda w: _weighted_mean(right_b, w), n, seed
    )


def paired_bootstrap_miou(
    truth: Dataset,
    predictions_a: Sequence[ImagePrediction],
    predictions_b: Sequence[ImagePrediction],
    n: int = 200,
    seed: int = 0,
) -> Comparison:
    """Compare the mean IoU over pixels of two semantic segmenters on the same pictures."""
    counts_a, counts_b = (picture_counts(truth, p) for p in (predictions_a, predictions_b))

    def figure(counts: NDArray[np.int64]) -> _Figure:
        return lambda weight: present_mean(np.tensordot(weight, counts, axes=1))

    return _compare(len(truth.images), figure(counts_a), figure(counts_b), n, seed)


def ap50(truth: Dataset, predictions: Sequence[ImagePrediction]) -> float:
    """AP50 by this module's own matching; agrees with COCO's to rounding."""
    tables = [class_table(truth, predictions, name) for name in truth.classes]
    return _mean_ap(tables, np.ones(len(truth.images), dtype=np.int64))


def _compare(pictures: int, figure_a: _Figure, figure_b: _Figure, n: int, seed: int) -> Comparison:
    ones = np.ones(pictures, dtype=np.int64)
    if pictures == 0:
        return Comparison(0.0, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, pictures, size=(n, pictures))
    differences = []
    for draw in draws:
        weight = np.bincount(draw, minlength=pictures)
        differences.append(figure_a(weight) - figure_b(weight))
    low, high = np.percentile(differences, [LOW_PERCENTILE, HIGH_PERCENTILE]) if n else (0.0, 0.0)
    return Comparison(figure_a(ones) - figure_b(ones), float(low), float(high))


def _mean_ap(tables: Sequence[ClassTable], weight: NDArray[np.int64]) -> float:
    values = [ap for table in tables if (ap := _average_precision(table, weight)) is not None]
    return float(np.mean(values)) if values else 0.0


def _average_precision(table: ClassTable, weight: NDArray[np.int64]) -> float | None:
    """COCO's 101-point AP with picture weights; None where the weighted set has no object."""
    total = int(table.objects @ weight)
    if total == 0:
        return None
    if table.hit.size == 0:
        return 0.0
    counts = weight[table.picture]
    hits = np.cumsum(counts * table.hit)
    seen = np.cumsum(counts)
    precision = np.where(seen > 0, hits / np.maximum(seen, 1), 0.0)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    # The hair keeps 1/3 * 3 on the right side of a recall point.
    index = np.searchsorted(hits / total, RECALL_POINTS - 1e-12, side="left")
    padded = np.append(envelope, 0.0)
    return float(padded[np.minimum(index, len(envelope))].mean())


def _right(truth: Dataset, predictions: Sequence[ImagePrediction]) -> NDArray[np.float64]:
    pairs = zip(truth.images, predictions, strict=True)
    return np.array(
        [
            bool(p.tag_scores) and max(p.tag_scores, key=p.tag_scores.__getitem__) in item.tags[:1]
            for item, p in pairs
        ],
        dtype=np.float64,
    )


def _weighted_mean(values: NDArray[np.float64], weight: NDArray[np.int64]) -> float:
    return float(values @ weight / max(int(weight.sum()), 1))
