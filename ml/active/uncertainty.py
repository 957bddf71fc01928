"""How unsure a model is of a picture: margin or entropy for classes and pixels, weighted entropy for boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

import numpy as np
import numpy.typing as npt

from ml.active.candidates import Candidate
from ml.active.disagreement import disagreement
from ml.contracts import ImagePrediction, PixelSummary

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


def uncertainties(
    candidates: Sequence[Candidate], weights: Mapping[str, float], by_entropy: bool = False
) -> FloatArray:
    """(N,) uncertainties of whole candidates: as `margin_scores`, a segmenter's pixels where there are any.

    A candidate's other views add their disagreement with the first. `by_entropy` ranks classes and pixels by
    entropy in bits instead of margin; boxes have entropy either way: a box has no second class to differ from.
    """
    return np.array([_whole(c, weights, by_entropy) for c in candidates], dtype=np.float64)


def _whole(candidate: Candidate, weights: Mapping[str, float], by_entropy: bool) -> float:
    prediction = candidate.prediction
    if prediction is None:
        return 0.0
    if prediction.pixels is not None:
        return _pixels(prediction.pixels, weights, by_entropy)
    if by_entropy and prediction.tag_scores:
        best = max(prediction.tag_scores.items(), key=lambda pair: pair[1])[0]
        score = sum(-p * log2(p) for p in prediction.tag_scores.values() if p > 0.0) * weights.get(best, 1.0)
    else:
        score = _one(prediction, weights)
    return score + disagreement(prediction, candidate.views)


def _pixels(pixels: PixelSummary, weights: Mapping[str, float], by_entropy: bool) -> float:
    """Weighted by the classes in doubt, each by its part of the doubt."""
    total = sum(pixels.unsure.values())
    weight = sum(weights.get(c, 1.0) * u for c, u in pixels.unsure.items()) / total if total > 0 else 1.0
    return weight * (pixels.entropy if by_entropy else pixels.margin)


def doubts(candidates: Sequence[Candidate]) -> npt.NDArray[np.float32]:
    """(N, C) gradients of the loss at the class logits, as BADGE takes them, the model's own answer for truth.

    A tag's or a pixel's: p - one-hot (pixels: the mean size by class). A box' class: the sum of |score - (score >= .5)|
    over its boxes, for a detector's classes are asked one by one. Classes in sorted order.
    """
    rows = [_doubt(c) for c in candidates]
    names = sorted({name for row in rows for name in row})
    place = {name: i for i, name in enumerate(names)}
    found = np.zeros((len(rows), max(len(names), 1)), dtype=np.float32)
    for i, row in enumerate(rows):
        for name, value in row.items():
            found[i, place[name]] = value
    return found


def _doubt(candidate: Candidate) -> Mapping[str, float]:
    prediction = candidate.prediction
    if prediction is None:
        return {}
    if prediction.pixels is not None:
        return prediction.pixels.unsure
    if prediction.tag_scores:
        best = max(prediction.tag_scores.items(), key=lambda pair: pair[1])[0]
        return {name: p - (name == best) for name, p in prediction.tag_scores.items()}
    found: dict[str, float] = {}
    for d in prediction.detections:
        if d.score >= BOX_SCORE_MIN:
            found[d.label] = found.get(d.label, 0.0) + min(d.score, 1.0 - d.score)
    return found


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
