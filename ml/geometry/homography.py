"""Plane-to-plane homographies: fit from points with the error of each, apply, invert."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ml.errors import GeometryError
from ml.geometry.arrays import Floats, points_2d

POINTS_MIN = 4
# Ratio of the second smallest to the largest singular value under which the points determine no
# unique homography (three of four on a line, all on a line, doubled points).
_RANK_MIN = 1e-7
_HORIZON_MIN = 1e-12


@dataclass(frozen=True, slots=True)
class HomographyFit:
    """`matrix` (3, 3) maps source to target with `matrix[2, 2]` = 1 where possible.

    `residuals` (N,) are distances in the target's unit, `rms` and `worst` sum them up.
    """

    matrix: Floats
    residuals: Floats

    @property
    def rms(self) -> float:
        return float(np.sqrt(np.mean(self.residuals**2)))

    @property
    def worst(self) -> float:
        return float(self.residuals.max())


def homography_apply(matrix: ArrayLike, points: ArrayLike) -> Floats:
    """Map (N, 2) points by a (3, 3) matrix. Raises GeometryError for a point on the horizon."""
    xy = points_2d(points)
    if len(xy) == 0:
        return xy
    mapped = np.column_stack([xy, np.ones(len(xy))]) @ np.asarray(matrix, dtype=np.float64).T
    if (np.abs(mapped[:, 2]) < _HORIZON_MIN).any():
        raise GeometryError("A point lies on the horizon and has no place on the other plane.")
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def homography_invert(matrix: ArrayLike) -> Floats:
    """Inverse mapping, scaled like `homography_fit`'s. Raises GeometryError when singular."""
    array = np.asarray(matrix, dtype=np.float64)
    if array.shape != (3, 3) or not np.isfinite(array).all():
        raise GeometryError("A homography is a finite 3 by 3 matrix.")
    if np.linalg.cond(array) > 1e15:
        raise GeometryError("This homography flattens the plane to a line and cannot be inverted.")
    return _scaled(np.asarray(np.linalg.inv(array), dtype=np.float64))


def homography_fit(source: ArrayLike, target: ArrayLike) -> HomographyFit:
    """Least-squares homography by the normalised direct linear transform (Hartley 1997).

    `source`, `target`: (N, 2), N >= 4. Raises GeometryError when too few or degenerate.
    """
    src, dst = points_2d(source), points_2d(target)
    if len(src) != len(dst):
        raise GeometryError(f"{len(src)} source points but {len(dst)} target points.")
    if len(src) < POINTS_MIN:
        raise GeometryError(f"A homography needs at least {POINTS_MIN} points, got {len(src)}.")
    src_n, src_t = _normalised(src)
    dst_n, dst_t = _normalised(dst)
    design = _design(src_n, dst_n)
    # Of many points only the triangle counts: a full decomposition would need memory for their square.
    _, values, vectors = np.linalg.svd(np.linalg.qr(design, mode="r") if len(src) > 4 else design)
    if values[7] < _RANK_MIN * values[0]:
        raise GeometryError("The points do not determine the plane: too many lie on one line.")
    matrix = np.linalg.inv(dst_t) @ vectors[-1].reshape(3, 3) @ src_t
    _refuse_flat(vectors[-1].reshape(3, 3), src_n)
    matrix = _scaled(matrix)
    residuals = np.linalg.norm(homography_apply(matrix, src) - dst, axis=1)
    return HomographyFit(matrix=matrix, residuals=residuals)


def _refuse_flat(normalised: Floats, src_n: Floats) -> None:
    values = np.linalg.svd(normalised, compute_uv=False)
    if values[2] < 1e-6 * values[0]:
        raise GeometryError("The points do not determine the plane: too many lie on one line.")
    depth = np.column_stack([src_n, np.ones(len(src_n))]) @ normalised[2]
    if depth.min() * depth.max() <= 0:
        raise GeometryError("The points lie on both sides of the horizon: is one of them swapped?")


def _normalised(points: Floats) -> tuple[Floats, Floats]:
    centre = points.mean(axis=0)
    spread = float(np.sqrt(((points - centre) ** 2).sum(axis=1).mean()))
    if spread <= 0:
        raise GeometryError("All points are at the same place.")
    scale = np.sqrt(2.0) / spread
    transform = np.array(
        [[scale, 0.0, -scale * centre[0]], [0.0, scale, -scale * centre[1]], [0.0, 0.0, 1.0]]
    )
    return (points - centre) * scale, transform


def _design(src: Floats, dst: Floats) -> Floats:
    x, y = src.T
    u, v = dst.T
    one, nil = np.ones_like(x), np.zeros_like(x)
    top = np.column_stack([x, y, one, nil, nil, nil, -u * x, -u * y, -u])
    low = np.column_stack([nil, nil, nil, x, y, one, -v * x, -v * y, -v])
    return np.vstack([top, low])


def _scaled(matrix: Floats) -> Floats:
    corner = matrix[2, 2]
    return np.asarray(matrix / (corner if abs(corner) > 1e-12 else np.linalg.norm(matrix)))
