"""Drift measures on simulated streams: they keep their false alarm rate, see planted shifts, and say when too few."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ml.drift.finding import Finding, Limits, Sample, Verdict
from ml.drift.measures import brightness_drift, embedding_drift, height_drift, score_drift
from ml.drift.rates import Counts, rate_drift

Rng = np.random.Generator
RUNS = 200
# Least change 0, so that only chance is held back; 1 in 20 is easier to count than 1 in 1000.
LOOSE = Limits(alpha=0.05, permutations=199)
# 99.9 % of binomial(200, .05) are at most this.
ALARMS_MAX = 21


def clips(rng: Rng, groups: int, each: int, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """(what a clip adds to all its pictures, its number), a picture each."""
    return np.repeat(rng.normal(0, sigma, groups), each), np.repeat(np.arange(groups), each)


def scores(rng: Rng, shift: float = 0.0) -> Sample:
    offset, group = clips(rng, 15, 6, 0.5)
    return Sample.of(1 / (1 + np.exp(-(rng.normal(0.5 - shift, 1, len(group)) + offset))), group)


def vectors(rng: Rng, shift: float = 0.0) -> Sample:
    _, group = clips(rng, 15, 5, 1)
    common = rng.normal(0, 0.7, (15, 24))
    step = np.zeros(24)
    step[0] = shift
    return Sample.of(rng.normal(0, 1, (len(group), 24)) + common[group] + step, group)


def lights(rng: Rng, shift: float = 0.0) -> Sample:
    offset, group = clips(rng, 15, 5, 12)
    return Sample.of(np.clip(rng.normal(120 - shift, 10, len(group)) + offset, 0, 255), group)


def boxes(rng: Rng, shift: float = 0.0) -> Sample:
    """People on a floor whose horizon is at .2; `shift` moves the picture down. One in six is half hidden."""
    _, group = clips(rng, 20, 5, 1)
    foot = rng.uniform(0.4, 1.0, len(group)) + 0.0
    height = 0.6 * (foot - 0.2) * rng.normal(1, 0.08, len(group)) * (1 + rng.normal(0, 0.03, 20)[group])
    height = np.where(rng.random(len(group)) < 1 / 6, 0.5 * height, height)
    return Sample.of(np.column_stack([foot + shift, height]), group)


def hours(rng: Rng, days: int, factor: float = 1.0) -> Counts:
    """Clock hours whose rate follows the day, with crowds: variance about twice the mean."""
    hour = np.tile(np.arange(24), days)
    rate = factor * (8 + 6 * np.sin(hour / 24 * 2 * np.pi))
    return Counts.of(rng.negative_binomial(rate, 0.5), np.ones(len(hour)), hour)


Case = tuple[Callable[..., Finding], Callable[[Rng, float], tuple[object, object]]]
CASES: dict[str, Case] = {
    "scores": (score_drift, lambda rng, by: (scores(rng), scores(rng, by))),
    "embedding": (embedding_drift, lambda rng, by: (vectors(rng), vectors(rng, by))),
    "brightness": (brightness_drift, lambda rng, by: (lights(rng), lights(rng, by))),
    "height": (height_drift, lambda rng, by: (boxes(rng), boxes(rng, by))),
    "rate": (rate_drift, lambda rng, by: (hours(rng, 5), hours(rng, 1, 1 + by))),
}


@pytest.mark.parametrize("name", CASES)
def test_an_unchanged_stream_alarms_no_more_often_than_promised(name: str) -> None:
    measure, streams = CASES[name]
    # A factor of 1 is no change of a rate.
    least = 1.0 if name == "rate" else 0.0
    alarms = sum(
        measure(*streams(np.random.default_rng(seed), 0.0), LOOSE, least).verdict == Verdict.DRIFTING
        for seed in range(RUNS)
    )
    assert alarms <= ALARMS_MAX


@pytest.mark.parametrize(
    ("name", "shift"),
    [
        ("scores", 1.5),
        ("embedding", 4.0),
        ("brightness", 40.0),
        ("height", 0.12),
        ("rate", 2.0),
        ("rate", -0.8),
    ],
)
def test_a_planted_shift_is_seen_at_the_strict_level(name: str, shift: float) -> None:
    measure, streams = CASES[name]
    found = [measure(*streams(np.random.default_rng(seed), shift)) for seed in range(10)]
    assert sum(each.verdict == Verdict.DRIFTING for each in found) >= 9
    assert all(each.threshold is not None and each.value is not None and each.bars for each in found)


@pytest.mark.parametrize("name", CASES)
def test_a_change_too_small_to_matter_is_none(name: str) -> None:
    measure, streams = CASES[name]
    shift = {"scores": 0.05, "embedding": 0.2, "brightness": 4.0, "height": 0.01, "rate": 0.1}[name]
    found = [measure(*streams(np.random.default_rng(seed), shift)) for seed in range(5)]
    assert {each.verdict for each in found} == {Verdict.STEADY}


@pytest.mark.parametrize(
    ("values", "groups"),
    [(0, 0), (49, 49), (400, 7)],
    ids=["nothing", "too few pictures", "pictures of too few clips"],
)
def test_too_few_are_told_and_never_an_alarm(values: int, groups: int) -> None:
    rng = np.random.default_rng(0)
    enough = lights(rng)
    few = Sample.of(np.full(values, 250.0), np.arange(values) % max(groups, 1))
    for pair in ((enough, few), (few, enough)):
        found = brightness_drift(*pair)
        assert (found.verdict, found.value, found.threshold) == (Verdict.TOO_FEW, None, None)
        assert (found.n_reference, found.n_now) == (len(pair[0]), len(pair[1]))


@pytest.mark.parametrize(
    ("reference", "now"),
    [
        (Counts.of([], [], []), Counts.of([5] * 8, [1] * 8, [0] * 8)),
        (Counts.of([1] * 8, [1] * 8, [0] * 8), Counts.of([50] * 8, [1] * 8, [0] * 8)),
        # Days against nights: nothing of one kind to compare.
        (Counts.of([9] * 24, [1] * 24, range(24)), Counts.of([0] * 9, [1] * 9, [30] * 9)),
    ],
    ids=["nothing", "few objects", "no shared hours"],
)
def test_a_rate_needs_objects_and_shared_hours(reference: Counts, now: Counts) -> None:
    assert rate_drift(reference, now).verdict == Verdict.TOO_FEW


def test_a_quiet_night_is_compared_with_nights() -> None:
    day = Counts.of([40] * 60 + [4] * 60, [1] * 120, [12] * 60 + [2] * 60)
    night = Counts.of([4] * 12, [1] * 12, [2] * 12)
    found = rate_drift(day, night)
    assert (found.verdict, round(found.before or 0, 1), round(found.after or 0, 1)) == (
        Verdict.STEADY,
        4.0,
        4.0,
    )


def test_a_stopped_camera_drifts_to_nothing() -> None:
    found = rate_drift(hours(np.random.default_rng(1), 5), Counts.of([0] * 24, [1] * 24, range(24)))
    assert (found.verdict, found.after) == (Verdict.DRIFTING, 0.0)


def test_the_same_samples_give_the_same_figures() -> None:
    pair = (scores(np.random.default_rng(3)), scores(np.random.default_rng(4), 0.4))
    assert score_drift(*pair) == score_drift(*pair)


def test_pictures_all_alike_are_steady() -> None:
    same = Sample.of(np.ones((60, 4)), np.arange(60))
    assert embedding_drift(same, same).verdict == Verdict.STEADY
