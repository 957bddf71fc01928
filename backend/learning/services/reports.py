"""Keeping what was measured of savings and where pictures lie, asking for it anew, and queueing what was circled."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from backend.annotation import selectors as annotation_selectors
from backend.annotation import services as annotation
from backend.annotation.contracts import TaskChoice
from backend.annotation.enums import SelectionReason
from backend.core import audit, jobs
from backend.learning.models import ProjectMap, SavingsReport

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.core.models import JobRun
    from backend.learning.models import ModelVersion
    from backend.projects.models import Project

# Circled at once; more is a batch, and a strategy chooses that better.
QUEUED_MAX = 5_000
SAVINGS_JOB, MAP_JOB = "learning.savings", "learning.map"
DEFECTS_JOB, DRIFT_JOB = "learning.defects", "learning.drift"
TITLES = {
    SAVINGS_JOB: "Measure what selection saved",
    MAP_JOB: "Lay the pictures out",
    DEFECTS_JOB: "Look for what good pictures do not look like",
    DRIFT_JOB: "Look for drift",
}


@transaction.atomic
def savings_store(
    *, project: Project, model: ModelVersion, job: JobRun, report: dict[str, Any]
) -> SavingsReport:
    """Keep a measurement; a job that runs again replaces its own."""
    row, _ = SavingsReport.objects.update_or_create(
        job=job, defaults={"project": project, "model_version": model, "report": report}
    )
    return row


@transaction.atomic
def map_store(
    *, project: Project, model: ModelVersion, job: JobRun, layout: dict[str, Any], facts: dict[str, Any]
) -> ProjectMap:
    """Keep a map in place of the project's former ones."""
    ProjectMap.objects.filter(project=project).delete()
    return ProjectMap.objects.create(
        project=project, model_version=model, job=job, layout=layout, facts=facts
    )


def report_enqueue(*, kind: str, project: Project, actor: User | None, **asked: str) -> JobRun:
    """Ask for a new measurement, map or look, with what the job is `asked` besides; one of a kind waits or runs."""
    return jobs.enqueue(
        kind,
        payload={"project_id": str(project.pk), **asked},
        title=TITLES[kind],
        organisation_id=project.organisation_id,
        project_id=project.pk,
        created_by=actor,
        dedupe_key=f"{kind}:{project.pk}",
    )


@transaction.atomic
def pictures_queue(*, project: Project, actor: User, asset_ids: Sequence[uuid.UUID]) -> int:
    """Put pictures at the head of the queue, in the order given; how many were put there.

    Pictures without a task get one. Those that are begun, labelled or drawn blind stay as they are: what somebody
    picked must not become part of the random slice, nor leave it. Raises ForeignId for pictures of other projects.
    """
    annotation.tasks_create(project=project, asset_ids=asset_ids, reason="", actor=actor)
    tasks = defaultdict(list)
    for task in annotation_selectors.tasks_for_selection(project.pk):
        tasks[task.asset_id].append(task)
    found = [task for asset_id in dict.fromkeys(asset_ids) for task in tasks[asset_id]]
    top = max((task.priority for rows in tasks.values() for task in rows), default=0.0)
    annotation.tasks_prioritise(
        project_id=project.pk,
        choices=[
            TaskChoice(task.task_id, top + len(found) - index, SelectionReason.MANUAL)
            for index, task in enumerate(found)
        ],
    )
    if found:
        audit.record(
            actor=actor,
            organisation_id=project.organisation_id,
            action="task.queue",
            object_type="project",
            object_id=project.pk,
            after={"count": len(found)},
        )
    return len(found)
