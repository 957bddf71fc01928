"""Held-out pictures as a network's input, decoded once a run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Dataset
from ml.errors import ImageError
from ml.inference.letterbox import Fit, letterbox
from ml.inference.pictures import picture_load


class HeldOut:
    """The pictures of a data set that can be decoded, and each as a square input of `size` px, in the same order."""

    def __init__(self, dataset: Dataset, size: int) -> None:
        images, self.inputs = [], list[tuple[NDArray[np.uint8], Fit]]()
        for item in dataset.images:
            try:
                pixels = picture_load(item.image.path)
            except ImageError:
                # Left out as it is when the finished model is scored.
                continue
            images.append(item)
            self.inputs.append(letterbox(pixels, size))
        self.dataset = replace(dataset, images=tuple(images))
