"""Two families of maps from the floor to the picture, each with its priors: a camera, and a bare homography.

A camera (focal length, principal point, pose, k1) needs few points and knows the way up; a homography holds for any
plane, also where pixels are not square or the picture was cropped. Both bend their ideal picture by one `Lens`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ml.errors import GeometryError
from ml.geometry.arrays import Floats
from ml.geometry.homography import homography_apply, homography_fit
from ml.geometry.lens import Lens

# What is known before the first click. Focal length in picture widths: 0.8 is 64 degrees; two sigmas either way 35 to 103.
FOCAL_WIDTHS, FOCAL_LOG_SIGMA = 0.8, 0.35
# Site cameras lie between a straight lens and a wide one.
K1_MEAN, K1_SIGMA = -0.12, 0.13
# Lens centres of ordinary cameras lie within a percent or two of the picture's middle.
CENTRE_SIGMA_WIDTHS = 0.01
# Height and tilt of a camera whose floor is known by distances only.
HEIGHT_M, HEIGHT_LOG_SIGMA = 4.0, 0.7
ROLL_SIGMA = 0.1
_K1_STARTS = (0.0, -0.1, -0.2, -0.3)
_FOCAL_STARTS = (0.45, 0.6, 0.75, 0.9, 1.2, 1.7, 2.6)
_DEPTH_MIN = 1e-6


@dataclass(frozen=True, slots=True)
class Optics:
    """The picture's size in pixels, and k1 with its sigma before any point is seen."""

    width: int
    height: int
    k1: float = K1_MEAN
    k1_sigma: float = K1_SIGMA

    @property
    def centre(self) -> Floats:
        return np.array([self.width / 2.0, self.height / 2.0])

    def k1_starts(self) -> tuple[float, ...]:
        """Where to start looking for k1."""
        return _K1_STARTS if self.k1_sigma > 0.01 else (self.k1,)

    def held(self, k1: float) -> float:
        """k1 kept where a lens exists for the whole search."""
        return float(np.clip(k1, -0.6, 0.4))


class FloorModel(Protocol):
    """A family of maps, as least squares see it: `theta` (P,), priors, and what comes of it."""

    @property
    def prior_mean(self) -> Floats: ...

    @property
    def prior_sigma(self) -> Floats:
        """(P,), infinite where nothing is known."""
        ...

    def lens(self, theta: Floats) -> Lens: ...

    def floor_to_ideal(self, theta: Floats) -> Floats:
        """(3, 3)."""
        ...

    def vertical(self, theta: Floats) -> Floats | None: ...


def project(model: FloorModel, theta: Floats, floor_m: Floats) -> Floats:
    """Floor (N, 2) metres to pixels of the picture; points behind the camera are held at its plane."""
    seen = np.column_stack([floor_m, np.ones(len(floor_m))]) @ model.floor_to_ideal(theta).T
    depth = np.where(np.abs(seen[:, 2:]) < _DEPTH_MIN, _DEPTH_MIN, seen[:, 2:])
    return model.lens(theta).distort(seen[:, :2] / depth)


@dataclass(frozen=True, slots=True)
class CameraModel:
    """theta: log focal, k1, centre x, y, turn (3,) from `turn_m`, position (3,) in metres; square pixels.

    `gauge`: the floor's own origin and heading are free (known distances only), so the camera stands above the origin
    and only its height, pitch and roll count; their priors then keep the search where cameras hang.
    """

    optics: Optics
    start: Floats
    rotation: Floats
    gauge: bool = False

    @property
    def prior_mean(self) -> Floats:
        width = self.optics.width
        mean = np.array([np.log(FOCAL_WIDTHS * width), self.optics.k1, *self.optics.centre, *np.zeros(6)])
        if self.gauge:
            mean[9] = np.log(HEIGHT_M)
        return mean

    @property
    def prior_sigma(self) -> Floats:
        centre = CENTRE_SIGMA_WIDTHS * self.optics.width
        sigma = np.array([FOCAL_LOG_SIGMA, self.optics.k1_sigma, centre, centre, *np.full(6, np.inf)])
        if self.gauge:
            # Turn about the vertical and the place over the floor are fixed at nought: they are what is free to choose.
            sigma[4:] = [np.inf, ROLL_SIGMA, 1e-9, 1e-9, 1e-9, HEIGHT_LOG_SIGMA]
        return sigma

    def lens(self, theta: Floats) -> Lens:
        return Lens(self.optics.held(theta[1]), (float(theta[2]), float(theta[3])), float(np.exp(theta[0])))

    def _axes(self, theta: Floats) -> tuple[Floats, Floats]:
        """Rotation (3, 3), rows right, down, forward; camera position (3,)."""
        if self.gauge:
            return _pitched(theta[4], theta[5]), np.array([0.0, 0.0, np.exp(theta[9])])
        return _turned(theta[4:7]) @ self.rotation, theta[7:10]

    def _intrinsic(self, theta: Floats) -> Floats:
        focal = float(np.exp(theta[0]))
        return np.array([[focal, 0.0, theta[2]], [0.0, focal, theta[3]], [0.0, 0.0, 1.0]])

    def floor_to_ideal(self, theta: Floats) -> Floats:
        rotation, position = self._axes(theta)
        plane = np.column_stack([rotation[:, 0], rotation[:, 1], -rotation @ position])
        return np.asarray(self._intrinsic(theta) @ plane)

    def vertical(self, theta: Floats) -> Floats | None:
        return np.asarray(self._intrinsic(theta) @ self._axes(theta)[0][:, 2])


@dataclass(frozen=True, slots=True)
class PlaneModel:
    """theta: eight entries of the homography from `frame_m` (the floor scaled to about 1) to the picture, and k1."""

    optics: Optics
    frame_m: Floats
    start: Floats

    @property
    def prior_mean(self) -> Floats:
        return np.array([*np.zeros(8), self.optics.k1])

    @property
    def prior_sigma(self) -> Floats:
        return np.array([*np.full(8, np.inf), self.optics.k1_sigma])

    def lens(self, theta: Floats) -> Lens:
        x, y = self.optics.centre
        return Lens(self.optics.held(theta[8]), (float(x), float(y)), FOCAL_WIDTHS * self.optics.width)

    def floor_to_ideal(self, theta: Floats) -> Floats:
        scale = np.array([*np.full(6, float(self.optics.width)), 1.0, 1.0])
        matrix = np.append(theta[:8] * scale, 1.0).reshape(3, 3)
        return np.asarray(matrix @ self.frame_m)

    def vertical(self, theta: Floats) -> Floats | None:
        return None


def camera_starts(optics: Optics, image_px: Floats, floor_m: Floats) -> list[CameraModel]:
    """Cameras that roughly map the floor points to their pixels, the best first; the floor must be right-handed."""
    found: list[tuple[float, CameraModel]] = []
    for k1 in optics.k1_starts():
        for widths in _FOCAL_STARTS:
            focal = widths * optics.width
            try:
                lens = Lens(k1, (float(optics.centre[0]), float(optics.centre[1])), focal)
                plane = homography_fit(floor_m, lens.undistort(image_px)).matrix
            except GeometryError:
                continue
            rotation, position = _pose(plane, focal, optics, floor_m)
            start = np.array([np.log(focal), k1, *optics.centre, 0.0, 0.0, 0.0, *position])
            model = CameraModel(optics, start, rotation)
            miss = np.abs(project(model, start, floor_m) - image_px).mean()
            found.append((float(miss) + 1e6 * (position[2] <= 0), model))
    return [model for _, model in sorted(found, key=lambda pair: pair[0])]


def plane_starts(optics: Optics, image_px: Floats, floor_m: Floats) -> list[PlaneModel]:
    """Homographies for several k1, with the floor scaled about its middle."""
    middle = floor_m.mean(axis=0)
    spread = float(np.abs(floor_m - middle).max()) or 1.0
    frame = np.array(
        [[1 / spread, 0, -middle[0] / spread], [0, 1 / spread, -middle[1] / spread], [0, 0, 1.0]]
    )
    found = []
    for k1 in optics.k1_starts():
        lens = PlaneModel(optics, frame, np.zeros(9)).lens(np.array([*np.zeros(8), k1]))
        try:
            matrix = homography_fit(homography_apply(frame, floor_m), lens.undistort(image_px)).matrix
        except GeometryError:
            continue
        entries = (matrix / matrix[2, 2]).ravel()[:8] / [*np.full(6, float(optics.width)), 1.0, 1.0]
        found.append(PlaneModel(optics, frame, np.array([*entries, k1])))
    return found


def _pose(plane: Floats, focal: float, optics: Optics, floor_m: Floats) -> tuple[Floats, Floats]:
    """Rotation and position that a floor-to-ideal homography means for a given focal length."""
    x, y = optics.centre
    axes = np.array([[1 / focal, 0.0, -x / focal], [0.0, 1 / focal, -y / focal], [0.0, 0.0, 1.0]]) @ plane
    depth = (np.column_stack([floor_m, np.ones(len(floor_m))]) @ axes[2]).mean()
    axes = axes * np.sign(depth or 1.0) * 2.0 / (np.linalg.norm(axes[:, 0]) + np.linalg.norm(axes[:, 1]))
    turn = np.column_stack([axes[:, 0], axes[:, 1], np.cross(axes[:, 0], axes[:, 1])])
    left, _, right = np.linalg.svd(turn)
    rotation = left @ np.diag([1.0, 1.0, np.linalg.det(left @ right)]) @ right
    return rotation, np.asarray(-rotation.T @ axes[:, 2])


def _pitched(pitch: float, roll: float) -> Floats:
    sin, cos = np.sin(pitch), np.cos(pitch)
    right, down, forward = np.array([1.0, 0, 0]), np.array([0.0, -sin, -cos]), np.array([0.0, cos, -sin])
    sin, cos = np.sin(roll), np.cos(roll)
    return np.asarray(np.stack([cos * right + sin * down, cos * down - sin * right, forward]))


def _turned(vector: Floats) -> Floats:
    """Rodrigues' rotation by |vector| radians."""
    angle = float(np.linalg.norm(vector))
    x, y, z = vector
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    if angle < 1e-8:
        return np.asarray(np.eye(3) + skew)
    unit = skew / angle
    return np.asarray(np.eye(3) + np.sin(angle) * unit + (1.0 - np.cos(angle)) * unit @ unit)
