"""Keyframes that a track needs, against trying every choice; and errors of straight lines with answers known beforehand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from ml.evaluation.keyframes import (
    between,
    common_step,
    fewest,
    mean_overlap,
    overlap_at_distance,
    overlaps,
    worst_first,
)

SQUARE = np.array([0.0, 0.0, 10.0, 10.0])


def moved(xs: np.ndarray) -> np.ndarray:
    """A square of 10 px that is at these places."""
    return SQUARE + np.asarray(xs, dtype=float)[:, None] * np.array([1.0, 0.0, 1.0, 0.0])


def test_overlaps_are_known() -> None:
    assert overlaps(SQUARE, moved([0, 5, 10, 20])).tolist() == pytest.approx([1, 1 / 3, 0, 0])
    assert overlaps(np.zeros((1, 4)), np.zeros((1, 4))).tolist() == [0]


def test_a_straight_line_needs_its_two_ends_and_a_corner_one_more() -> None:
    straight = moved(np.arange(60) * 3)
    assert fewest(straight).keyframes[0] == 0 and len(fewest(straight).keyframes) == 2
    assert fewest(straight).mean_iou >= 0.9
    bent = moved(np.concatenate([np.arange(30), 28 - np.arange(30)]) * 3)
    assert len(fewest(bent, 0.99).keyframes) == 3
    assert fewest(moved(np.zeros(40))).keyframes == (0,)
    assert fewest(moved(np.zeros(1))).keyframes == (0,)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("holding", [False, True])
def test_fewest_is_what_trying_every_choice_finds(seed: int, holding: bool) -> None:
    rng = np.random.default_rng(seed)
    boxes = moved(np.cumsum(rng.normal(0, 2.5, 9)))

    def score(keyframes: tuple[int, ...]) -> float:
        if not holding:
            return mean_overlap(boxes, keyframes)
        held = boxes[np.array(keyframes)[np.searchsorted(keyframes, np.arange(len(boxes)), side="right") - 1]]
        return float(overlaps(held, boxes).mean())

    found = fewest(boxes, holding=holding)
    assert found.mean_iou == pytest.approx(score(found.keyframes))
    for count in range(1, len(boxes) + 1):
        best = max(score((0, *rest)) for rest in combinations(range(1, len(boxes)), count - 1))
        if best >= 0.9:
            assert len(found.keyframes) == count
            assert found.mean_iou == pytest.approx(best)
            break


def test_mending_the_worst_frame_first_reaches_the_mean_with_no_fewer() -> None:
    rng = np.random.default_rng(3)
    boxes = moved(np.cumsum(rng.normal(0, 1.5, 80)))
    by_hand = worst_first(boxes)
    assert by_hand.mean_iou == pytest.approx(mean_overlap(boxes, by_hand.keyframes))
    assert by_hand.mean_iou >= 0.9
    assert len(by_hand.keyframes) >= len(fewest(boxes).keyframes)


def test_the_error_of_a_line_grows_with_the_distance_to_its_ends() -> None:
    # A jump of half a square at one frame: halfway over it the line is off by a quarter of the square, or lies right.
    boxes = moved(np.repeat([0.0, 5.0], 20))
    mean, count = overlap_at_distance([boxes], 2)
    assert count == 36
    # Of 36 middles 4 see the jump: two before it and two after, each 2.5 px off: 7.5 shared of 12.5.
    assert mean == pytest.approx((32 + 4 * 0.6) / 36)
    value, none = overlap_at_distance([boxes[:4]], 2)
    assert np.isnan(value) and none == 0


def test_a_common_step_is_the_largest_that_reaches_the_mean() -> None:
    boxes = moved(np.sin(np.arange(120) / 6) * 30)
    step, mean = common_step([boxes, moved(np.zeros(30))])
    assert mean >= 0.9 and step > 1

    def at(k: int) -> float:
        return (mean_overlap(boxes, range(0, 120, k)) * 120 + 30) / 150

    assert at(step) == pytest.approx(mean)
    assert at(step + 1) < 0.9


def test_a_track_holds_still_after_its_last_keyframe() -> None:
    boxes = moved(np.arange(5))
    assert between(boxes, [0, 2])[:, 0].tolist() == [0, 1, 2, 2, 2]
