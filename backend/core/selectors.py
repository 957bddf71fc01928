"""Reading jobs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from backend.core.enums import LIVE_JOB_STATES
from backend.core.errors import NotFound
from backend.core.models import JobRun


def jobs_visible(*, user_id: uuid.UUID, project_ids: Iterable[uuid.UUID]) -> QuerySet[JobRun]:
    """Jobs of the projects a person may see, and those they started outside any project."""
    return JobRun.objects.filter(
        Q(project_id__in=project_ids) | Q(created_by_id=user_id, project_id=None)
    ).select_related("created_by")


def job_find(job_id: uuid.UUID) -> JobRun:
    job = JobRun.objects.select_related("created_by").filter(pk=job_id).first()
    if job is None:
        raise NotFound()
    return job


def jobs_live(project_id: uuid.UUID) -> int:
    """How many jobs of a project wait or run."""
    return JobRun.objects.filter(project_id=project_id, state__in=LIVE_JOB_STATES).count()
