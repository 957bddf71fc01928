"""Picture files as upright RGB arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from ml.errors import ImageError

# 100 megapixels: more than any camera here, less than a decompression bomb.
MAX_PIXELS = 100_000_000


def picture_load(path: Path) -> NDArray[np.uint8]:
    """Read a picture upright (EXIF-turned) as uint8 RGB (H, W, 3). Raises ImageError."""
    try:
        with Image.open(path) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ImageError(f"{path.name} has more than {MAX_PIXELS} pixels.")
            return np.asarray(ImageOps.exif_transpose(_eight_bit(picture)).convert("RGB"))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ImageError(f"{path.name} cannot be decoded.") from error


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Scale 16-bit grey (thermal cameras) by its own range: a plain convert would clip it to white."""
    if not picture.mode.startswith("I"):
        return picture
    values = np.asarray(picture, dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (255.0 / max(high - low, 1.0))
    return Image.fromarray(scaled.astype(np.uint8))
