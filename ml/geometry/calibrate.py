"""Calibrates a camera's floor from clicked points, a grid, known distances and straight lines, and says how sure.

Least squares in pixels with weak priors (a maximum a posteriori fit), then the posterior's covariance at its top. How
well the clicks were made is judged from what the fit leaves, against `CLICK_SIGMA_PX` counted as `CLICK_LOOKS` looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import least_squares
from scipy.special import expit
from scipy.stats import chi2, t

from ml.errors import GeometryError
from ml.geometry.arrays import Floats, points_2d
from ml.geometry.calibration import Z95, Calibration
from ml.geometry.floor_models import (
    FOCAL_WIDTHS,
    HEIGHT_M,
    CameraModel,
    FloorModel,
    Optics,
    PlaneModel,
    camera_starts,
    plane_starts,
    project,
)
from ml.geometry.homography import homography_fit
from ml.geometry.lens import Lens
from ml.geometry.polygon import convex_hull

# How well a person clicks a floor point on a still, before the fit tells.
CLICK_SIGMA_PX = 1.5
CLICK_LOOKS = 8.0
# How well the floor was measured.
TAPE_SIGMA_M = 0.01
DISTANCES_MIN = 4
# A camera that leaves more than this improbable misfit is looked at twice: the plane alone may do much better.
_CAMERA_P_MIN = 1e-3
# By how many squared sigmas, at the noise the plane sees, it must do so.
_PLANE_GAIN_MIN = 12.0
# At so many the plane is as likely as the camera: nearly all floors are seen by a camera with square pixels.
_PLANE_GAIN_EVEN = 6.0
# Where the two are compared: a grid of so many by so many pixels over this many times the clicks' reach.
_DOUBT_STEPS, _DOUBT_REACH = 9, 1.5
_DOUBT_PLACES_MIN, _DOUBT_SIGMA_MAX_M = 8, 1.0
_STARTS = 3
_MIRROR = np.diag([1.0, -1.0, 1.0])


@dataclass(frozen=True, slots=True)
class KnownDistance:
    """Two clicked floor points and the metres between them."""

    start_px: tuple[float, float]
    end_px: tuple[float, float]
    metres: float


@dataclass(frozen=True, slots=True)
class _Fit:
    model: FloorModel
    theta: Floats
    covariance: Floats
    scale: float
    looks: float
    misfit: float
    spare: float


def grid_points(rows: int, columns: int, step_m: float) -> Floats:
    """(rows * columns, 2) floor metres of a grid, row by row from its origin, x along a row."""
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64) * step_m
    return np.column_stack([x.ravel(), y.ravel()])


def calibrate_points(
    image_px: ArrayLike,
    floor_m: ArrayLike,
    size_px: tuple[int, int],
    k1: float | None = None,
    lines_px: Sequence[ArrayLike] = (),
    click_sigma_px: float = CLICK_SIGMA_PX,
    tape_sigma_m: float = TAPE_SIGMA_M,
) -> Calibration:
    """From (N, 2) pixels and the floor metres they show, N >= 4 (six and more are much better).

    `size_px` is the picture's (width, height). `k1` None: estimated. `lines_px`: polylines clicked along straight floor
    lines, three points or more each, which tell k1. Raises GeometryError where the points do not determine the floor.
    """
    pixels, floor = points_2d(image_px), points_2d(floor_m)
    # Refuses too few, doubled and collinear points with a sentence that says so.
    homography_fit(floor, pixels)
    optics = _optics(size_px, k1)
    lines = [points_2d(line) for line in lines_px]
    mirrored = _is_mirrored(optics, pixels, floor)
    upright = floor * [1.0, -1.0] if mirrored else floor
    data = _PointData(pixels, upright, click_sigma_px, tape_sigma_m, lines)
    best = _best(data, camera_starts(optics, pixels, upright)[:_STARTS])
    plane = _best(data, plane_starts(optics, pixels, upright))
    if plane is not None and (best is None or (not _believed(best) and _gain(plane, best) > _PLANE_GAIN_MIN)):
        best = plane
    if best is None:
        raise GeometryError("No camera and no plane fits these points.")
    found = _finish(best, upright)
    if plane is not None and plane is not best:
        share = float(expit((_gain(plane, best) - _PLANE_GAIN_EVEN) / 2.0))
        found = _doubted(found, _finish(plane, upright), share, pixels, size_px)
    left = found.to_image(upright) - pixels
    on_floor = found.to_floor(pixels) - upright
    found = replace(found, residual_px=np.hypot(*left.T), residual_m=np.hypot(*on_floor.T))
    return _unmirrored(found) if mirrored else found


def calibrate_distances(
    known: Sequence[KnownDistance],
    size_px: tuple[int, int],
    k1: float | None = None,
    lines_px: Sequence[ArrayLike] = (),
    click_sigma_px: float = CLICK_SIGMA_PX,
    tape_sigma_m: float = TAPE_SIGMA_M,
) -> Calibration:
    """From at least four distances between clicked points, not all in one direction.

    The floor's origin is the point below the camera, y the way it looks. Raises GeometryError for too few.
    """
    if len(known) < DISTANCES_MIN:
        raise GeometryError(f"The floor needs at least {DISTANCES_MIN} known distances, got {len(known)}.")
    if min(item.metres for item in known) <= 0:
        raise GeometryError("A known distance is above zero.")
    optics = _optics(size_px, k1)
    ends = points_2d([item.start_px for item in known] + [item.end_px for item in known])
    metres = np.array([item.metres for item in known])
    data = _DistanceData(ends, metres, click_sigma_px, tape_sigma_m, [points_2d(line) for line in lines_px])
    fits = []
    # All starts are tried: few distances may be met by more than one camera, and the likeliest is wanted.
    for pitch in (0.3, 0.6, 1.0):
        start = np.array(
            [
                np.log(FOCAL_WIDTHS * optics.width),
                optics.k1,
                *optics.centre,
                pitch,
                0,
                0,
                0,
                0,
                np.log(HEIGHT_M),
            ]
        )
        model = CameraModel(optics, start, np.eye(3), gauge=True)
        if np.isfinite(data.residuals(model, start)).all():
            fits.append(_fit(data, model, start))
    if not fits:
        raise GeometryError("No camera over a floor fits these distances.")
    best = min(fits, key=lambda fit: fit.misfit)
    found = _finish(best, None)
    floor = found.to_floor(ends)
    if not np.isfinite(floor).all():
        raise GeometryError("No camera over a floor fits these distances.")
    half = len(known)
    off = np.abs(np.hypot(*(floor[:half] - floor[half:]).T) - metres)
    return replace(found, hull_m=convex_hull(floor), residual_m=off)


class _PointData:
    """Clicked points: residuals in sigmas, the tape's error carried into the picture."""

    def __init__(
        self, pixels: Floats, floor: Floats, click: float, tape: float, lines: Sequence[Floats]
    ) -> None:
        self.pixels, self.floor, self.click, self.tape, self.lines = pixels, floor, click, tape, lines
        self.whitener = np.broadcast_to(np.eye(2) / click, (len(pixels), 2, 2))

    @property
    def count(self) -> int:
        return 2 * len(self.pixels) + sum(len(line) - 2 for line in self.lines)

    def weigh(self, model: FloorModel, theta: Floats) -> None:
        """Whitening by click and tape error at this map."""
        if self.tape <= 0:
            return
        steps = (np.array([1e-3, 0.0]), np.array([0.0, 1e-3]))
        moved = [project(model, theta, self.floor + s) - project(model, theta, self.floor - s) for s in steps]
        slope = np.stack(moved, axis=2) / 2e-3
        covariance = self.click**2 * np.eye(2) + self.tape**2 * slope @ slope.transpose(0, 2, 1)
        self.whitener = np.linalg.inv(np.linalg.cholesky(covariance))

    def residuals(self, model: FloorModel, theta: Floats) -> Floats:
        off = project(model, theta, self.floor) - self.pixels
        white = np.einsum("nij,nj->ni", self.whitener, off).ravel()
        return np.concatenate([white, *_line_residuals(model.lens(theta), self.lines, self.click)])


class _DistanceData:
    """Known distances: residuals in sigmas, the clicks' error carried onto the floor."""

    def __init__(
        self, ends: Floats, metres: Floats, click: float, tape: float, lines: Sequence[Floats]
    ) -> None:
        self.ends, self.metres, self.click, self.tape, self.lines = ends, metres, click, tape, lines
        self.sigma = np.maximum(0.02 * metres, 0.05)

    @property
    def count(self) -> int:
        return len(self.metres) + sum(len(line) - 2 for line in self.lines)

    def _lengths(self, model: FloorModel, theta: Floats, ends: Floats) -> Floats:
        lens = model.lens(theta)
        held = np.hypot(*(ends - lens.centre_px).T) <= lens.max_distorted_px
        ideal = lens.undistort(np.where(held[:, None], ends, lens.centre_px))
        rows = np.column_stack([ideal, np.ones(len(ideal))]) @ np.linalg.inv(model.floor_to_ideal(theta)).T
        # Above the horizon: as far as can be, so that the search turns away.
        depth = np.where(rows[:, 2:] > 1e-4, rows[:, 2:], 1e-4)
        floor = rows[:, :2] / depth
        half = len(self.metres)
        return np.asarray(np.hypot(*(floor[:half] - floor[half:]).T))

    def weigh(self, model: FloorModel, theta: Floats) -> None:
        """Sigmas by click and tape error at this map."""
        total = np.full(len(self.metres), self.tape**2)
        half = len(self.metres)
        for rows in (slice(0, half), slice(half, 2 * half)):
            for axis in (0, 1):
                step = np.zeros_like(self.ends)
                step[rows, axis] = 0.25
                slope = self._lengths(model, theta, self.ends + step) - self._lengths(
                    model, theta, self.ends - step
                )
                total += (self.click * slope / 0.5) ** 2
        self.sigma = np.sqrt(total)

    def residuals(self, model: FloorModel, theta: Floats) -> Floats:
        off = (self._lengths(model, theta, self.ends) - self.metres) / self.sigma
        return np.concatenate([off, *_line_residuals(model.lens(theta), self.lines, self.click)])


def _line_residuals(lens: Lens, lines: Sequence[Floats], click: float) -> list[Floats]:
    """How far the undistorted points of each line lie off their common straight line, in sigmas."""
    found = []
    for line in lines:
        if len(line) < 3:
            raise GeometryError("A straight line needs three clicked points or more.")
        held = np.hypot(*(line - lens.centre_px).T) <= lens.max_distorted_px
        ideal = lens.undistort(np.where(held[:, None], line, lens.centre_px))
        middle = ideal - ideal.mean(axis=0)
        normal = np.linalg.svd(middle, full_matrices=False)[2][1]
        found.append(middle @ normal / click)
    return found


def _best(data: _PointData, models: Sequence[CameraModel | PlaneModel]) -> _Fit | None:
    """The first start that explains the points, or the best of all: a good one makes the others a waste of time."""
    best: _Fit | None = None
    for model in models:
        fit = _fit(data, model, model.start)
        if best is None or fit.misfit < best.misfit:
            best = fit
        if _believed(best):
            break
    return best


def _fit(data: _PointData | _DistanceData, model: FloorModel, start: Floats) -> _Fit:
    sigma, mean = model.prior_sigma, model.prior_mean
    known = np.isfinite(sigma)

    def cost(theta: Floats) -> Floats:
        prior = (theta[known] - mean[known]) / sigma[known]
        return np.concatenate([data.residuals(model, theta), prior])

    data.weigh(model, start)
    theta = least_squares(cost, start, x_scale="jac", max_nfev=30).x
    data.weigh(model, theta)
    solved = least_squares(cost, theta, jac="3-point", x_scale="jac", max_nfev=15)
    theta = solved.x
    tail = int(known.sum())
    jacobian = solved.jac[: len(solved.jac) - tail]
    left = float((solved.fun[: len(solved.fun) - tail] ** 2).sum())
    prior = np.diag(np.where(known, 1.0 / sigma**2, 0.0))
    scale, spare = 1.0, float(data.count)
    information = jacobian.T @ jacobian
    # The more parameters the data and not the priors fix, the fewer looks are left to judge the clicks by.
    for _ in range(3):
        covariance = np.linalg.pinv(information / scale**2 + prior, hermitian=True)
        spare = max(data.count - float(np.trace(information / scale**2 @ covariance)), 0.0)
        scale = float(np.sqrt((CLICK_LOOKS + left) / (CLICK_LOOKS + spare)))
    return _Fit(model, theta, covariance, scale, CLICK_LOOKS + spare, float((solved.fun**2).sum()), spare)


def _believed(fit: _Fit) -> bool:
    """Whether what a camera leaves is what clicks leave."""
    return bool(chi2.sf(fit.misfit, max(fit.spare, 0.0) + 4.0) > _CAMERA_P_MIN)


def _gain(plane: _Fit, camera: _Fit) -> float:
    """By how many squared sigmas, at the noise the plane sees, the plane does better than the camera."""
    level = (CLICK_LOOKS + plane.misfit) / (CLICK_LOOKS + plane.spare)
    return (camera.misfit - plane.misfit) / level


def _doubted(
    found: Calibration, rival: Calibration, share: float, pixels: Floats, size_px: tuple[int, int]
) -> Calibration:
    """`found` with one more cause of error: how far `rival`, likely by `share` (0..1), lies from it on the floor.

    A few points may be met by a camera that is not theirs. The spread of a mixture of two has the squared distance
    between them, times the other one's share. What the rival's own error explains of it is no doubt.
    """
    middle = pixels.mean(axis=0)
    steps = np.linspace(-1.0, 1.0, _DOUBT_STEPS) * _DOUBT_REACH
    around = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    places = middle + around * np.abs(pixels - middle).max(axis=0)
    places = places[((places >= 0) & (places <= size_px)).all(axis=1)]
    ours, theirs = found.locate(places, 0.0), rival.locate(places, 0.0)
    off = theirs.xy_m - ours.xy_m
    seen = np.isfinite(off).all(axis=1) & (ours.sigma_m < _DOUBT_SIGMA_MAX_M)
    if seen.sum() < _DOUBT_PLACES_MIN:
        return found
    off = off[seen]
    own = float(np.trace(theirs.covariance_m2[seen], axis1=1, axis2=2).mean())
    kept = max(0.0, 1.0 - own / max(float((off**2).sum(axis=1).mean()), 1e-12))
    column = found.moved_by(places[seen], off)
    return replace(found, factor=np.column_stack([found.factor, np.sqrt(share * kept) * column]))


def _parameters(model: FloorModel, theta: Floats) -> Floats:
    lens = model.lens(theta)
    return np.array(
        [*np.linalg.inv(model.floor_to_ideal(theta)).ravel(), lens.k1, *lens.centre_px, lens.unit_px]
    )


def _finish(fit: _Fit, floor: Floats | None) -> Calibration:
    model, theta = fit.model, fit.theta
    values, vectors = np.linalg.eigh(fit.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    # Few looks at the clicks: the band is Student's, not the normal one.
    root *= float(t.ppf(0.975, fit.looks)) / Z95
    columns = []
    for cause in root.T:
        size = float(np.linalg.norm(cause))
        if size == 0:
            continue
        step = 1e-4 * cause
        columns.append((_parameters(model, theta + step) - _parameters(model, theta - step)) / 2e-4)
    lens = model.lens(theta)
    return Calibration(
        matrix=np.asarray(np.linalg.inv(model.floor_to_ideal(theta))),
        lens=lens,
        factor=np.column_stack(columns),
        hull_m=convex_hull(floor) if floor is not None else np.zeros((0, 2)),
        vertical=model.vertical(theta),
        click_sigma_px=CLICK_SIGMA_PX * fit.scale,
        k1_sigma=float(np.sqrt(fit.covariance[_k1_index(model), _k1_index(model)])),
    )


def _k1_index(model: FloorModel) -> int:
    return 1 if isinstance(model, CameraModel) else 8


def _optics(size_px: tuple[int, int], k1: float | None) -> Optics:
    width, height = size_px
    if width <= 0 or height <= 0:
        raise GeometryError("A picture has a width and a height.")
    return Optics(width, height) if k1 is None else Optics(width, height, k1, 1e-6)


def _is_mirrored(optics: Optics, pixels: Floats, floor: Floats) -> bool:
    """Whether the floor's axes run the other way round than seen from above (y down, as on a plan)."""
    straight = homography_fit(floor, pixels)
    seen = np.column_stack([floor, np.ones(len(floor))]) @ straight.matrix[2]
    # Seen from above the picture's turn is the floor's, with y down: the determinant is negative for right-handed axes.
    return bool(np.linalg.det(straight.matrix) * np.sign(seen.mean()) ** 3 > 0)


def _unmirrored(found: Calibration) -> Calibration:
    signs = np.ones(13)
    signs[3:6] = -1.0
    return replace(
        found,
        matrix=_MIRROR @ found.matrix,
        factor=found.factor * signs[:, None],
        hull_m=convex_hull(found.hull_m * [1.0, -1.0]),
    )
