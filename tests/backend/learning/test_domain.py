"""Rules of learning that need no database: mapping, gate, stored predictions."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from backend.learning.contracts import BoundClass
from backend.learning.domain.binding import mapping_follow, mapping_guess, mapping_problems, suggestion_items
from backend.learning.domain.gate import GateInput, verdict
from backend.learning.domain.predictions import KEEP_MAX, prediction_dump, prediction_load
from backend.projects.contracts import Label
from ml.contracts import Box, ImagePrediction, PixelSummary, Prediction, RleMask


def _label(label_id: str, name: str, *shapes: str) -> Label:
    return Label(
        id=label_id, name=name, color="#000000", shortcut="", shapes=shapes or ("box",), attributes=()
    )


LABELS = [_label("p", "Person"), _label("h", "hard_hat"), _label("b", "blurred", "tag"), _label("头", "头盔")]


def test_no_classes_and_no_labels_map_to_nothing() -> None:
    assert mapping_guess([], LABELS) == {}
    assert mapping_guess(["person"], []) == {"person": {"label_id": None, "threshold": 0.3}}


@pytest.mark.parametrize(
    ("name", "label_id"),
    [
        ("person", "p"),
        ("Hard-Hat", "h"),
        ("hard hat", "h"),
        ("头盔", "头"),
        ("人", None),
        ("--", None),
        ("cat", None),
    ],
)
def test_a_class_is_guessed_by_its_name_in_any_script(name: str, label_id: str | None) -> None:
    assert mapping_guess([name], LABELS, 0.2) == {name: {"label_id": label_id, "threshold": 0.2}}


@pytest.mark.parametrize(
    ("former", "hinted", "followed"),
    [
        ({"label_id": "h", "threshold": 0.7}, False, {"label_id": "h", "threshold": 0.7}),
        # A model that comes with a threshold of its own keeps it.
        ({"label_id": "h", "threshold": 0.7}, True, {"label_id": "h", "threshold": 0.2}),
        # A label that is gone, and one that came later.
        ({"label_id": "gone", "threshold": 0.7}, False, {"label_id": "p", "threshold": 0.7}),
        ({"label_id": None, "threshold": 0.7}, False, {"label_id": "p", "threshold": 0.7}),
    ],
)
def test_a_new_model_follows_what_was_decided_for_the_one_before(
    former: dict[str, object], hinted: bool, followed: dict[str, object]
) -> None:
    guessed = mapping_guess(["person", "cat"], LABELS, 0.2)
    other = {"hat": {"label_id": "h", "threshold": 0.9}}
    assert mapping_follow(guessed, {"person": former, **other}, LABELS, hinted=hinted) == {
        "person": followed,
        "cat": guessed["cat"],
    }


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"person": {"label_id": "p", "threshold": 0.5}}, ""),
        ({"person": {"label_id": None, "threshold": 0.0}}, ""),
        ({"ghost": {"label_id": "p", "threshold": 0.5}}, "Not a class"),
        ({"person": {"label_id": "x", "threshold": 0.5}}, "Not a label"),
        ({"person": {"label_id": "p", "threshold": 1.5}}, "between 0 and 1"),
        ({"person": {"label_id": "p", "threshold": float("nan")}}, "between 0 and 1"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_told_by_class(
    entry: dict[str, dict[str, object]], problem: str
) -> None:
    found = mapping_problems(entry, ["person"], LABELS)
    assert problem in next(iter(found.values()), "")
    assert bool(found) == bool(problem)


BINDING = {"person": BoundClass("p", 0.4), "helmet": BoundClass("h", 0.2), "soft": BoundClass("b", 0.6)}


def test_suggestions_are_mapped_classes_above_their_own_threshold() -> None:
    found = [
        Prediction("person", 0.9, Box(1.234, 2, 30, 40)),
        Prediction("cat", 0.9, Box(0, 0, 5, 5)),
        Prediction("person", 0.39, Box(0, 0, 5, 5)),
        Prediction("helmet", 0.25, Box(0, 0, 5, 5)),
    ]
    items = suggestion_items(ImagePrediction(tuple(found)), BINDING, LABELS)
    assert [(i.label_id, i.shape, i.score) for i in items] == [("p", "box", 0.9), ("h", "box", 0.25)]
    assert items[0].geometry == {"box": [1.23, 2, 30, 40]}
    assert items[0].uncertainty == pytest.approx(0.2)


def test_a_classifier_suggests_its_best_tag_only_above_the_threshold() -> None:
    for scores, expected in [
        ({"soft": 0.7, "hard": 0.3}, ["b"]),
        ({"soft": 0.5, "hard": 0.5}, []),
        ({"hard": 1.0}, []),
    ]:
        items = suggestion_items(ImagePrediction(tag_scores=scores), BINDING, LABELS)
        assert [(i.label_id, i.shape) for i in items] == [(label_id, "tag") for label_id in expected]


def test_a_shape_the_label_does_not_allow_is_not_suggested() -> None:
    binding = {"person": BoundClass("b", 0.1), "soft": BoundClass("p", 0.1)}
    prediction = ImagePrediction((Prediction("person", 0.9, Box(0, 0, 5, 5)),), {"soft": 0.9})
    assert suggestion_items(prediction, binding, LABELS) == []


GOOD = GateInput(40, 30, 120, candidate=0.5, production=0.4, difference=0.1, low=0.02, high=0.18)


@pytest.mark.parametrize(
    ("changes", "passed", "says"),
    [
        ({}, True, "+0.100 [+0.020, +0.180]"),
        ({"pictures": 7}, False, "Too few blind"),
        ({"groups": 4}, False, "Too few blind"),
        ({"objects": 0}, False, "no labelled object"),
        ({"production": None}, True, "No model is in production"),
        ({"production": None, "candidate": 0.0}, False, "finds nothing"),
        ({"difference": -0.2, "low": -0.3, "high": -0.1}, False, "beyond chance"),
        ({"difference": -0.01, "low": -0.05, "high": 0.03}, False, "Worse than production on the test"),
        ({"difference": 0.01, "low": -0.2, "high": 0.2}, False, "Not shown to be as good"),
        ({"difference": 0.0, "low": 0.0, "high": 0.0}, True, "against production"),
        ({"measure": "accuracy"}, True, "accuracy +0.100"),
    ],
)
def test_the_gate_says_whether_and_why(changes: dict[str, object], passed: bool, says: str) -> None:
    verdict_passed, reason = verdict(replace(GOOD, **changes))  # type: ignore[arg-type]
    assert verdict_passed is passed
    assert says in reason


def test_stored_predictions_come_back() -> None:
    prediction = ImagePrediction(
        (Prediction("person", 0.91234, Box(1.25, 2.5, 3.75, 4.0)),), {"soft": 0.123456}, (0.6, 0.8)
    )
    row = prediction_dump(prediction)
    back = prediction_load(row, prediction.embedding)
    assert back.detections == (Prediction("person", 0.9123, Box(1.25, 2.5, 3.75, 4.0)),)
    assert back.tag_scores == {"soft": 0.12346}
    assert back.embedding == (0.6, 0.8)
    assert prediction_load(prediction_dump(ImagePrediction())) == ImagePrediction()
    assert prediction_load({}) == ImagePrediction()


def test_masks_are_stored_where_somebody_may_come_to_see_them_and_doubt_with_them() -> None:
    mask, box = RleMask(4, 5, (6, 3, 11)), Box(1, 2, 3, 4)
    doubt = PixelSummary(0.5, 0.25, {"background": 0.9, "leak": 0.1}, {"leak": 0.05})
    said = ImagePrediction(
        (Prediction("leak", 0.8, box, mask), Prediction("leak", 0.1, box, mask)), pixels=doubt
    )
    back = prediction_load(json.loads(json.dumps(prediction_dump(said))))
    assert [found.mask for found in back.detections] == [mask, None]
    assert back.pixels == doubt


def test_weak_and_countless_detections_are_not_stored() -> None:
    many = tuple(Prediction("p", 0.9, Box(0, 0, 1, 1)) for _ in range(KEEP_MAX + 5))
    weak = (Prediction("p", 0.01, Box(0, 0, 1, 1)),)
    assert len(prediction_dump(ImagePrediction(many + weak))["detections"]) == KEEP_MAX
    assert prediction_dump(ImagePrediction(weak))["detections"] == []
