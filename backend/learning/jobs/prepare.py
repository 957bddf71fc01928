"""Gets a project's queue ready: score new pictures, draw a batch when the queue runs low, suggest labels.

The random slice of a batch is drawn from the ids alone; scores only order the rest.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from backend.annotation import selectors as annotation
from backend.annotation import services as annotation_services
from backend.annotation.contracts import SelectableTask
from backend.core.jobs import JobContext
from backend.learning import selectors
from backend.learning.domain.binding import suggestion_items
from backend.learning.domain.predictions import prediction_load
from backend.learning.enums import FINDING_KINDS
from backend.learning.jobs import rollout
from backend.learning.jobs.draw import draw_when_low
from backend.learning.jobs.look import Scored, open_all, score_missing
from backend.learning.models import ModelVersion
from backend.learning.services.approval_policies import approval_enqueue
from backend.learning.services.video_tracks import video_tracks_enqueue
from backend.projects import selectors as projects


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.prepare`. Payload: project_id, and to draw a batch now `batch` with what `draw.ASKED` names."""
    project = projects.project_find(context.payload["project_id"])
    if project.archived_at is not None:
        return {"skipped": "the project is archived"}
    models = open_all(context, project.pk)
    tasks = list(annotation.tasks_for_selection(project.pk))
    scored = sum(score_missing(context, one, [task.asset_id for task in tasks]) for one in models)
    canaries = [rollout.canary_look(context, one, tasks) for one in models]
    chosen = draw_when_low(context, project, [one.row for one in models], tasks)
    # Drawing may have made tasks blind: those are no longer in the list and get no suggestions.
    tasks = list(annotation.tasks_for_selection(project.pk))
    known = selectors.model_ids(project.pk)
    voices = _voices(models, canaries)
    stills = [task for task in tasks if not task.is_video]
    suggested = sum(_suggest_both(voice, stills, known) for voice in voices)
    videos = _ask_tracks(project, models, [task for task in tasks if task.is_video], known)
    compared = sum(rollout.look_along(context, one.row, tasks) for one in models)
    approval_enqueue(project)
    return {
        "scored": scored,
        "chosen": chosen,
        "suggested": suggested,
        "videos": videos,
        "compared": compared,
    }


@dataclass(frozen=True, slots=True)
class _Voice:
    """A model in production, with its canary, among others at work: whose suggestions stay `beside` its own, and the
    labels `left_out` because a model that says more of them suggests them."""

    one: Scored
    canary: Scored | None
    beside: frozenset[uuid.UUID]
    left_out: frozenset[str]


def _voices(models: Sequence[Scored], canaries: Sequence[Scored | None]) -> list[_Voice]:
    """In an order in which each label's suggestions come from the first of FINDING_KINDS that knows it."""
    pairs = sorted(zip(models, canaries, strict=True), key=lambda pair: _rank(pair[0]))
    at_work = {each.row.pk for pair in pairs for each in pair if each is not None}
    taken: set[str] = set()
    voices = []
    for one, canary in pairs:
        own = {each.row.pk for each in (one, canary) if each is not None}
        voices.append(_Voice(one, canary, frozenset(at_work - own), frozenset(taken)))
        if one.row.kind in FINDING_KINDS:
            taken |= _labels_of(one.row)
    return voices


def _rank(one: Scored) -> int:
    kinds = [*FINDING_KINDS]
    return kinds.index(one.row.kind) if one.row.kind in kinds else len(kinds)


def _labels_of(row: ModelVersion) -> set[str]:
    return {bound.label_id for bound in selectors.model_info(row).binding.values()}


def _suggest_both(voice: _Voice, tasks: Sequence[SelectableTask], known: Collection[uuid.UUID]) -> int:
    """Suggestions of a production model and its canary, each for the pictures it answers for."""
    row = voice.one.row
    if voice.canary is None:
        return _suggest(row, voice, tasks, known)
    standing = selectors.serving(row.project_id, row.kind)
    return sum(
        _suggest(each, voice, rollout.tasks_of(each, standing, tasks), known)
        for each in (row, voice.canary.row)
    )


def _suggest(
    row: ModelVersion, voice: _Voice, tasks: Sequence[SelectableTask], known: Collection[uuid.UUID]
) -> int:
    labels = projects.labels_of(row.project_id)
    info = selectors.model_info(row)
    todo = [task for task in tasks if task.prelabelled_by_id != row.pk and not _is_foreign(task, known)]
    scores = selectors.scores_by_asset(model_id=row.pk, asset_ids=[task.asset_id for task in todo])
    made = 0
    for task in todo:
        if (said := scores.get(task.asset_id)) is None:
            continue
        items = suggestion_items(prediction_load(said), info.binding, labels, voice.left_out)
        if not items and task.prelabelled_by_id is not None:
            continue  # nothing to say where the other kind of model has been: no need to mark it again
        annotation_services.suggestions_create(
            task_id=task.task_id,
            model_version_id=row.pk,
            model_name=f"{info.name} {info.number}",
            items=items,
            beside=voice.beside,
            labels=_labels_of(row) - voice.left_out,
        )
        made += len(items)
    return made


def _ask_tracks(
    project: Any, models: Sequence[Scored], tasks: Sequence[SelectableTask], known: Collection[uuid.UUID]
) -> int:
    """Have the detector look through the videos that it has not seen; how many. Each is a job of its own: a long one must not
    keep pictures waiting."""
    row = next((one.row for one in models if one.row.kind in FINDING_KINDS), None)
    if row is None:
        return 0
    may_be_tracks = {label.id for label in projects.labels_of(project.pk) if "track" in label.shapes}
    if not may_be_tracks & _labels_of(row):
        # Hours of looking for what could not be suggested.
        return 0
    todo = [task for task in tasks if task.prelabelled_by_id != row.pk and not _is_foreign(task, known)]
    for task in todo:
        video_tracks_enqueue(project=project, task_id=task.task_id, model_id=row.pk)
    return len(todo)


def _is_foreign(task: SelectableTask, known: Collection[uuid.UUID]) -> bool:
    """Suggestions that came with an import wait for a person; a model does not replace them."""
    brought = task.prelabelled_by_id is not None and task.prelabelled_by_id not in known
    return brought and task.open_suggestion_count > 0
