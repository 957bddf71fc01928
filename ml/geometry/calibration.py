"""A calibrated camera: floor metres of a pixel with the covariance that clicks, lens and jitter leave.

First-order propagation throughout: the map's parameters have a joint Gaussian posterior (see `calibrate`), kept as a
square root, so that two points of one picture share its error and their distance does not count it twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ml.errors import GeometryError
from ml.geometry.arrays import Bools, Floats, points_2d
from ml.geometry.homography import homography_invert
from ml.geometry.lens import Lens
from ml.geometry.polygon import convex_hull, signed_distance

# Two-sided 95 % of a normal distribution.
Z95 = 1.959964
# Past this a metre is a guess and nothing is judged by it.
SIGMA_JUDGED_MAX_M = 0.5
# Map parameters: nine matrix entries, k1, centre x and y, unit.
PARAMETERS = 13
_LENS_STEPS = np.array([1e-5, 1e-3, 1e-3, 1e-3])
# Floor more than 200 times as far as the calibrated floor's middle counts as horizon, nearer than a 200th as behind.
FAR_SHARE = NEAR_SHARE = 0.005
_PIXEL_STEP = 0.25


@dataclass(frozen=True, slots=True)
class FloorPoints:
    """N places on the floor: `xy_m` (N, 2), NaN where the pixel shows no floor.

    `shared` (N, 2, K) is the square root of the map's own error, the same K causes for all points; `noise_m2`
    (N, 2, 2) the covariance of each point's own error; `inside` (N,) whether it lies in the calibrated hull.
    """

    xy_m: Floats
    shared: Floats
    noise_m2: Floats
    inside: Bools

    @property
    def covariance_m2(self) -> Floats:
        """(N, 2, 2) covariance of each place."""
        return np.asarray(self.shared @ self.shared.transpose(0, 2, 1) + self.noise_m2)

    @property
    def sigma_m(self) -> Floats:
        """(N,) standard deviation in the worst direction; infinite where there is no floor."""
        covariance = self.covariance_m2
        half = (covariance[:, 0, 0] + covariance[:, 1, 1]) / 2.0
        spread = np.hypot((covariance[:, 0, 0] - covariance[:, 1, 1]) / 2.0, covariance[:, 0, 1])
        sigma = np.sqrt(np.maximum(half + spread, 0.0))
        return np.asarray(np.where(np.isfinite(sigma), sigma, np.inf))

    def take(self, rows: ArrayLike) -> FloorPoints:
        """The points named by a mask or by indices."""
        at = np.asarray(rows)
        return FloorPoints(self.xy_m[at], self.shared[at], self.noise_m2[at], self.inside[at])


@dataclass(frozen=True, slots=True)
class Distances:
    """M distances in metres with standard deviation and 95 % band (`low_m` is never below 0)."""

    metres: Floats
    sigma_m: Floats
    low_m: Floats
    high_m: Floats

    def take(self, rows: ArrayLike) -> Distances:
        """Those named by a mask or by indices."""
        at = np.asarray(rows)
        return Distances(self.metres[at], self.sigma_m[at], self.low_m[at], self.high_m[at])

    @property
    def judged(self) -> Bools:
        """(M,) whether the distance is sure enough to decide anything by it."""
        return np.asarray(np.isfinite(self.metres) & (self.sigma_m <= SIGMA_JUDGED_MAX_M))


@dataclass(frozen=True, slots=True)
class Calibration:
    """`matrix` (3, 3) takes ideal pixels (lens undone) to floor metres.

    `factor` (13, K): square root of the covariance of the matrix's nine entries, k1, centre x, y and unit.
    `vertical` (3,): ideal picture of the way up, in the scale of the inverse matrix; None where only the plane is known.
    `hull_m` (H, 2): convex hull of the calibrated floor. `click_sigma_px`: how well the points were clicked, as judged
    from the fit. `residual_px` and `residual_m` (N,): what is left at each calibration point.
    """

    matrix: Floats
    lens: Lens
    factor: Floats
    hull_m: Floats
    vertical: Floats | None = None
    click_sigma_px: float = 0.0
    residual_px: Floats = field(default_factory=lambda: np.zeros(0))
    residual_m: Floats = field(default_factory=lambda: np.zeros(0))
    k1_sigma: float = 0.0

    @classmethod
    def exact(
        cls, matrix: ArrayLike, lens: Lens, hull_m: ArrayLike, vertical: Floats | None = None
    ) -> Calibration:
        """A map known from elsewhere and taken as free of error."""
        known = np.asarray(matrix, dtype=np.float64)
        homography_invert(known)
        return cls(known, lens, np.zeros((PARAMETERS, 0)), convex_hull(hull_m), vertical)

    @property
    def reprojection_cm(self) -> float:
        """Root mean square of what is left at the calibration points, on the floor."""
        return float(np.sqrt(np.mean(self.residual_m**2)) * 100.0) if len(self.residual_m) else 0.0

    @property
    def floor_to_ideal(self) -> Floats:
        """(3, 3), the matrix's inverse in its own scale."""
        return np.asarray(np.linalg.inv(self.matrix))

    def to_floor(self, image_px: ArrayLike) -> Floats:
        """(N, 2) pixels to floor metres, NaN at or above the horizon and beyond what the lens can see."""
        return _map(self.matrix, self.lens, points_2d(image_px), self._depth())

    def to_image(self, floor_m: ArrayLike, height_m: float = 0.0) -> Floats:
        """(N, 2) floor metres to pixels of the picture, `height_m` above the floor; NaN behind the camera.

        Raises GeometryError for a height where only the plane is known.
        """
        xy = points_2d(floor_m)
        seen = np.column_stack([xy, np.ones(len(xy))]) @ self.floor_to_ideal.T
        if height_m:
            if self.vertical is None:
                raise GeometryError("This calibration knows the floor only, not the height above it.")
            seen = seen + height_m * self.vertical
        front = seen[:, 2] / self._depth() > NEAR_SHARE
        with np.errstate(divide="ignore", invalid="ignore"):
            ideal = np.where(front[:, None], seen[:, :2] / seen[:, 2:], np.nan)
        pixels = np.full_like(ideal, np.nan)
        pixels[front] = self.lens.distort(ideal[front])
        return pixels

    def locate(self, image_px: ArrayLike, sigma_px: ArrayLike, spread_m: float = 0.0) -> FloorPoints:
        """Places of (N, 2) pixels with their covariance.

        `sigma_px`: standard deviation of the pixels, a number, (N,) or (N, 2) for x and y apart. `spread_m`: error on
        the floor that no pixel explains (where in its outline a body stands), the same in every direction.
        """
        pixels = points_2d(image_px)
        sigma = np.broadcast_to(_columns(np.asarray(sigma_px, dtype=np.float64)), (len(pixels), 2))
        depth = self._depth()
        xy = _map(self.matrix, self.lens, pixels, depth)
        by_pixel = np.stack(
            [
                (
                    _map(self.matrix, self.lens, pixels + d, depth)
                    - _map(self.matrix, self.lens, pixels - d, depth)
                )
                / (2 * _PIXEL_STEP)
                for d in (np.array([_PIXEL_STEP, 0.0]), np.array([0.0, _PIXEL_STEP]))
            ],
            axis=2,
        )
        scaled = by_pixel * sigma[:, None, :]
        noise = scaled @ scaled.transpose(0, 2, 1) + spread_m**2 * np.eye(2)
        return FloorPoints(xy, self._by_parameters(pixels, xy) @ self.factor, noise, self.inside(xy))

    def inside(self, floor_m: ArrayLike) -> Bools:
        """(N,) whether places lie within the calibrated hull; False for NaN."""
        xy = np.asarray(floor_m, dtype=np.float64).reshape(-1, 2)
        known = np.isfinite(xy).all(axis=1)
        found = np.zeros(len(xy), dtype=bool)
        if len(self.hull_m) >= 3 and known.any():
            found[known] = signed_distance(xy[known], self.hull_m) >= 0.0
        return found

    def resized(self, factor: float) -> Calibration:
        """The same floor in pictures `factor` times as wide and high, as of a camera's second stream."""
        grow = np.diag([factor, factor, 1.0])
        by_entry = np.tile([1.0 / factor, 1.0 / factor, 1.0], 3)
        x, y = self.lens.centre_px
        return replace(
            self,
            matrix=np.asarray(self.matrix @ np.linalg.inv(grow)),
            lens=Lens(self.lens.k1, (x * factor, y * factor), self.lens.unit_px * factor),
            factor=self.factor * np.array([*by_entry, 1.0, factor, factor, factor])[:, None],
            vertical=None if self.vertical is None else np.asarray(grow @ self.vertical),
            click_sigma_px=self.click_sigma_px * factor,
            residual_px=self.residual_px * factor,
        )

    def moved_by(self, image_px: ArrayLike, off_m: Floats) -> Floats:
        """(13,) change of the map's parameters that moves the floor of (N, 2) pixels by `off_m` (N, 2), to first order."""
        pixels = points_2d(image_px)
        slopes = self._by_parameters(pixels, self.to_floor(pixels)).reshape(-1, PARAMETERS)
        # Parameters differ by orders of magnitude; those that move nothing stay.
        sizes = np.maximum(np.linalg.norm(slopes, axis=0), 1e-12)
        return np.asarray(np.linalg.lstsq(slopes / sizes, off_m.ravel(), rcond=1e-8)[0] / sizes)

    def _depth(self) -> float:
        """Homogeneous scale at the middle of the calibrated floor: its sign is that of all visible floor."""
        middle = self.hull_m.mean(axis=0) if len(self.hull_m) else np.zeros(2)
        return float((self.floor_to_ideal @ [*middle, 1.0])[2]) or 1.0

    def _by_parameters(self, pixels: Floats, xy: Floats) -> Floats:
        """(N, 2, 13) derivative of the places by the map's parameters."""
        found = np.zeros((len(pixels), 2, PARAMETERS))
        ideal = _ideal(self.lens, pixels)
        rows = np.column_stack([ideal, np.ones(len(ideal))])
        scale = rows @ self.matrix[2]
        rows = rows / scale[:, None]
        found[:, 0, 0:3] = rows
        found[:, 1, 3:6] = rows
        found[:, :, 6:9] = -xy[:, :, None] * rows[:, None, :]
        depth = self._depth()
        for column, step in enumerate(_LENS_STEPS):
            ahead = _map(self.matrix, _bent(self.lens, column, step), pixels, depth)
            behind = _map(self.matrix, _bent(self.lens, column, -step), pixels, depth)
            found[:, :, 9 + column] = (ahead - behind) / (2 * step)
        return found

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, for a database; `from_json` takes them back."""
        return {
            "format": 1,
            "matrix": self.matrix.tolist(),
            "k1": self.lens.k1,
            "centre_px": list(self.lens.centre_px),
            "unit_px": self.lens.unit_px,
            "factor": self.factor.tolist(),
            "hull_m": self.hull_m.tolist(),
            "vertical": None if self.vertical is None else self.vertical.tolist(),
            "click_sigma_px": self.click_sigma_px,
            "residual_px": self.residual_px.tolist(),
            "residual_m": self.residual_m.tolist(),
            "k1_sigma": self.k1_sigma,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Calibration:
        """What `to_json` gave. Raises GeometryError where it is not that."""
        try:
            x, y = stored["centre_px"]
            vertical = stored["vertical"]
            return cls(
                matrix=np.array(stored["matrix"], dtype=np.float64).reshape(3, 3),
                lens=Lens(float(stored["k1"]), (float(x), float(y)), float(stored["unit_px"])),
                factor=np.array(stored["factor"], dtype=np.float64).reshape(PARAMETERS, -1),
                hull_m=points_2d(stored["hull_m"]),
                vertical=None if vertical is None else np.array(vertical, dtype=np.float64),
                click_sigma_px=float(stored["click_sigma_px"]),
                residual_px=np.array(stored["residual_px"], dtype=np.float64),
                residual_m=np.array(stored["residual_m"], dtype=np.float64),
                k1_sigma=float(stored["k1_sigma"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise GeometryError("This is no stored calibration.") from error


def distances(points: FloorPoints, first: ArrayLike, second: ArrayLike) -> Distances:
    """Distances between points `first` and `second` ((M,) indices each) with their bands.

    The expected length of a noisy difference is longer than the difference itself; that is taken off again.
    """
    at, to = np.asarray(first, dtype=np.intp), np.asarray(second, dtype=np.intp)
    apart = points.xy_m[at] - points.xy_m[to]
    shared = points.shared[at] - points.shared[to]
    covariance = shared @ shared.transpose(0, 2, 1) + points.noise_m2[at] + points.noise_m2[to]
    return length_bands(apart, covariance)


def length_bands(vectors: Floats, covariance: Floats) -> Distances:
    """Lengths of (M, 2) noisy vectors with (M, 2, 2) covariance, second order in the noise across the vector."""
    length = np.hypot(vectors[:, 0], vectors[:, 1])
    along = vectors / np.maximum(length, 1e-9)[:, None]
    across = np.column_stack([-along[:, 1], along[:, 0]])
    var_along = np.einsum("ni,nij,nj->n", along, covariance, along)
    var_across = np.einsum("ni,nij,nj->n", across, covariance, across)
    # Where the noise is as large as the length itself this expansion would run away.
    base = np.maximum(length, np.sqrt(np.maximum(var_across, 1e-18)))
    metres = np.maximum(length - var_across / (2.0 * base), 0.0)
    sigma = np.sqrt(np.maximum(var_along + var_across**2 / (2.0 * base**2), 0.0))
    reach = Z95 * sigma
    return Distances(metres, sigma, np.maximum(metres - reach, 0.0), metres + reach)


def _columns(sigma: Floats) -> Floats:
    return sigma[:, None] if sigma.ndim == 1 else sigma


def _ideal(lens: Lens, pixels: Floats) -> Floats:
    """Undistorted pixels, NaN beyond what the lens can see."""
    radius = np.hypot(*(pixels - lens.centre_px).T)
    seen = radius <= lens.max_distorted_px
    ideal = np.full_like(pixels, np.nan)
    ideal[seen] = lens.undistort(pixels[seen])
    return ideal


def _map(matrix: Floats, lens: Lens, pixels: Floats, depth: float) -> Floats:
    ideal = _ideal(lens, pixels)
    mapped = np.column_stack([ideal, np.ones(len(ideal))]) @ matrix.T
    # With `matrix` the exact inverse, the last row is one over the homogeneous scale of the floor point.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where((mapped[:, 2] * depth > FAR_SHARE)[:, None], mapped[:, :2] / mapped[:, 2:], np.nan)
    return np.asarray(found)


def _bent(lens: Lens, column: int, step: float) -> Lens:
    """The lens with one parameter moved: k1, centre x, centre y, unit."""
    k1, (x, y), unit = lens.k1, lens.centre_px, lens.unit_px
    moved = [k1, x, y, unit]
    moved[column] += step
    return Lens(moved[0], (moved[1], moved[2]), moved[3])
