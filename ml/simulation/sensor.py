"""What lens and sensor do to a clean picture: softness, vignette, exposure, colour cast, noise, JPEG."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ml.geometry.arrays import Bytes

_NOISE_MARGIN = 64


@dataclass(frozen=True, slots=True)
class Sensor:
    """Drawn once per camera. `shutter` is the open share of a frame's time, for motion blur."""

    soft_px: float
    curve: Bytes
    vignette: Bytes
    noise: tuple[Bytes, Bytes] | None
    jpeg_quality: int
    grey: bool
    shutter: float


def draw_sensor(rng: np.random.Generator, width: int, height: int, noise: bool) -> Sensor:
    """A random camera's faults; `noise` off leaves out sensor noise and JPEG."""
    exposure = float(np.clip(rng.normal(1.0, 0.18), 0.5, 1.4))
    cast = 1.0 + rng.normal(0, 0.04, 3)
    gamma = float(rng.uniform(0.8, 1.15))
    levels = np.linspace(0, 1, 256)[:, None] ** gamma * exposure * cast
    # A soft shoulder instead of a hard clip of the lights.
    bent = np.where(levels > 0.8, 0.8 + 0.2 * np.tanh((levels - 0.8) / 0.25), levels)
    lift = float(rng.uniform(0.0, 0.06))
    curve = np.clip((lift + (1 - lift) * bent) * 255, 0, 255).astype(np.uint8)
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    fall = 1.0 - float(rng.uniform(0.0, 0.32)) * (x**2 + y**2) / 2
    strength = float(rng.uniform(1.0, 6.0)) * (1.4 if exposure < 0.8 else 1.0)
    return Sensor(
        soft_px=float(rng.uniform(0.35, 0.95)),
        curve=curve.reshape(256, 1, 3),
        vignette=np.repeat((fall * 255).astype(np.uint8)[..., None], 3, axis=2),
        noise=_noise_planes(rng, width, height, strength) if noise else None,
        jpeg_quality=int(rng.integers(45, 93)) if noise else 0,
        grey=bool(rng.random() < 0.07),
        shutter=float(rng.uniform(0.2, 0.6)),
    )


def _noise_planes(rng: np.random.Generator, width: int, height: int, strength: float) -> tuple[Bytes, Bytes]:
    size = (height + _NOISE_MARGIN, width + _NOISE_MARGIN)
    luma = rng.normal(0, strength, size).astype(np.float32)
    chroma = rng.normal(0, strength * 0.5, (*size, 3)).astype(np.float32)
    field = luma[..., None] + chroma
    return np.clip(field, 0, 60).astype(np.uint8), np.clip(-field, 0, 60).astype(np.uint8)


def sensor_apply(sensor: Sensor, clean_rgb: Bytes, rng: np.random.Generator) -> Bytes:
    """The picture as recorded; `rng` moves the noise from frame to frame."""
    picture = cv2.GaussianBlur(clean_rgb, (0, 0), sensor.soft_px) if sensor.soft_px > 0.3 else clean_rgb
    picture = cv2.multiply(picture, sensor.vignette, scale=1 / 255)
    picture = cv2.LUT(picture, sensor.curve)
    if sensor.grey:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if sensor.noise is not None:
        row, column = (int(v) for v in rng.integers(0, _NOISE_MARGIN, 2))
        height, width = picture.shape[:2]
        window = (slice(row, row + height), slice(column, column + width))
        picture = cv2.subtract(cv2.add(picture, sensor.noise[0][window]), sensor.noise[1][window])
    if sensor.jpeg_quality:
        coded = cv2.imencode(
            ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, sensor.jpeg_quality]
        )[1]
        picture = cv2.cvtColor(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR)), cv2.COLOR_BGR2RGB)
    return np.asarray(picture, dtype=np.uint8)
