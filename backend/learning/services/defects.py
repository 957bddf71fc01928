"""Keeping a look for defects, asking for one, and suggesting what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from backend.annotation import selectors as annotation_selectors
from backend.annotation import services as annotation
from backend.annotation.contracts import SuggestionItem
from backend.core import audit
from backend.core.errors import BadInput, NotFound
from backend.learning.defects import box_labels, report_newest
from backend.learning.models import DefectReport
from backend.learning.services.reports import DEFECTS_JOB, report_enqueue

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.core.models import JobRun
    from backend.learning.models import ModelVersion
    from backend.projects.models import Project

BOXES_MAX = 10
MODEL_NAME = "Unlike good pictures"


@transaction.atomic
def defects_store(
    *, project: Project, label_id: str, model: ModelVersion | None, job: JobRun, report: dict[str, Any]
) -> DefectReport:
    """Keep a look in place of the project's former ones; a job that runs again replaces its own."""
    DefectReport.objects.filter(project=project).exclude(job=job).delete()
    row, _ = DefectReport.objects.update_or_create(
        job=job,
        defaults={"project": project, "label_id": label_id, "model_version": model, "report": report},
    )
    return row


def defects_enqueue(*, project: Project, actor: User, label_id: str) -> JobRun:
    """Ask for a look; one waits or runs at a time. Raises BadInput for a label that takes no boxes."""
    if label_id not in {label.id for label in box_labels(project.pk)}:
        raise BadInput(
            "Choose a label of this project that takes boxes.", fields={"label_id": "No such label."}
        )
    return report_enqueue(kind=DEFECTS_JOB, project=project, actor=actor, label_id=label_id)


@transaction.atomic
def defects_suggest(*, project: Project, actor: User) -> int:
    """Suggest the hot places of the newest look as boxes; on how many pictures.

    Pictures that were begun since, are drawn blind or have open suggestions keep what they have. Raises NotFound
    where nothing was looked for yet.
    """
    row = report_newest(project.pk)
    if row is None:
        raise NotFound("Nothing was looked for yet.")
    waiting = {str(task.task_id): task for task in annotation_selectors.tasks_for_selection(project.pk)}
    made = 0
    for suspect in row.report["suspects"]:
        task = waiting.get(suspect["task_id"])
        if task is None or task.open_suggestion_count or not suspect["boxes"]:
            continue
        items = [SuggestionItem(row.label_id, "box", {"box": box}, score) for *box, score in suspect["boxes"]]
        count = annotation.suggestions_create(
            task_id=task.task_id, model_version_id=row.pk, model_name=MODEL_NAME, items=items
        )
        made += count > 0
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action="defects.suggest",
        object_type="project",
        object_id=project.pk,
        after={"pictures": made},
    )
    return made
