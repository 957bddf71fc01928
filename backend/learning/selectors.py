"""Reading models, trainings and what was selected."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from backend.annotation import selectors as annotation
from backend.core.enums import JobState, Role
from backend.core.errors import NotFound
from backend.learning.contracts import ModelInfo
from backend.learning.enums import SCORING_KINDS, ModelState, RunState, TaskKind
from backend.learning.models import (
    GateReport,
    ImageScore,
    ImageVector,
    ModelVersion,
    SelectionRun,
    TrainingRun,
)
from backend.media import selectors as media
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User


def models_of(project_id: uuid.UUID) -> QuerySet[ModelVersion]:
    return (
        ModelVersion.objects.filter(project_id=project_id)
        .select_related("dataset_version", "binding", "training_run")
        .order_by("-number")
    )


def model_get(*, actor: User, model_id: uuid.UUID, at_least: Role = Role.VIEWER) -> ModelVersion:
    model = (
        ModelVersion.objects.select_related("dataset_version", "binding", "project")
        .filter(pk=model_id)
        .first()
    )
    if model is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=model.project_id, at_least=at_least)
    return model


def model_visible(*, actor: User, model: ModelVersion) -> bool:
    """Whether the person may see the model's project."""
    try:
        projects.project_get(actor=actor, project_id=model.project_id)
    except NotFound:
        return False
    return True


def production_model(project_id: uuid.UUID, kind: str = TaskKind.DETECT) -> ModelVersion | None:
    return (
        ModelVersion.objects.filter(project_id=project_id, kind=kind, state=ModelState.PRODUCTION)
        .select_related("binding")
        .first()
    )


def production_models(project_id: uuid.UUID) -> list[ModelVersion]:
    """The models in production that score pictures."""
    return list(
        ModelVersion.objects.filter(
            project_id=project_id, state=ModelState.PRODUCTION, kind__in=SCORING_KINDS
        )
        .select_related("binding")
        .order_by("kind")
    )


def model_ids(project_id: uuid.UUID) -> set[uuid.UUID]:
    return set(ModelVersion.objects.filter(project_id=project_id).values_list("id", flat=True))


def model_info(model: ModelVersion) -> ModelInfo:
    return ModelInfo(
        id=model.pk,
        project_id=model.project_id,
        number=model.number,
        name=model.name,
        kind=model.kind,
        binding=ModelInfo.binding_parse(model.binding.mapping),
    )


def production_info(project_id: uuid.UUID, kind: str = TaskKind.DETECT) -> ModelInfo | None:
    """The production model as other apps see it; None where there is none."""
    model = production_model(project_id, kind)
    return model_info(model) if model else None


def model_find(model_id: uuid.UUID) -> ModelVersion:
    model = ModelVersion.objects.select_related("binding", "project").filter(pk=model_id).first()
    if model is None:
        raise NotFound()
    return model


def latest_gate(model: ModelVersion) -> GateReport | None:
    return GateReport.objects.filter(candidate=model).defer("details").order_by("-id").first()


def comparison_of(model: ModelVersion) -> GateReport:
    """The newest comparison with its details. Raises NotFound where there is none, or an old one without."""
    gate = (
        GateReport.objects.filter(candidate=model)
        .select_related("production")
        .exclude(details={})
        .order_by("-id")
    ).first()
    if gate is None:
        raise NotFound("This model was not compared yet. Compare it with production first.")
    return gate


def comparison_cases(gate: GateReport, *, side: str, actual: str, predicted: str) -> list[dict[str, Any]]:
    """The kept examples of one cell, each with its `asset`; those of pictures that are gone are left out."""
    rows = [
        case
        for case in (gate.details.get(side) or {}).get("cases", [])
        if (case["actual"], case["predicted"]) == (actual, predicted)
    ]
    infos = media.assets_info(uuid.UUID(case["asset_id"]) for case in rows)
    found = [(case, infos.get(uuid.UUID(case["asset_id"]))) for case in rows]
    return [{**case, "asset": info} for case, info in found if info is not None and not info.deleted]


def training_get(*, actor: User, training_id: uuid.UUID, at_least: Role = Role.VIEWER) -> TrainingRun:
    run = TrainingRun.objects.select_related("dataset_version", "job").filter(pk=training_id).first()
    if run is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=run.project_id, at_least=at_least)
    return run


def trainings_of(project_id: uuid.UUID) -> QuerySet[TrainingRun]:
    return (
        TrainingRun.objects.filter(project_id=project_id)
        .select_related("dataset_version", "job")
        .order_by("-id")
    )


def training_outcome(run: TrainingRun) -> tuple[str, str]:
    """(state, error) of a training. One whose job ended without it, its worker being gone, ended with the job."""
    job = run.job
    if job is not None and run.state in (RunState.QUEUED, RunState.RUNNING):
        if job.state == JobState.FAILED:
            return RunState.FAILED, job.error
        if job.state == JobState.CANCELLED:
            return RunState.CANCELLED, ""
    return run.state, run.error


def selections_of(project_id: uuid.UUID) -> QuerySet[SelectionRun]:
    return SelectionRun.objects.filter(project_id=project_id).order_by("-id")


def selection_of_job(job_id: uuid.UUID) -> SelectionRun | None:
    return SelectionRun.objects.filter(job_id=job_id).first()


def newest_selection_id(project_id: uuid.UUID) -> uuid.UUID | None:
    return selections_of(project_id).values_list("id", flat=True).first()


def scored_asset_ids(*, model_id: uuid.UUID, asset_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    rows = ImageScore.objects.filter(model_version_id=model_id, asset_id__in=asset_ids)
    return set(rows.values_list("asset_id", flat=True))


def scores_by_asset(
    *, model_id: uuid.UUID, asset_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    """Stored predictions of a model, as `domain.predictions.prediction_dump` wrote them."""
    rows = ImageScore.objects.filter(model_version_id=model_id, asset_id__in=asset_ids)
    return dict(rows.values_list("asset_id", "predictions"))


def uncertainty_by_asset(*, model_id: uuid.UUID, asset_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, float]:
    rows = ImageScore.objects.filter(model_version_id=model_id, asset_id__in=asset_ids)
    return dict(rows.values_list("asset_id", "uncertainty"))


def vectors_by_asset(*, model_id: uuid.UUID, asset_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[float]]:
    rows = ImageVector.objects.filter(model_version_id=model_id, asset_id__in=asset_ids)
    return {
        asset_id: vector.to_list() if hasattr(vector, "to_list") else list(vector)
        for asset_id, vector in rows.values_list("asset_id", "vector")
    }


def learning_curve(project_id: uuid.UUID) -> list[dict[str, Any]]:
    """One point per trained model: labels it learned from, and its figure on blind pictures."""
    points = []
    rows = (
        ModelVersion.objects.filter(project_id=project_id)
        .select_related("dataset_version")
        .order_by("number")
    )
    for model in rows:
        gate = latest_gate(model)
        counts = model.dataset_version.counts if model.dataset_version else {}
        report = gate.report.get("candidate", {}) if gate else {}
        points.append(
            {
                "model_id": str(model.pk),
                "number": model.number,
                "kind": model.kind,
                "state": model.state,
                "images": counts.get("splits", {}).get("train", {}).get("items", 0),
                "boxes": counts.get("splits", {}).get("train", {}).get("regions", 0),
                "ap50": report.get("ap50", model.metrics.get("ap50")),
                "accuracy": report.get("accuracy", model.metrics.get("accuracy")),
                "iou": report.get("iou"),
                "low": gate.report.get("low") if gate else None,
                "high": gate.report.get("high") if gate else None,
                "created_at": model.created_at,
            }
        )
    return points


def training_of(model: ModelVersion) -> TrainingRun | None:
    return TrainingRun.objects.filter(model_version=model).select_related("dataset_version", "job").first()


def suggestion_counts(model: ModelVersion) -> dict[str, int]:
    """What people made of this model's suggestions."""
    record = annotation.suggestion_record(project_id=model.project_id, model_version_id=model.pk)
    return {
        "open": record.open,
        "accepted": record.accepted,
        "fixed": record.fixed,
        "rejected": record.rejected,
        "superseded": record.superseded,
    }


def waiting_candidate(project_id: uuid.UUID) -> ModelVersion | None:
    """The newest model that passed the gate and waits for a person to promote it."""
    model = (
        ModelVersion.objects.filter(project_id=project_id, state=ModelState.CANDIDATE)
        .order_by("-number")
        .first()
    )
    gate = latest_gate(model) if model else None
    return model if gate is not None and gate.passed else None
