"""Locking a task and moving it and its assignments along the tables of `domain/states.py`."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from backend.annotation.domain.states import (
    ASSIGNMENT_MOVES,
    TASK_MOVES,
    AssignmentEvent,
    ForbiddenMove,
    TaskEvent,
    next_state,
)
from backend.annotation.enums import AssignmentState, TaskState
from backend.annotation.errors import ForeignId, MoveRefused
from backend.annotation.models import Assignment, Task
from backend.core import audit, events
from backend.projects.contracts import ProjectSettings

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project


# The editor renews every 30 s; ten minutes outlive a lunch-time network.
LEASE = timedelta(minutes=10)


def task_lock(task_id: uuid.UUID) -> Task:
    """The task, locked, with project, asset and resolved revision. Always lock it before its assignments."""
    return (
        Task.objects.select_for_update(of=("self",))
        .select_related("project", "asset", "resolved_revision")
        .defer("asset__frame_times_s", "asset__hash_bands")
        .get(pk=task_id)
    )


def tasks_lock(project: Project, task_ids: Collection[uuid.UUID]) -> list[Task]:
    """These tasks of the project with their assets, locked, by id. Raises ForeignId where one is not the project's."""
    rows = Task.objects.select_for_update(of=("self",)).select_related("asset")
    rows = rows.defer("asset__frame_times_s", "asset__hash_bands").filter(project=project, pk__in=task_ids)
    tasks = list(rows.order_by("id"))
    if len(tasks) != len(set(task_ids)):
        raise ForeignId("Some of the pictures are not in this project.")
    for task in tasks:
        task.project = project
    return tasks


def assignment_lock(assignment_id: uuid.UUID) -> Assignment:
    return (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("base_revision", "user")
        .get(pk=assignment_id)
    )


def task_move(task: Task, event: TaskEvent) -> None:
    """Set the task's next state; the caller saves. Raises MoveRefused."""
    try:
        task.state = TaskState(next_state(TASK_MOVES, task.state, event))
    except ForbiddenMove as error:
        raise MoveRefused(f"The picture is {_words(error.state)}: that is not possible now.") from error


def assignment_move(assignment: Assignment, event: AssignmentEvent) -> None:
    """Set the assignment's next state; the caller saves. Raises MoveRefused."""
    try:
        assignment.state = AssignmentState(next_state(ASSIGNMENT_MOVES, assignment.state, event))
    except ForbiddenMove as error:
        raise MoveRefused(f"This work is {_words(error.state)}: that is not possible now.") from error


def _words(state: str) -> str:
    return state.replace("_", " ")


def settings_of(task: Task) -> ProjectSettings:
    return ProjectSettings.parse(task.project.settings)


def announce(task: Task) -> None:
    """Tell open pages that a task changed. Carries no scores: blind tasks stay blind."""
    announce_as(task, TaskState(task.state))


def announce_as(task: Task, state: TaskState) -> None:
    """As `announce`, in the state that a hidden task would have if it were an ordinary one."""
    events.publish(
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        kind="task",
        data={"task_id": str(task.pk), "state": state},
    )


def record(actor: User | None, task: Task, action: str, **after: Any) -> None:
    audit.record(
        actor=actor,
        organisation_id=task.project.organisation_id,
        action=action,
        object_type="task",
        object_id=task.pk,
        after=after,
    )
