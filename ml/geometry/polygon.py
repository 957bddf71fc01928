"""Polygons on a plane: distance to the edge, convex hull."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import ConvexHull, QhullError

from ml.errors import GeometryError
from ml.geometry.arrays import Floats, points_2d


def convex_hull(points: ArrayLike) -> Floats:
    """(H, 2) corners of the convex hull, counter-clockwise; all points where they span no area."""
    xy = points_2d(points)
    if len(xy) < 3:
        return xy
    try:
        return np.asarray(xy[ConvexHull(xy).vertices])
    except QhullError:
        return xy


def signed_distance(points: ArrayLike, ring: ArrayLike) -> Floats:
    """(N,) distance of (N, 2) points to a polygon's edge, positive inside (even-odd rule), in the ring's unit.

    Raises GeometryError for fewer than three corners.
    """
    start, at = points_2d(ring), points_2d(points)
    if len(start) < 3:
        raise GeometryError("A zone needs at least three corners.")
    edge = np.roll(start, -1, axis=0) - start
    offset = at[:, None] - start[None]
    length = (edge**2).sum(axis=1)
    along = np.clip((offset * edge).sum(axis=2) / np.where(length > 0.0, length, 1.0), 0.0, 1.0)
    distance = np.linalg.norm(offset - along[..., None] * edge, axis=2).min(axis=1)
    # A ray to the right crosses an edge whose ends lie on either side of the point's height.
    spans = (offset[..., 1] >= 0.0) != (offset[..., 1] >= edge[None, :, 1])
    rise = np.where(edge[:, 1] == 0.0, 1.0, edge[:, 1])
    crosses = spans & (offset[..., 0] < edge[:, 0] * offset[..., 1] / rise)
    inside = crosses.sum(axis=1) % 2 == 1
    signed: Floats = np.where(inside, distance, -distance)
    return signed
