"""Pictures that several people label, each on their own: who has one, what is in, and whose hand made what."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.annotation.enums import AssignmentKind, AssignmentState, RegionSource, TaskState
from backend.annotation.models import Assignment, Revision, Task
from backend.core.enums import Role
from backend.core.permissions import at_least
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User

FREE_STATES = (TaskState.READY, TaskState.IN_WORK)
SEATED = (AssignmentState.LEASED, AssignmentState.RETURNED, AssignmentState.SUBMITTED)

# Labels that several people's answers were put together to, or one of them taken in their place: the work of them all.
TOGETHER = Q(task__people__gt=1, assignment=None, source=RegionSource.PERSON)


def is_collecting(task: Task) -> bool:
    """Whether answers of several people are still coming in."""
    return task.people > 1 and task.state in FREE_STATES


def draws_alone(actor: User, task: Task) -> bool:
    """Whether this person may be one of several whose answers are coming in: nobody else's work is shown to them."""
    if not is_collecting(task):
        return False
    return not at_least(projects.project_role(actor=actor, project=task.project), Role.REVIEWER)


def seats_taken(task: Task) -> int:
    return Assignment.objects.filter(task=task, kind=AssignmentKind.LABEL, state__in=SEATED).count()


def answers_in(task: Task) -> list[Revision]:
    """What the people asked have submitted: the newest of each whose work is not open again, in the order they came."""
    done = (AssignmentState.SUBMITTED, AssignmentState.APPROVED)
    return [row for row in answers_all(task) if row.assignment and row.assignment.state in done]


def answers_all(task: Task) -> list[Revision]:
    """The newest answer of everybody, those whose work was returned or is open again too."""
    rows = _answers().filter(task=task).select_related("author", "assignment").order_by("id")
    newest = {row.assignment_id: row for row in rows}
    return sorted(newest.values(), key=lambda row: row.pk)


def own_answer(task: Task, user_id: uuid.UUID) -> Revision | None:
    """The newest answer of one of several people: what they go on from when they open it again."""
    if task.people == 1:
        return None
    return _answers().filter(task=task, author_id=user_id).order_by("-id").first()


def of_own_hand(actor: User) -> Q:
    """Revisions of the person's own hand, alone or as one of several: whose answers were put together, or one of
    which was taken in their place.

    Suggestions accepted in the grid are the model's work.
    """
    answered = _answers().filter(task_id=OuterRef("task_id"), author_id=actor.pk)
    return Q(author_id=actor.pk, source=RegionSource.PERSON) | (TOGETHER & Exists(answered))


def hands_of(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """By revision whose own hands made it: `of_own_hand` for everybody at once. Those of nobody's hand are left out."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    rows = Revision.objects.filter(pk__in=revision_ids)
    drawn = rows.filter(source=RegionSource.PERSON, author__isnull=False)
    for pk, author_id in drawn.values_list("pk", "author_id"):
        found[pk].add(author_id)
    merged = dict(rows.filter(TOGETHER).values_list("task_id", "pk"))
    answered = _answers().filter(task_id__in=merged, author__isnull=False)
    for task_id, author_id in answered.values_list("task_id", "author_id"):
        found[merged[task_id]].add(author_id)
    return {pk: frozenset(hands) for pk, hands in found.items()}


def _answers() -> QuerySet[Revision]:
    return Revision.objects.filter(beside=True, assignment__kind=AssignmentKind.LABEL)
