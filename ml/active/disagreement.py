"""Does the model say the same of a picture when it is mirrored or scaled? Where not, it has not understood it."""

from __future__ import annotations

from collections.abc import Sequence

from ml.active.costs import EXPECTED_SCORE_MIN
from ml.contracts import Box, ImagePrediction, Prediction
from ml.geometry.boxes import box_iou


def mirrored_back(prediction: ImagePrediction, width_px: float) -> ImagePrediction:
    """A mirrored picture's boxes in the upright picture's pixels; `width_px` is the picture's width."""
    found = tuple(
        Prediction(d.label, d.score, Box(width_px - d.box.x2, d.box.y1, width_px - d.box.x1, d.box.y2))
        for d in prediction.detections
    )
    return ImagePrediction(found, prediction.tag_scores, prediction.embedding)


def scaled_back(prediction: ImagePrediction, scale: float) -> ImagePrediction:
    """Boxes of a picture that was resized by `scale`, in the original's pixels."""
    found = tuple(
        Prediction(d.label, d.score, Box(*(v / scale for v in (d.box.x1, d.box.y1, d.box.x2, d.box.y2))))
        for d in prediction.detections
    )
    return ImagePrediction(found, prediction.tag_scores, prediction.embedding)


def disagreement(one: ImagePrediction, views: Sequence[ImagePrediction]) -> float:
    """Mean over `views`; 0 where all say the same.

    Boxes: each one's score not explained by the other view's best box of its class (score x (1 - IoU), plus the
    difference of scores x IoU), summed over both views and halved, so in objects like the entropies of boxes.
    Tags: half the L1 distance of the probabilities (0..1).
    """
    if not views:
        return 0.0
    return sum(_pair(one, other) for other in views) / len(views)


def _pair(a: ImagePrediction, b: ImagePrediction) -> float:
    if a.tag_scores or b.tag_scores:
        names = sorted(a.tag_scores.keys() | b.tag_scores.keys())
        return 0.5 * sum(abs(a.tag_scores.get(n, 0.0) - b.tag_scores.get(n, 0.0)) for n in names)
    return 0.5 * (_unexplained(a, b) + _unexplained(b, a))


def _unexplained(a: ImagePrediction, b: ImagePrediction) -> float:
    total = 0.0
    for label in sorted({d.label for d in a.detections}):
        ours, theirs = _of(a, label), _of(b, label)
        if not ours or not theirs:
            total += sum(d.score for d in ours)
            continue
        overlap = box_iou(_corners(ours), _corners(theirs))
        best = overlap.argmax(axis=1)
        for d, j, row in zip(ours, best.tolist(), overlap, strict=True):
            total += d.score * (1.0 - float(row[j])) + abs(d.score - theirs[j].score) * float(row[j])
    return total


def _of(prediction: ImagePrediction, label: str) -> list[Prediction]:
    return [d for d in prediction.detections if d.label == label and d.score >= EXPECTED_SCORE_MIN]


def _corners(found: Sequence[Prediction]) -> list[list[float]]:
    return [[d.box.x1, d.box.y1, d.box.x2, d.box.y2] for d in found]
