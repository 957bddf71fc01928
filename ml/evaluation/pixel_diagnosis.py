"""Where a semantic segmenter errs: pixels by what they are and what they were called, and the places of most of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from ml.contracts import Box, Dataset, ImagePrediction, LabelledImage
from ml.data.label_maps import UNKNOWN, label_map
from ml.evaluation.cases import NOTHING, Case
from ml.geometry.arrays import Bools, Bytes
from ml.inference.regions import regions_map

# Smaller patches are the width of a border, about which two people differ as well.
PATCH_MIN_PX = 64


def pixel_confusion(
    truth: Dataset, predictions: Sequence[ImagePrediction]
) -> tuple[Counter[tuple[str, str]], list[Case]]:
    """Pixels by (actual, predicted), NOTHING for the background (which, left alone, is not counted), and the largest
    patch of each such pair in each picture, largest first. Boxes of a case are of its patch."""
    names = (NOTHING, *truth.classes)
    counts: Counter[tuple[str, str]] = Counter()
    cases: list[tuple[int, Case]] = []
    for item, said in zip(truth.images, predictions, strict=True):
        drawn = label_map(item, truth.classes, item.image.width, item.image.height)
        found = regions_map(said.regions, truth.classes, item.image.height, item.image.width)
        for actual, predicted, wrong in _pairs(drawn, found, len(names)):
            counts[names[actual], names[predicted]] += int(wrong.sum())
            patch = _largest(wrong)
            if patch is not None:
                cases.append((patch[0], _case(item, names[actual], names[predicted], patch[1])))
    cases.sort(key=lambda each: -each[0])
    return counts, [case for _, case in cases]


def _pairs(drawn: Bytes, found: Bytes, side: int) -> Iterator[tuple[int, int, Bools]]:
    known = drawn != UNKNOWN
    pairs = drawn[known].astype(np.int64) * side + found[known]
    for pair in np.unique(pairs).tolist():
        actual, predicted = divmod(pair, side)
        if actual or predicted:
            yield actual, predicted, known & (drawn == actual) & (found == predicted)


def _largest(pixels: Bools) -> tuple[int, Box] | None:
    count, _, stats, _ = cv2.connectedComponentsWithStats(pixels.astype(np.uint8))
    if count < 2:
        return None
    left, top, width, height, area = stats[1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())].tolist()
    if area < PATCH_MIN_PX:
        return None
    return area, Box(float(left), float(top), float(left + width), float(top + height))


def _case(item: LabelledImage, actual: str, predicted: str, patch: Box) -> Case:
    return Case(item.image.id, actual, predicted, patch if actual else None, patch if predicted else None)
