"""The floor of a hall as one picture: covering, joints, painted lines, wear, light."""

from __future__ import annotations

import cv2
import numpy as np

from ml.geometry.arrays import Bytes, Singles
from ml.simulation import texture as tx
from ml.simulation.site import ORIGIN_M, SIDE_M, Site

Rng = np.random.Generator

_FLOOR_PX = 1536

_FLOORS = (
    (0.52, 0.52, 0.50),
    (0.62, 0.61, 0.58),
    (0.38, 0.39, 0.40),
    (0.34, 0.42, 0.38),
    (0.20, 0.25, 0.42),
    (0.56, 0.50, 0.42),
    (0.46, 0.28, 0.24),
    (0.70, 0.69, 0.66),
)


def _at(x: float, y: float) -> tuple[int, int]:
    scale = _FLOOR_PX / SIDE_M
    return round((x - ORIGIN_M[0]) * scale), round((y - ORIGIN_M[1]) * scale)


def _floor_base(rng: Rng) -> Singles:
    red, green, blue = (
        float(c) for c in np.array(_FLOORS[int(rng.integers(len(_FLOORS)))]) * rng.uniform(0.85, 1.12)
    )
    canvas = tx.flat(_FLOOR_PX, _FLOOR_PX, (red, green, blue))
    grain = tx.noise_crop(rng, _FLOOR_PX, _FLOOR_PX)
    fine = tx.noise_crop(rng, _FLOOR_PX, _FLOOR_PX, 128)
    canvas *= (1 + 0.06 * grain + 0.03 * fine)[..., None]
    if rng.random() < 0.25:
        # A second floor covering on one side: a walkway, a mat, another hall.
        other = np.array(_FLOORS[int(rng.integers(len(_FLOORS)))], dtype=np.float32)
        edge = int(rng.uniform(0.35, 0.65) * _FLOOR_PX)
        part = canvas[:, :edge] if rng.random() < 0.5 else canvas[:edge]
        part *= np.asarray(other / np.array([red, green, blue]), dtype=np.float32)
    joint = rng.choice([1.0, 3.0, 6.0])
    depth = 0.72 if joint > 1 else 0.9
    for metre in np.arange(0, SIDE_M, joint):
        line = int(metre / SIDE_M * _FLOOR_PX)
        canvas[line : line + 1] *= depth
        canvas[:, line : line + 1] *= depth
    return canvas


def _floor_wear(rng: Rng, canvas: Singles) -> None:
    marks = np.zeros(canvas.shape[:2], dtype=np.float32)
    for _ in range(int(rng.integers(6, 20))):
        x, y = rng.uniform(0, _FLOOR_PX, 2)
        heading, points = rng.uniform(0, 2 * np.pi), []
        for _ in range(24):
            points.append((int(x), int(y)))
            heading += rng.normal(0, 0.12)
            x, y = x + 22 * np.cos(heading), y + 22 * np.sin(heading)
        for shift in (0, 38):
            path = np.array(points, dtype=np.int32) + (shift, shift // 3)
            cv2.polylines(marks, [path], False, float(rng.uniform(0.05, 0.22)), int(rng.integers(3, 8)))
    for _ in range(int(rng.integers(4, 16))):
        centre = tuple(int(v) for v in rng.integers(0, _FLOOR_PX, 2))
        axes = tuple(int(v) for v in rng.integers(4, 40, 2))
        cv2.ellipse(
            marks, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0.05, 0.25)), -1
        )
    marks = np.asarray(cv2.GaussianBlur(marks, (0, 0), 2.0), dtype=np.float32)
    canvas *= (1 - marks)[..., None]


def _floor_lines(rng: Rng, canvas: Singles, aisles: list[float], depth_m: float) -> None:
    paint = ((0.90, 0.74, 0.10), (0.92, 0.92, 0.90), (0.85, 0.25, 0.12), (0.15, 0.45, 0.30))
    colour = paint[int(rng.integers(len(paint)))]
    layer = canvas.copy()
    width = max(2, int(0.1 * _FLOOR_PX / SIDE_M))
    for x in aisles:
        cv2.line(layer, _at(x, -4), _at(x, depth_m - 1.5), colour, width)
    if rng.random() < 0.6:
        y = float(rng.uniform(3, 8))
        for offset in (0.0, float(rng.uniform(1.2, 2.4))):
            cv2.line(layer, _at(-18, y + offset), _at(18, y + offset), colour, width)
    if rng.random() < 0.5:
        x0, y0 = float(rng.uniform(-6, 4)), float(rng.uniform(3, 12))
        for stripe in np.arange(0, float(rng.uniform(2.5, 5)), 0.9):
            cv2.rectangle(
                layer, _at(x0 + stripe, y0), _at(x0 + stripe + 0.45, y0 + 2.2), (0.9, 0.9, 0.88), -1
            )
    for _ in range(int(rng.integers(0, 4))):
        x0, y0 = float(rng.uniform(-8, 6)), float(rng.uniform(2, 16))
        cv2.rectangle(layer, _at(x0, y0), _at(x0 + 1.4, y0 + 1.2), paint[int(rng.integers(4))], width)
    worn = np.clip(0.85 + 0.3 * tx.noise_crop(rng, _FLOOR_PX, _FLOOR_PX, 64), 0.2, 1.0)[..., None]
    canvas += (layer - canvas) * worn


def _floor_light(site: Site, rng: Rng) -> Singles:
    """Lamp pools, and the dark round whatever stands on the floor."""
    shade = np.asarray(cv2.GaussianBlur(site.blocked, (0, 0), 2.2), dtype=np.float32)
    shade = np.asarray(
        cv2.resize(shade, (_FLOOR_PX, _FLOOR_PX), interpolation=cv2.INTER_CUBIC), dtype=np.float32
    )
    metres = np.linspace(0, SIDE_M, _FLOOR_PX, dtype=np.float32)
    pitch, phase = rng.uniform(4, 7), rng.uniform(0, 6, 2)
    wave_x = np.cos((metres + phase[0]) * 2 * np.pi / pitch)
    wave_y = np.cos((metres + phase[1]) * 2 * np.pi / pitch)
    pools = 1 + float(rng.uniform(0.02, 0.12)) * (wave_y[:, None] + wave_x[None, :])
    return np.asarray((1 - 0.42 * shade) * pools, dtype=np.float32)


def floor_picture(site: Site, rng: Rng, aisles: list[float]) -> Bytes:
    """Square RGB picture of the floor from `ORIGIN_M`, `SIDE_M` wide; rows run along y. `aisles` get lines."""
    canvas = _floor_base(rng)
    _floor_lines(rng, canvas, aisles, site.depth_m)
    _floor_wear(rng, canvas)
    return tx.to_bytes(canvas * _floor_light(site, rng)[..., None])
