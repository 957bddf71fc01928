"""One-term radial lens distortion (Brown's k1), exact in both directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ml.errors import GeometryError
from ml.geometry.arrays import Floats, points_2d

# Newton on a cubic that is monotonic over the allowed radius converges quadratically from r_d.
_NEWTON_STEPS = 30
_CONVERGED = 1e-13
# A margin below the fold of the cubic, where its slope vanishes and the inverse is ill-conditioned.
_FOLD_MARGIN = 0.98
# A k1 nearer to zero than this bends nothing that could be measured, and its fold lies beyond any float.
_STRAIGHT = 1e-12


@dataclass(frozen=True, slots=True)
class Lens:
    """`p_distorted = c + (p_ideal - c) * (1 + k1 * (|p_ideal - c| / unit_px)**2)`.

    With `unit_px` = the focal length in pixels `k1` is OpenCV's first coefficient. `k1 < 0` is barrel
    distortion, as of wide lenses. Points are (N, 2) image pixels; `centre_px` is the optical centre.
    """

    k1: float
    centre_px: tuple[float, float]
    unit_px: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.k1) and np.isfinite(self.unit_px) and self.unit_px > 0):
            raise GeometryError("A lens needs a finite k1 and a unit above zero.")

    @property
    def max_ideal_px(self) -> float:
        """Largest ideal radius before barrel distortion folds the picture over itself (inf for k1 >= 0)."""
        if self.k1 > -_STRAIGHT:
            return float("inf")
        return float(_FOLD_MARGIN * self.unit_px / np.sqrt(-3.0 * self.k1))

    @property
    def max_distorted_px(self) -> float:
        """Largest radius in the distorted picture that an ideal point can reach."""
        limit = self.max_ideal_px
        if not np.isfinite(limit):
            return limit
        return limit * (1.0 + self.k1 * (limit / self.unit_px) ** 2)

    def distort(self, ideal_px: ArrayLike) -> Floats:
        """Ideal pinhole pixels (N, 2) to pixels of the picture; beyond the fold the radius is held at it."""
        offset = points_2d(ideal_px) - self.centre_px
        radius = np.hypot(offset[:, 0], offset[:, 1])
        held = np.minimum(radius, self.max_ideal_px)
        scale = (held / np.where(radius > 0, radius, 1.0)) * (1.0 + self.k1 * (held / self.unit_px) ** 2)
        scale = np.where(radius > 0, scale, 1.0)
        return np.asarray(self.centre_px + offset * scale[:, None])

    def undistort(self, image_px: ArrayLike) -> Floats:
        """Pixels of the picture (N, 2) to ideal pinhole pixels. Raises GeometryError past the fold."""
        offset = points_2d(image_px) - self.centre_px
        if self.k1 == 0 or len(offset) == 0:
            return np.asarray(offset + self.centre_px)
        target = np.hypot(offset[:, 0], offset[:, 1]) / self.unit_px
        if (target * self.unit_px > self.max_distorted_px).any():
            raise GeometryError("A pixel lies beyond what a lens with this k1 can see.")
        radius = target.copy()
        for _ in range(_NEWTON_STEPS):
            step = (radius + self.k1 * radius**3 - target) / (1.0 + 3.0 * self.k1 * radius**2)
            radius = radius - step
            if float(np.abs(step).max()) < _CONVERGED:
                break
        scale = np.where(target > 0, radius / np.where(target > 0, target, 1.0), 1.0)
        return np.asarray(self.centre_px + offset * scale[:, None])
