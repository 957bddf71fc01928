"""Bounds against tables, slow reference code and their own level; the calibrator against scikit-learn's; the audit."""

from __future__ import annotations

from math import comb, exp, log

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from ml.errors import QualityError
from ml.quality.audit import FALSE_ALARM_UNITS, is_audited, watch_audit
from ml.quality.bounds import (
    BETS,
    LOOK_EVERY,
    WEIGHTS,
    betting_log_wealth,
    betting_upper,
    clopper_pearson,
    clopper_pearson_upper,
    hoeffding_bentkus_p,
    ratio_gain,
    units_needed,
)
from ml.quality.calibration import fit_calibrator
from ml.quality.reviews import ReviewedUnit, count_at, finished_prefix, reviews_from


@pytest.mark.parametrize(
    ("alpha", "needed"), [(0.01, (299, 473, 628)), (0.02, (149, 236, 313)), (0.05, (59, 93, 124))]
)
def test_units_needed_for_a_yes_or_no_at_95_percent(alpha: float, needed: tuple[int, ...]) -> None:
    # The sizes of attribute sampling tables, such as AICPA's audit guide: 59, 93, 124 for 5 % at 95 %.
    assert tuple(units_needed(errors, alpha, 0.05) for errors in range(3)) == needed
    assert clopper_pearson_upper(0, needed[0], 0.05) <= alpha < clopper_pearson_upper(0, needed[0] - 1, 0.05)


def test_clopper_pearson_gives_the_published_interval() -> None:
    assert clopper_pearson(9, 10, 0.05) == (pytest.approx(0.5550, abs=5e-5), pytest.approx(0.9975, abs=5e-5))
    assert clopper_pearson(10, 10, 0.05) == (pytest.approx(0.025 ** (1 / 10)), 1.0)
    assert clopper_pearson(0, 0, 0.05) == (0.0, 1.0)


def test_clopper_pearson_gives_the_published_bound() -> None:
    # "Rule of three" exactly: 0 of n is bounded by 1 - delta^(1/n). 10 of 100: 16.4 % one-sided at 95 %.
    assert clopper_pearson_upper(0, 100, 0.05) == pytest.approx(1 - 0.05 ** (1 / 100))
    at = clopper_pearson_upper(10, 100, 0.05)
    assert sum(comb(100, k) * at**k * (1 - at) ** (100 - k) for k in range(11)) == pytest.approx(0.05)
    assert clopper_pearson_upper(7, 7, 0.05) == 1.0


def test_hoeffding_bentkus_is_the_smaller_of_the_two_written_out() -> None:
    def slow(mean: float, n: int, alpha: float) -> float:
        if mean >= alpha:
            return 1.0
        kl = (mean * log(mean / alpha) if mean else 0.0) + (1 - mean) * log((1 - mean) / (1 - alpha))
        k = int(-(-n * mean // 1))
        tail = sum(comb(n, i) * alpha**i * (1 - alpha) ** (n - i) for i in range(k + 1))
        return min(1.0, exp(-n * kl), exp(1) * tail)

    for mean, n, alpha in ((0.0, 149, 0.02), (0.01, 700, 0.02), (0.013, 400, 0.05), (0.06, 50, 0.05)):
        assert hoeffding_bentkus_p(mean, n, alpha) == pytest.approx(slow(mean, n, alpha), rel=1e-6)


def test_capital_is_the_mixture_of_bets_worked_out_one_unit_at_a_time() -> None:
    rng = np.random.default_rng(0)
    losses = (rng.random(47) < 0.05) * rng.random(47)
    capital, slow = np.array(WEIGHTS), []
    for place, loss in enumerate(losses, start=1):
        capital = capital * (1.0 + BETS * (0.1 - loss) / 0.9)
        if place % LOOK_EVERY == 0 or place == len(losses):
            slow.append(log(capital.sum()))
    assert betting_log_wealth(0.1 - losses, 0.1).tolist() == pytest.approx(slow)


def test_capital_under_the_null_hypothesis_does_not_grow_on_average() -> None:
    rng = np.random.default_rng(1)
    losses = (rng.random((60, 20_000)) < 0.1).astype(float)
    final = np.exp(betting_log_wealth(0.1 - losses, 0.1)[-1])
    assert final.mean() == pytest.approx(1.0, abs=0.1)


def test_upper_bound_of_a_ratio_is_where_the_capital_reaches_its_goal() -> None:
    rng = np.random.default_rng(2)
    total = rng.integers(0, 6, 500).astype(float)
    wrong = np.minimum(total, (rng.random(500) < 0.06).astype(float))
    bound = betting_upper(wrong, total, 5, 0.05)
    assert wrong.sum() / total.sum() < bound < 0.1
    reached = betting_log_wealth(ratio_gain(wrong, total, 5, bound), bound).max()
    assert reached == pytest.approx(-log(0.05), abs=0.01)
    assert betting_upper([], [], 5, 0.05) == 1.0


def test_calibrator_agrees_with_scikit_learn_where_scores_repeat_too() -> None:
    rng = np.random.default_rng(3)
    score = np.round(rng.random(400), 2)
    right = rng.random(400) < score**2
    at = np.linspace(-0.2, 1.2, 301)
    reference = IsotonicRegression(out_of_bounds="clip").fit(score, right.astype(float)).predict(at)
    assert fit_calibrator(score, right).probability(at) == pytest.approx(reference, abs=1e-9)
    with pytest.raises(QualityError):
        fit_calibrator([], [])


def test_counts_at_thresholds_agree_with_counting_box_by_box() -> None:
    rng = np.random.default_rng(4)
    units = [
        ReviewedUnit(tuple(np.round(rng.random(k), 1).tolist()), tuple((rng.random(k) < 0.7).tolist()))
        for k in rng.integers(0, 5, 40)
    ]
    thresholds = np.array([0.9, 0.5, 0.5, 0.0])
    counts = count_at(reviews_from(units), thresholds, most=3)
    for i, unit in enumerate(units):
        for j, threshold in enumerate(thresholds):
            kept = [
                right for score, right in zip(unit.scores, unit.correct, strict=True) if score >= threshold
            ]
            small = len(kept) <= 3
            assert counts.total[i, j] == (len(kept) if small else 0)
            assert counts.wrong[i, j] == (kept.count(False) if small else 0)
            assert counts.passes[i, j] == (small and len(kept) == len(unit.scores))


def test_units_behind_one_that_is_still_open_wait() -> None:
    assert [finished_prefix(done) for done in ([], [True] * 3, [True, False, True])] == [0, 3, 1]


def test_audit_draw_is_sticky_and_of_the_stated_rate() -> None:
    drawn = [is_audited(f"unit-{i}", "policy-1", 0.05) for i in range(8000)]
    assert drawn == [is_audited(f"unit-{i}", "policy-1", 0.05) for i in range(8000)]
    assert np.mean(drawn) == pytest.approx(0.05, abs=0.01)
    assert drawn != [is_audited(f"unit-{i}", "policy-2", 0.05) for i in range(8000)]


def test_watch_sees_a_change_after_a_long_good_record_and_seldom_cries_wolf() -> None:
    rng = np.random.default_rng(5)
    delays, false_alarms = [], 0
    for _ in range(20):
        good, bad = rng.random(1000) < 0.02, rng.random(600) < 0.08
        false_alarms += watch_audit(good, 0.02).alarm is not None
        alarm = watch_audit(np.concatenate([rng.random(1000) < 0.01, bad]).astype(float), 0.02).alarm
        assert alarm is not None and alarm >= 1000
        delays.append(alarm - 1000)
    # At most 1,000 of FALSE_ALARM_UNITS: a quarter of the runs, were the bound tight.
    assert false_alarms <= 20 * 1000 / FALSE_ALARM_UNITS + 3
    assert np.median(delays) <= 250
