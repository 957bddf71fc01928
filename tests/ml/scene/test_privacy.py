"""What is burned over is gone, at the pixel; heads keep no detail."""

from __future__ import annotations

import numpy as np
import pytest

from ml.contracts import Box
from ml.geometry.polygon import signed_distance
from ml.scene.privacy import CELLS, MARGIN_PX, burn, head_box, mosaic

SQUARE = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


def noise(height: int = 80, width: int = 120) -> np.ndarray:
    return np.random.default_rng(3).integers(1, 256, (height, width, 3), np.uint8)


def test_nothing_is_burned_without_an_outline() -> None:
    image = noise()
    burn(image, [])
    assert (image == noise()).all()


def test_a_square_is_black_inside_and_a_little_over_its_edge_and_untouched_beyond() -> None:
    image = noise()
    burn(image, [SQUARE])
    black = (image == 0).all(axis=2)
    assert black[20:60, 30:90].all()
    grown = 2 * MARGIN_PX + 1
    assert not black[: 20 - grown].any()
    assert not black[:, 90 + grown :].any()
    assert black[20 - MARGIN_PX, 60]


def test_outlines_that_overlap_hide_what_either_holds() -> None:
    image = noise()
    burn(image, [SQUARE, ((0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0))])
    assert (image[22:58, 32:88] == 0).all()
    assert (image[42:, 62:] == 0).all()


def test_the_whole_picture_can_be_hidden() -> None:
    image = noise()
    burn(image, [((0, 0), (1, 0), (1, 1), (0, 1))])
    assert not image.any()


@pytest.mark.parametrize("cut", [0, 1, 17, 40, 79])
def test_a_picture_burned_in_strips_hides_all_that_is_inside_and_little_else(cut: int) -> None:
    triangle = ((0.1, 0.05), (0.95, 0.4), (0.3, 0.93))
    image = noise()
    for top, part in ((0, image[:cut]), (cut, image[cut:])):
        burn(part, [triangle], top=top, height=80)
    middles = np.stack(np.meshgrid(np.arange(120) + 0.5, np.arange(80) + 0.5), axis=2).reshape(-1, 2)
    inward = signed_distance(middles, np.array(triangle) * (120, 80)).reshape(80, 120)
    black = (image == 0).all(axis=2)
    assert black[inward > -1].all()
    assert not black[inward < -(2 * MARGIN_PX + 1)].any()


def test_a_head_becomes_a_few_cells_and_the_rest_stays() -> None:
    image = noise()
    head = head_box(Box(20.0, 10.0, 60.0, 70.0))
    mosaic(image, [head])
    inside = image[10 : int(np.ceil(head.y2)), 20:60]
    assert len(np.unique(inside.reshape(-1, 3), axis=0)) <= CELLS**2
    assert (image[30:] == noise()[30:]).all()


def test_boxes_outside_or_of_a_pixel_do_no_harm() -> None:
    image = noise()
    mosaic(image, [Box(-50, -50, -10, -10), Box(119, 79, 200, 200), Box(5, 5, 5, 5), Box(7, 7, 8, 8)])
    assert (image == noise()).all()
