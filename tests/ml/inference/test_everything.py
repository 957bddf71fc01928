"""Everything in a picture: the grid, and of answers that are the same thing the best."""

from __future__ import annotations

import numpy as np
import pytest

from ml.contracts import Box
from ml.errors import GeometryError
from ml.inference.classical_segmenter import ClassicalSegmenter
from ml.inference.everything import BORDER_SHARE, Thing, border_share, distinct, everything, grid_points


def _disc(x: int, y: int, radius: int) -> np.ndarray:
    rows, columns = np.mgrid[:120, :160]
    return np.asarray((columns - x) ** 2 + (rows - y) ** 2 <= radius**2)


def test_the_grid_s_fields_are_square_and_inside() -> None:
    points = grid_points(Box(10, 20, 90, 60), 8)
    assert len(points) == 8 * 4
    assert points[0] == (15.0, 25.0)
    assert points[-1] == (85.0, 55.0)
    assert grid_points(Box(0, 0, 100, 1), 5) == [(10.0 + 20 * k, 0.5) for k in range(5)]


def test_of_the_same_thing_the_best_is_kept() -> None:
    best, worse, part, other = _disc(50, 50, 20), _disc(52, 50, 21), _disc(50, 50, 9), _disc(120, 80, 15)
    things = [Thing(part, 0.5), Thing(worse, 0.6), Thing(best, 0.8), Thing(other, 0.4)]
    assert [thing.score for thing in distinct(things)] == [0.8, 0.4]
    assert distinct([]) == []


@pytest.mark.parametrize(
    ("mask", "is_cut"),
    [
        (_disc(80, 60, 20), False),  # whole
        (_disc(80, 3, 20), True),  # half of it beyond the picture
        (_disc(80, 19, 20), False),  # a little of it is
        (np.mgrid[:120, :160][0] > 70, True),  # ground
        (np.zeros((120, 160), dtype=bool), False),
    ],
)
def test_ground_and_what_the_border_cuts_are_told_from_things(mask: np.ndarray, is_cut: bool) -> None:
    assert (border_share(mask) > BORDER_SHARE) == is_cut


def test_it_stops_when_whoever_watches_says_so_and_tells_how_far_it_is() -> None:
    segmenter = ClassicalSegmenter()
    features = segmenter.encode(np.where(_disc(50, 50, 20)[..., None], 220, 30).repeat(3, 2).astype(np.uint8))
    shares: list[float] = []

    def watch(share: float) -> None:
        shares.append(share)
        if len(shares) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        everything(segmenter, features, grid=4, watch=watch)
    assert shares == pytest.approx([0, 1 / 12, 2 / 12])
    with pytest.raises(GeometryError):
        everything(segmenter, features, Box(500, 0, 600, 10))
