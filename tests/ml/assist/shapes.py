"""Tiny generated pictures of objects with exact masks, as a folder of pictures and painted masks."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image


def painted_set(folder: Path, count: int = 8, side: int = 96, seed: int = 0) -> Path:
    """`count` pictures of one bright oval or rectangle each on a noisy wall, with `masks/` beside `images/`."""
    rng = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True)
    (folder / "masks").mkdir()
    for number in range(count):
        pixels = rng.integers(60, 100, size=(side, side, 3)).astype(np.uint8)
        mask = np.zeros((side, side), dtype=np.uint8)
        centre = rng.integers(side // 3, 2 * side // 3, size=2)
        half = rng.integers(side // 8, side // 4, size=2)
        cv2.ellipse(mask, centre.tolist(), half.tolist(), 30.0 * number, 0, 360, 1, -1)
        pixels[mask > 0] = rng.integers(140, 250, size=3)
        Image.fromarray(pixels).save(folder / "images" / f"shape{number}.jpg", quality=95)
        Image.fromarray(mask).save(folder / "masks" / f"shape{number}.png")
    return folder
