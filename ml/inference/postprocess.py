"""From a detector's raw boxes and scores to detections in picture pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box, Prediction
from ml.inference.letterbox import Fit, boxes_back
from ml.inference.nms import nms

NMS_IOU = 0.6
# No two boxes overlap more than wholly.
NO_SUPPRESSION = 1.0
# Candidates before and detections after suppression: bounds the time of a frame full of noise.
MAX_CANDIDATES = 1000
MAX_DETECTIONS = 300
MIN_SIDE_PX = 1.0


def detections_decode(
    boxes_input: NDArray[np.float32],
    scores: NDArray[np.float32],
    classes: Sequence[str],
    fit: Fit,
    min_score: float,
    nms_iou: float = NMS_IOU,
) -> tuple[Prediction, ...]:
    """Detections by falling score from boxes (A, 4) in input pixels and scores (A, C) in 0..1.

    One point may speak for several classes. Boxes that are not finite or under one pixel are dropped.
    """
    picked = detections_pick(boxes_input, scores, fit, min_score, nms_iou)
    return tuple(
        Prediction(classes[label], score, Box(*box))
        for label, score, box in zip(
            picked.labels.tolist(), picked.scores.tolist(), picked.boxes.tolist(), strict=True
        )
    )


@dataclass(frozen=True, slots=True)
class Picked:
    """Detections as arrays by falling score: the point that speaks for each (n,), `labels` and `scores` (n,), `boxes` (n, 4)
    in picture pixels."""

    points: NDArray[np.int64]
    labels: NDArray[np.int64]
    scores: NDArray[np.float32]
    boxes: NDArray[np.float32]


def detections_pick(
    boxes_input: NDArray[np.float32],
    scores: NDArray[np.float32],
    fit: Fit,
    min_score: float,
    nms_iou: float = NMS_IOU,
) -> Picked:
    """As `detections_decode`, as arrays."""
    points, labels = np.nonzero(scores >= max(min_score, 1e-6))
    values = scores[points, labels]
    if values.size > MAX_CANDIDATES:
        best = np.argpartition(-values, MAX_CANDIDATES - 1)[:MAX_CANDIDATES]
        points, labels, values = points[best], labels[best], values[best]
    boxes = boxes_back(boxes_input[points], fit)
    sides = boxes[:, 2:] - boxes[:, :2]
    good = np.isfinite(boxes).all(axis=1) & (sides >= MIN_SIDE_PX).all(axis=1) & np.isfinite(values)
    points, boxes, labels, values = points[good], boxes[good], labels[good].astype(np.int64), values[good]
    kept = nms(boxes, values, labels, nms_iou)[:MAX_DETECTIONS]
    return Picked(points[kept], labels[kept], values[kept], boxes[kept])
