"""Stored geometry as pixels, for tests and benches that compare what was drawn with what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Polygon, RleMask
from ml.geometry.masks import polygon_to_mask, rle_to_mask
from ml.geometry.rle import counts_decode


def region_pixels(shape: str, geometry: dict[str, Any], size: tuple[int, ...]) -> NDArray[np.bool_]:
    """bool (H, W) of a polygon, mask or box as the API gives it; `size` begins with (H, W)."""
    height, width = size[:2]
    if shape == "polygon":
        rings = [tuple(map(tuple, ring)) for ring in (geometry["points"], *geometry.get("holes", ()))]
        return polygon_to_mask(Polygon(rings[0], tuple(rings[1:])), height, width)
    mask = np.zeros((height, width), dtype=np.bool_)
    if shape == "box":
        x1, y1, x2, y2 = (round(v) for v in geometry["box"])
        mask[y1:y2, x1:x2] = True
        return mask
    crop = geometry["mask"]
    part = rle_to_mask(RleMask(crop["height"], crop["width"], tuple(counts_decode(crop["counts"]))))
    mask[crop["y"] : crop["y"] + crop["height"], crop["x"] : crop["x"] + crop["width"]] = part
    return mask
