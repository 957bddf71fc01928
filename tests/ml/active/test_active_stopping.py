"""When to stop, how two models agree, and what other views and pixels say of doubt."""

from __future__ import annotations

import numpy as np
import pytest

from ml.active.candidates import Candidate
from ml.active.disagreement import disagreement, mirrored_back, scaled_back
from ml.active.pixels import pixel_summary
from ml.active.stopping import Round, StopReason, StopRule, answer_of, prediction_kappa, should_stop
from ml.active.uncertainty import doubts, uncertainties
from ml.contracts import Box, ImagePrediction, Prediction

RISING = [Round(100 * n, 10.0 * n, 60.0 * n, 0.5 + 0.05 * n, 0.9) for n in range(1, 6)]
FLAT = [Round(100 * n, 10.0 * n, 60.0 * n, 0.8, 0.9) for n in range(1, 6)]
SETTLED = [Round(100 * n, 10.0 * n, 60.0 * n, 0.5 + 0.05 * n, 0.995) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("rounds", "rule", "reason"),
    [
        ([], StopRule(), None),
        (RISING, StopRule(), None),
        (RISING, StopRule(budget_labels=500), StopReason.BUDGET),
        (RISING, StopRule(budget_boxes=51.0), None),
        (RISING, StopRule(budget_seconds=300.0), StopReason.BUDGET),
        (FLAT, StopRule(), StopReason.FLAT),
        (FLAT[:3], StopRule(), None),
        (SETTLED, StopRule(), StopReason.STABLE),
        (SETTLED[:2], StopRule(), None),
        ([*SETTLED, Round(600, score=0.85)], StopRule(), None),
    ],
)
def test_stopping(rounds: list[Round], rule: StopRule, reason: StopReason | None) -> None:
    verdict = should_stop(rounds, rule)
    assert verdict.reason == reason
    assert verdict.why.endswith(".")


@pytest.mark.parametrize(
    ("before", "now", "kappa"),
    [
        ("aabb", "aabb", 1.0),
        ("aaaa", "aaaa", 1.0),
        ("aabb", "bbaa", -1.0),
        ("aabb", "abab", 0.0),
        ("aaab", "aabb", 0.5),
    ],
)
def test_kappa(before: str, now: str, kappa: float) -> None:
    assert prediction_kappa(list(before), list(now)) == pytest.approx(kappa)


def test_kappa_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="same pictures"):
        prediction_kappa([], [])


def one_box(score: float, x1: float, label: str = "person") -> ImagePrediction:
    return ImagePrediction((Prediction(label, score, Box(x1, 0.0, x1 + 10.0, 10.0)),))


@pytest.mark.parametrize(
    ("other", "value"),
    [
        (one_box(0.8, 0.0), 0.0),
        (one_box(0.6, 0.0), 0.2),
        (one_box(0.8, 50.0), 0.8),
        (one_box(0.8, 0.0, "pallet"), 0.8),
        (ImagePrediction(), 0.4),
    ],
)
def test_disagreement_of_boxes(other: ImagePrediction, value: float) -> None:
    assert disagreement(one_box(0.8, 0.0), [other]) == pytest.approx(value)


def test_a_mirrored_and_scaled_answer_comes_back_to_its_place() -> None:
    told = ImagePrediction((Prediction("person", 0.8, Box(180.0, 0.0, 200.0, 20.0)),))
    assert disagreement(one_box(0.8, 0.0), [mirrored_back(scaled_back(told, 2.0), 100.0)]) == 0.0


def test_views_add_to_doubt_and_tags_may_go_by_entropy() -> None:
    steady = Candidate("a", one_box(0.9, 0.0), views=(one_box(0.9, 0.0),))
    torn = Candidate("b", one_box(0.9, 0.0), views=(one_box(0.9, 50.0),))
    three = Candidate("c", ImagePrediction(tag_scores={"a": 0.4, "b": 0.3, "c": 0.3}))
    two = Candidate("d", ImagePrediction(tag_scores={"a": 0.5, "b": 0.5, "c": 0.0}))
    by_margin, by_entropy = (uncertainties([steady, torn, three, two], {}, e) for e in (False, True))
    assert by_margin[1] == pytest.approx(by_margin[0] + 0.9)
    assert by_margin[3] > by_margin[2] and by_entropy[3] < by_entropy[2]


def test_a_segmenters_doubt_is_where_its_pixels_are_unsure() -> None:
    sure = np.zeros((2, 10, 10))
    sure[0] = 1.0
    unsure = sure.copy()
    unsure[:, 0] = 0.5
    calm, torn = (pixel_summary(maps, ["floor", "leak"]) for maps in (sure, unsure))
    assert (calm.entropy, calm.margin) == (0.0, 0.0)
    assert (torn.entropy, torn.margin) == (1.0, 1.0)
    assert torn.unsure == {"floor": pytest.approx(0.05), "leak": pytest.approx(0.05)}
    found = uncertainties(
        [Candidate("a", ImagePrediction(pixels=calm)), Candidate("b", ImagePrediction(pixels=torn))],
        {"leak": 2.0},
    )
    assert found.tolist() == [0.0, pytest.approx(1.5)]
    assert doubts([Candidate("a", ImagePrediction(pixels=torn)), Candidate("b")]).shape == (2, 2)
    with pytest.raises(ValueError, match="probabilities"):
        pixel_summary(sure, ["one"])


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (ImagePrediction(), ""),
        (ImagePrediction(tag_scores={"a": 0.4, "b": 0.6}), "b"),
        (
            ImagePrediction(
                tuple(
                    Prediction(label, score, Box(0, 0, 9, 9))
                    for label, score in (("person", 0.5), ("person", 0.2), ("pallet", 0.4), ("cone", 0.9))
                )
            ),
            "1 pallet 1 person",
        ),
    ],
)
def test_an_answer_is_its_best_tag_or_its_boxes_above_threshold(said: ImagePrediction, word: str) -> None:
    assert answer_of(said, {"person": 0.3, "pallet": 0.3}) == word
