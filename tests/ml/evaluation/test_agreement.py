"""How far two models agree on a picture, on boxes few enough to count by hand."""

from __future__ import annotations

import pytest

from ml.contracts import Box, Prediction
from ml.evaluation.agreement import agreement

HERE, NEAR, FAR = Box(0, 0, 40, 40), Box(0, 0, 40, 50), Box(200, 200, 240, 240)
SHIFTED = Box(20, 0, 60, 40)  # a third of the union


def said(*found: tuple[str, Box]) -> list[Prediction]:
    return [Prediction(label, 0.9, box) for label, box in found]


@pytest.mark.parametrize(
    ("first", "second", "counts", "iou_sum"),
    [
        ([], [], (0, 0, 0), 0.0),
        ([("hat", HERE)], [], (0, 1, 0), 0.0),
        ([("hat", HERE)], [("hat", HERE)], (1, 0, 0), 1.0),
        ([("hat", HERE)], [("hat", NEAR)], (1, 0, 0), 0.8),
        ([("hat", HERE)], [("hat", SHIFTED)], (0, 1, 1), 0.0),
        ([("hat", HERE)], [("head", HERE)], (0, 1, 1), 0.0),
        # The nearer of two is taken, once, whatever their order.
        ([("hat", NEAR), ("hat", HERE)], [("hat", HERE), ("hat", FAR)], (1, 1, 1), 1.0),
    ],
)
def test_boxes_of_one_label_are_matched_once_and_the_rest_is_only_one_s(first, second, counts, iou_sum):
    found = agreement(said(*first), said(*second))
    assert (found.matched, found.only_first, found.only_second) == counts
    assert found.iou_sum == pytest.approx(iou_sum)
    assert found.is_whole == (counts[1] == counts[2] == 0)
    turned = agreement(said(*second), said(*first))
    assert (turned.matched, turned.only_second, turned.only_first) == counts


def test_labels_are_counted_apart():
    found = agreement(said(("hat", HERE), ("head", FAR)), said(("hat", HERE), ("hat", FAR)))
    assert found.per_label == {"hat": [1, 0, 1], "head": [0, 1, 0]}
