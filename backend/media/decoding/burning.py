"""Runs in the decoding child: what a camera hides is burned over before a picture of it is stored."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from ml.scene.privacy import Polygons, burn


def burned(image: Image.Image, polygons: Polygons, *, top: int = 0, height: int = 0) -> Image.Image:
    """A copy of upright pixels (eight bits a channel), or of the strip from row `top` of a picture so high."""
    pixels = np.array(image)
    burn(pixels, polygons, top=top, height=height)
    return Image.fromarray(pixels, image.mode)


def burned_strips(parts: Iterator[Image.Image], polygons: Polygons, height: int) -> Iterator[Image.Image]:
    """The strips of a large picture from its top on."""
    top = 0
    for part in parts:
        yield burned(part, polygons, top=top, height=height)
        top += part.height
