"""A blind review turned into right, wrong and missed."""

from __future__ import annotations

import pytest

from ml.contracts import Annotation, Box
from ml.errors import QualityError
from ml.quality.blind_review import review_unit
from ml.quality.reviews import ReviewedUnit


def at(x: float, label: str = "person", width: float = 10.0) -> Annotation:
    return Annotation(label, Box(x, 0.0, x + width, 10.0))


def test_nothing_suggested_and_nothing_there_is_a_unit_without_boxes() -> None:
    assert review_unit([], [], []) == ReviewedUnit()


def test_a_box_is_right_only_on_an_object_of_its_label_and_each_object_counts_once() -> None:
    suggested = [at(0), at(1), at(50), at(100, "hat")]
    unit = review_unit(suggested, [0.9, 0.8, 0.7, 0.6], [at(0), at(100), at(200)])
    assert unit.correct == (True, False, False, False)
    assert unit.scores == (0.9, 0.8, 0.7, 0.6)
    assert unit.missed == 2  # the one under the wrong label, and the one nobody suggested


def test_half_of_the_union_is_enough_and_less_is_not() -> None:
    assert review_unit([at(0, width=20)], [0.5], [at(0)]).correct == (True,)
    assert review_unit([at(0, width=21)], [0.5], [at(0)]).correct == (False,)


def test_tags_are_right_where_the_person_gave_them_and_missed_where_only_the_person_did() -> None:
    unit = review_unit(
        [at(0)], [0.9], [at(0)], suggested_tags={"wet": 0.7, "dark": 0.4}, tags=["wet", "blurred"]
    )
    assert unit == ReviewedUnit(scores=(0.9, 0.4, 0.7), correct=(True, False, True), missed=1)


def test_scores_that_do_not_fit_are_refused() -> None:
    with pytest.raises(QualityError):
        review_unit([at(0)], [], [])
