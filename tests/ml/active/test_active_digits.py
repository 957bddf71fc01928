"""Selection against random on real small pictures (scikit-learn's digits), and its price on a large pool."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest

from ml.active.candidates import Candidate, SelectionConfig
from ml.active.selection import select_batch
from ml.contracts import ImagePrediction
from ml.evaluation.selection_curves import curves, random_curves, saving, worst_gap
from ml.evaluation.selection_sets import digits

# A coarse form of `python -m ml benchmark selection`, which has more seeds and budgets.
BUDGETS = (20, 60, 120, 180, 260, 400)
SEEDS = (0, 1, 2)


def test_saves_labels_over_random_on_digits() -> None:
    draw = digits().draw
    ours = curves(draw, BUDGETS[:-1], SelectionConfig(), SEEDS)
    random = random_curves(draw, BUDGETS, SEEDS)
    assert worst_gap(ours, random[:, :-1]) > -0.01
    # On every seed, not only on average: early, where typical pictures matter most.
    assert (ours[:, :2].mean(axis=1) > random[:, :2].mean(axis=1)).all()
    whole = np.concatenate([ours, ours[:, -1:]], axis=1)
    assert saving(BUDGETS, whole, random, 400).saved >= 0.35


@pytest.mark.parametrize("labelled", [{}, {"a": 50, "b": 50}])
def test_a_large_pool_is_cheap(labelled: dict[str, int]) -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(10_000, 64))
    candidates = [
        Candidate(str(i), ImagePrediction(tag_scores={"a": p, "b": 1 - p}), row)
        for i, (row, p) in enumerate(zip(rows, rng.uniform(0, 1, len(rows)).tolist(), strict=True))
    ]
    start = process_time()
    assert len(select_batch(candidates, 200, labelled, SelectionConfig(), 0)) == 200
    assert process_time() - start < 5.0
