"""Gets a project's queue ready: score new pictures, draw a batch when the queue runs low, suggest labels.

The random slice of a batch is drawn from the ids alone; scores only order the rest.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from backend.annotation import selectors as annotation
from backend.annotation import services as annotation_services
from backend.annotation.contracts import SelectableTask, TaskChoice
from backend.annotation.enums import SelectionReason
from backend.annotation.selectors.counts import (
    approved_asset_ids,
    approved_objects_by_label,
    approved_tags_by_label,
)
from backend.core.errors import AppError, Unavailable
from backend.core.jobs import JobContext, RetryLater
from backend.learning import selectors
from backend.learning.contracts import Model
from backend.learning.domain.binding import suggestion_items
from backend.learning.domain.predictions import KEEP_SCORE_MIN, enlarged, prediction_load
from backend.learning.enums import TaskKind
from backend.learning.errors import ModelRefused
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
# An HTTP model that is away is asked again after this long.
MODEL_AWAY_S = 30
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
    models = _open_all(context, project.pk)
    tasks = list(annotation.tasks_for_selection(project.pk))
    try:
        scored = sum(_score_missing(context, one, tasks) for one in models)
    except Unavailable as error:
        raise RetryLater(error.message, MODEL_AWAY_S) from error
    chosen = _draw_when_low(context, project, models, tasks)
    # Drawing may have made tasks blind: those are no longer in the list and get no suggestions.
    tasks = list(annotation.tasks_for_selection(project.pk))
    known = selectors.model_ids(project.pk)
    suggested = sum(_suggest(project.pk, one, tasks, known) for one in models)
    return {"scored": scored, "chosen": chosen, "suggested": suggested}


def _open_all(context: JobContext, project_id: uuid.UUID) -> list[_Scored]:
    """The production models. One that cannot be opened is told and passed over unless it is the only one."""
    opened, failures = [], []
    for row in selectors.production_models(project_id):
        try:
            opened.append(_Scored(row, model_open(row)))
        except ModelRefused as error:
            context.write(error.message)
            failures.append(error)
    if failures and not opened:
        raise failures[0]
    return opened


def _score_missing(context: JobContext, one: _Scored, tasks: Sequence[SelectableTask]) -> int:
    ids = [task.asset_id for task in tasks]
    done = selectors.scored_asset_ids(model_id=one.row.pk, asset_ids=ids)
    missing = [asset_id for asset_id in ids if asset_id not in done]
    for start in range(0, len(missing), CHUNK):
        context.progress(start / len(missing), f"looked at {start} of {len(missing)} pictures")
        _score_chunk(context, one, missing[start : start + CHUNK])
    return len(missing)


def _score_chunk(context: JobContext, one: _Scored, asset_ids: Sequence[uuid.UUID]) -> None:
    kept, images, scales = [], [], []
    for asset_id, info in media.assets_info(asset_ids).items():
        try:
            images.append(reading.asset_image_array(info))
            scales.append(reading.array_scale(info, images[-1]))
            kept.append(asset_id)
        except (AppError, OSError) as error:
            _set_aside(context, one.row.project_id, asset_id, error)
    if not images:
        return
    predictions = one.model.predict_batch(images, KEEP_SCORE_MIN)
    uncertainty = [float(u) for u in margin_scores(predictions)]
    full = [enlarged(said, scale) for said, scale in zip(predictions, scales, strict=True)]
    scoring.scores_store(model=one.row, rows=list(zip(kept, full, uncertainty, strict=True)))


def _set_aside(
    context: JobContext, project_id: uuid.UUID, asset_id: uuid.UUID, error: AppError | OSError
) -> None:
    """One unreadable picture must not stop the rest: it is set aside with the reason.

    A file that is not there may come back with its disk, so that its task only waits. Other faults of the
    storage are raised: they are not the picture's.
    """
    context.write(f"{asset_id}: {error}")
    if isinstance(error, FileNotFoundError):
        return
    if isinstance(error, OSError) and error.errno is not None:
        raise error
    annotation_services.asset_quarantine(project_id=project_id, asset_id=asset_id, reason=str(error)[:300])


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
        _labelled_per_class(project.pk, {one.row.kind for one in models}),
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


def _labelled_per_class(project_id: uuid.UUID, kinds: Collection[str]) -> dict[str, int]:
    """Approved objects (for a detector) and tagged pictures (for a classifier) by label name, 0 where none.

    Labels of a kind no model speaks of are left out: without examples for ever, they would hold the median down.
    """
    objects, tags = approved_objects_by_label(project_id), approved_tags_by_label(project_id)
    found = {}
    for label in projects.labels_of(project_id):
        is_tag = set(label.shapes) == {"tag"}
        if not kinds or (TaskKind.CLASSIFY if is_tag else TaskKind.DETECT) in kinds:
            found[label.name] = (tags if is_tag else objects).get(label.id, 0)
    return found


def _labelled_vectors(project_id: uuid.UUID, model_id: uuid.UUID | None) -> list[tuple[float, ...]]:
    if model_id is None:
        return []
    ids = approved_asset_ids(project_id, limit=LABELLED_COMPARED_MAX)
    return [tuple(vector) for vector in selectors.vectors_by_asset(model_id=model_id, asset_ids=ids).values()]


def _seed(project_id: uuid.UUID, pool: int) -> int:
    """Different from draw to draw, the same when a draw is repeated after a crash."""
    return (project_id.int ^ pool) % (2**31)


def _suggest(
    project_id: uuid.UUID, one: _Scored, tasks: Sequence[SelectableTask], known: Collection[uuid.UUID]
) -> int:
    labels = projects.labels_of(project_id)
    info = selectors.model_info(one.row)
    todo = [task for task in tasks if task.prelabelled_by_id != one.row.pk and not _is_foreign(task, known)]
    scores = selectors.scores_by_asset(model_id=one.row.pk, asset_ids=[task.asset_id for task in todo])
    made = 0
    for task in todo:
        if (row := scores.get(task.asset_id)) is None:
            continue
        items = suggestion_items(prediction_load(row), info.binding, labels)
        if not items and task.prelabelled_by_id is not None:
            continue  # nothing to say where the other kind of model has been: no need to mark it again
        annotation_services.suggestions_create(
            task_id=task.task_id,
            model_version_id=one.row.pk,
            model_name=f"{info.name} {info.number}",
            items=items,
        )
        made += len(items)
    return made


def _is_foreign(task: SelectableTask, known: Collection[uuid.UUID]) -> bool:
    """Suggestions that came with an import wait for a person; a model does not replace them."""
    brought = task.prelabelled_by_id is not None and task.prelabelled_by_id not in known
    return brought and task.open_suggestion_count > 0
