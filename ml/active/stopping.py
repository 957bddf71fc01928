"""When more labels stop being worth their price: the budget is spent, the model's answers have settled, or the
curve is flat. Each verdict comes with its figures, and the page shows the curve: a person stops, not a rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

import numpy as np

from ml.contracts import ImagePrediction


class StopReason(StrEnum):
    BUDGET = "budget"
    STABLE = "stable"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Round:
    """After one round of labels and training. `labels`, `boxes`, `seconds` are sums since the start.

    `score` is the model's figure on the random slice, 0..1; `kappa` is its agreement with the model of the round
    before on a fixed set of unlabelled pictures (`prediction_kappa`). None where not measured.
    """

    labels: int
    boxes: float = 0.0
    seconds: float = 0.0
    score: float | None = None
    kappa: float | None = None


@dataclass(frozen=True, slots=True)
class StopRule:
    """Budgets of 0 mean none. Stable after `stable_rounds` in a row (Bloodgood and Vijay-Shanker, 2009)."""

    budget_labels: int = 0
    budget_boxes: float = 0.0
    budget_seconds: float = 0.0
    kappa_min: float = 0.99
    stable_rounds: int = 3
    # A gain below half a point for a hundred labels, over the last rounds together.
    slope_min_per_100: float = 0.005
    slope_rounds: int = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reason` is None while it is worth going on; `why` says so in a sentence either way."""

    reason: StopReason | None
    why: str


def answer_of(prediction: ImagePrediction, thresholds: Mapping[str, float]) -> str:
    """A model's answer to a picture in a word that can be compared: its best tag, or how many boxes of which class.

    Boxes below their class' threshold, and of classes without one, count for nothing.
    """
    if prediction.tag_scores:
        return max(prediction.tag_scores.items(), key=lambda pair: (pair[1], pair[0]))[0]
    counts = Counter(d.label for d in prediction.detections if d.score >= thresholds.get(d.label, inf))
    return " ".join(f"{n} {label}" for label, n in sorted(counts.items()))


def prediction_kappa(before: Sequence[str], now: Sequence[str]) -> float:
    """Cohen's kappa of two models' answers to the same pictures; 1.0 where both always say the same one thing.

    Raises ValueError where the lists differ in length or are empty.
    """
    if len(before) != len(now) or not before:
        raise ValueError("The same pictures, at least one, are needed of both models.")
    names = sorted({*before, *now})
    same = sum(a == b for a, b in zip(before, now, strict=True)) / len(now)
    chance = sum(
        (sum(a == name for a in before) / len(now)) * (sum(b == name for b in now) / len(now))
        for name in names
    )
    return 1.0 if chance >= 1.0 else (same - chance) / (1.0 - chance)


def should_stop(rounds: Sequence[Round], rule: StopRule) -> Verdict:
    """The first rule that says stop, budgets before stability before slope."""
    if not rounds:
        return Verdict(None, "Nothing is labelled yet.")
    last = rounds[-1]
    for name, spent, limit in (
        ("labels", last.labels, rule.budget_labels),
        ("boxes", last.boxes, rule.budget_boxes),
        ("seconds", last.seconds, rule.budget_seconds),
    ):
        if limit and spent >= limit:
            return Verdict(StopReason.BUDGET, f"{spent:g} of {limit:g} {name} are spent.")
    recent = [r.kappa for r in rounds[-rule.stable_rounds :]]
    if len(recent) == rule.stable_rounds and all(k is not None and k >= rule.kappa_min for k in recent):
        return Verdict(
            StopReason.STABLE,
            f"The last {rule.stable_rounds} models agree with the one before (kappa {rule.kappa_min:g} or more).",
        )
    slope = slope_per_100([r for r in rounds if r.score is not None][-rule.slope_rounds :])
    if slope is None or sum(r.score is not None for r in rounds) < rule.slope_rounds:
        return Verdict(None, "Too few rounds to tell whether the curve is flat.")
    if slope < rule.slope_min_per_100:
        return Verdict(StopReason.FLAT, f"A hundred labels more gained {100 * slope:.1f} points of late.")
    return Verdict(None, f"A hundred labels more still gain {100 * slope:.1f} points.")


def slope_per_100(rounds: Sequence[Round]) -> float | None:
    """Least-squares gain of `score` for a hundred labels; None under two different label counts."""
    labels = np.array([r.labels for r in rounds], dtype=np.float64)
    score = np.array([r.score for r in rounds], dtype=np.float64)
    if len(labels) < 2 or np.ptp(labels) == 0:
        return None
    return float(100.0 * np.polyfit(labels, score, 1)[0])
