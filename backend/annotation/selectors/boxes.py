"""Box suggestions that the assist may turn into outlines, and the pictures that have some."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING

from backend.annotation.contracts import BoxSuggestion
from backend.annotation.domain.shapes import label_rules
from backend.annotation.enums import AssignmentKind, AssignmentState, Shape, SuggestionState, TaskState
from backend.annotation.models import Assignment, Suggestion, Task
from backend.annotation.selectors.cover import cover_suggestions, hidden_work
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User

OUTLINES = frozenset({Shape.POLYGON, Shape.MASK})
UNTOUCHED = (TaskState.NEW, TaskState.READY)

NO_OUTLINE = "Its label may not be drawn as a polygon or a mask."
TURNED = "A turned box does not say where the object is upright."
TAKEN_OVER = "A person has taken it over already."
NOT_OPEN = "It is not an open box suggestion of this picture any more."


def may_suggest(*, actor: User, task: Task) -> bool:
    """Whether the person may have suggestions made here: not blind, and nobody else's work in hand."""
    if (hidden := hidden_work(actor.pk, task.pk)) is not None:
        return not (hidden.cover or {})["blind"]
    if task.blind:
        return False
    if task.state in UNTOUCHED:
        return True
    held = Assignment.objects.filter(
        task=task, user_id=actor.pk, kind=AssignmentKind.LABEL, state=AssignmentState.LEASED
    )
    return task.state == TaskState.IN_WORK and held.exists()


def has_open(*, actor: User, task: Task) -> bool:
    """Whether the person has this task open, to label or to review it."""
    return Assignment.objects.filter(task=task, user_id=actor.pk, state=AssignmentState.LEASED).exists()


def box_suggestions(
    task: Task, ids: Collection[uuid.UUID] = (), person_id: uuid.UUID | None = None
) -> tuple[list[BoxSuggestion], dict[uuid.UUID, str]]:
    """Open boxes of a task that may become outlines, best first, and why the others (of `ids`) may not.

    Where `person_id` has it open as a hidden task, those that are shown to them.
    """
    hidden = hidden_work(person_id, task.pk) if person_id is not None else None
    if task.blind and hidden is None:
        return [], dict.fromkeys(ids, NOT_OPEN)
    rules = label_rules(projects.ontology_current(task.project_id).labels)
    rows = Suggestion.objects.filter(task=task, state=SuggestionState.OPEN, shape=Shape.BOX)
    if hidden is not None:
        shown = [row.pk for row in cover_suggestions(task, hidden.cover or {})]
        rows = Suggestion.objects.filter(pk__in=shown, shape=Shape.BOX)
    if ids:
        rows = rows.filter(pk__in=ids)
    taken = taken_over(task.pk)
    found: list[BoxSuggestion] = []
    reasons = dict.fromkeys(ids, NOT_OPEN)
    for row in rows.order_by("-score", "id"):
        rule = rules.get(str(row.label_id))
        reasons.pop(row.pk, None)
        if rule is None or not rule.shapes & OUTLINES:
            reasons[row.pk] = NO_OUTLINE
        elif row.geometry.get("rotation"):
            reasons[row.pk] = TURNED
        elif str(row.pk) in taken:
            reasons[row.pk] = TAKEN_OVER
        else:
            x1, y1, x2, y2 = row.geometry["box"]
            found.append(BoxSuggestion(row.pk, str(row.label_id), (x1, y1, x2, y2), row.score, rule.shapes))
    return found, reasons


def taken_over(task_id: uuid.UUID) -> set[str]:
    """Ids of suggestions that stand in anybody's draft of the task."""
    drafts = Assignment.objects.filter(task_id=task_id).exclude(draft=None).values_list("draft", flat=True)
    return {
        str(region["suggestion_id"])
        for draft in drafts
        for region in draft["regions"].values()
        if region.get("suggestion_id")
    }


def tasks_with_open_boxes(project_id: uuid.UUID) -> list[uuid.UUID]:
    """Untouched tasks with open box suggestions, next ones first; never blind ones."""
    boxes = Suggestion.objects.filter(
        task__project_id=project_id,
        task__blind=False,
        task__state__in=UNTOUCHED,
        state=SuggestionState.OPEN,
        shape=Shape.BOX,
    )
    rows = Task.objects.filter(
        pk__in=boxes.values("task_id"),
        asset__project_assets__project_id=project_id,
        asset__project_assets__excluded_at=None,
        asset__deleted_at=None,
    )
    return list(rows.order_by("-priority", "id").values_list("id", flat=True))


def task_find(task_id: uuid.UUID) -> Task:
    """A task with its project and asset, for jobs. Raises Task.DoesNotExist."""
    return Task.objects.select_related("project", "asset").defer("asset__frame_times_s").get(pk=task_id)


def task_stands(task: Task) -> bool:
    """Whether a task found before is there still, and of the same frames: a video may be split meanwhile."""
    same = {name: getattr(task, name) for name in ("part_number", "frame_start", "frame_end")}
    return Task.objects.filter(pk=task.pk, **same).exists()
