"""Pixels inside an outline, against a slow look at every pixel's middle."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.contracts import Polygon
from ml.geometry.masks import rle_to_mask
from ml.geometry.raster import polygon_to_rle

HEIGHT, WIDTH = 9, 12
# Off the middles of pixels: on the very border either answer is right.
place = st.integers(-8, 110).map(lambda eighth: eighth / 8 + 0.0317)
ring = st.lists(st.tuples(place, place), min_size=3, max_size=7)


def _inside(rings: list[list[tuple[float, float]]], x: float, y: float) -> bool:
    crossed = 0
    for points in rings:
        for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                crossed += 1
    return crossed % 2 == 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(ring, st.lists(ring, max_size=1))
def test_a_pixel_is_inside_where_its_middle_is(
    outer: list[tuple[float, float]], holes: list[list[tuple[float, float]]]
) -> None:
    rle = polygon_to_rle(Polygon(tuple(outer), tuple(tuple(hole) for hole in holes)), HEIGHT, WIDTH)
    wanted = [[_inside([outer, *holes], x + 0.5, y + 0.5) for x in range(WIDTH)] for y in range(HEIGHT)]
    assert (rle_to_mask(rle) == np.array(wanted)).all()
