"""What models propose: stored for untouched tasks only, never over a person's work, never for blind tasks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Q

from backend.annotation.contracts import SuggestionItem
from backend.annotation.domain.shapes import ShapeProblem, geometry_normalise, label_rules
from backend.annotation.enums import Shape, SuggestionState, TaskState
from backend.annotation.models import Suggestion, Task
from backend.annotation.services.moves import task_lock
from backend.annotation.services.revisions import canvas_of, ontology_of
from backend.core import events

UNTOUCHED = (TaskState.NEW, TaskState.READY)
SUGGESTIONS_MAX = 1_000  # more on one picture is a broken model, and nobody could decide them


@transaction.atomic
def suggestions_create(
    *, task_id: uuid.UUID, model_version_id: uuid.UUID, model_name: str, items: Sequence[SuggestionItem]
) -> int:
    """Store a model version's suggestions for one task and supersede open ones of other versions.

    Repeating the call changes nothing. Blind tasks get none, tasks in a person's hands keep what they have;
    both are marked as seen by this version, so that a pre-label job does not come back. Items that fit no
    label, shape or picture are left out. Returns how many suggestions of this version are open.
    """
    task = task_lock(task_id)
    if task.prelabelled_by_id == model_version_id:
        return task.open_suggestion_count
    task.prelabelled_by_id = model_version_id
    if task.blind or task.state not in UNTOUCHED:
        task.save(update_fields=["prelabelled_by_id", "updated_at"])
        return 0
    Suggestion.objects.filter(task=task, state=SuggestionState.OPEN).update(state=SuggestionState.SUPERSEDED)
    rows = [
        Suggestion(
            task=task,
            model_version_id=model_version_id,
            model_name=model_name[:120],
            label_id=item.label_id,
            shape=item.shape,
            geometry=item.geometry,
            score=item.score,
            uncertainty=item.uncertainty,
        )
        for item in _usable(task, items)
    ]
    Suggestion.objects.bulk_create(rows, batch_size=1_000)
    task.open_suggestion_count = len(rows)
    task.max_suggestion_score = max((row.score for row in rows), default=None)
    task.save(
        update_fields=["open_suggestion_count", "max_suggestion_score", "prelabelled_by_id", "updated_at"]
    )
    events.publish(
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        kind="suggestions",
        data={"task_id": str(task.pk)},
    )
    return len(rows)


def _usable(task: Task, items: Sequence[SuggestionItem]) -> list[SuggestionItem]:
    rules, canvas = label_rules(ontology_of(task).labels), canvas_of(task)
    # A model may see things smaller than people are asked to draw; nothing at all is still no object.
    canvas = replace(canvas, min_box_px=min(canvas.min_box_px, 1.0))
    usable = []
    for item in sorted(items, key=lambda i: -i.score)[:SUGGESTIONS_MAX]:
        rule = rules.get(item.label_id)
        if rule is None or item.shape not in rule.shapes or not 0.0 <= item.score <= 1.0:
            continue
        geometry = {}
        if item.shape != Shape.TAG:
            try:
                geometry = geometry_normalise(item.shape, item.geometry, canvas, clip_any=True)
            except ShapeProblem:
                continue
        usable.append(replace(item, geometry=geometry))
    return usable


@transaction.atomic
def suggestions_supersede(*, project_id: uuid.UUID, model_version_id: uuid.UUID) -> int:
    """Withdraw a model version's open suggestions (it was retired). Decided ones stay. Returns how many."""
    open_rows = Suggestion.objects.filter(
        task__project_id=project_id, model_version_id=model_version_id, state=SuggestionState.OPEN
    )
    task_ids = list(open_rows.values_list("task_id", flat=True).distinct())
    tasks = Task.objects.select_for_update().filter(pk__in=task_ids).order_by("id")
    locked = [task.pk for task in tasks]
    withdrawn = open_rows.filter(task_id__in=locked).update(state=SuggestionState.SUPERSEDED)
    Task.objects.filter(Q(prelabelled_by_id=model_version_id), pk__in=locked).update(
        open_suggestion_count=0, max_suggestion_score=None, prelabelled_by_id=None
    )
    return withdrawn
