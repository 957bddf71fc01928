"""Chooses a camera: where it hangs, how it looks, how much its lens bends."""

from __future__ import annotations

import numpy as np

from ml.geometry.camera import Camera
from ml.geometry.lens import Lens
from ml.simulation.truth import K1_MAX, K1_MIN, SceneConfig, View

# The picture's corner stays this far inside the radius where a barrel lens folds.
_FOLD_SHARE = 0.95
_STRAIGHT_SHARE = 0.25


def draw_view(rng: np.random.Generator, config: SceneConfig) -> View:
    """The camera's kind: as asked, or mostly on a wall, often high."""
    kinds = (View.WALL, View.HIGH, View.EYE)
    return config.view or kinds[int(rng.choice(3, p=[0.45, 0.33, 0.22]))]


def draw_camera(rng: np.random.Generator, config: SceneConfig, view: View) -> Camera:
    """A camera of this kind, near the hall's front, looking towards its back."""
    straight = rng.random() < _STRAIGHT_SHARE
    drawn = K1_MAX if straight else float(rng.uniform(K1_MIN, K1_MAX))
    k1 = drawn if config.k1 is None else config.k1
    if view is View.HIGH:
        height, pitch = float(rng.uniform(5.5, 14.0)), float(rng.uniform(0.62, 1.15))
        field, side, back = float(rng.uniform(45, 78)), 5.0, float(rng.uniform(0.0, 6.0))
    elif view is View.WALL:
        height, pitch = float(rng.uniform(2.7, 5.2)), float(rng.uniform(0.22, 0.55))
        field, side, back = float(rng.uniform(55, 85)), 4.0, float(rng.uniform(-2.0, 1.0))
    else:
        height, pitch = float(rng.uniform(1.3, 2.1)), float(rng.uniform(-0.03, 0.16))
        field, side, back = float(rng.uniform(50, 75)), 3.0, float(rng.uniform(-1.0, 3.0))
    focal = config.width / 2 / np.tan(np.radians(field) / 2)
    return Camera(
        width=config.width,
        height=config.height,
        focal_px=float(max(focal, _shortest_focal(config, k1))),
        position_m=(float(rng.uniform(-side, side)), back, height),
        yaw=float(rng.normal(0, 0.22)),
        pitch=pitch,
        roll=float(rng.normal(0, 0.02)),
        k1=k1,
    )


def _shortest_focal(config: SceneConfig, k1: float) -> float:
    """The focal length under which a lens of this k1 could not fill the corners."""
    if k1 >= 0:
        return 1.0
    reach = Lens(k1=k1, centre_px=(0.0, 0.0), unit_px=1.0).max_distorted_px
    return float(np.hypot(config.width, config.height) / 2 / (reach * _FOLD_SHARE))
