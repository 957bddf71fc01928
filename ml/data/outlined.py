"""Reads objects with outlines for an instance segmenter: as a detector's, or every blob of a painted mask. Torch-free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from ml.contracts import Annotation, Dataset
from ml.data.label_maps import segmentation_read
from ml.data.loaded import Loaded
from ml.data.readers import is_detection_set
from ml.geometry.masks import mask_box, mask_to_rle, rle_to_mask

# Smaller blobs are specks of the brush or of a lossy file.
MIN_BLOB_PX = 16


def objects_read(folder: Path, classes: Sequence[str] = ()) -> Loaded:
    """Read a folder as `segmentation_read` does, a painted mask's blobs as objects. Raises DatasetError."""
    loaded = segmentation_read(folder, classes)
    if is_detection_set(folder):
        return loaded
    images = tuple(
        replace(item, annotations=tuple(b for a in item.annotations for b in _blobs(a)))
        for item in loaded.dataset.images
    )
    return Loaded(Dataset(loaded.dataset.classes, images), loaded.notes)


def _blobs(annotation: Annotation) -> Iterator[Annotation]:
    if annotation.mask is None or annotation.ignore:
        yield annotation
        return
    count, labels = cv2.connectedComponents(rle_to_mask(annotation.mask).astype(np.uint8))
    for k in range(1, count):
        pixels = np.asarray(labels == k)
        box = mask_box(pixels)
        if box is not None and int(pixels.sum()) >= MIN_BLOB_PX:
            yield replace(annotation, box=box, mask=mask_to_rle(pixels))
