"""Who has a picture open, so that others only look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.db.models.functions import Now

from backend.annotation.enums import AssignmentKind, AssignmentState, TaskState
from backend.annotation.models import Assignment, Task
from backend.annotation.selectors.labels import REVIEWED_STATES
from backend.annotation.selectors.second_looks import look_waiting, may_look

if TYPE_CHECKING:
    from backend.accounts.models import User


def reviews_held() -> QuerySet[Assignment]:
    """Reviews that are open at this moment, whoever has them."""
    return Assignment.objects.filter(
        kind=AssignmentKind.REVIEW, state=AssignmentState.LEASED, lease_expires_at__gt=Now()
    )


def reviewer_at(task: Task, actor: User) -> User | None:
    """Another person who has the task open to review it."""
    row = reviews_held().filter(task=task).exclude(user_id=actor.pk).select_related("user").first()
    return row.user if row else None


def holder_told(task: Task, actor: User) -> str | None:
    """Who else has the task open, as this person may know it; None where nobody has.

    By name, but for a second look: those at whose work it is one are told that a reviewer has it, not which.
    """
    if task.state in REVIEWED_STATES:
        holder = reviewer_at(task, actor)
        is_secret = holder is not None and look_waiting(task) is not None and not may_look(actor, task)
        return "Another reviewer" if is_secret else _name(holder)
    if task.state != TaskState.IN_WORK:
        return None
    held = (AssignmentState.LEASED, AssignmentState.RETURNED)
    rows = Assignment.objects.filter(task=task, kind=AssignmentKind.LABEL, state__in=held)
    row = rows.exclude(user_id=actor.pk).select_related("user").first()
    return _name(row.user if row else None)


def _name(person: User | None) -> str | None:
    return person.get_full_name() if person else None
