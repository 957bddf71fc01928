"""Storing what models say of pictures, and what selection chose."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from backend.learning.domain.predictions import prediction_dump
from backend.learning.models import ImageScore, ImageVector, ModelVersion, SelectionRun

if TYPE_CHECKING:
    from ml.contracts import ImagePrediction


@transaction.atomic
def scores_store(*, model: ModelVersion, rows: Sequence[tuple[uuid.UUID, ImagePrediction, float]]) -> None:
    """Keep predictions and vectors of (asset id, prediction, uncertainty); a repeat replaces nothing."""
    ImageScore.objects.bulk_create(
        [
            ImageScore(
                asset_id=asset_id,
                model_version=model,
                uncertainty=uncertainty,
                predictions=prediction_dump(prediction),
            )
            for asset_id, prediction, uncertainty in rows
        ],
        ignore_conflicts=True,
    )
    ImageVector.objects.bulk_create(
        [
            ImageVector(
                asset_id=asset_id,
                model_version=model,
                dim=len(prediction.embedding),
                vector=list(prediction.embedding),
            )
            for asset_id, prediction, _ in rows
            if prediction.embedding
        ],
        ignore_conflicts=True,
    )


def selection_record(
    *,
    project_id: uuid.UUID,
    model: ModelVersion | None,
    config: dict[str, Any],
    counts: dict[str, int],
    actor_id: uuid.UUID | None,
) -> SelectionRun:
    return SelectionRun.objects.create(
        project_id=project_id, model_version=model, config=config, counts=counts, created_by_id=actor_id
    )
