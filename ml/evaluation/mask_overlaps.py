"""How far detections and labelled objects share their pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Annotation, Dataset, LabelledImage, Prediction
from ml.data.label_maps import annotation_pixels, is_outlined
from ml.evaluation.matching import overlaps_of
from ml.geometry.arrays import Bools
from ml.geometry.masks import rle_to_mask


def outlined(truth: Dataset) -> Dataset:
    """The same, where objects known by a box alone are to be ignored: nobody knows their pixels."""
    images = []
    for item in truth.images:
        marked = [a if is_outlined(a) else replace(a, ignore=True) for a in item.annotations]
        images.append(replace(item, annotations=tuple(marked)))
    return Dataset(truth.classes, tuple(images))


def mask_overlaps_of(
    item: LabelledImage, found: Sequence[Prediction], wanted: Sequence[Annotation]
) -> NDArray[np.float64]:
    """IoU of pixels (detections, objects) of one picture; against what is to be ignored the boxes', as `overlaps_of`.

    A detection without a mask shares no pixel with anything.
    """
    overlaps = overlaps_of(found, wanted)
    pixels = [None if a.ignore else _pixels(item, a) for a in wanted]
    for row, detection in enumerate(found):
        met = [c for c in np.flatnonzero(overlaps[row] > 0.0) if pixels[c] is not None]
        mask = rle_to_mask(detection.mask) if detection.mask is not None and met else None
        for column in met:
            other = pixels[column]
            overlaps[row, column] = 0.0 if mask is None or other is None else _iou(mask, other)
    return overlaps


def _pixels(item: LabelledImage, annotation: Annotation) -> Bools:
    return annotation_pixels(annotation, item.image.width, item.image.height, (1.0, 1.0))


def _iou(one: Bools, other: Bools) -> float:
    return float((one & other).sum() / max(int((one | other).sum()), 1))
