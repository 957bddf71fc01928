"""What a model's errors are said to be, on sets small enough to count by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.contracts import (
    Annotation,
    Box,
    Dataset,
    ImagePrediction,
    ImageRef,
    LabelledImage,
    ModelKind,
    Prediction,
)
from ml.evaluation.bootstrap import ap50
from ml.evaluation.cases import NOTHING
from ml.evaluation.diagnosis import CASES_A_CELL, Diagnosis, diagnose, slice_figure

CLASSES = ("person", "hat")
HERE, THERE, FAR = Box(0, 0, 40, 40), Box(100, 0, 140, 40), Box(0, 200, 20, 220)


def picture(name: str, *objects: Annotation, tags: tuple[str, ...] = ()) -> LabelledImage:
    return LabelledImage(ImageRef(name, Path(name), 300, 300), objects, tags)


def said(*found: tuple[str, float, Box]) -> ImagePrediction:
    ordered = sorted(found, key=lambda each: -each[1])
    return ImagePrediction(tuple(Prediction(label, score, box) for label, score, box in ordered))


def of_one(
    objects: list[tuple[str, Box]], found: list[tuple[str, float, Box]], ignored: tuple[Annotation, ...] = ()
) -> Diagnosis:
    item = picture("a.jpg", *(Annotation(label, box) for label, box in objects), *ignored)
    return diagnose(ModelKind.DETECT, Dataset(CLASSES, (item,)), [said(*found)], {"person": 0.3, "hat": 0.3})


@pytest.mark.parametrize(
    ("objects", "found", "confusion"),
    [
        pytest.param([("person", HERE)], [("person", 0.9, HERE)], {("person", "person"): 1}, id="right"),
        pytest.param([("person", HERE)], [("hat", 0.9, HERE)], {("person", "hat"): 1}, id="wrong class"),
        pytest.param(
            [("person", HERE)], [("person", 0.2, HERE)], {("person", NOTHING): 1}, id="below threshold"
        ),
        pytest.param(
            [("person", HERE)],
            [("person", 0.9, THERE)],
            {("person", NOTHING): 1, (NOTHING, "person"): 1},
            id="elsewhere",
        ),
        pytest.param(
            [("person", HERE)],
            [("person", 0.9, HERE), ("person", 0.8, HERE)],
            {("person", "person"): 1, (NOTHING, "person"): 1},
            id="found twice",
        ),
        pytest.param(
            [("person", HERE), ("hat", HERE)],
            [("hat", 0.9, HERE), ("person", 0.4, HERE)],
            {("person", "person"): 1, ("hat", "hat"): 1},
            id="each goes to its own class first",
        ),
        pytest.param([], [], {}, id="nothing"),
        pytest.param([], [("hat", 0.5, HERE)], {(NOTHING, "hat"): 1}, id="made up on an empty picture"),
        pytest.param([("hat", FAR)], [], {("hat", NOTHING): 1}, id="missed without any answer"),
    ],
)
def test_confusion_counts_every_object_and_every_shown_detection_once(
    objects: list[tuple[str, Box]],
    found: list[tuple[str, float, Box]],
    confusion: dict[tuple[str, str], int],
) -> None:
    assert of_one(objects, found).confusion == confusion


def test_a_detection_on_an_ignored_region_is_no_error() -> None:
    crowd = Annotation("person", Box(0, 0, 200, 200), ignore=True)
    assert of_one([], [("person", 0.9, HERE)], (crowd,)).confusion == {}


def test_cases_say_which_picture_and_where() -> None:
    (case,) = of_one([("person", HERE)], [("hat", 0.7, HERE)]).cases
    assert (case.image, case.actual, case.predicted) == ("a.jpg", "person", "hat")
    assert (case.truth, case.found, case.score) == (HERE, HERE, 0.7)


def test_a_cell_keeps_its_surest_cases_and_counts_all() -> None:
    many = [
        ("hat", 0.3 + n / 1000, Box(n % 20 * 14, n // 20 * 30, n % 20 * 14 + 10, n // 20 * 30 + 10))
        for n in range(90)
    ]
    found = of_one([], many)
    assert found.confusion == {(NOTHING, "hat"): 90} and len(found.cases) == CASES_A_CELL
    assert min(case.score or 0 for case in found.cases) == pytest.approx(0.3 + 30 / 1000)


def test_the_mean_of_the_curve_is_about_the_average_precision() -> None:
    images = [picture(f"{n}.jpg", Annotation("person", HERE)) for n in range(20)]
    answers = [said(("person", 0.9 - n / 50, HERE if n % 3 else THERE)) for n in range(20)]
    truth = Dataset(("person",), tuple(images))
    curve = diagnose(ModelKind.DETECT, truth, answers, {}).curves["person"]
    assert sum(curve.precision) / len(curve.precision) == pytest.approx(ap50(truth, answers), abs=0.02)
    assert list(curve.precision) == sorted(curve.precision, reverse=True)
    assert curve.score[1] == pytest.approx(0.88) and curve.score[-1] == 0


def test_scores_that_mean_what_they_say_have_no_calibration_error() -> None:
    images = [picture(f"{n}.jpg", Annotation("person", HERE)) for n in range(10)]
    honest = [said(("person", 0.7, HERE if n < 7 else THERE)) for n in range(10)]
    boastful = [said(("person", 0.95, HERE if n < 7 else THERE)) for n in range(10)]
    truth = Dataset(("person",), tuple(images))
    assert diagnose(ModelKind.DETECT, truth, honest, {}).calibration_error == pytest.approx(0.0)
    assert diagnose(ModelKind.DETECT, truth, boastful, {}).calibration_error == pytest.approx(0.25)


def test_small_objects_are_told_from_large_ones() -> None:
    found = of_one([("person", HERE), ("hat", FAR)], [("person", 0.9, HERE)])
    assert found.sizes == {"small": (0, 1), "medium": (1, 1), "large": (0, 0)}


def tagged() -> tuple[Dataset, list[ImagePrediction]]:
    images = tuple(picture(f"{n}.jpg", tags=("sharp" if n < 6 else "blurred",)) for n in range(8))
    scores = [0.9, 0.9, 0.9, 0.9, 0.9, 0.2, 0.3, 0.8]
    answers = [ImagePrediction(tag_scores={"sharp": s, "blurred": 1 - s}) for s in scores]
    return Dataset(("sharp", "blurred"), images), answers


def test_a_classifier_is_judged_by_its_likeliest_class() -> None:
    found = diagnose(ModelKind.CLASSIFY, *tagged(), {})
    assert found.confusion == {
        ("sharp", "sharp"): 5,
        ("sharp", "blurred"): 1,
        ("blurred", "blurred"): 1,
        ("blurred", "sharp"): 1,
    }
    assert found.sizes == {} and set(found.curves) == {"sharp", "blurred"}


def test_a_slice_is_measured_on_its_own_pictures_alone() -> None:
    truth, answers = tagged()
    worse = [ImagePrediction(tag_scores={"sharp": 0.1, "blurred": 0.9})] * 8
    found = slice_figure(ModelKind.CLASSIFY, truth, answers, worse, [0, 1, 2, 3])
    assert (found.pictures, found.candidate, found.production) == (4, 1.0, 0.0)
    assert found.comparison is not None and found.comparison.is_better
    alone = slice_figure(ModelKind.CLASSIFY, truth, answers, None, [5, 6, 7])
    assert alone.candidate == pytest.approx(1 / 3) and alone.comparison is None
