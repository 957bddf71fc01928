"""Ground truth: marking approved pictures, and what follows when a hidden task was measured."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from backend.annotation.domain.figures import agreed_in_all
from backend.annotation.enums import TaskState
from backend.annotation.models import Comparison, GroundTruth, Revision, Task
from backend.annotation.services.moves import tasks_lock
from backend.annotation.services.pauses import pause_if_below
from backend.core import audit, events
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects
from ml.quality.words import percent

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.annotation.domain.comparing import Compared
    from backend.projects.models import Project

NOT_APPROVED = "Not approved by a person yet."
NO_LABELS = "It has no approved labels."


@dataclass(slots=True)
class TruthMarked:
    """How many pictures are ground truth now that were not before, and why others cannot be, by task id."""

    marked: int = 0
    refused: dict[uuid.UUID, str] = field(default_factory=dict)


@transaction.atomic
def truth_mark(*, actor: User, project: Project, task_ids: Collection[uuid.UUID]) -> TruthMarked:
    """Make approved pictures ground truth. Those that are already stay as they are. Raises ForeignId."""
    tasks = tasks_lock(project, task_ids)
    result = TruthMarked()
    had = set(GroundTruth.objects.filter(task_id__in=task_ids).values_list("task_id", flat=True))
    rows = []
    for task in tasks:
        if why := _why_not(task):
            result.refused[task.pk] = why
        elif task.pk not in had:
            rows.append(GroundTruth(project=project, task=task, marked_by=actor))
    made = GroundTruth.objects.bulk_create(rows, ignore_conflicts=True)
    result.marked = len(made)
    if made:
        _record(actor, project, "truth.mark", [row.task_id for row in made])
    return result


def _why_not(task: Task) -> str:
    if task.state != TaskState.APPROVED:
        return NOT_APPROVED
    return "" if task.resolved_revision_id is not None else NO_LABELS


@transaction.atomic
def truth_unmark(*, actor: User, project: Project, task_ids: Collection[uuid.UUID]) -> int:
    """Pictures are handed to nobody as hidden tasks any more; what was measured stays. Returns how many changed."""
    tasks_lock(project, task_ids)
    rows = GroundTruth.objects.filter(project=project, task_id__in=task_ids)
    gone = list(rows.values_list("task_id", flat=True))
    rows.delete()
    if gone:
        _record(actor, project, "truth.unmark", gone)
    return len(gone)


@transaction.atomic
def comparison_store(
    *, first: Revision, second: Revision, compared: Compared, against_truth: bool
) -> Comparison:
    """Keep a comparison, once. Of a hidden task also: a pause where the score asks for one, and feedback."""
    task = second.task
    row, is_new = Comparison.objects.get_or_create(
        first=first,
        second=second,
        defaults={
            "project": task.project,
            "task": task,
            "first_user": first.author,
            "second_user": second.author,
            "against_truth": against_truth,
            "labels": compared.labels,
            "votes": [list(vote) for vote in compared.votes],
        },
    )
    # Open pages of figures ask again; whom it measured, only those may read who may see their figures.
    events.publish(
        organisation_id=task.project.organisation_id, project_id=task.project_id, kind="checks", data={}
    )
    if is_new and against_truth and second.author is not None:
        if projects.settings_of(task.project).truth_feedback:
            _feedback(second.author, row)
        pause_if_below(user_id=second.author.pk, project=task.project)
    return row


def _feedback(person: User, row: Comparison) -> None:
    found = agreed_in_all([row.labels])
    if found.f1_50 is None:
        said = "You left it empty, and so it is."
    elif found.missed == 0 and found.extra == 0:
        said = "Everything you marked matches."
    else:
        parts = [f"{found.missed} missed or placed otherwise"] if found.missed else []
        parts += [f"{found.extra} too many or placed otherwise"] if found.extra else []
        said = f"{percent(found.f1_50)} matches: {' and '.join(parts)}."
    notify.notice_create(
        user=person,
        kind=NoticeKind.INFO,
        title=f"{row.task.title} was a test picture",
        body=f"{said} Open it to lay your answer over the approved labels.",
        link=f"/p/{row.project_id}/annotate/{row.task_id}?side=history",
        project_id=row.project_id,
    )


def _record(actor: User, project: Project, action: str, task_ids: Collection[uuid.UUID]) -> None:
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action=action,
        object_type="project",
        object_id=project.pk,
        after={"count": len(task_ids), "task_ids": [str(pk) for pk in task_ids]},
    )
