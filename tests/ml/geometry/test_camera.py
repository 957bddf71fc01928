"""Lens and camera: what goes out comes back, and what cannot be answered is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import GeometryError
from ml.geometry.camera import Camera
from ml.geometry.homography import homography_apply
from ml.geometry.lens import Lens

k1s = st.floats(-0.35, 0.1)


def camera(k1: float = -0.2, pitch: float = 0.5, yaw: float = 0.3, roll: float = 0.05) -> Camera:
    return Camera(
        width=960,
        height=540,
        focal_px=900.0,
        position_m=(1.0, -2.0, 5.0),
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        k1=k1,
    )


def test_no_points_give_no_points() -> None:
    lens = Lens(k1=-0.3, centre_px=(0, 0), unit_px=100)
    assert lens.distort([]).shape == (0, 2)
    assert lens.undistort([]).shape == (0, 2)
    assert camera().floor_to_image([]).shape == (0, 2)


@given(k1=k1s, angle=st.floats(0, 6.28), share=st.floats(0, 0.97))
@settings(max_examples=60, deadline=None)
def test_undistort_takes_back_distort(k1: float, angle: float, share: float) -> None:
    lens = Lens(k1=k1, centre_px=(480, 270), unit_px=700)
    radius = share * min(lens.max_ideal_px, 900)
    ideal = np.array([[480 + radius * np.cos(angle), 270 + radius * np.sin(angle)]])
    assert np.allclose(lens.undistort(lens.distort(ideal)), ideal, atol=1e-6)


def test_distort_matches_the_published_formula() -> None:
    lens = Lens(k1=-0.25, centre_px=(100, 100), unit_px=200)
    point = lens.distort([[200, 100]])[0]
    assert point == pytest.approx([100 + 100 * (1 - 0.25 * 0.25), 100])


def test_barrel_pulls_the_edges_in() -> None:
    lens = Lens(k1=-0.3, centre_px=(0, 0), unit_px=500)
    assert lens.distort([[300, 0]])[0, 0] < 300


def test_undistort_refuses_a_pixel_no_lens_can_see() -> None:
    lens = Lens(k1=-0.35, centre_px=(0, 0), unit_px=100)
    with pytest.raises(GeometryError):
        lens.undistort([[lens.max_distorted_px * 1.01, 0]])


@given(
    k1=st.floats(-0.35, 0.0),
    pitch=st.floats(0.35, 1.3),
    yaw=st.floats(-3, 3),
    roll=st.floats(-0.3, 0.3),
    x=st.floats(0, 960),
    y=st.floats(0, 540),
)
@settings(max_examples=60, deadline=None)
def test_floor_point_comes_back_from_its_pixel(
    k1: float, pitch: float, yaw: float, roll: float, x: float, y: float
) -> None:
    cam = camera(k1, pitch, yaw, roll)
    pixel = np.array([[x, y]])
    if not cam.sees_floor(pixel).all():
        return
    floor = cam.image_to_floor(pixel)
    if np.linalg.norm(floor) > 500:
        return
    assert np.allclose(cam.floor_to_image(floor), pixel, atol=1e-4)


def test_project_agrees_with_the_homography_on_the_floor() -> None:
    cam = camera(k1=0.0)
    floor = np.array([[0.0, 6.0], [2.0, 9.0], [-3.0, 12.0]])
    assert np.allclose(cam.floor_to_image(floor), homography_apply(cam.floor_to_ideal, floor))


def test_rotation_is_a_rotation() -> None:
    rotation = camera().rotation
    assert np.allclose(rotation @ rotation.T, np.eye(3))
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_what_is_nearer_has_less_depth() -> None:
    _, depth = camera(yaw=0.0).project([[1.0, 4.0, 0.0], [1.0, 8.0, 0.0]])
    assert 0 < depth[0] < depth[1]


def test_sky_has_no_floor_point() -> None:
    with pytest.raises(GeometryError):
        camera(pitch=0.05).image_to_floor([[480, 2]])


def test_floor_behind_the_camera_has_no_pixel() -> None:
    with pytest.raises(GeometryError):
        camera(yaw=0.0).floor_to_image([[0.0, -50.0]])
