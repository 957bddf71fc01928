"""From a semantic segmenter's coarse scores to the regions of a picture, and to their blobs as objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box, Prediction, RleMask
from ml.geometry.arrays import Bools, Bytes, Singles
from ml.geometry.masks import crop_to_rle, mask_to_rle, rle_to_mask
from ml.inference.letterbox import Fit

# A blob of less than this many pixels of the input is a ragged border, not an object.
BLOB_MIN_INPUT_PX = 64
BLOBS_MAX = 100


def class_map(scores: NDArray[np.float32], input_size: int, fit: Fit) -> tuple[Bytes, Singles]:
    """The likeliest class of each picture pixel, uint8 (height, width), and its score; from scores (C, h, w) over the
    square input.

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
    return found, best


def regions_of(found: Bytes, classes: Sequence[str]) -> dict[str, RleMask]:
    """Run lengths of every class that a map (0 background, k the class at k - 1) holds."""
    present = set(np.unique(found).tolist())
    return {name: mask_to_rle(found == k) for k, name in enumerate(classes, start=1) if k in present}


def blobs_of(found: Bytes, best: Singles, classes: Sequence[str], fit: Fit) -> tuple[Prediction, ...]:
    """Connected pixels of one class as objects, scored by their mean probability, the surest first.

    `found` and `best` as `class_map` gives them. Ragged scraps are left out.
    """
    least = BLOB_MIN_INPUT_PX / (fit.scale_x * fit.scale_y)
    blobs: list[Prediction] = []
    for k, name in enumerate(classes, start=1):
        pixels = (found == k).astype(np.uint8)
        count, marks, stats, _ = cv2.connectedComponentsWithStats(pixels)
        for blob in range(1, count):
            left, top, width, height, area = stats[blob].tolist()
            if area < least:
                continue
            rows, columns = slice(top, top + height), slice(left, left + width)
            shape: Bools = marks[rows, columns] == blob
            box = Box(float(left), float(top), float(left + width), float(top + height))
            mask = crop_to_rle(shape, left, top, *found.shape)
            score = min(1.0, float(best[rows, columns][shape].mean()))
            blobs.append(Prediction(name, score, box, mask))
    return tuple(sorted(blobs, key=lambda blob: -blob.score)[:BLOBS_MAX])


def regions_map(regions: Mapping[str, RleMask], classes: Sequence[str], height: int, width: int) -> Bytes:
    """The map back from run lengths; regions of other classes are background."""
    found = np.zeros((height, width), dtype=np.uint8)
    for k, name in enumerate(classes, start=1):
        if name in regions:
            found[rle_to_mask(regions[name])] = k
    return found
