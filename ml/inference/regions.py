"""From a semantic segmenter's coarse scores to the regions of a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import RleMask
from ml.geometry.arrays import Bytes
from ml.geometry.masks import mask_to_rle, rle_to_mask
from ml.inference.letterbox import Fit


def class_map(scores: NDArray[np.float32], input_size: int, fit: Fit) -> Bytes:
    """The likeliest class of each picture pixel, uint8 (height, width), from scores (C, h, w) over the square input.

    Scores are read between cells (bilinear) before they are compared: that keeps borders smooth.
    """
    matrix = np.array(
        [
            [fit.scale_x, 0.0, 0.5 * fit.scale_x + fit.left],
            [0.0, fit.scale_y, 0.5 * fit.scale_y + fit.top],
        ]
    ) * (scores.shape[1] / input_size)
    # Cells, like pixels, have their centres at +0.5.
    matrix[:, 2] -= 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    best = np.full((fit.height, fit.width), -1.0, dtype=np.float32)
    found = np.zeros((fit.height, fit.width), dtype=np.uint8)
    for value, plane in enumerate(np.ascontiguousarray(scores)):
        smooth = cv2.warpAffine(
            plane, matrix, (fit.width, fit.height), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        better = smooth > best
        found[better] = value
        np.maximum(best, smooth, out=best)
    return found


def regions_of(found: Bytes, classes: Sequence[str]) -> dict[str, RleMask]:
    """Run lengths of every class that a map (0 background, k the class at k - 1) holds."""
    present = set(np.unique(found).tolist())
    return {name: mask_to_rle(found == k) for k, name in enumerate(classes, start=1) if k in present}


def regions_map(regions: Mapping[str, RleMask], classes: Sequence[str], height: int, width: int) -> Bytes:
    """The map back from run lengths; regions of other classes are background."""
    found = np.zeros((height, width), dtype=np.uint8)
    for k, name in enumerate(classes, start=1):
        if name in regions:
            found[rle_to_mask(regions[name])] = k
    return found
