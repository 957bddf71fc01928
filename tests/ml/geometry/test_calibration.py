"""Calibration: the true floor comes back, its error is said honestly, and what cannot be known is not made up."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from ml.errors import GeometryError
from ml.geometry.calibrate import KnownDistance, _doubted, calibrate_distances, calibrate_points, grid_points
from ml.geometry.calibration import Calibration, FloorPoints, distances, length_bands
from ml.geometry.camera import Camera
from ml.geometry.lens import Lens

SIZE = (960, 540)
PLACES = np.array(
    [[-3.0, 4.5], [3.0, 4.5], [-4.0, 8.0], [0.0, 7.0], [4.5, 9.0], [-5.0, 13.0], [1.0, 12.0], [6.0, 14.0]]
)


def camera(k1: float = -0.25) -> Camera:
    return Camera(*SIZE, 720.0, (0.3, -1.0, 4.2), yaw=0.1, pitch=0.42, roll=0.02, k1=k1)


@cache
def clicked(k1: float = -0.25, noise_px: float = 1.0, seed: int = 0) -> Calibration:
    """Calibrations are dear: those with the same words are made once."""
    rng = np.random.default_rng(seed)
    pixels = camera(k1).floor_to_image(PLACES) + rng.normal(0.0, noise_px, PLACES.shape)
    return calibrate_points(pixels, PLACES, SIZE)


def test_exact_clicks_give_the_true_floor_and_lens() -> None:
    found = clicked(noise_px=0.0)
    probe = np.array([[-2.0, 6.0], [3.0, 10.0], [0.0, 5.0]])
    assert np.abs(found.to_floor(camera().floor_to_image(probe)) - probe).max() < 0.03
    assert found.lens.k1 == pytest.approx(-0.25, abs=0.03)
    assert found.reprojection_cm < 1.0
    high = found.to_image(probe, 1.7)
    true, _ = camera().project(np.column_stack([probe, np.full(3, 1.7)]))
    assert np.abs(high - true).max() < 2.0


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_smaller_or_larger_stream_of_the_same_camera_shows_the_same_floor(factor: float) -> None:
    found, probe = clicked(), camera().floor_to_image([[-2.0, 6.0], [3.0, 10.0]])
    other = found.resized(factor)
    before, after = found.locate(probe, 1.0), other.locate(probe * factor, factor)
    assert after.xy_m == pytest.approx(before.xy_m)
    assert after.covariance_m2 == pytest.approx(before.covariance_m2, rel=1e-3)
    assert other.to_image(before.xy_m, 1.7) == pytest.approx(found.to_image(before.xy_m, 1.7) * factor)
    assert other.inside(before.xy_m).tolist() == found.inside(before.xy_m).tolist()


def test_four_points_are_enough_and_their_error_is_larger() -> None:
    rows = [0, 1, 5, 7]
    few = calibrate_points(camera().floor_to_image(PLACES[rows]), PLACES[rows], SIZE)
    at = camera().floor_to_image([[0.0, 9.0]])
    assert 0.0 < clicked(noise_px=0.0).locate(at, 1.0).sigma_m[0] < few.locate(at, 1.0).sigma_m[0] < 1.0
    assert few.k1_sigma > clicked(noise_px=0.0).k1_sigma


def test_a_floor_plan_with_y_down_is_the_same_floor() -> None:
    plan = PLACES * [1.0, -1.0] + [5.0, 20.0]
    found = calibrate_points(camera().floor_to_image(PLACES), plan, SIZE)
    probe = camera().floor_to_image([[1.0, 8.0]])
    assert found.to_floor(probe)[0] == pytest.approx([6.0, 12.0], abs=0.05)
    assert found.vertical is not None
    assert found.to_image([[6.0, 12.0]], 1.7)[0, 1] < probe[0, 1] - 50


def test_pixels_that_are_not_square_leave_the_plane_without_height() -> None:
    floor = grid_points(4, 5, 2.0)
    stretched = floor * [100.0, 45.0] + [60.0, 100.0]
    found = calibrate_points(stretched, floor, SIZE, k1=0.0)
    assert found.vertical is None
    assert found.to_floor([[260.0, 190.0]])[0] == pytest.approx([2.0, 2.0], abs=0.02)
    with pytest.raises(GeometryError):
        found.to_image([[1.0, 1.0]], 1.7)


def test_straight_lines_tell_the_lens() -> None:
    rows = [0, 1, 5, 7]
    pixels = camera().floor_to_image(PLACES[rows])
    lines = [camera().floor_to_image(np.column_stack([np.linspace(-4, 4, 7), np.full(7, y)])) for y in (5, 9)]
    found = calibrate_points(pixels, PLACES[rows], SIZE, lines_px=lines)
    assert found.k1_sigma < calibrate_points(pixels, PLACES[rows], SIZE).k1_sigma / 2
    assert abs(found.lens.k1 + 0.25) < 3 * found.k1_sigma


def test_known_distances_give_distances() -> None:
    ends = [(0, 1), (0, 5), (1, 7), (2, 4), (5, 7), (3, 6)]
    pixels = camera().floor_to_image(PLACES)
    known = [
        KnownDistance(tuple(pixels[a]), tuple(pixels[b]), float(np.hypot(*(PLACES[a] - PLACES[b]))))
        for a, b in ends
    ]
    found = calibrate_distances(known, SIZE)
    at = found.locate(camera().floor_to_image([[-2.0, 6.0], [2.0, 9.0]]), 1.0)
    one = distances(at, [0], [1])
    assert one.low_m[0] <= 5.0 <= one.high_m[0]
    assert one.metres[0] == pytest.approx(5.0, abs=0.3)
    with pytest.raises(GeometryError, match="at least 4"):
        calibrate_distances(known[:3], SIZE)


@pytest.mark.parametrize(
    ("pixels", "floor"),
    [
        pytest.param(PLACES[:3], PLACES[:3], id="three points"),
        pytest.param([[0, 0], [1, 1], [2, 2], [3, 3]], PLACES[:4], id="on one line"),
        pytest.param(PLACES[:5], PLACES[:4], id="unequal counts"),
    ],
)
def test_points_that_say_too_little_are_refused(pixels: object, floor: object) -> None:
    with pytest.raises(GeometryError):
        calibrate_points(pixels, floor, SIZE)  # type: ignore[arg-type]


def test_sky_and_what_the_lens_cannot_see_have_no_metres() -> None:
    level = Camera(*SIZE, 720.0, (0.0, 0.0, 2.0), yaw=0.0, pitch=0.1)
    found = Calibration.exact(level.ideal_to_floor, level.lens, [[-1, 5], [1, 5], [0, 9]])
    metres = found.to_floor([[480.0, 10.0], [480.0, 500.0]])
    assert np.isnan(metres[0]).all() and np.isfinite(metres[1]).all()
    assert found.locate([[480.0, 10.0]], 1.0).sigma_m[0] == np.inf
    bent = Calibration.exact(level.ideal_to_floor, Lens(-0.3, (480, 270), 200.0), [[-1, 5], [1, 5], [0, 9]])
    assert np.isnan(bent.to_floor([[5.0, 530.0]])).all()


def test_error_grows_beyond_the_hull_and_the_hull_is_known() -> None:
    found = clicked()
    points = found.locate(camera().floor_to_image([[0.0, 8.0], [2.0, 22.0]]), 1.0)
    assert points.inside.tolist() == [True, False]
    assert points.sigma_m[1] > 3 * points.sigma_m[0]


def test_error_shared_by_two_places_is_not_counted_twice() -> None:
    found = clicked()
    pair = found.locate(camera().floor_to_image([[2.0, 12.0], [2.5, 12.0]]), 0.0)
    assert distances(pair, [0], [1]).sigma_m[0] < 0.3 * pair.sigma_m.min()


def test_bands_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    hits = []
    for seed in range(6):
        k1 = -0.07 * seed
        found = clicked(k1, 1.5, seed)
        true = rng.uniform((-4.0, 4.5), (5.0, 14.0), (40, 2))
        feet = camera(k1).floor_to_image(true) + rng.normal(0.0, 2.0, true.shape)
        first, second = np.triu_indices(40, 1)
        bands = distances(found.locate(feet, 2.0), first, second)
        apart = np.hypot(*(true[first] - true[second]).T)
        hits.append(((bands.low_m <= apart) & (apart <= bands.high_m)).mean())
    assert 0.9 <= float(np.mean(hits)) <= 0.995


def test_what_another_map_of_the_same_clicks_says_is_doubted_by_how_likely_it_is() -> None:
    """A rival whose x is a tenth longer: distances along x are unsure by that tenth, those along y are as before."""
    found = clicked()
    pixels = camera().floor_to_image(PLACES)
    stretched = np.diag([1.1, 1.0, 1.0]) @ found.matrix
    rival = replace(found, matrix=stretched, factor=np.zeros((13, 0)))
    along_x = found.locate(camera().floor_to_image([[-2.0, 9.0], [2.0, 9.0]]), 0.0)
    along_y = camera().floor_to_image([[0.0, 7.0], [0.0, 11.0]])
    before = distances(along_x, [0], [1]).sigma_m[0]
    for share, added_m in ((1.0, 0.4), (0.25, 0.2)):
        doubted = _doubted(found, rival, share, pixels, SIZE)
        across = distances(doubted.locate(camera().floor_to_image([[-2.0, 9.0], [2.0, 9.0]]), 0.0), [0], [1])
        assert across.sigma_m[0] == pytest.approx(np.hypot(before, added_m), rel=0.1)
        deep = distances(doubted.locate(along_y, 0.0), [0], [1]).sigma_m[0]
        assert deep == pytest.approx(distances(found.locate(along_y, 0.0), [0], [1]).sigma_m[0], rel=0.1)
    # A rival that is as unsure of itself as it lies away says nothing.
    unsure = replace(rival, factor=30.0 * found.factor)
    kept = _doubted(found, unsure, 1.0, pixels, SIZE).locate(
        camera().floor_to_image([[-2.0, 9.0], [2.0, 9.0]]), 0.0
    )
    assert distances(kept, [0], [1]).sigma_m[0] == pytest.approx(before, rel=1e-6)


def test_length_of_a_noisy_vector_is_not_overstated() -> None:
    rng = np.random.default_rng(0)
    noise = np.broadcast_to(0.3**2 * np.eye(2), (20_000, 2, 2))
    vectors = np.array([1.0, 0.0]) + rng.normal(0.0, 0.3, (20_000, 2))
    bands = length_bands(vectors, noise)
    assert bands.metres.mean() == pytest.approx(1.0, abs=0.01)
    assert ((bands.low_m <= 1.0) & (bands.high_m >= 1.0)).mean() == pytest.approx(0.95, abs=0.02)


def test_unsure_distances_are_not_judged_and_no_points_give_none() -> None:
    wide = FloorPoints(
        np.array([[0.0, 0], [3, 0]]),
        np.zeros((2, 2, 0)),
        np.eye(2)[None] * [[[1.0]], [[1.0]]],
        np.ones(2, bool),
    )
    assert not distances(wide, [0], [1]).judged[0]
    nobody = clicked().locate([], 1.0)
    assert nobody.xy_m.shape == (0, 2)
    assert len(distances(nobody, [], []).metres) == 0


def test_a_calibration_survives_storing() -> None:
    found = clicked()
    again = Calibration.from_json(found.to_json())
    at = camera().floor_to_image([[0.0, 8.0], [2.0, 20.0]])
    assert np.array_equal(again.locate(at, 1.0).covariance_m2, found.locate(at, 1.0).covariance_m2)
    assert again.reprojection_cm == found.reprojection_cm
    with pytest.raises(GeometryError):
        Calibration.from_json({"matrix": [1, 2]})
