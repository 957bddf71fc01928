"""Storing what models say of pictures, and what selection chose."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from backend.annotation import services as annotation
from backend.annotation.selectors.auto_approval import blind_pictures
from backend.core.jobs import RetryLater
from backend.learning import selectors
from backend.learning.domain.predictions import prediction_dump
from backend.learning.models import ImageScore, ImageVector, ModelVersion, SelectionRun
from backend.learning.services.approval_evidence import draws_enrol

if TYPE_CHECKING:
    from backend.annotation.contracts import TaskChoice
    from backend.core.models import JobRun
    from backend.projects.models import Project
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


@transaction.atomic
def selection_store(
    *,
    project: Project,
    model: ModelVersion | None,
    job: JobRun,
    after: uuid.UUID | None,
    choices: Sequence[TaskChoice],
    config: dict[str, Any],
    counts: dict[str, int],
    outcome: dict[str, Any],
) -> SelectionRun:
    """Put a batch into the queue and remember it, together or not at all.

    `after` is the newest selection when the pool was read. Raises RetryLater where there is a newer one: what was
    chosen may be in its batch.
    """
    type(project).objects.select_for_update().get(pk=project.pk)
    if selectors.newest_selection_id(project.pk) != after:
        raise RetryLater("Another batch was drawn in between.", delay_s=1)
    # Blind pictures get their place in the order of the draw: before this batch's, those that have none yet.
    draws_enrol(project.pk, blind_pictures(project.pk))
    annotation.tasks_prioritise(project_id=project.pk, choices=choices)
    draws_enrol(project.pk, blind_pictures(project.pk))
    return SelectionRun.objects.create(
        project=project,
        model_version=model,
        job=job,
        config=config,
        counts=counts,
        outcome=outcome,
        created_by_id=job.created_by_id,
    )
