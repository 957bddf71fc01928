"""Upright bodies before a camera that is known exactly."""

from __future__ import annotations

import numpy as np

from ml.geometry.calibration import Calibration
from ml.geometry.camera import Camera

SIZE = (960, 540)


def calibrated(camera: Camera) -> Calibration:
    inner = np.array([[camera.focal_px, 0, 480.0], [0, camera.focal_px, 270.0], [0, 0, 1.0]])
    return Calibration.exact(
        np.linalg.inv(camera.floor_to_ideal),
        camera.lens,
        [[-4, 4], [4, 4], [5, 12], [-5, 12]],
        inner @ camera.rotation[:, 2],
    )


def body_box(camera: Camera, x: float, y: float, height: float = 1.72) -> list[float]:
    """The box of an upright cylinder with a head."""
    angle = np.linspace(0, 2 * np.pi, 24)
    rings = [
        np.column_stack([x + r * np.cos(angle), y + r * np.sin(angle), np.full(24, z)])
        for z, r in ((0.0, 0.22), (0.8 * height, 0.25), (height, 0.1))
    ]
    pixels, _ = camera.project(np.concatenate(rings))
    return [*pixels.min(axis=0), *pixels.max(axis=0)]
