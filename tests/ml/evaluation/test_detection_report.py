"""AP by hand, empty cases, the bootstrap's own AP against COCO's, and classifiers' figures."""

import time
from pathlib import Path

import numpy as np
import pytest

from ml.contracts import Annotation, Box, Dataset, ImagePrediction, ImageRef, LabelledImage, Prediction
from ml.errors import DatasetError
from ml.evaluation.bootstrap import ap50, paired_bootstrap, paired_bootstrap_accuracy
from ml.evaluation.classification import classification_report, confusion_matrix
from ml.evaluation.detection import detection_report
from ml.evaluation.score import only_listed, report_as_json


def picture(n: int, *objects: Annotation, tags: tuple[str, ...] = ()) -> LabelledImage:
    return LabelledImage(ImageRef(f"images/{n}.jpg", Path(f"images/{n}.jpg"), 200, 200), objects, tags)


def thing(x: float, label: str = "a", ignore: bool = False) -> Annotation:
    return Annotation(label, Box(x, 0, x + 10, 10), ignore=ignore)


def guess(x: float, score: float, label: str = "a") -> Prediction:
    return Prediction(label, score, Box(x, 0, x + 10, 10))


def said(*detections: Prediction) -> ImagePrediction:
    return ImagePrediction(tuple(sorted(detections, key=lambda d: -d.score)))


def test_average_precision_by_hand() -> None:
    """Hit, miss, hit over three objects: precision 1 to recall 1/3, then 2/3 to recall 2/3, then 0."""
    truth = Dataset(("a",), (picture(1, thing(0), thing(50)), picture(2, thing(0))))
    predictions = [said(guess(0, 0.9), guess(100, 0.8)), said(guess(0, 0.7))]
    expected = (34 * 1.0 + 33 * 2 / 3) / 101
    report = detection_report(truth, predictions)
    assert report.ap50 == pytest.approx(expected, abs=1e-6)
    assert report.ap == pytest.approx(expected, abs=1e-6)
    assert ap50(truth, predictions) == pytest.approx(expected, abs=1e-6)


def test_ap_over_ious_is_below_ap50_for_a_loose_box() -> None:
    truth = Dataset(("a",), (picture(1, thing(0)),))
    report = detection_report(truth, [said(guess(2.5, 0.9))])
    assert report.ap50 == pytest.approx(1.0)
    assert report.ap == pytest.approx(0.3)


def test_no_predictions_and_no_truth_and_nothing_at_all() -> None:
    truth = Dataset(("a",), (picture(1, thing(0)),))
    assert detection_report(truth, [said()]).ap50 == 0.0
    assert detection_report(truth, [said()]).per_class["a"].truths == 1
    empty = Dataset(("a",), (picture(1),))
    assert detection_report(empty, [said(guess(0, 0.9))]).per_class == {}
    assert detection_report(Dataset((), ()), []).images == 0
    assert ap50(empty, [said()]) == 0.0
    with pytest.raises(ValueError, match="1 predictions for 0"):
        detection_report(Dataset(("a",), ()), [said()])


def test_class_without_truth_is_left_out_of_the_mean() -> None:
    truth = Dataset(("a", "b"), (picture(1, thing(0)),))
    report = detection_report(truth, [said(guess(0, 0.9), guess(0, 0.9, "b"), guess(0, 0.9, "unknown"))])
    assert report.ap50 == pytest.approx(1.0)
    assert list(report.per_class) == ["a"]


def test_ignored_region_costs_nothing() -> None:
    truth = Dataset(("a",), (picture(1, thing(0), thing(100, ignore=True)),))
    predictions = [said(guess(0, 0.5), guess(100, 0.9), guess(101, 0.8))]
    assert detection_report(truth, predictions).ap50 == pytest.approx(1.0)
    assert ap50(truth, predictions) == pytest.approx(1.0)


def random_case(seed: int, pictures: int, hit_rate: float) -> tuple[Dataset, list[ImagePrediction]]:
    truth_rng, rng = np.random.default_rng(99), np.random.default_rng(seed)
    items, predictions = [], []
    for n in range(pictures):
        xs = truth_rng.uniform(0, 180, truth_rng.integers(0, 6))
        objects = [
            thing(float(x), "ab"[i % 2], ignore=bool(truth_rng.random() < 0.1)) for i, x in enumerate(xs)
        ]
        items.append(picture(n, *objects))
        found = [
            guess(float(o.box.x1 + rng.normal(0, 1.5)), float(rng.beta(4, 2)), o.label)
            for o in objects
            if rng.random() < hit_rate
        ]
        noise = rng.uniform(0, 190, 4)
        found += [guess(float(x), float(rng.beta(2, 4)), "ab"[i % 2]) for i, x in enumerate(noise)]
        predictions.append(said(*found))
    return Dataset(("a", "b"), tuple(items)), predictions


@pytest.mark.parametrize("seed", range(4))
def test_bootstrap_s_own_ap_agrees_with_coco_s(seed: int) -> None:
    truth, predictions = random_case(seed, 40, 0.7)
    assert ap50(truth, predictions) == pytest.approx(detection_report(truth, predictions).ap50, abs=2e-3)


def test_bootstrap_tells_better_from_equal_quickly() -> None:
    truth, good = random_case(1, 150, 0.9)
    _, poor = random_case(2, 150, 0.5)
    start = time.process_time()
    result = paired_bootstrap(truth, good, poor, n=200, seed=0)
    assert time.process_time() - start < 5.0
    assert result.is_better
    assert 0 < result.low < result.difference < result.high
    assert paired_bootstrap(truth, good, poor, n=200, seed=0) == result
    assert paired_bootstrap(truth, poor, good, n=200, seed=0).is_worse
    same = paired_bootstrap(truth, good, good, n=50, seed=0)
    assert (same.difference, same.low, same.high) == (0.0, 0.0, 0.0)
    nothing = paired_bootstrap(Dataset(("a",), ()), [], [])
    assert (nothing.difference, nothing.low, nothing.high) == (0.0, 0.0, 0.0)


def test_classification_by_hand() -> None:
    tags = ["x", "x", "y", "y"]
    truth = Dataset(("x", "y", "z"), tuple(picture(n, tags=(t,)) for n, t in enumerate(tags)))
    answers = ["x", "y", "y", "y"]
    predictions = [ImagePrediction((), {t: 0.8 if t == a else 0.1 for t in "xyz"}) for a in answers]
    assert confusion_matrix(truth, predictions, "xyz").tolist() == [[1, 1, 0], [0, 2, 0], [0, 0, 0]]
    report = classification_report(truth, predictions)
    assert report.accuracy == 0.75
    assert report.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)
    right = [ImagePrediction((), {t: 1.0}) for t in tags]
    assert paired_bootstrap_accuracy(truth, right, predictions, n=50).difference == pytest.approx(0.25)
    assert classification_report(Dataset(("x",), ()), []).accuracy == 0.0


def test_report_as_json_has_the_promised_keys() -> None:
    truth = Dataset(("a",), (picture(1, thing(0)),))
    report = report_as_json(detection_report(truth, [said(guess(0, 0.9))], ms_per_image=4.5))
    assert {"ap50", "ap", "per_class", "ms_per_image"} <= report.keys()
    assert report["per_class"] == {"a": {"ap50": pytest.approx(1.0), "ap": pytest.approx(1.0), "truths": 1}}


def test_only_listed_takes_ids_and_file_names() -> None:
    truth = Dataset(("a",), (picture(1), picture(2), picture(3)))
    assert [i.image.id for i in only_listed(truth, ["images/1.jpg", "3.jpg", ""]).images] == [
        "images/1.jpg",
        "images/3.jpg",
    ]
    with pytest.raises(DatasetError):
        only_listed(truth, ["gone.jpg"])
