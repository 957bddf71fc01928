"""Array type names shared by the geometry modules."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ml.errors import GeometryError

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


def points_2d(points: ArrayLike) -> Floats:
    """Any list of (x, y) as float64 (N, 2), N may be 0. Raises GeometryError on other shapes or NaN."""
    array = np.asarray(points, dtype=np.float64)
    if array.size == 0:
        return np.zeros((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise GeometryError(f"Expected a list of (x, y) points, got an array of shape {array.shape}.")
    if not np.isfinite(array).all():
        raise GeometryError("A point has a coordinate that is not a finite number.")
    return array
