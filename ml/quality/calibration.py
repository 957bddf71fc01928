"""From a model's score to the share of right answers at that score: isotonic regression, one per class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from ml.errors import QualityError


@dataclass(frozen=True, slots=True)
class Calibrator:
    """A rising curve through (score, probability) knots; constant outside them."""

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def probability(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Calibrated probabilities, in 0..1, of any array of scores."""
        at = np.asarray(scores, dtype=np.float64)
        return np.asarray(np.interp(at, self.scores, self.probabilities), dtype=np.float64)


def fit_calibrator(scores: ArrayLike, correct: ArrayLike) -> Calibrator:
    """Least-squares rising fit (pool adjacent violators) of right and wrong against score.

    `scores` (n,) finite, `correct` (n,) true or false, n >= 1. Equal scores count as one point with their mean.
    Raises QualityError where there is nothing to fit.
    """
    score = np.asarray(scores, dtype=np.float64)
    right = np.asarray(correct, dtype=np.float64)
    if score.size == 0 or score.shape != right.shape or not np.isfinite(score).all():
        raise QualityError("A calibration needs at least one score, each with its right or wrong.")
    levels, place, times = np.unique(score, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=right) / times
    fitted = isotonic_regression(means, weights=times.astype(np.float64)).x
    # Only the ends of each flat step carry information.
    inner = np.ones(len(levels), dtype=np.bool_)
    inner[1:-1] = (fitted[1:-1] != fitted[:-2]) | (fitted[1:-1] != fitted[2:])
    return Calibrator(tuple(levels[inner].tolist()), tuple(np.clip(fitted[inner], 0.0, 1.0).tolist()))
