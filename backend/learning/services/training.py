"""Starting, following and ending trainings."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from backend.core import audit, events, jobs
from backend.core.errors import BadInput, Conflict
from backend.datasets import selectors as datasets
from backend.learning.enums import OUTLINING_KINDS, RunState, TaskKind
from backend.learning.errors import NothingToTrainOn
from backend.learning.models import GateReport, ModelVersion, TrainingRun
from backend.learning.services import checkpoints, registry
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.core.models import JobRun
    from backend.projects.models import Project

MINUTES_RANGE = (0.05, 24 * 60.0)
INPUT_SIZE_RANGE = (64, 1280)
# Of an operator's detector weights: fewer pixels hold too few cells for its 300 queries.
WEIGHTS_LEAST_SIZE = 256
CURVE_MAX_POINTS = 400
MAX_STEPS = 1_000_000
# Shapes that say where an object ends.
OUTLINES = {"polygon", "mask", "ellipse"}


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
    max_steps: int = 0,
    weights_id: uuid.UUID | None = None,
) -> TrainingRun:
    """Queue a training on a frozen dataset version. `max_steps` above 0 counts steps instead of minutes; `weights_id` names
    the operator's weights where `init` is `weights`.

    Raises NothingToTrainOn when the version is not frozen or has no picture to learn from, BadInput.
    """
    version = datasets.version_get(actor=actor, version_id=dataset_version_id)
    if version.project_id != project.pk:
        raise BadInput("The dataset version belongs to another project.")
    if version.state != "frozen":
        raise NothingToTrainOn("The dataset version is not frozen yet. Wait for its job to end.")
    if not version.counts.get("splits", {}).get("train", {}).get("items"):
        raise NothingToTrainOn(
            "The dataset version has no picture to learn from: all of them are kept for tests. Approve more."
        )
    if kind in OUTLINING_KINDS and not any(OUTLINES & set(x.shapes) for x in projects.labels_of(project.pk)):
        raise NothingToTrainOn(
            "This kind learns outlines, and no label of this project may be drawn as one. Allow polygons or masks."
        )
    if init == "sam":
        _refuse_without_sam(kind)
    weights = _weights(kind, weights_id, input_size) if init == "weights" else {}
    if not MINUTES_RANGE[0] <= minutes <= MINUTES_RANGE[1]:
        raise BadInput("Training takes between 3 seconds and 24 hours.", fields={"minutes": "0.05 to 1440."})
    if input_size and (not INPUT_SIZE_RANGE[0] <= input_size <= INPUT_SIZE_RANGE[1] or input_size % 32):
        raise BadInput(
            "The input size is a multiple of 32.", fields={"input_size": "64 to 1280, a multiple of 32."}
        )
    if not 0 <= max_steps <= MAX_STEPS:
        raise BadInput("Too many steps.", fields={"max_steps": f"0 to {MAX_STEPS}."})
    run = TrainingRun.objects.create(
        project=project,
        dataset_version=version,
        kind=kind,
        config={
            "minutes": minutes,
            "init": init,
            "seed": seed,
            "input_size": input_size,
            "max_steps": max_steps,
            **weights,
        },
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


def _refuse_without_sam(kind: TaskKind) -> None:
    if kind != TaskKind.ASSIST:
        raise BadInput("Only an assist can go on from Segment Anything.", fields={"init": "For an assist."})
    if checkpoints.checkpoint_active() is None:
        raise BadInput(
            "No Segment Anything checkpoint is installed. `manage.py models list` says how to add one.",
            fields={"init": "No checkpoint is installed."},
        )


def _weights(kind: TaskKind, weights_id: uuid.UUID | None, input_size: int) -> dict[str, Any]:
    """What a training has to know of the weights it goes on from. Raises BadInput."""
    if kind != TaskKind.DETECT:
        raise BadInput(
            "Only a detector can go on from an operator's weights.", fields={"init": "For a detector."}
        )
    row = next((row for row in checkpoints.weights_there() if row.pk == weights_id), None)
    if row is None:
        raise BadInput(
            "These weights are not installed. `manage.py models list` says how to add some.",
            fields={"weights_id": "Not installed."},
        )
    if input_size and input_size < WEIGHTS_LEAST_SIZE:
        raise BadInput(
            f"These weights need pictures of at least {WEIGHTS_LEAST_SIZE} pixels.",
            fields={"input_size": f"At least {WEIGHTS_LEAST_SIZE}."},
        )
    return {
        "weights": {"file": row.file, "sha256": row.sha256, "architecture": row.architecture},
    }


def training_cancel(*, run: TrainingRun) -> None:
    """Cancel through its job; the worker stops the child process at its next look. Raises Conflict when over."""
    if run.state not in (RunState.QUEUED, RunState.RUNNING):
        raise Conflict("This training has already ended.")
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
        if index % step == 0 or any(key.startswith("val_") for key in point) or index == len(points) - 1
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
def training_finish(*, run: TrainingRun, run_dir: Path) -> ModelVersion:
    """Register what a training made and queue its gate, once: a worker killed here does it again from the start."""
    locked = TrainingRun.objects.select_for_update().get(pk=run.pk)
    if locked.model_version is not None:
        return locked.model_version
    model = registry.model_register_run(
        project=run.project,
        run_dir=run_dir,
        name=f"Trained on v{run.dataset_version.number}",
        actor=run.created_by,
        dataset_version_id=run.dataset_version_id,
        config=run.config,
    )
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
    return model


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


def gate_enqueue(*, model: ModelVersion, actor: User | None) -> JobRun:
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
    details: dict[str, Any],
) -> GateReport:
    """Write the verdict; a refused candidate is marked so, a passed one waits for a person."""
    gate = GateReport.objects.create(
        candidate=candidate,
        production=production,
        dataset_version_id=dataset_version_id,
        passed=passed,
        reason=reason,
        report={**report, "binding_version": candidate.binding.version},
        details=details,
    )
    # As the row stands now, not as the job read it minutes ago: it may have been promoted meanwhile.
    ModelVersion.objects.filter(pk=candidate.pk, state__in=("candidate", "refused")).update(
        state="candidate" if passed else "refused"
    )
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
