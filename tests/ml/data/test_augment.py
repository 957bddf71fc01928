"""Augmented boxes must lie on the augmented pixels."""

import numpy as np
import pytest

from ml.data.augment import Augmented, mosaic, single
from ml.data.cache import Sample

SIZE = 128


def sample(width: int, height: int, box: tuple[int, int, int, int]) -> Sample:
    """A white rectangle on black; white and black survive any tint well enough to be told apart."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    x1, y1, x2, y2 = box
    pixels[y1:y2, x1:x2] = 255
    return Sample(pixels, np.array([box], dtype=np.float32), np.array([1]), np.array([False]))


def bright_extent(view: Augmented, box: np.ndarray) -> tuple[float, float, float, float]:
    """Extent of the bright pixels in a window a little wider than `box`."""
    x1, y1, x2, y2 = (int(v) for v in (max(box[0] - 5, 0), max(box[1] - 5, 0), box[2] + 6, box[3] + 6))
    bright = view.pixels[y1:y2, x1:x2].max(axis=2) > 128
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    return x1 + columns[0], y1 + rows[0], x1 + columns[-1] + 1, y1 + rows[-1] + 1


@pytest.mark.parametrize("seed", range(12))
def test_single_keeps_boxes_on_their_pixels(seed: int) -> None:
    view = single(np.random.default_rng(seed), sample(160, 100, (60, 30, 110, 70)), SIZE)
    assert view.pixels.shape == (SIZE, SIZE, 3)
    for box in view.boxes:
        assert bright_extent(view, box) == pytest.approx(tuple(box), abs=1.6)


@pytest.mark.parametrize("seed", range(12))
def test_mosaic_keeps_boxes_on_their_pixels_and_inside(seed: int) -> None:
    tiles = [sample(160, 100, (60, 30, 110, 70)), sample(90, 120, (20, 50, 60, 90))] * 2
    view = mosaic(np.random.default_rng(seed), tiles, SIZE)
    assert len(view.boxes) == len(view.labels) == len(view.ignored)
    assert (view.boxes >= 0).all()
    assert (view.boxes <= SIZE).all()
    for box in view.boxes:
        assert bright_extent(view, box) == pytest.approx(tuple(box), abs=1.6)


def test_picture_without_objects_stays_without() -> None:
    empty = Sample(
        np.zeros((40, 60, 3), np.uint8),
        np.zeros((0, 4), np.float32),
        np.zeros(0, np.int64),
        np.zeros(0, bool),
    )
    view = mosaic(np.random.default_rng(0), [empty] * 4, SIZE)
    assert view.boxes.shape == (0, 4)


def test_same_generator_gives_the_same_view() -> None:
    tiles = [sample(160, 100, (60, 30, 110, 70))] * 4
    a, b = (mosaic(np.random.default_rng([3, 1]), tiles, SIZE) for _ in range(2))
    assert np.array_equal(a.pixels, b.pixels)
    assert np.array_equal(a.boxes, b.boxes)
