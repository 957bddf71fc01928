"""Single figures of scores and of curves that several reports use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def auroc(good: Sequence[float], bad: Sequence[float]) -> float:
    """The chance that a bad one scores above a good one; ties count half. Raises ValueError where a side is empty."""
    if not len(good) or not len(bad):
        raise ValueError("Scores of good and of bad pictures are needed.")
    ranked = np.sort(np.asarray(good, dtype=np.float64))
    values = np.asarray(bad, dtype=np.float64)
    below = np.searchsorted(ranked, values, side="left") + np.searchsorted(ranked, values, side="right")
    return float(below.mean() / (2 * len(ranked)))


def labels_needed(budgets: Sequence[int], figures: NDArray[np.float64], goal: float) -> float:
    """Labels at which the curve first reaches `goal`, between budgets by a straight line; inf where it never does."""
    best = np.maximum.accumulate(figures)
    if best[-1] < goal:
        return float("inf")
    i = int(np.argmax(best >= goal))
    if i == 0:
        return float(budgets[0])
    share = (goal - best[i - 1]) / (best[i] - best[i - 1])
    return float(budgets[i - 1] + share * (budgets[i] - budgets[i - 1]))
