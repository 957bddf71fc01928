"""A pinhole camera above a floor, with one-term lens distortion: world metres <-> image pixels.

World: x and y span the floor, z is up, metres. Camera: x right, y down, z forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from ml.errors import GeometryError
from ml.geometry.arrays import Bools, Floats, points_2d
from ml.geometry.homography import homography_apply, homography_invert
from ml.geometry.lens import Lens

# Points nearer than this to the camera's plane have no usable picture.
NEAR_M = 0.05


@lru_cache(maxsize=256)
def _rotation(yaw: float, pitch: float, roll: float) -> Floats:
    # Kept: a renderer asks for it thousands of times a second. Read-only, since it is shared.
    sin_yaw, cos_yaw = np.sin(yaw), np.cos(yaw)
    sin_pitch, cos_pitch = np.sin(pitch), np.cos(pitch)
    forward = np.array([sin_yaw * cos_pitch, cos_yaw * cos_pitch, -sin_pitch])
    right = np.array([cos_yaw, -sin_yaw, 0.0])
    down = np.cross(forward, right)
    cos_roll, sin_roll = np.cos(roll), np.sin(roll)
    matrix = np.stack([cos_roll * right + sin_roll * down, cos_roll * down - sin_roll * right, forward])
    matrix.setflags(write=False)
    return matrix


@dataclass(frozen=True, slots=True)
class Camera:
    """`yaw` turns clockwise from +y seen from above, `pitch` is down from the horizontal, radians.

    The lens's unit is the focal length, so that `k1` is OpenCV's.
    """

    width: int
    height: int
    focal_px: float
    position_m: tuple[float, float, float]
    yaw: float
    pitch: float
    roll: float = 0.0
    k1: float = 0.0

    @property
    def lens(self) -> Lens:
        return Lens(k1=self.k1, centre_px=(self.width / 2, self.height / 2), unit_px=self.focal_px)

    @property
    def rotation(self) -> Floats:
        """(3, 3): rows are the camera's right, down and forward axes in the world."""
        return _rotation(self.yaw, self.pitch, self.roll)

    @property
    def floor_to_ideal(self) -> Floats:
        """(3, 3) homography from floor metres to ideal (undistorted) pixels."""
        rotation = self.rotation
        matrix = np.column_stack([rotation[:, 0], rotation[:, 1], -rotation @ np.array(self.position_m)])
        intrinsic = np.array(
            [[self.focal_px, 0.0, self.width / 2], [0.0, self.focal_px, self.height / 2], [0.0, 0.0, 1.0]]
        )
        return np.asarray(intrinsic @ matrix)

    @property
    def ideal_to_floor(self) -> Floats:
        """(3, 3) homography from ideal pixels to floor metres."""
        return homography_invert(self.floor_to_ideal)

    def view(self, world_m: ArrayLike) -> Floats:
        """World (N, 3) metres to camera axes (N, 3) metres; the third column is the depth."""
        return np.asarray((np.asarray(world_m, dtype=np.float64) - self.position_m) @ self.rotation.T)

    def project(self, world_m: ArrayLike) -> tuple[Floats, Floats]:
        """World (N, 3) to image pixels (N, 2) and depth in metres (N,); depth <= 0 is behind the camera.

        Points behind are held at `NEAR_M`: look at the depth before using their pixels.
        """
        seen = self.view(world_m)
        depth = seen[:, 2]
        ideal = self.focal_px * seen[:, :2] / np.maximum(depth, NEAR_M)[:, None]
        ideal += (self.width / 2, self.height / 2)
        return self.lens.distort(ideal), depth

    def floor_to_image(self, floor_m: ArrayLike) -> Floats:
        """Floor (N, 2) metres to image pixels (N, 2). Raises GeometryError behind the camera."""
        floor = points_2d(floor_m)
        pixels, depth = self.project(np.column_stack([floor, np.zeros(len(floor))]))
        if (depth < NEAR_M).any():
            raise GeometryError("A floor point lies behind the camera.")
        return pixels

    def image_to_floor(self, image_px: ArrayLike) -> Floats:
        """Image pixels (N, 2) to floor metres (N, 2). Raises GeometryError at or above the horizon."""
        pixels = points_2d(image_px)
        if not self.sees_floor(pixels).all():
            raise GeometryError("A pixel at or above the horizon shows no floor.")
        return homography_apply(self.ideal_to_floor, self.lens.undistort(pixels))

    def rays(self, image_px: ArrayLike) -> Floats:
        """World directions (N, 3) of pixels, scaled so that one unit is one metre of depth."""
        ideal = self.lens.undistort(image_px)
        local = (ideal - (self.width / 2, self.height / 2)) / self.focal_px
        return np.asarray(np.column_stack([local, np.ones(len(local))]) @ self.rotation)

    def sees_floor(self, image_px: ArrayLike) -> Bools:
        """(N,) True where the pixel's ray goes down to the floor."""
        return np.asarray(self.rays(image_px)[:, 2] < -1e-9)
