"""Answers of several people that are all in and are not put together, since the job that does it did not end well."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from backend.annotation.enums import MERGE, AssignmentKind, AssignmentState
from backend.annotation.models import Task
from backend.annotation.selectors.answers import FREE_STATES
from backend.annotation.selectors.lists import heavy
from backend.core.enums import LIVE_JOB_STATES, JobState
from backend.core.models import JobRun

# More at once are one fault, not so many pictures: the first tell of it.
UNMERGED_MAX = 50
CANCELLED = "Somebody cancelled it."
NOT_DONE = "The answers changed while they were put together."


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A picture whose answers nobody puts together at the moment; `at` is when the last try ended, None without one."""

    task: Task
    why: str
    at: datetime | None


def unmerged_of(project_id: uuid.UUID) -> list[Unmerged]:
    """Pictures whose answers are all in, without a job that puts them together; the longest waiting first."""
    done = Q(
        assignments__kind=AssignmentKind.LABEL,
        assignments__state__in=(AssignmentState.SUBMITTED, AssignmentState.APPROVED),
        assignments__submitted_revisions__beside=True,
    )
    rows = (
        Task.objects.filter(
            project_id=project_id, people__gt=1, state__in=FREE_STATES, asset__deleted_at=None
        )
        .annotate(answered=Count("assignments", filter=done, distinct=True))
        .filter(answered__gte=F("people"))
        .select_related("asset")
        .defer(*heavy("asset"))
        .order_by("id")
    )
    tasks = list(rows[:UNMERGED_MAX])
    last = merge_jobs(project_id, [task.pk for task in tasks])
    found = []
    for task in tasks:
        job = last.get(task.pk)
        if (why := why_not(job)) is not None:
            found.append(Unmerged(task, why, job.finished_at if job else None))
    return found


def merge_jobs(project_id: uuid.UUID, task_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, JobRun]:
    """By task the newest job that puts its answers together."""
    rows = JobRun.objects.filter(
        project_id=project_id, kind=MERGE, payload__task_id__in=[str(pk) for pk in task_ids]
    )
    columns = ("id", "payload", "state", "error", "created_at", "finished_at")
    return {uuid.UUID(row.payload["task_id"]): row for row in rows.only(*columns).order_by("id")}


def why_not(job: JobRun | None) -> str | None:
    """Why answers that are all in are not put together, in words; None while a job is at it."""
    if job is None:
        return NOT_DONE
    if job.state in LIVE_JOB_STATES:
        return None
    if job.state == JobState.CANCELLED:
        return CANCELLED
    return job.error or NOT_DONE
