"""segment-anything's mask decoder through ONNX Runtime, on features that an encoder stored. Torch-free.

The graph (`ml.models.sam_export` writes it) takes `image_embeddings` (1, C, h, w), `point_coords` (1, N, 2) in pixels
of the square input, `point_labels` (1, N) with 1 in, 0 out, 2 and 3 the corners of a box, -1 none, `mask_input`
(1, 1, 4h, 4w) logits and `has_mask_input` (1,); it gives `low_res_masks` (1, 4, 4h, 4w) and `iou_predictions` (1, 4).
Mask 0 answers a prompt that says what is meant; 1 to 3 are part, object and whole of a lone click.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.errors import GeometryError, ImageError
from ml.inference.runtime import NamedGraph
from ml.inference.sam_geometry import in_input, inner_size
from ml.inference.segmenter import Features, Prompts, Segmentation, picture_check, prompts_check

INPUTS = ("image_embeddings", "point_coords", "point_labels", "mask_input", "has_mask_input")
OUTPUTS = ("low_res_masks", "iou_predictions")
ANSWERS = 3


class SamDecoder:
    """Implements `Segmenter` but for `encode`. Safe to share between threads: nothing is kept between calls."""

    basic = False

    def __init__(self, path: Path, *, key: str, side: int, shape: Sequence[int], threads: int = 1) -> None:
        """`key` names the weights, `side` the square input in pixels, `shape` (C, h, w) the embedding.

        Raises ManifestError where the file is no such graph.
        """
        self.key = key
        self._side = side
        self._shape = tuple(shape)
        self._graph = NamedGraph(path, INPUTS, OUTPUTS, threads)

    def encode(self, image_rgb: NDArray[np.uint8]) -> Features:
        """Raises ImageError always: the encoder runs elsewhere."""
        picture_check(image_rgb)
        raise ImageError("This picture has not been encoded yet.")

    def restore(self, data: bytes, height: int, width: int) -> Features:
        """Features from raw little-endian float16. Raises ImageError for another number of bytes."""
        if len(data) != int(np.prod(self._shape)) * 2:
            raise ImageError(f"These features were not made by {self.key}.")
        return Features(
            np.frombuffer(data, dtype="<f2").reshape(self._shape).astype(np.float16), height, width, self.key
        )

    def decode(self, features: Features, prompts: Prompts) -> Segmentation:
        """Three masks, best first: for a lone click its three readings, else the one that is meant before the rest."""
        prompts_check(prompts, features, self.key)
        low_res, iou = self.run(features, prompts)
        lone = len(prompts.points) == 1 and prompts.box is None and prompts.previous is None
        others = sorted((1, 2, 3), key=lambda k: -float(iou[k]))
        order = others if lone else [0, *others][:ANSWERS]
        size = (features.height, features.width)
        masks = np.stack([upsampled(low_res[k], size, self._side) > 0.0 for k in order])
        return Segmentation(masks, iou[order].clip(0.0, 1.0), low_res[order])

    def run(self, features: Features, prompts: Prompts) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """All four masks as logits (4, h, w), and their estimated IoU (4,)."""
        places, labels = self._points(features, prompts)
        low_res, iou = self._graph.run(
            image_embeddings=features.array.astype(np.float32)[None],
            point_coords=places[None],
            point_labels=labels[None],
            mask_input=self._before(prompts)[None, None],
            has_mask_input=np.array([prompts.previous is not None], dtype=np.float32),
        )
        return low_res[0], iou[0]

    def _points(
        self, features: Features, prompts: Prompts
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        places = [(p.x, p.y) for p in prompts.points]
        labels = [1.0 if p.inside else 0.0 for p in prompts.points]
        size = (features.height, features.width)
        box = prompts.box
        if box is not None:
            places += [(box.x1, box.y1), (box.x2, box.y2)]
            labels += [2.0, 3.0]
        found = in_input(np.array(places, dtype=np.float32), *size, self._side)
        if box is None:
            # The model was trained with a point that is none where there is no box.
            found, labels = np.concatenate([found, np.zeros((1, 2), np.float32)]), [*labels, -1.0]
        return found, np.array(labels, dtype=np.float32)

    def _before(self, prompts: Prompts) -> NDArray[np.float32]:
        shape = (4 * self._shape[1], 4 * self._shape[2])
        if prompts.previous is None:
            return np.zeros(shape, dtype=np.float32)
        if prompts.previous.shape != shape:
            raise GeometryError(f"The mask before has shape {prompts.previous.shape}, not {shape}.")
        return prompts.previous.astype(np.float32)


def upsampled(low_res: NDArray[np.float32], size: tuple[int, int], side: int) -> NDArray[np.float32]:
    """Logits (h, w) of the square input as logits (height, width) of the picture, as the package's own code does it."""
    height, width = size
    inner_h, inner_w = inner_size(height, width, side)
    large = cv2.resize(low_res, (side, side), interpolation=cv2.INTER_LINEAR)[:inner_h, :inner_w]
    return np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)
