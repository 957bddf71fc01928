"""Doors: every object of annotation is reached through one of these, with the role it needs."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING

from backend.annotation.errors import NotYourWork
from backend.annotation.models import Assignment, Comment, Revision, Suggestion, Task
from backend.annotation.selectors.answers import draws_alone, is_collecting
from backend.annotation.selectors.cover import is_sealed
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.core.permissions import require
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User

_PROJECT = ("project__site", "project__organisation")
_TASK_PROJECT = ("task__project__site", "task__project__organisation")


def task_get(*, actor: User, task_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Task:
    """The task with its project and asset. NotFound for strangers, else Forbidden."""
    task = Task.objects.select_related(*_PROJECT, "asset").filter(pk=task_id).first()
    if task is None:
        raise NotFound()
    require(projects.project_role(actor=actor, project=task.project), at_least)
    return task


def assignment_get(*, actor: User, assignment_id: uuid.UUID) -> Assignment:
    """The person's own work. Others of the project get NotYourWork, strangers NotFound."""
    # The draft may be large, and whoever changes it reads it again under the lock.
    rows = Assignment.objects.select_related(*_TASK_PROJECT).defer("draft", "applied_ops")
    assignment = rows.filter(pk=assignment_id).first()
    if assignment is None:
        raise NotFound()
    needed = Role.REVIEWER if assignment.kind == "review" else Role.ANNOTATOR
    require(projects.project_role(actor=actor, project=assignment.task.project), needed)
    if assignment.user_id != actor.pk:
        raise NotYourWork("This is another person's work.")
    return assignment


def revision_get(*, actor: User, revision_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Revision:
    revision = (
        Revision.objects.select_related(*_TASK_PROJECT, "author", "merge", "assignment")
        .filter(pk=revision_id)
        .first()
    )
    if revision is None:
        raise NotFound()
    role = require(projects.project_role(actor=actor, project=revision.task.project), at_least)
    if revision.beside and revision.author_id != actor.pk:
        # What somebody made of a hidden task is theirs and the managers' to look at; one answer of several also
        # those who review what was made of them, once all are in.
        task, work = revision.task, revision.assignment
        told = work is not None and work.kind == "label" and not is_collecting(task) and task.merges.exists()
        require(role, Role.REVIEWER if told else Role.MANAGER)
    if not revision.beside and revision.author_id != actor.pk and is_collecting(revision.task):
        # Returned to those who answered: whoever labels it now draws on their own.
        require(role, Role.REVIEWER)
    if is_sealed(actor.pk, revision.task_id):
        raise NotFound()
    return revision


def comment_get(*, actor: User, comment_id: uuid.UUID, at_least: Role = Role.ANNOTATOR) -> Comment:
    """A remark; replies have no door of their own. Of somebody else's, of a picture one is to draw alone, NotFound."""
    rows = Comment.objects.select_related(
        *_TASK_PROJECT, "author", "task__asset", "task__resolved_revision__author"
    ).defer("task__asset__frame_times_s", "task__asset__hash_bands")
    comment = rows.filter(pk=comment_id, thread=None).first()
    if comment is None:
        raise NotFound()
    require(projects.project_role(actor=actor, project=comment.task.project), at_least)
    apart = draws_alone(actor, comment.task) or is_sealed(actor.pk, comment.task_id)
    if apart and comment.author_id != actor.pk:
        raise NotFound()
    return comment


def suggestions_get(
    *,
    actor: User,
    suggestion_ids: Collection[uuid.UUID],
    at_least: Role = Role.REVIEWER,
    project_id: uuid.UUID | None = None,
) -> list[Suggestion]:
    """Suggestions by id, all of one project. NotFound when one is missing, foreign, or of a blind task."""
    rows = list(
        Suggestion.objects.select_related(*_TASK_PROJECT).filter(pk__in=suggestion_ids, task__blind=False)
    )
    found = {row.task.project_id for row in rows}
    if len(rows) != len(set(suggestion_ids)) or len(found) != 1:
        raise NotFound()
    if project_id is not None and found != {project_id}:
        raise NotFound()
    require(projects.project_role(actor=actor, project=rows[0].task.project), at_least)
    return rows
