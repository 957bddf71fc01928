"""Models of outlines and areas are judged by their pixels, where boxes say nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
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
from ml.evaluation.cases import NOTHING
from ml.evaluation.diagnosis import diagnose, slice_figure
from ml.evaluation.judging import judge_of
from ml.geometry.masks import mask_to_rle, rle_enlarged, rle_to_mask, rle_union
from ml.inference.letterbox import letterbox
from ml.inference.regions import blobs_of

SIDE = 40
LEAK = Box(10, 10, 30, 30)


def _picture(number: int, *annotations: Annotation) -> LabelledImage:
    return LabelledImage(ImageRef(f"{number}.png", Path(f"{number}.png"), SIDE, SIDE), annotations)


def _pixels(x1: int, y1: int, x2: int, y2: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    mask = np.zeros((SIDE, SIDE), dtype=np.bool_)
    mask[y1:y2, x1:x2] = True
    return mask


def _object(mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> ImagePrediction:
    """The right box, with that mask, and the same as a region."""
    rle = mask_to_rle(mask)
    return ImagePrediction((Prediction("leak", 0.9, LEAK, rle),), regions={"leak": rle})


DRAWN = Annotation("leak", LEAK, mask=mask_to_rle(_pixels(10, 10, 30, 30)))
TRUTH = Dataset(("leak",), tuple(_picture(n, DRAWN) for n in range(6)))
WHOLE = [_object(_pixels(10, 10, 30, 30))] * 6
THIN = [_object(_pixels(10, 10, 30, 14))] * 6


@pytest.mark.parametrize("kind", [ModelKind.INSTANCE, ModelKind.SEGMENT])
def test_the_better_outline_wins_though_the_boxes_are_the_same(kind: ModelKind) -> None:
    judge = judge_of(kind)
    better = judge.compare(TRUTH, WHOLE, THIN, n=50)
    assert better.is_better
    assert better.difference == pytest.approx(
        judge.figure(TRUTH, WHOLE) - judge.figure(TRUTH, THIN), abs=1e-6
    )
    assert judge.headline(judge.report(TRUTH, WHOLE, 0.0)) == pytest.approx(judge.figure(TRUTH, WHOLE))
    by_boxes = judge_of(ModelKind.DETECT).compare(TRUTH, WHOLE, THIN, n=50)
    assert (by_boxes.difference, by_boxes.low, by_boxes.high) == (0.0, 0.0, 0.0)
    part = slice_figure(kind, TRUTH, WHOLE, THIN, [0, 2, 3])
    assert (part.pictures, part.objects) == (3, 3)
    assert part.comparison is not None
    assert part.comparison.difference > 0.3


def test_objects_known_by_a_box_alone_neither_count_nor_cost_where_outlines_are_judged() -> None:
    boxed = Dataset(("leak",), tuple(_picture(n, Annotation("leak", LEAK)) for n in range(3)))
    assert sum(judge_of(ModelKind.INSTANCE).objects(item) for item in boxed.images) == 0
    found = diagnose(ModelKind.INSTANCE, boxed, THIN[:3], {"leak": 0.5})
    assert dict(found.confusion) == {}


def test_an_outline_off_the_object_is_a_miss_and_one_made_up() -> None:
    found = diagnose(ModelKind.INSTANCE, TRUTH, THIN, {"leak": 0.5})
    assert found.confusion == {("leak", NOTHING): 6, (NOTHING, "leak"): 6}


def test_areas_are_confused_pixel_by_pixel_and_their_largest_patch_is_shown() -> None:
    said = [_object(_pixels(10, 10, 30, 26) | _pixels(0, 36, 10, 40))] * 6
    found = diagnose(ModelKind.SEGMENT, TRUTH, said, {})
    assert found.confusion == {
        ("leak", "leak"): 6 * 20 * 16,
        ("leak", NOTHING): 6 * 20 * 4,
        (NOTHING, "leak"): 6 * 10 * 4,
    }
    missed = [case for case in found.cases if (case.actual, case.predicted) == ("leak", NOTHING)]
    assert [case.truth for case in missed] == [Box(10, 26, 30, 30)] * 6
    # Ten by four pixels are no more than the width of a border.
    assert not [case for case in found.cases if case.actual == NOTHING]
    assert (found.curves, found.calibration) == ({}, ())


def test_blobs_of_areas_are_objects_with_the_mean_score_there() -> None:
    fit = letterbox(np.zeros((SIDE, SIDE, 3), np.uint8), SIDE)[1]
    labels = (_pixels(2, 2, 14, 14) | _pixels(20, 20, 36, 36) | _pixels(0, 38, 3, 40)).astype(np.uint8)
    best = np.where(_pixels(20, 20, 36, 36), 0.9, 0.6).astype(np.float32)
    first, second = blobs_of(labels, best, ("leak",), fit)
    assert (first.box, round(first.score, 3)) == (Box(20, 20, 36, 36), 0.9)
    assert (second.box, round(second.score, 3)) == (Box(2, 2, 14, 14), 0.6)
    assert first.mask is not None
    assert np.array_equal(rle_to_mask(first.mask), _pixels(20, 20, 36, 36))


def test_a_mask_of_a_smaller_copy_lies_in_the_picture_where_it_lay() -> None:
    small = mask_to_rle(_pixels(10, 5, 30, 15))
    large = rle_to_mask(rle_enlarged(small, 100, 120))
    assert large.shape == (100, 120)
    rows, columns = np.flatnonzero(large.any(axis=1)), np.flatnonzero(large.any(axis=0))
    assert (columns[0], columns[-1] + 1, large.sum()) == (30, 90, 60 * (rows[-1] + 1 - rows[0]))
    assert rows[0] in (12, 13)
    assert rows[-1] + 1 in (37, 38)
    nothing = rle_to_mask(rle_enlarged(mask_to_rle(_pixels(0, 0, 0, 0)), 50, 50))
    assert not nothing.any()
    both = rle_union(small, mask_to_rle(_pixels(0, 0, 4, 4)))
    assert rle_to_mask(both).sum() == 200 + 16
