"""Learning curves of a selection strategy: after each budget of labels, a linear classifier's figure on pictures kept
aside. Torch-free; the same seeds give the same curves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score

from ml.active.candidates import Candidate, SelectionConfig
from ml.active.selection import select_batch
from ml.contracts import ImagePrediction
from ml.evaluation.figures import labels_needed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MAX_ITERATIONS = 300
# Weaker regularisation than scikit-learn's default: features are scaled to about unit range.
INVERSE_REGULARISATION = 10.0
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Round:
    """One seed's draw of a set: rows of features, truth as class numbers, and which are pool and which kept aside."""

    rows: Floats  # (N, D)
    truth: Ints  # (N,)
    pool: Ints
    held: Ints


def accuracy(model: LogisticRegression, part: Round) -> float:
    """Mean recall over the classes kept aside: a rare class counts as much as a common one."""
    said = model.predict(part.rows[part.held])
    return float(recall_score(part.truth[part.held], said, average="macro", zero_division=0.0))


def curve(part: Round, budgets: Sequence[int], config: SelectionConfig, seed: int) -> Floats:
    """(B,) figures after each of the growing `budgets`, trained anew each time on all that was chosen so far."""
    labelled: list[int] = []
    model: LogisticRegression | None = None
    found = []
    for number, budget in enumerate(budgets):
        labelled += _chosen(part, labelled, model, budget - len(labelled), config, 1000 * seed + number)
        model = _fitted(part, labelled)
        found.append(accuracy(model, part) if model is not None else 1.0 / len(np.unique(part.truth)))
    return np.array(found)


def random_curve(part: Round, budgets: Sequence[int], seed: int) -> Floats:
    """As `curve`, the labels drawn uniformly, one draw growing."""
    order = np.random.default_rng([seed, 7]).permutation(part.pool)
    found = []
    for budget in budgets:
        model = _fitted(part, order[:budget].tolist())
        found.append(accuracy(model, part) if model is not None else 1.0 / len(np.unique(part.truth)))
    return np.array(found)


def _fitted(part: Round, labelled: Sequence[int]) -> LogisticRegression | None:
    """None while there is one class only: nothing to tell apart."""
    chosen = np.array(labelled, dtype=np.int64)
    if len(np.unique(part.truth[chosen])) < 2:
        return None
    model = LogisticRegression(max_iter=MAX_ITERATIONS, C=INVERSE_REGULARISATION)
    return model.fit(part.rows[chosen], part.truth[chosen])


def _chosen(
    part: Round,
    labelled: Sequence[int],
    model: LogisticRegression | None,
    wanted: int,
    config: SelectionConfig,
    seed: int,
) -> list[int]:
    rest = np.setdiff1d(part.pool, np.array(labelled, dtype=np.int64))
    said: list[ImagePrediction | None] = [None] * len(rest)
    if model is not None:
        names = [str(c) for c in model.classes_]
        shares = model.predict_proba(part.rows[rest]).tolist()
        said = [ImagePrediction(tag_scores=dict(zip(names, row, strict=True))) for row in shares]
    candidates = [
        Candidate(str(i), p, part.rows[i].tolist()) for i, p in zip(rest.tolist(), said, strict=True)
    ]
    known = part.truth[np.array(labelled, dtype=np.int64)]
    counts = {str(c): int((known == c).sum()) for c in np.unique(part.truth)}
    batch = select_batch(candidates, wanted, counts, config, seed, part.rows[labelled].tolist())
    return [int(c.id) for c in batch]


@dataclass(frozen=True, slots=True)
class Saving:
    """Share of labels saved where random selection needed `at` of them; a 95 % interval over seeds."""

    at: int
    goal: float
    saved: float
    low: float
    high: float


def saving(budgets: Sequence[int], ours: Floats, random: Floats, at: int, seed: int = 0) -> Saving:
    """`ours` and `random` (S, B), paired by seed, of one grid of budgets; `at` is one of them.

    Both curves are means over seeds; seeds are resampled in pairs. A strategy that never gets there saved nothing
    that can be told: it counts as the whole grid's labels.
    """
    place = list(budgets).index(at)

    def share(rows: Sequence[int] | NDArray[np.intp]) -> float:
        goal = float(random[rows].mean(axis=0)[place])
        needed = min(labels_needed(budgets, ours[rows].mean(axis=0), goal), float(budgets[-1]))
        return 1.0 - needed / at

    rng = np.random.default_rng(seed)
    draws = [share(rng.integers(0, len(ours), len(ours))) for _ in range(RESAMPLES)]
    low, high = np.percentile(draws, [2.5, 97.5])
    everyone = np.arange(len(ours))
    return Saving(at, float(random.mean(axis=0)[place]), share(everyone), float(low), float(high))


def worst_gap(ours: Floats, random: Floats) -> float:
    """The mean curve's lowest difference from random's over the budgets; negative where random was ahead."""
    return float((ours - random).mean(axis=0).min())


def as_figures(savings: Sequence[Saving]) -> list[Mapping[str, float]]:
    """Rounded for JSON."""
    return [
        {
            "at": s.at,
            "goal": round(s.goal, 4),
            "saved": round(s.saved, 3),
            "low": round(s.low, 3),
            "high": round(s.high, 3),
        }
        for s in savings
    ]


def in_words(savings: Sequence[Saving]) -> str:
    """`40% [20%, 60%] of 100, …` for the terminal."""
    return ", ".join(f"{s.saved:.0%} [{s.low:.0%}, {s.high:.0%}] of {s.at}" for s in savings)


def curves(
    draw: Callable[[int], Round], budgets: Sequence[int], config: SelectionConfig, seeds: Sequence[int]
) -> Floats:
    """(S, B): `curve` of each seed's own draw."""
    return np.array([curve(draw(seed), budgets, config, seed) for seed in seeds])


def random_curves(draw: Callable[[int], Round], budgets: Sequence[int], seeds: Sequence[int]) -> Floats:
    """(S, B): `random_curve` of the same draws."""
    return np.array([random_curve(draw(seed), budgets, seed) for seed in seeds])
