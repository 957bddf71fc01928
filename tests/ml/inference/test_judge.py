"""A judge of given boxes: what it is shown, and what its word means in pixels of the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.contracts import Box
from ml.errors import ManifestError
from ml.inference.crops import SIDE_PX, crop
from ml.inference.judge import JUDGE_FILE, Judge
from tests.support.judges import colour_judge

RED, BLUE, GREY = (200, 60, 60), (60, 60, 200), (114, 114, 114)


def yard(width: int = 200, height: int = 120) -> NDArray[np.uint8]:
    """Grey, with something red at (40, 30, 80, 90) and something blue at (120, 30, 160, 60)."""
    picture = np.full((height, width, 3), GREY, np.uint8)
    picture[30:90, 40:80] = RED
    picture[30:60, 120:160] = BLUE
    return picture


@pytest.mark.parametrize("zoom", [1, 5])
@pytest.mark.parametrize("flip", [False, True])
def test_the_box_is_the_inner_half_of_what_is_shown_whatever_its_size(zoom: int, flip: bool) -> None:
    large = yard().repeat(zoom, 0).repeat(zoom, 1)
    shown = crop(large, np.array([40.0, 30.0, 80.0, 90.0]) * zoom, flip).astype(int)
    quarter = SIDE_PX // 4
    inside = shown[quarter + 2 : -quarter - 2, quarter + 2 : -quarter - 2]
    assert np.abs(inside - RED).max() <= 1
    around = np.concatenate([shown[: quarter - 2].reshape(-1, 3), shown[:, : quarter - 2].reshape(-1, 3)])
    assert np.abs(around - GREY).max() <= 1


def test_a_mirrored_look_is_the_look_mirrored_and_outside_the_picture_is_grey() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 200, 3), dtype=np.uint8)
    for box in ((3.2, 10.1, 61.7, 90.4), (100.0, 20.0, 199.0, 119.0), (5.0, 5.0, 9.0, 9.0)):
        plain, mirrored = (crop(noise, np.array(box), flip).astype(int) for flip in (False, True))
        assert np.abs(plain[:, ::-1] - mirrored).max() <= 1
    corner = crop(noise, np.array([0.0, 0.0, 40.0, 40.0]))
    assert (corner[: SIDE_PX // 4 - 1] == 114).all()
    assert (crop(noise, np.array([500.0, 500.0, 520.0, 520.0])) == 114).all()


def test_its_word_is_in_pixels_of_the_picture(tmp_path: Path) -> None:
    judge = Judge.load(colour_judge(tmp_path, ("crate", "barrel"), (0.5, 0.0, 0.0, 0.25)))
    red, blue, empty, outside, line = judge.judge(
        yard(),
        [
            Box(40, 30, 80, 90),
            Box(120, 30, 160, 60),
            Box(5, 95, 35, 118),
            Box(300, 10, 340, 40),
            Box(10, 10, 10.5, 60),
        ],
    )
    assert outside is None
    assert line is None
    assert red is not None
    assert blue is not None
    assert empty is not None
    assert max(red.shares, key=lambda k: red.shares[k]) == "crate"
    assert blue.shares["barrel"] > 0.9
    assert sum(empty.shares.values()) < 0.5
    # Offsets are shares of the given box's sides, cut off at the picture's edge. Mirrored looks say the opposite of left
    # and right, and both are weighed alike.
    assert red.boxes["crate"].xyxy == pytest.approx((50.0, 30.0, 70.0, 105.0))
    assert blue.boxes["barrel"].xyxy == pytest.approx((130.0, 30.0, 150.0, 67.5))
    assert red.errors["crate"] == pytest.approx(0.1)
    assert judge.judge(yard(), []) == []


def test_a_judge_that_is_not_finished_or_was_changed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="no finished judge"):
        Judge.load(tmp_path)
    folder = colour_judge(tmp_path, ("crate", "barrel"))
    (folder / JUDGE_FILE).write_bytes(b"x")
    with pytest.raises(ManifestError, match="not the file"):
        Judge.load(folder)
