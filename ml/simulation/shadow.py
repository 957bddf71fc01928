"""Soft shadows that people and trucks throw on the floor."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.geometry.arrays import Bytes, Floats, Singles
from ml.geometry.camera import Camera
from ml.simulation.mesh import Mesh

Fixed = NDArray[np.int32]
# Shadows are blurred anyway: a quarter of the resolution looks the same and costs a sixteenth.
_SHRINK = 4
_BITS = 4
_BANDS_M = ((0.0, 0.45), (0.35, 1.0), (0.85, 1.5), (1.3, 9.0))
_CONTACT_M = 0.14


def shadow_map(
    meshes: Sequence[Mesh], camera: Camera, toward_light: Floats, strength: float, floor_share: Singles
) -> Bytes | None:
    """(H, W, 3) multiplier of 255 for none, or None without anything; `floor_share` is the quarter-size floor mask."""
    if not meshes:
        return None
    height, width = floor_share.shape
    cast = np.zeros((height, width), dtype=np.float32)
    contact = np.zeros((height, width), dtype=np.float32)
    slope = toward_light[:2] / toward_light[2]
    for mesh in meshes:
        rise = mesh.vertices[:, 2]
        thrown = _to_canvas(camera, mesh.vertices[:, :2] - rise[:, None] * slope)
        touching = rise < _CONTACT_M
        feet = _to_canvas(camera, mesh.vertices[touching][:, :2])
        if thrown is None or feet is None:
            continue
        for low, high in _BANDS_M:
            _fill(cast, thrown[(rise >= low) & (rise <= high)])
        _fill(contact, feet)
    cast = np.asarray(cv2.GaussianBlur(cast, (0, 0), 1.6), dtype=np.float32)
    contact = np.asarray(cv2.GaussianBlur(contact, (0, 0), 0.9), dtype=np.float32)
    dark = (1 - strength * cast * floor_share) * (1 - 0.5 * contact * floor_share)
    large = cv2.resize(
        (dark * 255).astype(np.uint8), (camera.width, camera.height), interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(cv2.merge([large, large, large]), dtype=np.uint8)


def _to_canvas(camera: Camera, floor_m: Floats) -> Fixed | None:
    pixels, depth = camera.project(np.column_stack([floor_m, np.zeros(len(floor_m))]))
    if len(depth) == 0 or float(depth.min()) < 0.3:
        return None
    scaled = np.round((pixels / _SHRINK - 0.5) * (1 << _BITS))
    return np.asarray(np.clip(scaled, -(2**20), 2**20), dtype=np.int32)


def _fill(canvas: Singles, points: Fixed) -> None:
    if len(points) >= 3:
        cv2.fillConvexPoly(canvas, cv2.convexHull(points), 1.0, cv2.LINE_8, _BITS)


def floor_mask(inv_depth: Singles) -> Singles:
    """Share of floor in each quarter-size pixel: nothing stands where the depth buffer is empty."""
    height, width = inv_depth.shape
    small = cv2.resize(
        (inv_depth <= 0).astype(np.float32),
        (-(-width // _SHRINK), -(-height // _SHRINK)),
        interpolation=cv2.INTER_AREA,
    )
    return np.asarray(small, dtype=np.float32)
