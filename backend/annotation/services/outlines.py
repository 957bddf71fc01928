"""Outlines the assist made: suggestions beside others, or in place of a model's boxes. Never over a person's work."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from backend.annotation.contracts import RefinedSuggestion, SuggestionItem
from backend.annotation.domain.geometry import geometry_normalise
from backend.annotation.domain.geometry.checks import ShapeProblem
from backend.annotation.enums import Shape, SuggestionState, TaskState
from backend.annotation.models import Assignment, Suggestion, Task
from backend.annotation.selectors.boxes import NOT_OPEN, TAKEN_OVER, taken_over
from backend.annotation.selectors.cover import hidden_work
from backend.annotation.services.moves import task_lock
from backend.annotation.services.revisions import canvas_of
from backend.annotation.services.suggestions import (
    SUGGESTIONS_MAX,
    rows_make,
    suggestions_announce,
    suggestions_changed,
    usable_items,
)

UNFIT = "The outline found for it is no shape of its label."


@transaction.atomic
def suggestions_add(
    *,
    task_id: uuid.UUID,
    model_version_id: uuid.UUID,
    model_name: str,
    items: Sequence[SuggestionItem],
    person_id: uuid.UUID | None = None,
) -> int:
    """Add suggestions to those a task has, for a person who asked: none are superseded but earlier ones of this source.

    Blind tasks and settled ones get none. Items that fit no label, shape or picture are left out. Where `person_id`
    has it open as a hidden task, they are shown to that person alone.
    """
    task = task_lock(task_id)
    if (hidden := _hidden(person_id, task_id)) is not None:
        usable = usable_items(task, items)[:SUGGESTIONS_MAX]
        made = rows_make(
            task,
            model_version_id=model_version_id,
            model_name=model_name,
            usable=usable,
            state=SuggestionState.SUPERSEDED,
        )
        _cover_changes(task, hidden, added=made, gone=[], instead_of=model_version_id)
        return len(made)
    if task.blind or task.state not in (TaskState.NEW, TaskState.READY, TaskState.IN_WORK):
        return 0
    open_rows = Suggestion.objects.filter(task=task, state=SuggestionState.OPEN)
    earlier = open_rows.filter(model_version_id=model_version_id).exclude(pk__in=_ids(taken_over(task_id)))
    earlier.update(state=SuggestionState.SUPERSEDED)
    room = SUGGESTIONS_MAX - open_rows.count()
    usable = usable_items(task, items)[: max(room, 0)]
    rows_make(task, model_version_id=model_version_id, model_name=model_name, usable=usable)
    suggestions_changed(task)
    return len(usable)


@transaction.atomic
def suggestions_refine(
    *,
    task_id: uuid.UUID,
    refined: Sequence[RefinedSuggestion],
    assist_name: str,
    person_id: uuid.UUID | None = None,
) -> tuple[int, dict[uuid.UUID, str]]:
    """Put outlines in the place of box suggestions: the box is superseded, the outline keeps its model and score.

    The model's name says that an assist drew it. A box that was decided, withdrawn or taken into somebody's draft
    meanwhile stays as it is. Where `person_id` has the task open as a hidden one, the outlines stand in the place of what is
    shown to them, and nothing else changes. Returns how many were refined, and why others were not, by id.
    """
    task = task_lock(task_id)
    wanted = {item.suggestion_id: item for item in refined}
    hidden = _hidden(person_id, task_id)
    rows = Suggestion.objects.filter(task=task, pk__in=wanted, shape=Shape.BOX)
    if hidden is None:
        rows = rows.filter(state=SuggestionState.OPEN)
    canvas, taken = canvas_of(task), taken_over(task_id)
    reasons, made, gone = dict.fromkeys(wanted, NOT_OPEN), [], []
    for row in rows:
        item = wanted[row.pk]
        del reasons[row.pk]
        try:
            geometry = geometry_normalise(item.shape, item.geometry, canvas, clip_any=True)
        except ShapeProblem:
            reasons[row.pk] = UNFIT
            continue
        if str(row.pk) in taken:
            reasons[row.pk] = TAKEN_OVER
            continue
        gone.append(row.pk)
        made.append(
            Suggestion(
                task=task,
                model_version_id=row.model_version_id,
                model_name=f"{row.model_name} + {assist_name}"[:120],
                label_id=row.label_id,
                shape=item.shape,
                geometry=geometry,
                score=row.score,
                uncertainty=row.uncertainty,
                state=SuggestionState.OPEN if hidden is None else SuggestionState.SUPERSEDED,
            )
        )
    if hidden is not None:
        Suggestion.objects.bulk_create(made)
        _cover_changes(task, hidden, added=made, gone=gone)
        return len(made), reasons
    Suggestion.objects.filter(pk__in=gone).update(state=SuggestionState.SUPERSEDED)
    Suggestion.objects.bulk_create(made)
    suggestions_changed(task)
    return len(made), reasons


def _hidden(person_id: uuid.UUID | None, task_id: uuid.UUID) -> Assignment | None:
    return None if person_id is None else hidden_work(person_id, task_id)


def _cover_changes(
    task: Task,
    hidden: Assignment,
    *,
    added: Sequence[Suggestion],
    gone: Sequence[uuid.UUID],
    instead_of: uuid.UUID | None = None,
) -> None:
    """Show and hide suggestions on a hidden task; for anybody else they were never there."""
    cover = dict(hidden.cover or {})
    before = [uuid.UUID(key) for key in cover.get("added", [])]
    if instead_of is not None:
        former = Suggestion.objects.filter(pk__in=before, model_version_id=instead_of)
        gone = [*gone, *former.exclude(pk__in=_ids(taken_over(task.pk))).values_list("pk", flat=True)]
    cover["added"] = [str(pk) for pk in (*before, *(row.pk for row in added))]
    cover["gone"] = [*cover.get("gone", []), *(str(pk) for pk in gone)]
    Assignment.objects.filter(pk=hidden.pk).update(cover=cover)
    suggestions_announce(task)


def _ids(texts: set[str]) -> list[uuid.UUID]:
    return [uuid.UUID(text) for text in texts]
