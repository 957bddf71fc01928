"""Predictions as JSON rows and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ml.contracts import Box, ImagePrediction, PixelSummary, Prediction, RleMask
from ml.geometry.rle import counts_decode, counts_encode

# Weaker ones are noise to selection and suggestions alike, and rows stay small.
KEEP_SCORE_MIN = 0.05
KEEP_MAX = 100
# A mask is a hundred times a box: kept where somebody may come to see it.
KEEP_MASK_SCORE_MIN = 0.15


def prediction_dump(prediction: ImagePrediction) -> dict[str, Any]:
    """The strongest detections (label, score, box, and run lengths of the mask where there is one), every tag's
    probability, and how sure a segmenter is of its pixels; its regions are not kept beside their blobs, and the embedding
    is stored apart."""
    kept = [found for found in prediction.detections if found.score >= KEEP_SCORE_MIN][:KEEP_MAX]
    row: dict[str, Any] = {
        "detections": [_detection(found) for found in kept],
        "tags": {name: round(score, 5) for name, score in prediction.tag_scores.items()},
    }
    masks = [found.mask for found in kept if found.mask is not None]
    if masks:
        row["size"] = [masks[0].height, masks[0].width]
    if prediction.pixels is not None:
        row["pixels"] = {
            key: round(value, 5) if isinstance(value, float) else {k: round(v, 5) for k, v in value.items()}
            for key, value in asdict(prediction.pixels).items()
        }
    return row


def _detection(found: Prediction) -> list[Any]:
    box = (found.box.x1, found.box.y1, found.box.x2, found.box.y2)
    row = [found.label, round(found.score, 4), *(round(v, 2) for v in box)]
    if found.mask is not None and found.score >= KEEP_MASK_SCORE_MIN:
        row.append(counts_encode(found.mask.counts))
    return row


def prediction_load(row: dict[str, Any], embedding: tuple[float, ...] = ()) -> ImagePrediction:
    height, width = row.get("size", (0, 0))
    pixels = row.get("pixels")
    return ImagePrediction(
        detections=tuple(
            Prediction(
                label,
                float(score),
                Box(float(x1), float(y1), float(x2), float(y2)),
                RleMask(height, width, tuple(counts_decode(mask[0]))) if mask else None,
            )
            for label, score, x1, y1, x2, y2, *mask in row.get("detections", [])
        ),
        tag_scores=dict(row.get("tags", {})),
        embedding=embedding,
        pixels=PixelSummary(**pixels) if pixels else None,
    )
