"""From an instance segmenter's boxes, mixes and prototypes to detections with masks."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box, Prediction
from ml.geometry.masks import crop_to_rle
from ml.inference.letterbox import Fit
from ml.inference.postprocess import detections_pick

# COCO looks at no more a picture.
MAX_MASKS = 100


def instances_decode(
    outputs: tuple[NDArray[np.float32], ...],
    classes: Sequence[str],
    fit: Fit,
    input_size: int,
    min_score: float,
) -> tuple[Prediction, ...]:
    """Detections by falling score, each with its mask inside its box.

    `outputs` of one picture: boxes (A, 4) in input pixels, scores (A, C), mixes (A, P), prototypes (P, h, w).
    """
    boxes_input, scores, mixes, prototypes = outputs
    picked = detections_pick(boxes_input, scores, fit, min_score)
    cells = prototypes.shape[-1] / input_size
    found = []
    for point, label, score, box in list(
        zip(picked.points, picked.labels.tolist(), picked.scores.tolist(), picked.boxes.tolist(), strict=True)
    )[:MAX_MASKS]:
        logits = np.tensordot(mixes[point], prototypes, axes=1)
        left, top = int(np.floor(box[0])), int(np.floor(box[1]))
        right, bottom = min(int(np.ceil(box[2])), fit.width), min(int(np.ceil(box[3])), fit.height)
        # Picture pixels of the box to cells; both have their centres at +0.5.
        matrix = np.array(
            [
                [fit.scale_x * cells, 0.0, ((left + 0.5) * fit.scale_x + fit.left) * cells - 0.5],
                [0.0, fit.scale_y * cells, ((top + 0.5) * fit.scale_y + fit.top) * cells - 0.5],
            ]
        )
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (right - left, bottom - top)
        near = cv2.warpAffine(logits, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        mask = crop_to_rle(near > 0, left, top, fit.height, fit.width)
        found.append(Prediction(classes[label], score, Box(*box), mask))
    return tuple(found)
