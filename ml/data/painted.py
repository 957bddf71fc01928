"""Pictures with a painted mask beside each: `images/` with `masks/*.png`, or JPEGs with a PNG of the same name. Torch-free."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from ml.contracts import ImageRef
from ml.data.loaded import Notes, picture_ref, pictures_under
from ml.geometry.arrays import Bools, Bytes

# Masks painted by hand are 0 and 1, or the greys of a lossy file up to 255.
PAINTED_MIN = 128


def painted_read(folder: Path, notes: Notes) -> Iterator[tuple[ImageRef, Bytes]]:
    """Every readable picture that has a mask of its own size (H, W), values as painted."""
    for path in pictures_under(folder):
        beside = [path.with_suffix(".png"), path.parent.parent / "masks" / f"{path.stem}.png"]
        painted = next((p for p in beside if p != path and p.is_file()), None)
        if path.parent.name == "masks" or painted is None:
            continue
        image = picture_ref(path, folder, notes)
        if image is None:
            continue
        mask = cv2.imread(str(painted), cv2.IMREAD_GRAYSCALE)
        if mask is None or mask.shape != (image.height, image.width):
            notes.add("mask unreadable, or of another size than its picture, left out", image.id)
            continue
        yield image, np.asarray(mask, dtype=np.uint8)


def painted_pixels(mask: Bytes) -> Bools:
    """Which pixels of a two-valued mask are painted: over 0 where it is 0 and 1, else over 128."""
    return np.asarray(mask > (PAINTED_MIN if mask.max() > 1 else 0))
