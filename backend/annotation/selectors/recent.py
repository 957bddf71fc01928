"""What a person worked on lately, and what of it they may still correct."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models.functions import Coalesce, Greatest, Now

from backend.annotation.enums import AssignmentKind, AssignmentState, TaskState
from backend.annotation.models import Assignment, Task
from backend.annotation.selectors.answers import is_collecting
from backend.annotation.selectors.cover import SEALED_STATES, cover_task
from backend.annotation.selectors.lists import heavy

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

RECENT = 10


@dataclass(frozen=True, slots=True)
class RecentTask:
    task: Task
    work_state: str
    worked_at: datetime
    correctable: bool


def recent_tasks(*, actor: User, project: Project) -> list[RecentTask]:
    """The last RECENT pictures this person saved or submitted labels of, newest first."""
    rows = (
        Assignment.objects.filter(
            user_id=actor.pk, kind__in=(AssignmentKind.LABEL, AssignmentKind.TRUTH), task__project=project
        )
        .annotate(worked_at=Greatest("draft_saved_at", "submitted_at"))
        .filter(worked_at__isnull=False, task__asset__deleted_at=None)
        .select_related("task__asset", "task__project", "task__resolved_revision")
        .defer("draft", "applied_ops", *heavy("task__asset"))
        .order_by(Coalesce("submitted_at", "draft_saved_at").desc(), "-id")[:RECENT]
    )
    for row in rows:
        if row.kind == AssignmentKind.TRUTH and row.state in SEALED_STATES:
            cover_task(row.task, row)
    return [
        RecentTask(row.task, row.state, row.worked_at, _correctable(row, actor))  # type: ignore[attr-defined]
        for row in rows
    ]


def _correctable(assignment: Assignment, actor: User) -> bool:
    if assignment.state in (AssignmentState.LEASED, AssignmentState.RETURNED):
        return True
    if assignment.task.state == TaskState.READY and assignment.task.people == 1:
        return assignment.task.assigned_to_id in (None, actor.pk)
    return may_correct(actor, assignment.task)


def may_correct(actor: User, task: Task) -> bool:
    """Whether this person may take their submitted work back: it waits for review, and no reviewer has it open.

    One answer of several until they are put together.
    """
    if task.project.archived_at:
        return False
    if task.people > 1:
        return is_collecting(task) and own_submitted(actor, task)
    if task.state != TaskState.IN_REVIEW or task.resolved_revision is None:
        return False
    revision = task.resolved_revision
    if not revision.pending or revision.author_id != actor.pk:
        return False
    own = Assignment.objects.filter(
        pk=revision.assignment_id,
        user_id=actor.pk,
        kind=AssignmentKind.LABEL,
        state__in=(AssignmentState.SUBMITTED, AssignmentState.EXPIRED),
    )
    reviewed = Assignment.objects.filter(
        task=task, kind=AssignmentKind.REVIEW, state=AssignmentState.LEASED, lease_expires_at__gt=Now()
    )
    return own.exists() and not reviewed.exists()


def own_submitted(actor: User, task: Task) -> bool:
    return Assignment.objects.filter(
        task=task, user_id=actor.pk, kind=AssignmentKind.LABEL, state=AssignmentState.SUBMITTED
    ).exists()
