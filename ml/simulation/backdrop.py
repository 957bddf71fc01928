"""The still part of a scene: textured planes cast through every pixel, with a depth buffer."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike

from ml.geometry.arrays import Bools, Bytes, Floats, Ints, Singles
from ml.geometry.camera import Camera
from ml.simulation.mesh import cross_rows

_EDGE_STEPS = np.linspace(0.0, 1.0, 7)
_LEVELS = 6
_NEAR_M = 0.15


class Texture:
    """An RGB picture with its halved copies, so that far surfaces do not glitter."""

    def __init__(self, image: Bytes) -> None:
        levels = [image]
        while len(levels) < _LEVELS and min(levels[-1].shape[:2]) >= 4:
            levels.append(np.asarray(cv2.pyrDown(levels[-1])))
        self.levels: tuple[Bytes, ...] = tuple(levels)


@dataclass(slots=True)
class Backdrop:
    """Fills in `colour` (H, W, 3), `inv_depth` (H, W; 0 = nothing stands there) and `ids` (H, W).

    `rays` holds each pixel's world direction, one unit per metre of depth.
    """

    camera: Camera
    colour: Singles
    inv_depth: Singles
    ids: Ints
    rays: Singles

    @classmethod
    def empty(cls, camera: Camera) -> Backdrop:
        height, width = camera.height, camera.width
        x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        rays = camera.rays(np.stack([x.ravel(), y.ravel()], axis=1)).reshape(height, width, 3)
        return cls(
            camera=camera,
            colour=np.zeros((height, width, 3), dtype=np.float32),
            inv_depth=np.zeros((height, width), dtype=np.float32),
            ids=np.zeros((height, width), dtype=np.int64),
            rays=rays.astype(np.float32),
        )

    def floor(self, texture: Texture, size_m: float, origin_m: tuple[float, float]) -> None:
        """Lay a floor of `size_m` square from `origin_m` over the whole picture; it hides nothing."""
        down = np.minimum(self.rays[..., 2], -1e-4)
        reach = np.float32(-self.camera.position_m[2]) / down
        side = texture.levels[0].shape[0]
        u = (self.camera.position_m[0] + reach * self.rays[..., 0] - origin_m[0]) / size_m * side
        v = (self.camera.position_m[1] + reach * self.rays[..., 1] - origin_m[1]) / size_m * side
        # Near the horizon they run to millions, which a reflecting border would unroll one by one.
        u, v = np.clip(u, 0, side - 1), np.clip(v, 0, side - 1)
        # Texels passed per pixel downwards choose the level; sideways they are always fewer.
        step = np.abs(np.gradient(v, axis=0)) + np.abs(np.gradient(u, axis=0))
        level = np.clip(np.log2(np.maximum(step * 0.7, 1.0)), 0, len(texture.levels) - 1)
        result = np.zeros_like(self.colour)
        for index, image in enumerate(texture.levels):
            weight = np.clip(1.0 - np.abs(level - index), 0, 1)
            if weight.max() <= 0:
                continue
            shrink = np.float32(0.5**index)
            sampled = cv2.remap(
                image,
                (u * shrink).astype(np.float32),
                (v * shrink).astype(np.float32),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            result += sampled * weight[..., None].astype(np.float32)
        seen = self.rays[..., 2] < -1e-4
        self.colour[seen] = result[seen]

    def face(
        self,
        origin: Floats,
        u: Floats,
        v: Floats,
        texture: Texture,
        gain: float,
        ident: int = 0,
        repeat: tuple[float, float] = (1.0, 1.0),
    ) -> None:
        """Draw the rectangle `origin + s u + t v`, s, t in 0..1, u at right angles to v, where it is nearest.

        The texture's rows run against v (its top is at t = 1); `repeat` tiles it.
        """
        area = self._area(origin, u, v)
        if area is None:
            return
        rows, columns = area
        rays = self.rays[rows, columns]
        normal = cross_rows(u, v)
        offset = origin - np.asarray(self.camera.position_m)
        along = rays @ normal.astype(np.float32)
        depth = np.float32(normal @ offset) / np.where(np.abs(along) < 1e-9, np.float32(1e-9), along)
        hit = rays * depth[..., None] - offset.astype(np.float32)
        s = hit @ (u / (u @ u)).astype(np.float32)
        t = hit @ (v / (v @ v)).astype(np.float32)
        inside = (s >= 0) & (s <= 1) & (t >= 0) & (t <= 1) & (depth > _NEAR_M)
        count = int(inside.sum())
        if count == 0:
            return
        inverse = np.where(inside, 1.0 / np.maximum(depth, _NEAR_M), 0).astype(np.float32)
        inside &= inverse > self.inv_depth[rows, columns]
        self._paint(rows, columns, inside, s * repeat[0], (1 - t) * repeat[1], texture, gain, count, repeat)
        self.inv_depth[rows, columns][inside] = inverse[inside]
        self.ids[rows, columns][inside] = ident

    def _paint(
        self,
        rows: slice,
        columns: slice,
        inside: Bools,
        s: Singles,
        t: Singles,
        texture: Texture,
        gain: float,
        count: int,
        repeat: tuple[float, float],
    ) -> None:
        base = texture.levels[0]
        texels = base.shape[0] * base.shape[1] * repeat[0] * repeat[1]
        level = int(
            np.clip(round(0.5 * np.log2(max(texels / max(count, 1), 1.0)) - 0.3), 0, len(texture.levels) - 1)
        )
        image = texture.levels[level]
        sampled = cv2.remap(
            image,
            (s * image.shape[1] - 0.5).astype(np.float32),
            (t * image.shape[0] - 0.5).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )
        self.colour[rows, columns][inside] = sampled[inside] * np.float32(gain)

    def _area(self, origin: Floats, u: Floats, v: Floats) -> tuple[slice, slice] | None:
        step = _EDGE_STEPS[:, None]
        border = np.concatenate(
            [origin + step * u, origin + u + step * v, origin + v + step * u, origin + step * v]
        )
        pixels, depth = self.camera.project(border)
        height, width = self.inv_depth.shape
        if (depth <= _NEAR_M).all():
            return None
        if (depth <= _NEAR_M).any():
            return slice(0, height), slice(0, width)
        low = np.floor(pixels.min(axis=0)).astype(int) - 1
        high = np.ceil(pixels.max(axis=0)).astype(int) + 2
        if high[0] <= 0 or high[1] <= 0 or low[0] >= width or low[1] >= height:
            return None
        return slice(max(0, int(low[1])), min(height, int(high[1]))), slice(
            max(0, int(low[0])), min(width, int(high[0]))
        )

    def box(
        self,
        low: ArrayLike,
        high: ArrayLike,
        side: Texture,
        top: Texture | None = None,
        *,
        turn: float = 0.0,
        gain: float = 1.0,
        ident: int = 0,
        pivot: tuple[float, float] | None = None,
        rows: int = 1,
    ) -> None:
        """An upright box, turned by `turn` about `pivot` (default its middle); `rows` tiles the sides upwards."""
        a, b = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
        centre = np.asarray(pivot if pivot is not None else (a[:2] + b[:2]) / 2)
        sin, cos = np.sin(turn), np.cos(turn)

        def spin(x: float, y: float, z: float) -> Floats:
            dx, dy = x - centre[0], y - centre[1]
            return np.array([centre[0] + cos * dx + sin * dy, centre[1] - sin * dx + cos * dy, z])

        rise = np.array([0.0, 0.0, b[2] - a[2]])
        corner = [
            spin(a[0], a[1], a[2]),
            spin(b[0], a[1], a[2]),
            spin(b[0], b[1], a[2]),
            spin(a[0], b[1], a[2]),
        ]
        eye = np.asarray(self.camera.position_m)
        for index in range(4):
            start, end = corner[index], corner[(index + 1) % 4]
            normal = cross_rows(end - start, rise)
            if normal @ (eye - start) <= 0:
                continue
            normal /= max(float(np.linalg.norm(normal)), 1e-9)
            shade = 0.72 + 0.16 * float(normal @ np.array([-0.6, -0.8, 0.0]))
            self.face(start, end - start, rise, side, gain * shade, ident, (1.0, float(rows)))
        if eye[2] > b[2]:
            base = corner[0] + rise
            self.face(base, corner[1] - corner[0], corner[3] - corner[0], top or side, gain * 1.02, ident)
