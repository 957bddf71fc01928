"""Draws a mesh into a small sprite: painter's order by convex piece, shaded, anti-aliased."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.geometry.arrays import Bytes, Floats
from ml.geometry.camera import Camera
from ml.simulation.mesh import Mesh, cross_rows

# Drawn this many times larger and averaged down: smooth edges without seams between quads.
_SUPERSAMPLE = 2
_SUBPIXEL_BITS = 4
_HALF_COVERED = 120
_PAD_PX = 3
_NEAREST_M = 0.4
# A sprite is cut at this many picture sizes round the picture, which bounds memory for close objects.
_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class Light:
    """Where the light comes from (unit vector to it) and how it splits."""

    direction: Floats
    ambient: float
    diffuse: float
    tint: Floats


@dataclass(frozen=True, slots=True)
class Sprite:
    """A drawn object: `rgba` (h, w, 4) premultiplied, `parts` (h, w) the part of each covered pixel or 0.

    `left`, `top` place it in the picture (may be negative). `inv_depth` (h,) is one over the depth in
    metres of each row, of an upright plane through the object.
    """

    rgba: Bytes
    parts: Bytes
    left: int
    top: int
    inv_depth: NDArray[np.float32]


def sprite_draw(mesh: Mesh, camera: Camera, light: Light, gain: float, grain: Bytes) -> Sprite | None:
    """The object as seen, or None when it is out of the picture or too near.

    `gain` scales its light; `grain` is a noise texture (uint8 about 128) folded over it as creases.
    """
    pixels, depth = camera.project(mesh.vertices)
    if float(depth.min()) < _NEAREST_M:
        return None
    bounds = _bounds(pixels, camera)
    if bounds is None:
        return None
    left, top, right, bottom = bounds
    corners = mesh.vertices[mesh.quads]
    normal = cross_rows(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    length = np.linalg.norm(normal, axis=1)
    to_eye = np.asarray(camera.position_m) - corners.mean(axis=1)
    facing = (np.einsum("ij,ij->i", normal, to_eye) > 0) & (length > 1e-12)
    if not facing.any():
        return None
    quads = mesh.quads[facing]
    normal = normal[facing] / length[facing][:, None]
    order = _painter_order(mesh, depth, facing)
    colour = _shade(mesh, facing, normal, to_eye[facing], light, gain)[order]
    codes = 255 - mesh.part[facing][order]
    points = (pixels[quads[order]] - (left, top)) * _SUPERSAMPLE - 0.5
    fixed = np.round(points * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    layer = np.zeros(((bottom - top) * _SUPERSAMPLE, (right - left) * _SUPERSAMPLE, 4), dtype=np.uint8)
    for shape, (red, green, blue), code in zip(fixed, colour.tolist(), codes.tolist(), strict=True):
        cv2.fillConvexPoly(layer, shape, (red, green, blue, code), cv2.LINE_8, _SUBPIXEL_BITS)
    return _finish(layer, left, top, pixels, depth, grain)


def _bounds(pixels: Floats, camera: Camera) -> tuple[int, int, int, int] | None:
    low = np.floor(pixels.min(axis=0)).astype(int) - _PAD_PX
    high = np.ceil(pixels.max(axis=0)).astype(int) + _PAD_PX
    if high[0] <= 0 or high[1] <= 0 or low[0] >= camera.width or low[1] >= camera.height:
        return None
    reach_x, reach_y = int(camera.width * _MARGIN), int(camera.height * _MARGIN)
    left, top = max(int(low[0]), -reach_x), max(int(low[1]), -reach_y)
    return left, top, min(int(high[0]), camera.width + reach_x), min(int(high[1]), camera.height + reach_y)


def _painter_order(mesh: Mesh, depth: Floats, facing: NDArray[np.bool_]) -> NDArray[np.int64]:
    per_quad = depth[mesh.quads].mean(axis=1)
    total = np.bincount(mesh.piece, weights=per_quad)
    count = np.bincount(mesh.piece)
    piece_depth = (total / np.maximum(count, 1))[mesh.piece] - mesh.lift
    return np.argsort(-piece_depth[facing], kind="stable")


def _shade(
    mesh: Mesh, facing: NDArray[np.bool_], normal: Floats, to_eye: Floats, light: Light, gain: float
) -> Bytes:
    lambert = normal @ light.direction
    # Half-Lambert keeps form visible on the shadow side, as the many lamps of a hall do.
    diffuse = light.diffuse * (0.5 + 0.5 * lambert) ** 1.6
    sky = 0.16 * normal[:, 2]
    amount = (light.ambient + diffuse + sky)[:, None] * light.tint * gain
    colour = mesh.colour[facing] * amount
    half = light.direction + to_eye / np.linalg.norm(to_eye, axis=1, keepdims=True)
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    shine = mesh.gloss[facing] * np.clip(np.einsum("ij,ij->i", normal, half), 0, 1) ** 24
    return np.asarray(np.clip((colour + 0.55 * gain * shine[:, None]) * 255, 0, 255), dtype=np.uint8)


def _finish(layer: Bytes, left: int, top: int, pixels: Floats, depth: Floats, grain: Bytes) -> Sprite:
    height, width = layer.shape[0] // _SUPERSAMPLE, layer.shape[1] // _SUPERSAMPLE
    codes = layer[..., 3]
    code = np.maximum(
        np.maximum(codes[::2, ::2], codes[1::2, ::2]), np.maximum(codes[::2, 1::2], codes[1::2, 1::2])
    )
    rgba = cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA)
    # Half covered or more counts as covered; part codes lie just under 255.
    parts = np.where(rgba[..., 3] > _HALF_COVERED, 255 - code, 0).astype(np.uint8)
    rgba = _smooth(np.asarray(rgba, dtype=np.uint8))
    crease = cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
    rgba[..., :3] = cv2.multiply(rgba[..., :3], cv2.merge([crease] * 3), scale=1 / 128)
    rows = np.arange(top, top + height) + 0.5
    low, high = int(pixels[:, 1].argmax()), int(pixels[:, 1].argmin())
    span = max(pixels[low, 1] - pixels[high, 1], 1e-6)
    share = (rows - pixels[high, 1]) / span
    middle = float(depth.mean())
    tilt = float(depth[low] - depth[high])
    inv_depth = 1.0 / np.maximum(middle + tilt * (np.clip(share, 0, 1) - 0.5), _NEAREST_M)
    return Sprite(np.asarray(rgba), parts, left, top, inv_depth.astype(np.float32))


def _smooth(rgba: Bytes) -> Bytes:
    """Round off the facets of a large body: blur inside the silhouette, which stays sharp."""
    size = min(rgba.shape[0] // 70, 7) | 1
    if size < 3:
        return rgba
    wide = cv2.blur(rgba, (size, size)).astype(np.float32)
    share = rgba[..., 3:] / np.maximum(wide[..., 3:], 1.0)
    wide[..., :3] *= share
    wide[..., 3] = rgba[..., 3]
    return np.asarray(np.clip(wide, 0, 255), dtype=np.uint8)


def sprite_blur(rgba: Bytes, shift_px: tuple[float, float]) -> Bytes:
    """Smear a premultiplied sprite along its way over the picture while the shutter is open."""
    length = float(np.hypot(*shift_px))
    if length < 1.2:
        return rgba
    size = int(np.ceil(length)) | 1
    kernel = np.zeros((size, size), dtype=np.float32)
    middle = size // 2
    x, y = shift_px[0] / length * (length / 2), shift_px[1] / length * (length / 2)
    cv2.line(
        kernel,
        (round(middle - x), round(middle - y)),
        (round(middle + x), round(middle + y)),
        1.0,
        1,
    )
    return np.asarray(cv2.filter2D(rgba, -1, kernel / kernel.sum(), borderType=cv2.BORDER_CONSTANT))
