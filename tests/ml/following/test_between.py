"""The way between two of a person's boxes, from what was followed from either."""

from __future__ import annotations

import numpy as np
import pytest

from ml.contracts import Box
from ml.following.between import Joined, joined
from ml.following.boxes import Followed


def at(x: float, y: float = 0.0, side: float = 10.0) -> Box:
    return Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def followed(*xs: float, confidence: float = 0.8) -> list[Followed]:
    return [Followed(at(x), confidence) for x in xs]


def middles(way: Joined) -> list[float]:
    return [round((box.x1 + box.x2) / 2, 6) for box in way.boxes]


def test_neighbours_have_nothing_between_them() -> None:
    assert joined(at(0), [], [], at(3), 1) == Joined((), ())


def test_with_nothing_followed_it_is_a_straight_line_that_nobody_is_sure_of() -> None:
    way = joined(at(0), [], [], at(8), 4)
    assert middles(way) == [2, 4, 6]
    assert way.confidence == (0, 0, 0)


def test_two_ways_that_agree_are_that_way() -> None:
    way = joined(at(0), followed(3, 5, 6, 8), followed(6, 5, 3, 0), at(8), 4)
    assert middles(way) == [3, 5, 6]
    assert way.confidence == pytest.approx((0.8, 0.8, 0.8))


def test_each_end_counts_by_how_near_it_is_and_no_end_is_moved() -> None:
    """One went up, the other down; both came out at the other end, so that nothing is bent."""
    up = [Followed(at(x, y), 0.8) for x, y in ((2, 4), (4, 4), (6, 4), (8, 0))]
    down = [Followed(at(x, -y), 0.8) for x, y in ((6, 4), (4, 4), (2, 4), (0, 0))]
    heights = [(box.y1 + box.y2) / 2 for box in joined(at(0), up, down, at(8), 4).boxes]
    assert heights == pytest.approx([2.0, 0.0, -2.0])


def test_ways_that_do_not_meet_are_not_believed() -> None:
    off = [Followed(at(x, 30), 0.9) for x in (2, 4, 6)]
    way = joined(at(0), off, followed(6, 4, 2, 0), at(8), 4)
    assert way.confidence == (0, 0, 0)


def test_what_it_came_out_wrong_by_grew_on_the_way() -> None:
    way = joined(at(0), followed(1, 2, 3, 4), [], at(8), 4)
    assert middles(way) == [2, 4, 6]
    assert way.confidence == pytest.approx((0.8, 0.8, 0.8))


def test_given_up_from_both_ends_the_gap_is_a_line_between_what_was_found() -> None:
    way = joined(at(0), followed(3), followed(10), at(12), 6)
    assert middles(way) == pytest.approx([3, 4.75, 6.5, 8.25, 10])
    assert way.confidence == pytest.approx((0.8, 0, 0, 0, 0.8))


def test_the_size_goes_in_a_straight_line_whatever_following_says() -> None:
    large = [Followed(at(x, side=99), 0.8) for x in (2, 4, 6, 8)]
    way = joined(at(0, side=10), large, large[::-1], at(8, side=30), 4)
    assert [box.width for box in way.boxes] == pytest.approx([15, 20, 25])
    assert np.allclose([box.height for box in way.boxes], [15, 20, 25])
