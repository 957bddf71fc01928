"""Starting, following and ending trainings."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from backend.core import audit, events, jobs
from backend.core.errors import BadInput
from backend.datasets import selectors as datasets
from backend.learning.enums import RunState, TaskKind
from backend.learning.errors import NothingToTrainOn
from backend.learning.models import GateReport, ModelVersion, TrainingRun
from backend.notify import services as notify
from backend.notify.enums import NoticeKind

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

MINUTES_RANGE = (0.05, 24 * 60.0)
INPUT_SIZE_RANGE = (64, 1280)
CURVE_MAX_POINTS = 400


@transaction.atomic
def training_start(
    *,
    actor: User,
    project: Project,
    dataset_version_id: uuid.UUID,
    kind: TaskKind,
    minutes: float,
    init: str = "production",
    seed: int = 0,
    input_size: int = 0,
) -> TrainingRun:
    """Queue a training on a frozen dataset version. Raises NothingToTrainOn when it has no labels of that kind."""
    version = datasets.version_get(actor=actor, version_id=dataset_version_id)
    if version.project_id != project.pk:
        raise BadInput("The dataset version belongs to another project.")
    if version.state != "frozen":
        raise NothingToTrainOn("The dataset version is not frozen yet. Wait for its job to end.")
    if not MINUTES_RANGE[0] <= minutes <= MINUTES_RANGE[1]:
        raise BadInput("Training takes between 3 seconds and 24 hours.", fields={"minutes": "0.05 to 1440."})
    if input_size and (not INPUT_SIZE_RANGE[0] <= input_size <= INPUT_SIZE_RANGE[1] or input_size % 32):
        raise BadInput(
            "The input size is a multiple of 32.", fields={"input_size": "64 to 1280, a multiple of 32."}
        )
    run = TrainingRun.objects.create(
        project=project,
        dataset_version=version,
        kind=kind,
        config={"minutes": minutes, "init": init, "seed": seed, "input_size": input_size},
        created_by=actor,
    )
    run.job = jobs.enqueue(
        "learning.train",
        payload={"training_id": str(run.pk)},
        title=f"Train a {kind} model on v{version.number}",
        organisation_id=project.organisation_id,
        project_id=project.pk,
        created_by=actor,
    )
    run.save()
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action="training.start",
        object_type="training",
        object_id=run.pk,
        after={"dataset": version.content_hash, **run.config},
    )
    return run


def training_cancel(*, run: TrainingRun) -> None:
    """Cancel through its job; the worker stops the child process at its next look."""
    if run.job is not None:
        jobs.cancel(run.job)
    TrainingRun.objects.filter(pk=run.pk, state=RunState.QUEUED).update(state=RunState.CANCELLED)


def work_folder(run: TrainingRun) -> Path:
    """Where the child process writes; kept on failure so that a retry resumes."""
    return Path(settings.DATA_DIR) / "trainings" / str(run.pk)


def training_progress(*, run: TrainingRun, points: list[dict[str, Any]]) -> None:
    """Store the live curve, thinned to what a plot can show, and tell open pages."""
    step = max(1, len(points) // CURVE_MAX_POINTS)
    kept = [
        point
        for index, point in enumerate(points)
        if index % step == 0 or "ap50" in point or index == len(points) - 1
    ]
    TrainingRun.objects.filter(pk=run.pk).update(curve=kept, state=RunState.RUNNING)
    last = points[-1] if points else {}
    events.publish(
        organisation_id=run.project.organisation_id,
        project_id=run.project_id,
        kind="training",
        data={"id": str(run.pk), "point": last},
    )


@transaction.atomic
def training_finish(*, run: TrainingRun, model: ModelVersion) -> None:
    TrainingRun.objects.filter(pk=run.pk).update(state=RunState.DONE, model_version=model, error="")
    gate_enqueue(model=model, actor=run.created_by)
    if run.created_by is not None:
        notify.notice_create(
            user=run.created_by,
            kind=NoticeKind.MODEL,
            title=f"Model {model.number} is trained",
            body="The gate compares it with production now.",
            link=f"/p/{run.project_id}/models/{model.pk}",
            project_id=run.project_id,
        )


def training_end(*, run: TrainingRun, state: RunState, error: str = "") -> None:
    TrainingRun.objects.filter(pk=run.pk).update(state=state, error=error)
    if state == RunState.FAILED and run.created_by is not None:
        notify.notice_create(
            user=run.created_by,
            kind=NoticeKind.JOB_FAILED,
            title="A training failed",
            body=error,
            link=f"/p/{run.project_id}/models",
            project_id=run.project_id,
        )


def gate_enqueue(*, model: ModelVersion, actor: User | None) -> jobs.JobRun:
    return jobs.enqueue(
        "learning.gate",
        payload={"model_id": str(model.pk)},
        title=f"Compare model {model.number} with production",
        organisation_id=model.project.organisation_id,
        project_id=model.project_id,
        created_by=actor,
        dedupe_key=f"gate:{model.pk}",
    )


@transaction.atomic
def gate_store(
    *,
    candidate: ModelVersion,
    production: ModelVersion | None,
    dataset_version_id: uuid.UUID | None,
    passed: bool,
    reason: str,
    report: dict[str, Any],
) -> GateReport:
    """Write the verdict; a refused candidate is marked so, a passed one waits for a person."""
    gate = GateReport.objects.create(
        candidate=candidate,
        production=production,
        dataset_version_id=dataset_version_id,
        passed=passed,
        reason=reason,
        report=report,
    )
    if candidate.state in ("candidate", "refused"):
        ModelVersion.objects.filter(pk=candidate.pk).update(state="candidate" if passed else "refused")
    project = candidate.project
    audit.record(
        actor=None,
        organisation_id=project.organisation_id,
        action="gate.run",
        object_type="model",
        object_id=candidate.pk,
        after={"passed": passed, "reason": reason},
    )
    events.publish(
        organisation_id=project.organisation_id,
        project_id=project.pk,
        kind="model",
        data={"id": str(candidate.pk)},
    )
    return gate
