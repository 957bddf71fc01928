"""Boxes against a slow obvious version; masks, polygons and run lengths into each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.contracts import Box, Polygon, RleMask
from ml.errors import GeometryError
from ml.geometry.boxes import (
    box_areas,
    box_clip,
    box_coverage,
    box_iou,
    boxes_from_cxcywh,
    boxes_to_cxcywh,
)
from ml.geometry.masks import (
    mask_box,
    mask_to_polygons,
    mask_to_rle,
    polygon_box,
    polygon_to_mask,
    rle_area,
    rle_to_mask,
)


def slow_iou(a: np.ndarray, b: np.ndarray) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return width * height / union


def random_boxes(seed: int, count: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    low = rng.uniform(0, 50, (count, 2))
    return np.concatenate([low, low + rng.uniform(1, 40, (count, 2))], axis=1)


def test_iou_of_nothing_is_an_empty_table() -> None:
    assert box_iou([], []).shape == (0, 0)
    assert box_iou([], [[0, 0, 1, 1]]).shape == (0, 1)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_iou_equals_the_slow_version(seed: int) -> None:
    first, second = random_boxes(seed, 5), random_boxes(seed + 1, 4)
    table = box_iou(first, second)
    expected = [[slow_iou(a, b) for b in second] for a in first]
    assert np.allclose(table, expected)


def test_touching_boxes_share_nothing() -> None:
    assert box_iou([[0, 0, 10, 10]], [[10, 0, 20, 10]])[0, 0] == 0.0


def test_a_flat_box_has_no_iou_with_itself() -> None:
    assert box_iou([[3, 3, 3, 9]], [[3, 3, 3, 9]])[0, 0] == 0.0


def test_coverage_is_the_share_of_the_first() -> None:
    assert box_coverage([[0, 0, 10, 10]], [[5, 0, 30, 10]])[0, 0] == pytest.approx(0.5)


def test_clip_keeps_boxes_in_the_picture() -> None:
    clipped = box_clip([[-5, -5, 20, 20], [50, 50, 60, 60]], 16, 12)
    assert clipped.tolist() == [[0, 0, 16, 12], [16, 12, 16, 12]]
    assert box_areas(clipped).tolist() == [192, 0]


def test_centre_form_comes_back() -> None:
    boxes = random_boxes(3, 6)
    assert np.allclose(boxes_from_cxcywh(boxes_to_cxcywh(boxes)), boxes)


def test_boxes_of_three_numbers_are_refused() -> None:
    with pytest.raises(GeometryError):
        box_areas([[1, 2, 3]])


@given(seed=st.integers(0, 10_000), height=st.integers(1, 20), width=st.integers(1, 20))
@settings(max_examples=50, deadline=None)
def test_run_lengths_come_back(seed: int, height: int, width: int) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < 0.4
    rle = mask_to_rle(mask)
    assert np.array_equal(rle_to_mask(rle), mask)
    assert rle_area(rle) == mask.sum()


def test_run_lengths_go_down_the_columns_from_background() -> None:
    mask = np.array([[True, False], [True, True]])
    assert mask_to_rle(mask).counts == (0, 2, 1, 1)


@pytest.mark.parametrize("counts", [(3,), (1, 2, 3), (-1, 5)])
def test_run_lengths_that_do_not_fill_the_picture_are_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(GeometryError):
        rle_to_mask(RleMask(height=2, width=2, counts=counts))


def test_polygons_of_a_mask_fill_it_again() -> None:
    mask = np.zeros((40, 50), dtype=bool)
    mask[5:20, 6:30] = True
    mask[10:15, 12:20] = False
    mask[25:35, 30:45] = True
    polygons = mask_to_polygons(mask)
    assert len(polygons) == 2
    assert len(polygons[0].holes) == 1
    again = np.zeros_like(mask)
    for polygon in polygons:
        again |= polygon_to_mask(polygon, 40, 50)
    assert np.array_equal(again, mask)


def test_a_polygon_of_two_points_is_refused() -> None:
    with pytest.raises(GeometryError):
        polygon_to_mask(Polygon(((0.0, 0.0), (1.0, 1.0))), 4, 4)


def test_boxes_of_masks_and_polygons() -> None:
    mask = np.zeros((10, 10), dtype=bool)
    assert mask_box(mask) is None
    mask[2:4, 5:9] = True
    assert mask_box(mask) == Box(5, 2, 9, 4)
    assert polygon_box(Polygon(((1.0, 2.0), (4.0, 2.5), (3.0, 7.0)))) == Box(1, 2, 4, 7)
