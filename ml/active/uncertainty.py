"""How unsure a model is of a picture: margin for classes, weighted entropy for boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

import numpy as np
import numpy.typing as npt

from ml.contracts import ImagePrediction

FloatArray = npt.NDArray[np.float64]

# Weaker boxes are background to any reader and would only count how cluttered a picture is.
BOX_SCORE_MIN = 0.05
# A class with few labels weighs more, but a class with none must not own the batch.
RARITY_WEIGHT_RANGE = (0.5, 2.0)


def class_weights(labelled_per_class: Mapping[str, int], difficulty: Mapping[str, float]) -> dict[str, float]:
    """Weight by class: rare classes (root of median over count) times 1 + difficulty (0..1)."""
    counts = list(labelled_per_class.values())
    median = float(np.median(counts)) if counts else 0.0
    low, high = RARITY_WEIGHT_RANGE
    weights = {}
    for label in labelled_per_class.keys() | difficulty.keys():
        rarity = ((median + 1.0) / (labelled_per_class.get(label, 0) + 1.0)) ** 0.5
        weights[label] = min(max(rarity, low), high) * (1.0 + min(max(difficulty.get(label, 0.0), 0.0), 1.0))
    return weights


def margin_scores(
    predictions: Sequence[ImagePrediction | None], weights: Mapping[str, float] | None = None
) -> FloatArray:
    """(N,) uncertainties, larger is less sure; 0 where there is no prediction.

    A classifier's picture: 1 - (best - second), in 0..1, times the best class' weight. A detector's: binary
    entropy in bits times the class' weight, summed over boxes of score >= 0.05.
    """
    by_class = weights or {}
    return np.array([_one(p, by_class) for p in predictions], dtype=np.float64)


def _one(prediction: ImagePrediction | None, weights: Mapping[str, float]) -> float:
    if prediction is None:
        return 0.0
    if prediction.tag_scores:
        ranked = sorted(prediction.tag_scores.items(), key=lambda pair: -pair[1])
        second = ranked[1][1] if len(ranked) > 1 else 0.0
        return (1.0 - (ranked[0][1] - second)) * weights.get(ranked[0][0], 1.0)
    return sum(
        _entropy_bits(d.score) * weights.get(d.label, 1.0)
        for d in prediction.detections
        if d.score >= BOX_SCORE_MIN
    )


def _entropy_bits(p: float) -> float:
    if p <= 0.0 or p >= 1.0:
        return 0.0
    return -p * log2(p) - (1.0 - p) * log2(1.0 - p)
