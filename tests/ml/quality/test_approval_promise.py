"""The promise of auto-approval in simulated projects whose true error is known: broken in at most delta of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import roc_auc_score

from ml.quality.approval import (
    FIT_UNITS,
    ApprovalPlan,
    Promise,
    PromiseKind,
    approves_box,
    error_curve,
    fit_size,
    judge,
    judge_boxes,
    judge_pictures,
    plan_approval,
)
from ml.quality.bounds import LOOK_EVERY
from ml.quality.reviews import ReviewedUnit, Reviews, reviews_from
from ml.quality.simulated import PRECISION, ScoreLaw, Site

RUNS = 500
DELTA = 0.05
NOISE_RUNS = 200


def split(reviews: Reviews, promise: Promise) -> tuple[ApprovalPlan, Reviews]:
    size = fit_size(reviews)
    assert size is not None
    return plan_approval(reviews.part(0, size), promise), reviews.part(size, reviews.units)


def test_the_simulated_site_is_what_it_says() -> None:
    for law in (ScoreLaw.CALIBRATED, ScoreLaw.NORMAL):
        reviews = Site(law).reviews(40_000, np.random.default_rng(0))
        right = reviews.correct.reshape(-1, 5).astype(float)
        assert right.mean() == pytest.approx(PRECISION, abs=0.005)
        assert np.corrcoef(right[:, 0], right[:, 1])[0, 1] == pytest.approx(0.3, abs=0.02)
        assert roc_auc_score(reviews.correct, reviews.score) == pytest.approx(0.9, abs=0.005)
        at = float(np.quantile(reviews.score, 0.5))
        above = reviews.score >= at
        assert 1.0 - reviews.correct[above].mean() == pytest.approx(Site(law).true_error(at), abs=0.004)
        assert above.mean() == pytest.approx(Site(law).true_coverage(at), abs=0.01)


def test_promise_is_kept_for_somebody_who_peeks_every_ten_reviews() -> None:
    # `judge_boxes` unlocks what was proven at any of its looks, one every LOOK_EVERY reviews: that is the peeking.
    assert LOOK_EVERY == 10
    site, promise, rng = Site(), Promise(alpha=0.05, delta=DELTA), np.random.default_rng(7)
    broken, coverage = 0, 0.0
    for _ in range(RUNS):
        plan, tests = split(site.reviews(650, rng), promise)
        threshold = judge_boxes(plan, tests).threshold
        if threshold is not None:
            broken += site.true_error(threshold) > promise.alpha
            coverage += site.true_coverage(threshold) / RUNS
    assert broken <= DELTA * RUNS
    assert coverage >= 0.6


@pytest.mark.parametrize("kind", list(PromiseKind))
def test_scores_that_say_nothing_unlock_an_error_at_the_limit_no_more_often_than_promised(
    kind: PromiseKind,
) -> None:
    # Every threshold is exactly as bad as alpha, the hardest case there is: each unlocking breaks the promise.
    site, promise = Site(ScoreLaw.NOISE), Promise(alpha=1.0 - PRECISION, delta=DELTA, kind=kind)
    rng, broken = np.random.default_rng(11), 0
    for _ in range(NOISE_RUNS):
        plan, tests = split(site.reviews(FIT_UNITS + 200, rng), promise)
        broken += judge_boxes(plan, tests).threshold is not None
    # Were the true rate exactly delta, more than this would be seen once in a thousand times.
    assert broken <= int(binom.ppf(0.999, NOISE_RUNS, DELTA))


def test_pictures_with_too_many_missed_objects_stay_locked_though_their_boxes_are_fine() -> None:
    promise, rng = Promise(alpha=0.2, missed_alpha=0.05, delta=DELTA), np.random.default_rng(3)
    unlocked, runs = {0.005: 0, 0.055: 0}, 40
    for missed_rate in unlocked:
        for _ in range(runs):
            plan, tests = split(Site(missed_rate=missed_rate).reviews(700, rng), promise)
            assert judge_boxes(plan, tests).threshold is not None
            unlocked[missed_rate] += judge_pictures(plan, tests).threshold is not None
    assert unlocked[0.005] >= 0.9 * runs
    assert unlocked[0.055] <= int(binom.ppf(0.999, runs, DELTA))


def test_more_reviews_are_asked_for_until_unlocked_and_about_as_many_as_it_takes() -> None:
    site, promise, rng = Site(), Promise(alpha=0.03), np.random.default_rng(5)
    ratios = []
    for _ in range(30):
        plan, tests = split(site.reviews(2000, rng), promise)
        early = judge_boxes(plan, tests.part(0, 100))
        if early.threshold is not None or early.more is None:
            continue
        assert early.more > 0
        looks = range(100, tests.units, 20)
        took = next(n for n in looks if judge_boxes(plan, tests.part(0, n)).threshold is not None) - 100
        ratios.append(early.more / max(took, 20))
    assert len(ratios) >= 10
    assert 0.5 <= float(np.median(ratios)) <= 2.0


def test_nothing_is_promised_from_nothing_and_a_hopeless_model_is_called_so() -> None:
    plan, tests = split(Site().reviews(400, np.random.default_rng(0)), Promise())
    empty = judge(plan, tests.part(0, 0))
    assert empty.boxes.threshold is None and empty.pictures.threshold is None
    assert empty.boxes.more is not None and empty.boxes.more > 0
    hopeless, _ = split(Site(ScoreLaw.NOISE).reviews(400, np.random.default_rng(0)), Promise(alpha=0.01))
    assert judge_boxes(hopeless, tests).more is None


def test_a_picture_with_more_boxes_than_the_plan_has_seen_goes_to_a_person() -> None:
    usual = [ReviewedUnit((0.9, 0.8), (True, True))] * 700
    plan, tests = split(reviews_from(usual), Promise())
    rule = judge_boxes(plan, tests)
    assert plan.boxes_most == 2
    assert rule.threshold is not None
    assert approves_box(plan, rule, 0.95, at_or_above=2)
    assert not approves_box(plan, rule, 0.95, at_or_above=3)
    assert not approves_box(plan, rule, rule.threshold - 0.01, at_or_above=1)


def test_the_plot_marks_the_unlocked_thresholds_and_bounds_them_by_alpha() -> None:
    promise = Promise(alpha=0.05)
    plan, tests = split(Site().reviews(1000, np.random.default_rng(1)), promise)
    curve = error_curve(plan, tests)
    unlocked = [point for point in curve if point.unlocked]
    assert unlocked[-1].threshold == judge_boxes(plan, tests).threshold
    assert all(point.bound <= promise.alpha + 1e-4 for point in unlocked)
    assert all(a.coverage <= b.coverage for a, b in zip(curve, curve[1:], strict=False))
    assert all(a.probability >= b.probability for a, b in zip(curve, curve[1:], strict=False))
