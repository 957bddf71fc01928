"""Gets a project's queue ready: score new pictures, draw a batch when the queue runs low, suggest labels.

The random slice of a batch is drawn from the ids alone; scores only order the rest.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.annotation import selectors as annotation
from backend.annotation import services as annotation_services
from backend.annotation.contracts import SelectableTask, TaskChoice
from backend.annotation.enums import SelectionReason
from backend.annotation.selectors.counts import approved_asset_ids, approved_objects_by_label
from backend.core.errors import AppError
from backend.core.jobs import JobContext
from backend.learning import selectors
from backend.learning.contracts import Model
from backend.learning.domain.binding import suggestion_items
from backend.learning.domain.predictions import KEEP_SCORE_MIN, prediction_load
from backend.learning.services import scoring
from backend.learning.services.runtime import model_open
from backend.media import reading
from backend.media import selectors as media
from backend.projects import selectors as projects
from ml.active.candidates import Candidate, Reason, SelectionConfig
from ml.active.selection import select_batch
from ml.active.uncertainty import margin_scores
from ml.contracts import ImagePrediction

log = logging.getLogger(__name__)

# Pictures scored between two looks at the cancel flag.
CHUNK = 16
# A new batch is drawn when fewer selected tasks than this share of a batch wait.
REFILL_BELOW = 0.25
# Newest labelled pictures that typical ones should differ from.
LABELLED_COMPARED_MAX = 2_000
REASONS = {
    Reason.RANDOM: SelectionReason.RANDOM,
    Reason.TYPICAL: SelectionReason.TYPICAL,
}


@dataclass(frozen=True, slots=True)
class _Scored:
    """One production model, opened, with the row it came from."""

    row: Any
    model: Model


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.prepare`. Payload: project_id, and batch to draw one now."""
    project = projects.project_find(context.payload["project_id"])
    if project.archived_at is not None:
        return {"skipped": "the project is archived"}
    models = [_Scored(row, model_open(row)) for row in selectors.production_models(project.pk)]
    tasks = list(annotation.tasks_for_selection(project.pk))
    scored = sum(_score_missing(context, one, tasks) for one in models)
    chosen = _draw_when_low(context, project, models, tasks)
    # Drawing may have made tasks blind: those are no longer in the list and get no suggestions.
    tasks = list(annotation.tasks_for_selection(project.pk))
    suggested = sum(_suggest(project.pk, one, tasks) for one in models)
    return {"scored": scored, "chosen": chosen, "suggested": suggested}


def _score_missing(context: JobContext, one: _Scored, tasks: Sequence[SelectableTask]) -> int:
    ids = [task.asset_id for task in tasks]
    done = selectors.scored_asset_ids(model_id=one.row.pk, asset_ids=ids)
    missing = [asset_id for asset_id in ids if asset_id not in done]
    for start in range(0, len(missing), CHUNK):
        context.progress(start / len(missing), f"looked at {start} of {len(missing)} pictures")
        _score_chunk(context, one, missing[start : start + CHUNK])
    return len(missing)


def _score_chunk(context: JobContext, one: _Scored, asset_ids: Sequence[uuid.UUID]) -> None:
    kept, images = [], []
    for asset_id, info in media.assets_info(asset_ids).items():
        try:
            images.append(reading.asset_image_array(info))
            kept.append(asset_id)
        except AppError as error:
            # One unreadable picture must not stop the rest; it is set aside with the reason.
            context.write(f"{asset_id}: {error.message}")
            annotation_services.asset_quarantine(
                project_id=one.row.project_id, asset_id=asset_id, reason=error.message
            )
    if not images:
        return
    predictions = one.model.predict_batch(images, KEEP_SCORE_MIN)
    uncertainty = margin_scores(predictions)
    scoring.scores_store(
        model=one.row, rows=list(zip(kept, predictions, [float(u) for u in uncertainty], strict=True))
    )


def _draw_when_low(
    context: JobContext, project: Any, models: list[_Scored], tasks: list[SelectableTask]
) -> dict[str, int]:
    settings = projects.settings_of(project)
    waiting = sum(1 for task in tasks if task.selection_reason and task.priority > 0)
    asked = context.payload.get("batch")
    if asked is None and waiting >= settings.batch_size * REFILL_BELOW:
        return {}
    pool = [task for task in tasks if not task.selection_reason or task.priority <= 0]
    if not pool:
        return {}
    batch = int(asked or settings.batch_size)
    config = SelectionConfig(random_fraction=settings.random_fraction)
    model_id = models[0].row.pk if models else None
    choices = select_batch(
        _candidates(pool, model_id),
        batch,
        _labelled_per_class(project.pk),
        config,
        seed=_seed(project.pk, len(pool)),
        labelled_embeddings=_labelled_vectors(project.pk, model_id),
    )
    counts = Counter(str(choice.reason) for choice in choices)
    by_id = {str(task.task_id): task for task in pool}
    annotation_services.tasks_prioritise(
        project_id=project.pk,
        choices=[
            TaskChoice(
                task_id=by_id[choice.id].task_id,
                priority=float(len(choices) - index),
                reason=REASONS.get(choice.reason, SelectionReason.UNCERTAIN),
                inclusion_probability=choice.inclusion_probability or None,
                blind=choice.reason is Reason.RANDOM,
                score=choice.score,
            )
            for index, choice in enumerate(choices)
        ],
    )
    scoring.selection_record(
        project_id=project.pk,
        model=models[0].row if models else None,
        config={"batch": batch, "random_fraction": settings.random_fraction, "pool": len(pool)},
        counts=dict(counts),
        actor_id=context.job.created_by_id,
    )
    return dict(counts)


def _candidates(pool: Sequence[SelectableTask], model_id: uuid.UUID | None) -> list[Candidate]:
    ids = [task.asset_id for task in pool]
    scores = selectors.scores_by_asset(model_id=model_id, asset_ids=ids) if model_id else {}
    vectors = selectors.vectors_by_asset(model_id=model_id, asset_ids=ids) if model_id else {}
    found = []
    for task in pool:
        vector = tuple(vectors.get(task.asset_id, ()))
        row = scores.get(task.asset_id)
        prediction: ImagePrediction | None = prediction_load(row, vector) if row else None
        found.append(Candidate(str(task.task_id), prediction, vector, group=task.group_key))
    return found


def _labelled_per_class(project_id: uuid.UUID) -> dict[str, int]:
    """Approved objects by label name, 0 for labels that have none."""
    counts = approved_objects_by_label(project_id)
    return {label.name: counts.get(label.id, 0) for label in projects.labels_of(project_id)}


def _labelled_vectors(project_id: uuid.UUID, model_id: uuid.UUID | None) -> list[tuple[float, ...]]:
    if model_id is None:
        return []
    ids = approved_asset_ids(project_id, limit=LABELLED_COMPARED_MAX)
    return [tuple(vector) for vector in selectors.vectors_by_asset(model_id=model_id, asset_ids=ids).values()]


def _seed(project_id: uuid.UUID, pool: int) -> int:
    """Different from draw to draw, the same when a draw is repeated after a crash."""
    return (project_id.int ^ pool) % (2**31)


def _suggest(project_id: uuid.UUID, one: _Scored, tasks: Sequence[SelectableTask]) -> int:
    labels = projects.labels_of(project_id)
    info = selectors.model_info(one.row)
    todo = [task for task in tasks if task.prelabelled_by_id != one.row.pk]
    scores = selectors.scores_by_asset(model_id=one.row.pk, asset_ids=[task.asset_id for task in todo])
    made = 0
    for task in todo:
        if (row := scores.get(task.asset_id)) is None:
            continue
        items = suggestion_items(prediction_load(row), info.binding, labels)
        annotation_services.suggestions_create(
            task_id=task.task_id,
            model_version_id=one.row.pk,
            model_name=f"{info.name} {info.number}",
            items=items,
        )
        made += len(items)
    return made
