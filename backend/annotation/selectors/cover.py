"""Hidden tasks as their person sees them: ordinary ones. Rows are changed in memory only and never saved.

A hidden task is an approved picture that somebody labels anew. Until it is submitted, whatever that person reads of it
is what they would read of an ordinary picture in their hands. `Assignment.cover` holds what cannot be made up: how the
ordinary picture looked in whose place it came.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from backend.annotation.enums import AssignmentKind, AssignmentState, SuggestionState, TaskState
from backend.annotation.models import Assignment, Revision, Suggestion, Task
from backend.annotation.selectors.answers import seats_taken
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User

# Let go of, open, or run out: it comes back to its person, and is not to be recognised when it does.
SEALED_STATES = (AssignmentState.OFFERED, AssignmentState.LEASED, AssignmentState.EXPIRED)


def sealed(user_id: uuid.UUID, **where: Any) -> QuerySet[Assignment]:
    """The person's hidden tasks that they have not submitted; `where` narrows them."""
    return Assignment.objects.filter(
        user_id=user_id, kind=AssignmentKind.TRUTH, state__in=SEALED_STATES, **where
    )


def sealed_tasks(user_id: uuid.UUID, project_id: uuid.UUID) -> QuerySet[Assignment, uuid.UUID]:
    """Their tasks' ids, a handful at most."""
    return sealed(user_id, task__project_id=project_id).values_list("task_id", flat=True)


def hidden_work(user_id: uuid.UUID, task_id: uuid.UUID) -> Assignment | None:
    """The person's hidden task on this picture, where they have it open."""
    return sealed(user_id, task_id=task_id, state=AssignmentState.LEASED).first()


def is_sealed(user_id: uuid.UUID, task_id: uuid.UUID) -> bool:
    return sealed(user_id, task_id=task_id).exists()


def cover_of(ordinary: Task, truth: Task) -> dict[str, Any]:
    """What a hidden task on `truth` shows in the place of `ordinary`.

    Suggestions are shown only of the model that the ordinary picture was suggested by: another one's name would tell.
    """
    version = None if ordinary.blind or truth.blind else ordinary.prelabelled_by_id
    return {
        "blind": ordinary.blind,
        "selection_reason": ordinary.selection_reason,
        "why": str(ordinary.selection_evidence.get("why", "")),
        "inclusion_probability": ordinary.inclusion_probability,
        "priority": ordinary.priority,
        "people": ordinary.people,
        **_of_several(ordinary),
        "model_version_id": str(version) if version else None,
    }


def _of_several(ordinary: Task) -> dict[str, Any]:
    """Of a picture that several people label: whether a place is left once this person has one, and their answer's number."""
    if ordinary.people == 1:
        return {}
    left = seats_taken(ordinary) + 1 < ordinary.people
    return {
        "state": (TaskState.READY if left else TaskState.IN_WORK).value,
        "number": Revision.objects.filter(task=ordinary).count() + 1,
    }


def state_shown(assignment: Assignment) -> TaskState:
    """A hidden task's state as its person is told it."""
    if assignment.state != AssignmentState.LEASED:
        return TaskState.READY
    return TaskState((assignment.cover or {}).get("state", TaskState.IN_WORK))


def cover_task(task: Task, assignment: Assignment) -> Task:
    """The task as an ordinary one: in its person's hands, or let go of."""
    cover: dict[str, Any] = assignment.cover or {}
    task.state = state_shown(assignment)
    task.blind = cover["blind"]
    task.selection_reason = cover["selection_reason"]
    task.selection_evidence = {"why": cover["why"]} if cover["why"] else {}
    task.inclusion_probability = cover["inclusion_probability"]
    task.priority = cover["priority"]
    task.people = cover.get("people", 1)
    task.selection_score = task.approved_at = task.due_at = task.assigned_to = None
    task.resolved_revision = None
    task.region_count = task.open_suggestion_count = 0
    task.max_suggestion_score = None
    task.quarantine_reason = ""
    shown = cover_suggestions(task, cover)
    if shown:
        task.open_suggestion_count, task.max_suggestion_score = len(shown), shown[0].score
    return task


def cover_tasks(rows: Iterable[Task], actor: User) -> list[Task]:
    """Tasks of a list, those hidden from this person covered."""
    found = list(rows)
    hidden = {row.task_id: row for row in sealed(actor.pk, task_id__in=[task.pk for task in found])}
    return [cover_task(task, hidden[task.pk]) if task.pk in hidden else task for task in found]


def cover_suggestions(task: Task, cover: dict[str, Any]) -> list[Suggestion]:
    """The suggestions shown on a hidden task, best first, all open, whatever became of them when it was labelled.

    `added` and `gone` are what an assist made and replaced for this person alone.
    """
    shown = Q(pk__in=cover.get("added", []))
    if cover["model_version_id"] is not None:
        shown |= Q(model_version_id=cover["model_version_id"])
    rows = Suggestion.objects.filter(shown, task=task).exclude(pk__in=cover.get("gone", []))
    found = list(rows.order_by("-score", "id"))
    for row in found:
        row.state = SuggestionState.OPEN
    return found


def cover_answer(task: Task, revision: Revision) -> None:
    """What the person who submits a hidden task is answered: as of the first revision of an ordinary one."""
    cover: dict[str, Any] = (revision.assignment.cover if revision.assignment else None) or {}
    if "state" in cover:
        # One of several: it waits for the others.
        task.state = TaskState(cover["state"])
        revision.number, revision.pending = cover["number"], False
        return
    waits = projects.settings_of(task.project).review != "none"
    task.state = TaskState.IN_REVIEW if waits else TaskState.APPROVED
    revision.number, revision.pending = 1, waits
