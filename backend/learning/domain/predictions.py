"""Predictions as JSON rows and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ml.contracts import Box, ImagePrediction, Prediction

# Weaker ones are noise to selection and suggestions alike, and rows stay small.
KEEP_SCORE_MIN = 0.05
KEEP_MAX = 100


def prediction_dump(prediction: ImagePrediction) -> dict[str, Any]:
    """The strongest detections and every tag's probability; the embedding is stored apart."""
    kept = [found for found in prediction.detections if found.score >= KEEP_SCORE_MIN][:KEEP_MAX]
    return {
        "detections": [
            [f.label, round(f.score, 4), *(round(v, 2) for v in (f.box.x1, f.box.y1, f.box.x2, f.box.y2))]
            for f in kept
        ],
        "tags": {name: round(score, 5) for name, score in prediction.tag_scores.items()},
    }


def prediction_load(row: dict[str, Any], embedding: tuple[float, ...] = ()) -> ImagePrediction:
    return ImagePrediction(
        detections=tuple(
            Prediction(label, float(score), Box(float(x1), float(y1), float(x2), float(y2)))
            for label, score, x1, y1, x2, y2 in row.get("detections", [])
        ),
        tag_scores=dict(row.get("tags", {})),
        embedding=embedding,
    )


def enlarged(prediction: ImagePrediction, scale: float) -> ImagePrediction:
    """What a model said of a smaller copy, in pixels of the picture: `scale` picture pixels per copy pixel."""
    if scale == 1.0:
        return prediction
    detections = tuple(
        replace(
            found,
            box=Box(found.box.x1 * scale, found.box.y1 * scale, found.box.x2 * scale, found.box.y2 * scale),
        )
        for found in prediction.detections
    )
    return replace(prediction, detections=detections)
