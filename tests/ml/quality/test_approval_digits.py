"""Promised against realised error on real pictures: scikit-learn's digits, tags by a weak classifier."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from ml.quality.approval import Promise, fit_size, judge_boxes, plan_approval
from ml.quality.reviews import Reviews

RUNS = 30
TRAINED, REVIEWED = 120, 900


def ridge(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Least squares on one-hot classes: quick, and with scores that are no probabilities."""
    weights = np.linalg.solve(x.T @ x + np.eye(x.shape[1]), x.T @ np.eye(10)[y])
    return at @ weights


def test_pictures_approved_unseen_keep_the_promise_on_handwriting() -> None:
    x, y = load_digits(return_X_y=True)
    promise, broken, realised, covered = Promise(alpha=0.05, delta=0.05), 0, [], []
    for seed in range(RUNS):
        order = np.random.default_rng(seed).permutation(len(x))
        train, drawn, unseen = np.split(order, [TRAINED, TRAINED + REVIEWED])
        guessed = ridge(x[train] / 16.0, y[train], x / 16.0)
        score, right = guessed.max(axis=1), guessed.argmax(axis=1) == y
        reviews = Reviews(np.arange(REVIEWED), score[drawn], right[drawn], np.zeros(REVIEWED, dtype=np.int64))
        size = fit_size(reviews)
        assert size is not None
        plan = plan_approval(reviews.part(0, size), promise)
        rule = judge_boxes(plan, reviews.part(size, REVIEWED))
        if rule.threshold is None:
            continue
        approved = score[unseen] >= rule.threshold
        wrong = int((~right[unseen][approved]).sum())
        realised.append(wrong / max(int(approved.sum()), 1))
        covered.append(float(approved.mean()))
        everywhere = np.concatenate([drawn, unseen])
        broken += (~right[everywhere][score[everywhere] >= rule.threshold]).mean() > promise.alpha
    assert len(covered) >= 0.5 * RUNS
    assert broken <= 0.05 * RUNS
    assert np.mean(realised) <= promise.alpha
    assert np.mean(covered) >= 0.3
