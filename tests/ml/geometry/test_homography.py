"""Homographies: exact on exact points, honest about noise, refused where points say too little."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import GeometryError
from ml.geometry.homography import homography_apply, homography_fit, homography_invert

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], dtype=float)


@given(seed=st.integers(0, 10_000), count=st.integers(4, 12))
@settings(max_examples=50, deadline=None)
def test_fit_finds_the_map_that_made_the_points(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = np.array([[1, 0.1, 3], [0.05, 1.2, -2], [0.001, 0.002, 1]]) + rng.normal(0, 0.0005, (3, 3))
    corners = np.array([[0, 0], [100, 0], [100, 80], [0, 80]])
    source = np.concatenate([corners, rng.uniform(0, 90, (count - 4, 2))])
    fit = homography_fit(source, homography_apply(matrix, source))
    probe = rng.uniform(5, 75, (6, 2))
    assert np.allclose(homography_apply(fit.matrix, probe), homography_apply(matrix, probe), atol=1e-6)
    assert fit.worst < 1e-6


def test_residuals_tell_the_error_of_a_moved_point() -> None:
    source = np.concatenate([SQUARE, [[5, 5], [2, 8], [7, 3]]])
    target = source.copy()
    target[4] += [0.5, 0.0]
    fit = homography_fit(source, target)
    assert 0.1 < fit.rms < 0.5
    assert fit.residuals.argmax() == 4
    assert fit.worst == fit.residuals.max()


def test_invert_takes_back_apply() -> None:
    matrix = np.array([[1.2, 0.1, 5], [0, 0.9, -3], [0.001, 0.0, 1]])
    points = np.array([[3.0, 4.0], [50.0, 60.0]])
    back = homography_apply(homography_invert(matrix), homography_apply(matrix, points))
    assert np.allclose(back, points)


def test_apply_to_nothing_is_nothing() -> None:
    assert homography_apply(np.eye(3), []).shape == (0, 2)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        pytest.param(SQUARE[:3], SQUARE[:3], id="three points"),
        pytest.param([[0, 0], [1, 1], [2, 2], [3, 3]], SQUARE, id="all on a line"),
        pytest.param([[0, 0], [1, 1], [2, 2], [0, 5]], SQUARE, id="three of four on a line"),
        pytest.param([[1, 1]] * 4, SQUARE, id="one place"),
        pytest.param([[0, 0], [0, 0], [10, 10], [0, 10]], SQUARE, id="a doubled point"),
        pytest.param(SQUARE, [[0, 0], [1, 1], [2, 2], [3, 3]], id="target on a line"),
        pytest.param(SQUARE, SQUARE[[0, 2, 1, 3]], id="swapped corners"),
        pytest.param(SQUARE, SQUARE[:3], id="unequal counts"),
        pytest.param([[0, 0], [1, 0], [1, np.nan], [0, 1]], SQUARE, id="not a number"),
    ],
)
def test_points_that_say_too_little_are_refused(source: object, target: object) -> None:
    with pytest.raises(GeometryError):
        homography_fit(source, target)  # type: ignore[arg-type]


def test_a_singular_matrix_has_no_inverse() -> None:
    with pytest.raises(GeometryError):
        homography_invert(np.ones((3, 3)))


def test_a_point_on_the_horizon_has_no_place() -> None:
    with pytest.raises(GeometryError):
        homography_apply([[1, 0, 0], [0, 1, 0], [0, 1, 0]], [[3, 0]])
