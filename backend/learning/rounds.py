"""What each round of labels brought the model, and whether more are worth their price."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from backend.annotation import selectors as annotation
from backend.annotation.selectors.counts import approved_asset_ids
from backend.learning import selectors
from backend.learning.domain.choosing import class_names, in_labels
from backend.learning.domain.predictions import prediction_load
from backend.learning.enums import ModelState, RunState, TaskKind
from backend.learning.models import ImageScore, ModelVersion, TrainingRun
from backend.projects import selectors as projects
from ml.active.stopping import Round, StopRule, Verdict, answer_of, prediction_kappa, should_stop

# Fewer pictures in common say nothing of whether two models agree; more cost time and tell no more.
COMMON_MIN, COMMON_MAX = 30, 1_000
LABELLED_MAX = 200_000
# So many rounds back are looked at: the rules ask for no more.
ROUNDS_MAX = 8


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One trained model: labels it learned from, its figure on blind pictures, and how far it agrees with the one
    before (Cohen's kappa on `compared` pictures that neither had labels of; None where they are too few)."""

    model_id: uuid.UUID
    number: int
    labels: int
    boxes: int
    score: float | None
    kappa: float | None
    compared: int


@dataclass(frozen=True, slots=True)
class LearningState:
    """Where selection stands. `pool` pictures may still be chosen, `waiting` chosen ones are not begun."""

    pool: int
    waiting: int
    labelled: int
    has_model: bool
    kind: str
    rounds: list[RoundRow]
    verdict: Verdict


def learning_state(project_id: uuid.UUID) -> LearningState:
    tasks = list(annotation.tasks_for_selection(project_id))
    waiting = sum(task.is_waiting for task in tasks)
    kind = _kind(project_id)
    rounds = _rounds(project_id, kind)
    verdict = should_stop([Round(r.labels, r.boxes, 0.0, r.score, r.kappa) for r in rounds], StopRule())
    return LearningState(
        pool=len(tasks) - waiting,
        waiting=waiting,
        labelled=annotation.task_counts(project_id).approved,
        has_model=bool(selectors.production_models(project_id)),
        kind=kind,
        rounds=rounds,
        verdict=verdict,
    )


def _kind(project_id: uuid.UUID) -> str:
    """That of the newest finished training: a project that does both is told of what it trains."""
    runs = TrainingRun.objects.filter(project_id=project_id, state=RunState.DONE).exclude(
        kind=TaskKind.ASSIST
    )
    return runs.order_by("-id").values_list("kind", flat=True).first() or TaskKind.DETECT


def _rounds(project_id: uuid.UUID, kind: str) -> list[RoundRow]:
    """Models of the project that learned from more and more labels; refused ones are no step of its way."""
    points = {point["model_id"]: point for point in selectors.learning_curve(project_id)}
    models = list(
        ModelVersion.objects.filter(project_id=project_id, kind=kind, dataset_version__isnull=False)
        .exclude(state=ModelState.REFUSED)
        .select_related("binding")
        .order_by("-number")[:ROUNDS_MAX]
    )[::-1]
    agreed = [(None, 0), *(_agreement(before, now) for before, now in pairwise(models))]
    rows = []
    for model, (kappa, compared) in zip(models, agreed, strict=False):
        point = points[str(model.pk)]
        rows.append(
            RoundRow(
                model.pk, model.number, point["images"], point["boxes"], point["figure"], kappa, compared
            )
        )
    return rows


def _agreement(before: ModelVersion, now: ModelVersion) -> tuple[float | None, int]:
    """Over pictures that both models scored and that have no labels still."""
    scored = ImageScore.objects.filter(model_version=before, asset__scores__model_version=now)
    labelled = set(approved_asset_ids(now.project_id, limit=LABELLED_MAX))
    ids = sorted(set(scored.values_list("asset_id", flat=True)) - labelled, key=_mixed)[:COMMON_MAX]
    if len(ids) < COMMON_MIN:
        return None, len(ids)
    return prediction_kappa(_answers(before, ids), _answers(now, ids)), len(ids)


def _mixed(asset_id: uuid.UUID) -> bytes:
    """Ids rise with time: the first thousand would all be old."""
    return hashlib.sha256(asset_id.bytes).digest()


def _answers(model: ModelVersion, asset_ids: Sequence[uuid.UUID]) -> list[str]:
    binding = selectors.model_info(model).binding
    names = class_names(binding, projects.labels_of(model.project_id))
    thresholds = {names[name]: bound.threshold for name, bound in binding.items() if name in names}
    rows = selectors.scores_by_asset(model_id=model.pk, asset_ids=asset_ids)
    return [answer_of(in_labels(prediction_load(rows[each]), names), thresholds) for each in asset_ids]
