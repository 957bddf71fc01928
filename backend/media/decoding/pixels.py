"""Runs in the decoding child: any mode of a picture as eight bits a channel."""

from __future__ import annotations

import numpy as np
from PIL import Image

_TWELVE_BITS, _SIXTEEN_BITS = 4095.0, 65535.0


def sample_range(image: Image.Image) -> tuple[float, float]:
    """Lowest and highest finite sample of a deep picture; (0, 0) where there is none."""
    values = np.asarray(image, dtype=np.float32)
    finite = values[np.isfinite(values)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)


def eight_bit(image: Image.Image, samples: tuple[float, float] | None = None) -> Image.Image:
    """RGB, or RGBA / L where the picture is so; deeper greys are scaled by their range, palettes resolved.

    `samples`: the range of the whole picture, where `image` is a part of it.
    """
    if image.mode in {"RGB", "L", "RGBA"}:
        return image
    if image.mode.startswith("I") or image.mode == "F":
        low, high = samples or sample_range(image)
        if image.mode.startswith("I") and low >= 0 and high > 255:
            low, high = 0.0, _SIXTEEN_BITS if high > _TWELVE_BITS else _TWELVE_BITS
        elif low >= 0 and high <= 255 and image.mode != "F":
            low, high = 0.0, 255.0
        values = np.asarray(image, dtype=np.float32)
        scaled = np.nan_to_num((values - low) * (255.0 / max(high - low, 1e-9)))
        return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8))
    if image.mode in {"LA", "PA"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")
