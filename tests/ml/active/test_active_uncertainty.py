"""Margin and weighted entropy on hand-made predictions."""

from __future__ import annotations

import pytest

from ml.active.uncertainty import class_weights, margin_scores
from ml.contracts import Box, ImagePrediction, Prediction


def boxes(*scores: float, label: str = "person") -> ImagePrediction:
    return ImagePrediction(tuple(Prediction(label, s, Box(0, 0, 10, 10)) for s in scores))


def test_empty_input() -> None:
    assert margin_scores([]).shape == (0,)
    assert margin_scores([None, ImagePrediction()]).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("prediction", "score"),
    [
        (ImagePrediction(tag_scores={"a": 0.5, "b": 0.5}), 1.0),
        (ImagePrediction(tag_scores={"a": 0.7, "b": 0.2, "c": 0.1}), 0.5),
        (ImagePrediction(tag_scores={"a": 1.0}), 0.0),
        (boxes(0.5), 1.0),
        (boxes(0.5, 0.5), 2.0),
        (boxes(1.0), 0.0),
        (boxes(0.049, 0.01), 0.0),
        (boxes(0.05), 0.286),
    ],
)
def test_scores(prediction: ImagePrediction, score: float) -> None:
    assert margin_scores([prediction])[0] == pytest.approx(score, abs=1e-3)


def test_difficult_and_rare_classes_count_more() -> None:
    weights = class_weights({"person": 200, "pallet": 50, "forklift": 0}, {"pallet": 0.5})
    assert weights["forklift"] == pytest.approx(2.0)
    assert weights["pallet"] == pytest.approx(1.5)
    assert weights["person"] == pytest.approx(0.5, abs=0.01)
    scores = margin_scores(
        [boxes(0.4), boxes(0.4, label="forklift"), boxes(0.4, label="unheard of")], weights
    )
    assert scores[1] > scores[2] > scores[0]
