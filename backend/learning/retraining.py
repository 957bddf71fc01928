"""When a project trains by itself: what it waits for, what comes next, and what has come of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.utils import timezone

from backend.learning import selectors
from backend.learning.domain.retraining import Outlook, outlook
from backend.learning.enums import TaskKind
from backend.learning.models import ModelVersion, RetrainPolicy, RetrainTrigger
from backend.projects import selectors as projects

TRIGGERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class RetrainState:
    """A kind's policy (an unsaved one with version 0 where nobody made one), and how far each condition is.

    `paused` says why nothing starts now although the policy is on, "" where something may.
    """

    policy: RetrainPolicy
    outlook: list[Outlook]
    paused: str
    triggers: list[RetrainTrigger]


def retrain_states(project_id: uuid.UUID) -> list[RetrainState]:
    """One for each kind the project has labels or models of."""
    return [retrain_state(project_id, kind) for kind in _kinds(project_id)]


def _kinds(project_id: uuid.UUID) -> list[TaskKind]:
    """What a policy makes sense for: the assist only where somebody trained one."""
    shapes = [set(label.shapes) for label in projects.labels_of(project_id)]
    has = set(ModelVersion.objects.filter(project_id=project_id).values_list("kind", flat=True))
    has |= set(RetrainPolicy.objects.filter(project_id=project_id).values_list("kind", flat=True))
    if any(each - {"tag"} for each in shapes):
        has.add(TaskKind.DETECT)
    if any("tag" in each for each in shapes):
        has.add(TaskKind.CLASSIFY)
    return [kind for kind in TaskKind if kind in has]


def retrain_state(project_id: uuid.UUID, kind: str) -> RetrainState:
    policy = selectors.retrain_policy(project_id, kind)
    if policy is None:
        return RetrainState(RetrainPolicy(project_id=project_id, kind=kind, version=0), [], "", [])
    now = timezone.now()
    situation = selectors.retrain_situation(policy, now)
    used = set(policy.triggers.values_list("key", flat=True))
    rows = policy.triggers.select_related("dataset_version", "training__job", "training__model_version")
    triggers = list(rows.order_by("-id")[:TRIGGERS_SHOWN])
    return RetrainState(
        policy=policy,
        outlook=outlook(selectors.retrain_conditions(policy), situation, used) if policy.enabled else [],
        paused=_paused(policy),
        triggers=triggers,
    )


def _paused(policy: RetrainPolicy) -> str:
    if not policy.enabled:
        return ""
    if selectors.retrain_under_way(policy) is not None:
        return "Paused while the one below is under way."
    if selectors.training_live(policy.project_id, policy.kind) is not None:
        return "Paused while a training of this kind waits or runs."
    return ""
