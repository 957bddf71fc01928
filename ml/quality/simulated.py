"""Simulated blind reviews whose true error is known at every threshold: what the promise is tested on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import beta as beta_law
from scipy.stats import norm

from ml.quality.reviews import Reviews

PRECISION = 0.85
# Both laws of scores below have an AUC of 0.9 between right and wrong boxes: Phi(1.8124 / sqrt 2), and a calibrated
# model whose scores follow Beta(0.85 k, 0.15 k).
_NORMAL_SHIFT = 1.8124
_BETA_SIZE = 1.8415


class ScoreLaw(StrEnum):
    """CALIBRATED: the score is the probability of being right. NORMAL: two bells of width 1, one for wrong boxes.

    NOISE: scores say nothing, so that every threshold has the same error.
    """

    CALIBRATED = "calibrated"
    NORMAL = "normal"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Site:
    """Pictures of `boxes` suggestions; right and wrong have an intraclass correlation of `correlation` in a picture."""

    law: ScoreLaw = ScoreLaw.CALIBRATED
    boxes: int = 5
    correlation: float = 0.3
    missed_rate: float = 0.03

    def reviews(self, units: int, rng: np.random.Generator) -> Reviews:
        """Blind reviews of `units` random pictures."""
        size = 1.0 / self.correlation - 1.0
        share = rng.beta(PRECISION * size, (1.0 - PRECISION) * size, (units, 1))
        right = rng.random((units, self.boxes)) < share
        a, b = PRECISION * _BETA_SIZE, (1.0 - PRECISION) * _BETA_SIZE
        if self.law == ScoreLaw.CALIBRATED:
            score = rng.beta(a + right, b + ~right)
        elif self.law == ScoreLaw.NORMAL:
            score = rng.normal(_NORMAL_SHIFT * right, 1.0)
        else:
            score = rng.random((units, self.boxes))
        return Reviews(
            np.repeat(np.arange(units, dtype=np.int64), self.boxes),
            score.ravel(),
            right.ravel(),
            (rng.random(units) < self.missed_rate).astype(np.int64),
        )

    def true_error(self, threshold: float) -> float:
        """The share of wrong boxes among all those at or above a threshold."""
        wrong, right = self._tails(threshold)
        return wrong / max(wrong + right, 1e-12)

    def true_coverage(self, threshold: float) -> float:
        """The share of all boxes at or above a threshold."""
        return sum(self._tails(threshold))

    def best_coverage(self, alpha: float) -> float:
        """What somebody who knew the truth could approve with an error of `alpha`."""
        low, high = (-5.0, 8.0) if self.law == ScoreLaw.NORMAL else (0.0, 1.0)
        levels = np.linspace(low, high, 4001)
        return max((self.true_coverage(t) for t in levels if self.true_error(t) <= alpha), default=0.0)

    def _tails(self, threshold: float) -> tuple[float, float]:
        a, b = PRECISION * _BETA_SIZE, (1.0 - PRECISION) * _BETA_SIZE
        if self.law == ScoreLaw.CALIBRATED:
            wrong, right = beta_law.sf(threshold, a, b + 1.0), beta_law.sf(threshold, a + 1.0, b)
        elif self.law == ScoreLaw.NORMAL:
            wrong, right = norm.sf(threshold), norm.sf(threshold - _NORMAL_SHIFT)
        else:
            wrong = right = min(max(1.0 - threshold, 0.0), 1.0)
        return float((1.0 - PRECISION) * wrong), float(PRECISION * right)
