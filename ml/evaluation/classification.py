"""Accuracy, macro-F1 and confusion of single-tag classifiers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Dataset, EvalReport, ImagePrediction, ModelKind


def confusion_matrix(
    truth: Dataset, predictions: Sequence[ImagePrediction], classes: Sequence[str]
) -> NDArray[np.int64]:
    """Counts (true class, predicted class) over `classes`; pictures whose first tag is none of them, or
    without a prediction, are left out."""
    index = {name: i for i, name in enumerate(classes)}
    matrix = np.zeros((len(classes), len(classes)), dtype=np.int64)
    for item, prediction in zip(truth.images, predictions, strict=True):
        scores = {name: s for name, s in prediction.tag_scores.items() if name in index}
        if item.tags and item.tags[0] in index and scores:
            matrix[index[item.tags[0]], index[max(scores, key=scores.__getitem__)]] += 1
    return matrix


def classification_report(
    truth: Dataset, predictions: Sequence[ImagePrediction], ms_per_image: float = 0.0
) -> EvalReport:
    """Accuracy and macro-F1 (over classes with truth), 0..1; `predictions` in picture order."""
    matrix = confusion_matrix(truth, predictions, truth.classes)
    total = int(matrix.sum())
    present = matrix.sum(axis=1) > 0
    hits = np.diag(matrix).astype(np.float64)
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    f1 = 2 * hits / np.maximum(both, 1)
    return EvalReport(
        kind=ModelKind.CLASSIFY,
        images=total,
        accuracy=float(hits.sum() / total) if total else 0.0,
        macro_f1=float(f1[present].mean()) if total else 0.0,
        ms_per_image=ms_per_image,
    )
