"""Gets a project's queue ready: score new pictures, draw a batch when the queue runs low, suggest labels.

The random slice of a batch is drawn from the ids alone; scores only order the rest.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from backend.annotation import selectors as annotation
from backend.annotation import services as annotation_services
from backend.annotation.contracts import SelectableTask
from backend.core.errors import AppError, Unavailable
from backend.core.jobs import JobContext, RetryLater
from backend.learning import selectors
from backend.learning.contracts import Model
from backend.learning.domain.binding import suggestion_items
from backend.learning.domain.predictions import KEEP_SCORE_MIN, enlarged, prediction_load
from backend.learning.errors import ModelRefused
from backend.learning.jobs.draw import draw_when_low
from backend.learning.services import scoring
from backend.learning.services.runtime import model_open
from backend.media import reading
from backend.media import selectors as media
from backend.projects import selectors as projects
from ml.active.uncertainty import margin_scores

log = logging.getLogger(__name__)

# Pictures scored between two looks at the cancel flag.
CHUNK = 16
# An HTTP model that is away is asked again after this long.
MODEL_AWAY_S = 30


@dataclass(frozen=True, slots=True)
class Scored:
    """One production model, opened, with the row it came from."""

    row: Any
    model: Model


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.prepare`. Payload: project_id, and to draw a batch now `batch` with what `draw.ASKED` names."""
    project = projects.project_find(context.payload["project_id"])
    if project.archived_at is not None:
        return {"skipped": "the project is archived"}
    models = open_all(context, project.pk)
    tasks = list(annotation.tasks_for_selection(project.pk))
    scored = sum(score_missing(context, one, [task.asset_id for task in tasks]) for one in models)
    chosen = draw_when_low(context, project, [one.row for one in models], tasks)
    # Drawing may have made tasks blind: those are no longer in the list and get no suggestions.
    tasks = list(annotation.tasks_for_selection(project.pk))
    known = selectors.model_ids(project.pk)
    suggested = sum(_suggest(project.pk, one, tasks, known) for one in models)
    return {"scored": scored, "chosen": chosen, "suggested": suggested}


def open_all(context: JobContext, project_id: uuid.UUID) -> list[Scored]:
    """The production models. One that cannot be opened is told and passed over unless it is the only one."""
    opened, failures = [], []
    for row in selectors.production_models(project_id):
        try:
            opened.append(Scored(row, model_open(row)))
        except ModelRefused as error:
            context.write(error.message)
            failures.append(error)
    if failures and not opened:
        raise failures[0]
    return opened


def score_missing(
    context: JobContext, one: Scored, asset_ids: Sequence[uuid.UUID], up_to: float = 1.0
) -> int:
    """Keep what the model says of those pictures it has not looked at; how many. Progress runs to `up_to`.

    Raises RetryLater where the model is away.
    """
    done = selectors.scored_asset_ids(model_id=one.row.pk, asset_ids=asset_ids)
    missing = [asset_id for asset_id in asset_ids if asset_id not in done]
    for start in range(0, len(missing), CHUNK):
        share = start / len(missing)
        context.progress(up_to * share, f"looked at {start} of {len(missing)} pictures")
        try:
            _score_chunk(context, one, missing[start : start + CHUNK])
        except Unavailable as error:
            raise RetryLater(error.message, MODEL_AWAY_S) from error
    return len(missing)


def _score_chunk(context: JobContext, one: Scored, asset_ids: Sequence[uuid.UUID]) -> None:
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


def _suggest(
    project_id: uuid.UUID, one: Scored, tasks: Sequence[SelectableTask], known: Collection[uuid.UUID]
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
