"""Outlines the assist made: suggestions beside others, or in place of a model's boxes. Never over a person's work."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from backend.annotation.contracts import RefinedSuggestion, SuggestionItem
from backend.annotation.domain.geometry import geometry_normalise
from backend.annotation.domain.geometry.checks import ShapeProblem
from backend.annotation.enums import Shape, SuggestionState, TaskState
from backend.annotation.models import Suggestion
from backend.annotation.selectors.boxes import NOT_OPEN, TAKEN_OVER, taken_over
from backend.annotation.services.moves import task_lock
from backend.annotation.services.revisions import canvas_of
from backend.annotation.services.suggestions import (
    SUGGESTIONS_MAX,
    rows_make,
    suggestions_changed,
    usable_items,
)

UNFIT = "The outline found for it is no shape of its label."


@transaction.atomic
def suggestions_add(
    *, task_id: uuid.UUID, model_version_id: uuid.UUID, model_name: str, items: Sequence[SuggestionItem]
) -> int:
    """Add suggestions to those a task has, for a person who asked: none are superseded but earlier ones of this source.

    Blind tasks and settled ones get none. Items that fit no label, shape or picture are left out.
    """
    task = task_lock(task_id)
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
    *, task_id: uuid.UUID, refined: Sequence[RefinedSuggestion], assist_name: str
) -> tuple[int, dict[uuid.UUID, str]]:
    """Put outlines in the place of box suggestions: the box is superseded, the outline keeps its model and score.

    The model's name says that an assist drew it. A box that was decided, withdrawn or taken into somebody's draft
    meanwhile stays as it is. Returns how many were refined, and why others were not, by id.
    """
    task = task_lock(task_id)
    wanted = {item.suggestion_id: item for item in refined}
    rows = Suggestion.objects.filter(task=task, pk__in=wanted, state=SuggestionState.OPEN, shape=Shape.BOX)
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
            )
        )
    Suggestion.objects.filter(pk__in=gone).update(state=SuggestionState.SUPERSEDED)
    Suggestion.objects.bulk_create(made)
    suggestions_changed(task)
    return len(made), reasons


def _ids(texts: set[str]) -> list[uuid.UUID]:
    return [uuid.UUID(text) for text in texts]
