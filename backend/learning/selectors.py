"""Reading models, trainings and what was selected."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet

from backend.annotation import selectors as annotation
from backend.annotation.selectors.counts import approved_since
from backend.core.enums import JobState, Role
from backend.core.errors import AppError, NotFound
from backend.learning.contracts import ModelInfo
from backend.learning.domain.retraining import Conditions, Drifted, Situation
from backend.learning.domain.rollout import ON_ITS_WAY, answer_key, canary_answers
from backend.learning.enums import (
    HEADLINES,
    SCORING_KINDS,
    ModelState,
    PolicyState,
    RolloutEvent,
    RunState,
    TaskKind,
    TriggerState,
)
from backend.learning.models import (
    ApprovalPolicy,
    BlindDraw,
    DriftLook,
    GateReport,
    ImageScore,
    ImageVector,
    ModelVersion,
    PolicyPicture,
    RetrainPolicy,
    RetrainTrigger,
    RolloutChange,
    SelectionRun,
    TrainingRun,
)
from backend.media import selectors as media
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User

LIVE_TRIGGERS = (TriggerState.FREEZING, TriggerState.TRAINING)
LIVE_POLICIES = (PolicyState.COLLECTING, PolicyState.SHADOW, PolicyState.ACTIVE)


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


@dataclass(frozen=True, slots=True)
class Serving:
    """The models of one kind that are at work in a project: the one in production, and one on its way there."""

    production: ModelVersion | None
    on_its_way: ModelVersion | None = None

    def model_for(self, *, camera_id: uuid.UUID | None, item_id: uuid.UUID) -> ModelVersion | None:
        """Which model answers for a camera, or for a picture or feed of no known camera. Nothing else decides it."""
        canary = self.on_its_way
        if self.production is not None and canary is not None and canary.state == ModelState.CANARY:
            key = answer_key(camera_id=camera_id, item_id=item_id)
            if canary_answers(canary.pk, canary.canary_share, key):
                return canary
        return self.production

    @property
    def shadow(self) -> ModelVersion | None:
        """The model that looks at everything beside production and is heard by nobody."""
        found = self.on_its_way
        return found if found is not None and found.state == ModelState.SHADOW else None


def serving(project_id: uuid.UUID, kind: str = TaskKind.DETECT) -> Serving:
    rows = ModelVersion.objects.filter(
        project_id=project_id, kind=kind, state__in=(ModelState.PRODUCTION, *ON_ITS_WAY)
    ).select_related("binding", "project")
    by_state = {row.state: row for row in rows}
    on_its_way = next((by_state[state] for state in ON_ITS_WAY if state in by_state), None)
    return Serving(by_state.get(ModelState.PRODUCTION), on_its_way)


def _finding_objects(project_id: uuid.UUID) -> Serving:
    """The detectors at work; where none is in production, the instance segmenters, whose objects have boxes as well."""
    found = serving(project_id)
    return found if found.production is not None else serving(project_id, TaskKind.INSTANCE)


def answering_info(
    project_id: uuid.UUID, *, camera_id: uuid.UUID | None, item_id: uuid.UUID
) -> ModelInfo | None:
    """The model that finds objects there, as other apps see it; None where nothing is in production."""
    model = _finding_objects(project_id).model_for(camera_id=camera_id, item_id=item_id)
    return model_info(model) if model else None


def shadow_info(project_id: uuid.UUID) -> ModelInfo | None:
    """The model that looks along and is not heard; None where there is none."""
    found = _finding_objects(project_id)
    return model_info(found.shadow) if found.shadow and found.production else None


def rollout_version(project_id: uuid.UUID, kind: str) -> int:
    """How many steps models of that kind took here; what If-Match of a step carries."""
    numbers = RolloutChange.objects.filter(project_id=project_id, kind=kind).order_by("-number")
    return numbers.values_list("number", flat=True).first() or 0


def rollout_changes(model: ModelVersion, limit: int) -> list[RolloutChange]:
    """Steps of the project's models of this kind, newest first."""
    rows = RolloutChange.objects.filter(project_id=model.project_id, kind=model.kind)
    return list(rows.select_related("model_version", "replaced", "created_by").order_by("-number")[:limit])


def former_production(present: ModelVersion) -> ModelVersion | None:
    """What a model in production replaced when it was put there; None where it was the first.

    A rollback is no putting there: after one, the next leads further back and not forth again.
    """
    put = RolloutChange.objects.filter(model_version=present, to_state=ModelState.PRODUCTION)
    last = put.exclude(event=RolloutEvent.ROLLBACK).select_related("replaced").order_by("-number").first()
    if last is not None or put.exists():
        return last.replaced if last else None
    # Put there before steps were recorded.
    rows = ModelVersion.objects.filter(
        project_id=present.project_id, kind=present.kind, state=ModelState.RETIRED
    )
    if present.promoted_at is not None:
        rows = rows.filter(Q(promoted_at=None) | Q(promoted_at__lt=present.promoted_at))
    return rows.order_by(F("promoted_at").desc(nulls_last=True), "-number").first()


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
        headline = HEADLINES[TaskKind(model.kind)]
        points.append(
            {
                "model_id": str(model.pk),
                "number": model.number,
                "kind": model.kind,
                "state": model.state,
                "images": counts.get("splits", {}).get("train", {}).get("items", 0),
                "boxes": counts.get("splits", {}).get("train", {}).get("regions", 0),
                "figure": report.get(headline, model.metrics.get(headline)),
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


def retrain_policy(project_id: uuid.UUID, kind: str) -> RetrainPolicy | None:
    rows = RetrainPolicy.objects.filter(project_id=project_id, kind=kind)
    return rows.select_related("changed_by", "project").first()


def retrain_policies_at_work() -> list[uuid.UUID]:
    """Policies that are on, and those with something under way, of projects that are not archived."""
    rows = RetrainPolicy.objects.filter(project__archived_at=None)
    live = Q(triggers__state__in=LIVE_TRIGGERS)
    return list(rows.filter(Q(enabled=True) | live).order_by("id").distinct().values_list("id", flat=True))


def retrain_under_way(policy: RetrainPolicy) -> RetrainTrigger | None:
    rows = policy.triggers.filter(state__in=LIVE_TRIGGERS)
    return rows.select_related("dataset_version", "training__job").first()


def training_live(project_id: uuid.UUID, kind: str) -> TrainingRun | None:
    """A training of that kind that waits or runs."""
    rows = trainings_of(project_id).filter(kind=kind, state__in=(RunState.QUEUED, RunState.RUNNING))
    live = (RunState.QUEUED, RunState.RUNNING)
    return next((run for run in rows if training_outcome(run)[0] in live), None)


def retrain_situation(policy: RetrainPolicy, now: datetime) -> Situation:
    """Counted from the labels that the last training, whoever started it, learned from; failed ones taught nothing."""
    last = trainings_of(policy.project_id).filter(kind=policy.kind, state=RunState.DONE).first()
    base = last.dataset_version if last else None
    tried = policy.triggers.order_by("-id").values_list("created_at", flat=True).first()
    moments = [policy.enabled_at or policy.created_at, last.created_at if last else None, tried]
    return Situation(
        base=str(base.pk) if base else "",
        new=approved_since(policy.project_id, base.created_at if base else None),
        last=max(moment for moment in moments if moment is not None),
        now=now,
        drifted=drifted_now(policy.project_id, policy.kind) if policy.on_drift else (),
    )


def retrain_conditions(policy: RetrainPolicy) -> Conditions:
    return Conditions(policy.new_labels, policy.every_days, policy.on_drift)


def drift_look_newest(model_id: uuid.UUID) -> DriftLook | None:
    return DriftLook.objects.filter(model_version_id=model_id).order_by("-id").first()


def drifted_now(project_id: uuid.UUID, kind: str) -> tuple[Drifted, ...]:
    """Sources that drift by the newest look at the model in production; a reason each for as long as it is there."""
    model = production_model(project_id, kind)
    look = drift_look_newest(model.pk) if model else None
    rows = look.report.get("sources", []) if look else []
    return tuple(
        Drifted(f"drift:{look.model_version_id}:{row['key']}", row["words"])
        for row in rows
        if look and row["words"]
    )


def may_train(*, actor: User, project_id: uuid.UUID) -> bool:
    """Whether a person may start trainings there now."""
    try:
        projects.project_get(actor=actor, project_id=project_id, at_least=Role.SCIENTIST)
    except AppError:
        return False
    return actor.is_active


def policies_at_work(project_id: uuid.UUID) -> QuerySet[ApprovalPolicy]:
    """Auto-approval policies that count, act or take back, oldest first."""
    rows = ApprovalPolicy.objects.filter(
        Q(state__in=LIVE_POLICIES) | Q(takes_back=True), project_id=project_id
    )
    return rows.select_related("project", "model_version__binding").order_by("id")


def policy_get(*, actor: User, policy_id: uuid.UUID, at_least: Role = Role.VIEWER) -> ApprovalPolicy:
    rows = ApprovalPolicy.objects.select_related("project", "model_version__binding", "created_by")
    policy = rows.filter(pk=policy_id).first()
    if policy is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=policy.project_id, at_least=at_least)
    return policy


def is_watched_picture(task_id: uuid.UUID) -> bool:
    """Whether auto-approval waits for a person's word on that picture."""
    drawn = BlindDraw.objects.filter(task_id=task_id).exists()
    return drawn or PolicyPicture.objects.filter(task_id=task_id, settled_at=None).exists()
