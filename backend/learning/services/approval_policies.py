"""Auto-approval policies: made, stepped and stopped by managers; stopped and unlocked by what the job finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.core import audit, events, jobs
from backend.core.enums import Role
from backend.core.errors import BadInput, Stale
from backend.core.permissions import at_least
from backend.learning import selectors
from backend.learning.contracts import ModelInfo
from backend.learning.domain.policy_states import next_state, refusal
from backend.learning.enums import ModelState, PolicyEvent, PolicyScope, PolicyState, SuspendCause, TaskKind
from backend.learning.errors import PolicyRefused
from backend.learning.models import ApprovalPolicy, ModelVersion
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects

if TYPE_CHECKING:
    import uuid

    from backend.accounts.models import User
    from backend.core.models import JobRun
    from backend.projects.models import Project

APPROVAL_JOB = "learning.auto_approval"
# Their suggestions are boxes and tags; an outline's fit is another promise.
KINDS = (TaskKind.DETECT, TaskKind.CLASSIFY)
ALPHA_RANGE = (0.005, 0.2)
MISSED_RANGE = (0.01, 0.3)
DELTA_RANGE = (0.01, 0.2)
AUDIT_RANGE = (0.02, 0.5)
# Approvals and saves come in bursts: waiting a moment makes one job of them.
GATHER_S = 2.0


@transaction.atomic
def policy_make(
    *,
    actor: User,
    project: Project,
    model_id: uuid.UUID,
    scope: PolicyScope,
    label_id: str | None,
    alpha: float,
    missed_alpha: float,
    delta: float,
    audit_rate: float,
) -> ApprovalPolicy:
    """Begin to collect proof for a promise. A `boxes` policy is of one label, a `pictures` policy of all.

    Raises BadInput with the fields; PolicyRefused for a model that is not in production, draws no boxes or tags, or
    has such a policy already.
    """
    model = ModelVersion.objects.filter(pk=model_id, project=project).select_related("binding").first()
    if model is None:
        raise BadInput("This model is not of this project.", fields={"model_id": "Not a model here."})
    if model.state != ModelState.PRODUCTION:
        raise PolicyRefused("Only a model in production can be trusted with approving.")
    if model.kind not in KINDS:
        raise PolicyRefused("Only boxes and tags can be approved without a look; this model draws outlines.")
    policy = ApprovalPolicy(
        project=project,
        model_version=model,
        scope=scope,
        label_ids=_labels(project.pk, model, scope, label_id),
        alpha=alpha,
        missed_alpha=missed_alpha,
        delta=delta,
        audit_rate=audit_rate,
        binding_version=model.binding.version,
        drift_known=drift_keys(model),
        created_by=actor,
    )
    _refuse_out_of_range(policy)
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError as error:
        raise PolicyRefused("There is such a policy for this model already.") from error
    _record(actor, policy, "policy.make", {}, {"scope": scope, "alpha": alpha, "missed_alpha": missed_alpha})
    policy_announce(policy)
    approval_enqueue(project, created_by=actor)
    return policy


def _labels(project_id: uuid.UUID, model: ModelVersion, scope: str, label_id: str | None) -> list[str]:
    labels = projects.labels_of(project_id)
    if scope == PolicyScope.PICTURES:
        if label_id is not None:
            raise BadInput("A whole picture is approved with all its labels: name none.")
        return sorted(label.id for label in labels)
    found = next((label for label in labels if label.id == label_id), None)
    if found is None:
        raise BadInput("Say which label it approves.", fields={"label_id": "Not a label of this project."})
    bound = {each.label_id for each in ModelInfo.binding_parse(model.binding.mapping).values()}
    drawn = "tag" if model.kind == TaskKind.CLASSIFY else "box"
    if found.id not in bound or drawn not in found.shapes:
        raise BadInput(
            f"Model {model.number} never suggests {found.name}.",
            fields={"label_id": "Choose a label that the model suggests as a box or tag."},
        )
    return [found.id]


def _refuse_out_of_range(policy: ApprovalPolicy) -> None:
    problems = {}
    for name, (low, high) in (
        ("alpha", ALPHA_RANGE),
        ("missed_alpha", MISSED_RANGE),
        ("delta", DELTA_RANGE),
        ("audit_rate", AUDIT_RANGE),
    ):
        if not low <= getattr(policy, name) <= high:
            problems[name] = f"Between {low:g} and {high:g}."
    if problems:
        raise BadInput("This cannot be promised.", fields=problems)


@transaction.atomic
def policy_step(
    *,
    actor: User,
    policy: ApprovalPolicy,
    event: PolicyEvent,
    base_version: int,
    take_back: bool = False,
) -> ApprovalPolicy:
    """A person's step. `take_back` (with a suspension): what it approved and nobody has seen goes back to the queue.

    Raises Stale where it moved since `base_version`, PolicyRefused with the reason.
    """
    policy = _locked(policy)
    if policy.version != base_version:
        raise Stale(
            "This policy moved in between. Look at it again.", extra={"current": {"version": policy.version}}
        )
    if why := refusal(state=policy.state, cause=policy.cause, event=event):
        raise PolicyRefused(why)
    if event == PolicyEvent.RESTART:
        _begin_again(policy)
    _move(policy, event, cause=SuspendCause.PERSON if event == PolicyEvent.SUSPEND else "", actor=actor)
    if event == PolicyEvent.SUSPEND and take_back:
        policy.takes_back = True
        policy.save(update_fields=["takes_back"])
    approval_enqueue(policy.project, created_by=actor)
    return policy


def _begin_again(policy: ApprovalPolicy) -> None:
    """All evidence so far may shape the next plan, and proves nothing any more."""
    policy.known_units = policy.units.count()
    policy.plan, policy.threshold, policy.verdict = None, None, {}
    policy.watch_from = timezone.now()
    policy.drift_known = drift_keys(policy.model_version)


@transaction.atomic
def policy_suspend(*, policy: ApprovalPolicy, cause: SuspendCause, note: str) -> bool:
    """Stop a policy because of what was found; managers are told. Whether it was running.

    After a breach or drift what it approved and nobody has seen goes back to the queue. Another model or other labels
    end the promise from now on, and leave what was approved under it.
    """
    policy = _locked(policy)
    if next_state(policy.state, PolicyEvent.SUSPEND)[0] is None:
        return False
    policy.takes_back = policy.takes_back or cause in (SuspendCause.BREACH, SuspendCause.DRIFT)
    _move(policy, PolicyEvent.SUSPEND, cause=cause, note=note)
    _tell(policy, "Auto-approval has stopped", note)
    return True


@transaction.atomic
def policy_judged(
    *, policy: ApprovalPolicy, plan: dict[str, Any] | None, verdict: dict[str, Any], threshold: float | None
) -> ApprovalPolicy:
    """Keep what the evidence says. The laxest threshold ever proven stays; the first one unlocks the policy."""
    policy = _locked(policy)
    if policy.state not in (PolicyState.COLLECTING, PolicyState.SHADOW, PolicyState.ACTIVE):
        return policy
    policy.plan, policy.verdict = plan, verdict
    if threshold is not None:
        policy.threshold = threshold if policy.threshold is None else min(policy.threshold, threshold)
    policy.save(update_fields=["plan", "verdict", "threshold", "updated_at"])
    if policy.state == PolicyState.COLLECTING and policy.threshold is not None:
        _move(policy, PolicyEvent.UNLOCK)
        _tell(policy, "Auto-approval is unlocked", "Look at what it would do, then switch it on.")
    policy_announce(policy)
    return policy


def _locked(policy: ApprovalPolicy) -> ApprovalPolicy:
    return (
        ApprovalPolicy.objects.select_for_update(of=("self",))
        .select_related("project", "model_version__binding")
        .get(pk=policy.pk)
    )


def _move(
    policy: ApprovalPolicy, event: PolicyEvent, *, cause: str = "", note: str = "", actor: User | None = None
) -> None:
    before = policy.state
    target, why = next_state(before, event)
    if target is None:
        raise PolicyRefused(why)
    policy.state, policy.cause, policy.note = target, cause, note[:300]
    policy.version += 1
    policy.save()
    _record(actor, policy, f"policy.{event}", {"state": before}, {"state": target, "note": note})
    policy_announce(policy)


def drift_keys(model: ModelVersion) -> list[str]:
    return [each.key for each in selectors.drifted_now(model.project_id, model.kind)]


def approval_enqueue(
    project: Project, *, created_by: User | None = None, delay_s: float = 0.0
) -> JobRun | None:
    """Have evidence counted and policies act; nothing where the project has none. One waits while one runs."""
    if not selectors.policies_at_work(project.pk).exists():
        return None
    key = f"{APPROVAL_JOB}:{project.pk}"
    if jobs.is_running(key):
        key = f"{key}:next"
    return jobs.enqueue(
        APPROVAL_JOB,
        payload={"project_id": str(project.pk)},
        title="Look after auto-approval",
        organisation_id=project.organisation_id,
        project_id=project.pk,
        created_by=created_by,
        dedupe_key=key,
        delay_s=delay_s,
    )


def policy_announce(policy: ApprovalPolicy) -> None:
    events.publish(
        organisation_id=policy.project.organisation_id,
        project_id=policy.project_id,
        kind="policy",
        data={"id": str(policy.pk), "state": policy.state},
    )


def _tell(policy: ApprovalPolicy, title: str, body: str) -> None:
    people = {m.user for m in projects.members_of(policy.project) if at_least(m.role, Role.MANAGER)}
    if policy.created_by is not None:
        people.add(policy.created_by)
    notify.notices_create(
        users=people,
        kind=NoticeKind.MODEL,
        title=title,
        body=body,
        link=f"/p/{policy.project_id}/learning?tab=approval",
        project_id=policy.project_id,
    )


def _record(
    actor: User | None, policy: ApprovalPolicy, action: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    audit.record(
        actor=actor,
        organisation_id=policy.project.organisation_id,
        action=action,
        object_type="policy",
        object_id=policy.pk,
        before=before,
        after=after,
    )
