"""Starts trainings when a policy's condition is met: freezes the approved labels, then trains on them. Never promotes."""

from __future__ import annotations

import logging
import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from backend.core import audit, events
from backend.core.errors import AppError, BadInput, Stale
from backend.datasets import services as datasets
from backend.learning import selectors
from backend.learning.domain.retraining import due
from backend.learning.enums import SCORING_KINDS, RunState, TaskKind, TriggerState
from backend.learning.models import RetrainPolicy, RetrainTrigger
from backend.learning.services.training import MINUTES_RANGE, training_start
from backend.notify import services as notify
from backend.notify.enums import NoticeKind

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

log = logging.getLogger(__name__)

NEW_LABELS_RANGE = (1, 100_000)
DAYS_RANGE = (1, 365)
FIELDS = ("enabled", "new_labels", "every_days", "on_drift", "minutes")
NO_LONGER = "Whoever set this up may no longer train here. Save the policy again in your own name."


@transaction.atomic
def policy_update(
    *, actor: User, project: Project, kind: TaskKind, changes: dict[str, Any], base_version: int
) -> RetrainPolicy:
    """Change when a project trains by itself; from then on it is started in that person's name.

    Raises Stale when somebody changed it since `base_version` (0: there was none), BadInput with the fields.
    """
    type(project).objects.select_for_update().get(pk=project.pk)
    policy = selectors.retrain_policy(project.pk, kind)
    present = policy.version if policy else 0
    if present != base_version:
        raise Stale(
            "Somebody else changed this in between. Look at it again, then save.",
            extra={"current": {"version": present}},
        )
    policy = policy or RetrainPolicy(project=project, kind=kind, version=0)
    before = {name: getattr(policy, name) for name in FIELDS}
    for name in FIELDS:
        if name in changes:
            setattr(policy, name, changes[name])
    _refuse_senseless(policy)
    if policy.enabled and not before["enabled"]:
        policy.enabled_at = timezone.now()
    policy.version += 1
    policy.changed_by = actor
    policy.save()
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action="retraining.update",
        object_type="project",
        object_id=project.pk,
        before=before,
        after={name: getattr(policy, name) for name in FIELDS} | {"kind": str(kind)},
    )
    _tell(policy)
    return policy


def _refuse_senseless(policy: RetrainPolicy) -> None:
    problems = {}
    for name, (low, high) in (("new_labels", NEW_LABELS_RANGE), ("every_days", DAYS_RANGE)):
        value = getattr(policy, name)
        if value is not None and not low <= value <= high:
            problems[name] = f"{low} to {high}."
    if not MINUTES_RANGE[0] <= policy.minutes <= MINUTES_RANGE[1]:
        problems["minutes"] = "0.05 to 1440."
    if policy.on_drift and policy.kind not in SCORING_KINDS:
        problems["on_drift"] = "This kind looks at no pictures by itself, so nothing is known of its drift."
    if policy.enabled and policy.new_labels is None and policy.every_days is None and not policy.on_drift:
        problems["enabled"] = "Say what it waits for: new labels, days or drift."
    if problems:
        raise BadInput("This cannot be saved as it is.", fields=problems)


def policies_run() -> int:
    """Look at every policy that is on, or has something under way; how many started or ended something."""
    moved = 0
    for policy_id in selectors.retrain_policies_at_work():
        try:
            moved += policy_run(policy_id)
        except AppError as error:
            # Another project's policy must not wait for this one.
            log.error("retraining policy %s: %s", policy_id, error.message)
    return moved


@transaction.atomic
def policy_run(policy_id: uuid.UUID) -> bool:
    """Follow what is under way, or start what is due. Two at a time do it once."""
    policy = (
        RetrainPolicy.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("project", "changed_by")
        .filter(pk=policy_id)
        .first()
    )
    if policy is None:
        return False
    under_way = selectors.retrain_under_way(policy)
    if under_way is not None:
        return _follow(policy, under_way)
    if not policy.enabled or selectors.training_live(policy.project_id, policy.kind) is not None:
        return False
    return _start_due(policy)


def _start_due(policy: RetrainPolicy) -> bool:
    used = set(policy.triggers.values_list("key", flat=True))
    conditions = selectors.retrain_conditions(policy)
    found = due(conditions, selectors.retrain_situation(policy, timezone.now()), used)
    if found is None:
        return False
    trigger = RetrainTrigger.objects.create(
        policy=policy, reason=found.reason, key=found.key, words=found.words[:300]
    )
    try:
        with transaction.atomic():
            trigger.dataset_version = datasets.version_freeze(
                actor=policy.changed_by,
                project=policy.project,
                filters={},
                notes=f"Frozen by the retraining policy: {found.words}."[:300],
            )
    except AppError as error:
        # Told once: the same reason is not tried again every half minute.
        return _fail(policy, trigger, error.message)
    trigger.save()
    _tell(policy)
    return True


def _follow(policy: RetrainPolicy, trigger: RetrainTrigger) -> bool:
    if trigger.state == TriggerState.FREEZING:
        return _train_when_frozen(policy, trigger)
    run = trigger.training
    state, error = selectors.training_outcome(run) if run else (RunState.FAILED, "The training is gone.")
    if state in (RunState.QUEUED, RunState.RUNNING):
        return False
    if state == RunState.DONE:
        trigger.state = TriggerState.DONE
        trigger.save()
        _tell(policy)
        return True
    return _fail(policy, trigger, error or "The training was stopped.")


def _train_when_frozen(policy: RetrainPolicy, trigger: RetrainTrigger) -> bool:
    version = trigger.dataset_version
    if version is None or version.state == "failed":
        return _fail(policy, trigger, version.error if version else "The dataset version is gone.")
    if version.state != "frozen":
        return False
    actor = policy.changed_by
    if actor is None or not selectors.may_train(actor=actor, project_id=policy.project_id):
        return _fail(policy, trigger, NO_LONGER)
    try:
        with transaction.atomic():
            trigger.training = training_start(
                actor=actor,
                project=policy.project,
                dataset_version_id=version.pk,
                kind=TaskKind(policy.kind),
                minutes=policy.minutes,
            )
    except AppError as error:
        return _fail(policy, trigger, error.message)
    trigger.state = TriggerState.TRAINING
    trigger.save()
    _tell(policy)
    return True


def _fail(policy: RetrainPolicy, trigger: RetrainTrigger, error: str) -> bool:
    trigger.state, trigger.error = TriggerState.FAILED, error
    trigger.save()
    if policy.changed_by is not None:
        notify.notice_create(
            user=policy.changed_by,
            kind=NoticeKind.JOB_FAILED,
            title="Training anew did not work",
            body=error,
            link=f"/p/{policy.project_id}/models",
            project_id=policy.project_id,
        )
    _tell(policy)
    return True


def _tell(policy: RetrainPolicy) -> None:
    events.publish(
        organisation_id=policy.project.organisation_id,
        project_id=policy.project_id,
        kind="training",
        data={"policy": str(policy.pk)},
    )
