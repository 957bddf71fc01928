"""Looks after a project's auto-approval policies: counts blind reviews, judges, approves, watches, takes back.

The rows are the truth and every step may be repeated: a job that is killed goes on where it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from backend.annotation.contracts import BlindPicture, OpenSuggestion
from backend.annotation.selectors.auto_approval import blind_pictures, boxes_of_revisions, waiting_pictures
from backend.annotation.services import suggestions_usable
from backend.core.jobs import JobContext
from backend.learning import selectors
from backend.learning.domain.approving import Standing, approved_of, path_start, unit_of
from backend.learning.domain.binding import suggestion_items
from backend.learning.domain.predictions import prediction_load
from backend.learning.enums import ModelState, PictureFate, PolicyScope, PolicyState, SuspendCause
from backend.learning.jobs.judging import judged
from backend.learning.jobs.look import Scored, score_missing
from backend.learning.models import ApprovalPolicy, ModelVersion
from backend.learning.services import approval_evidence as evidence
from backend.learning.services import approval_pictures as pictures
from backend.learning.services import approval_policies as policies
from backend.learning.services.runtime import model_open
from backend.projects import selectors as projects
from ml.quality.audit import watch_audit
from ml.quality.bounds import ratio_gain
from ml.quality.reviews import ReviewedUnit
from ml.quality.stored_plan import plan_from_json

ACTING = (PolicyState.SHADOW, PolicyState.ACTIVE)
# Pictures between two looks at the cancel flag.
CHUNK = 50


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.auto_approval`. Payload: project_id."""
    project = projects.project_find(context.payload["project_id"])
    if project.archived_at is not None:
        return {"skipped": "the project is archived"}
    drawn = blind_pictures(project.pk)
    evidence.draws_enrol(project.pk, drawn)
    done = {"counted": 0, "would": 0, "approved": 0, "audit": 0, "taken_back": 0, "suspended": 0}
    for policy in selectors.policies_at_work(project.pk):
        context.check_cancelled()
        _settle_and_watch(policy, done)
        policy.refresh_from_db()
        if policy.state in selectors.LIVE_POLICIES:
            counted, holds_back = _count(context, policy, drawn)
            done["counted"] += counted
            policy = _judge(policy, holds_back)
        if policy.state in ACTING:
            _act(context, policy, done)
        if policy.takes_back:
            done["taken_back"] += _take_back(context, policy)
        policies.policy_announce(policy)
    return done


def _settle_and_watch(policy: ApprovalPolicy, done: dict[str, int]) -> None:
    pictures.pictures_settle(policy)
    found = _what_ends_it(policy) if policy.state in selectors.LIVE_POLICIES else None
    if found is not None:
        done["suspended"] += policies.policy_suspend(policy=policy, cause=found[0], note=found[1])


def _what_ends_it(policy: ApprovalPolicy) -> tuple[SuspendCause, str] | None:
    """Why a policy may not go on; None while nothing speaks against it."""
    model = policy.model_version
    if model.state != ModelState.PRODUCTION:
        return SuspendCause.MODEL, f"Model {model.number} is no longer in production."
    if model.binding.version != policy.binding_version:
        return SuspendCause.LABELS, f"What the classes of model {model.number} mean was changed."
    labels = {label.id for label in projects.labels_of(policy.project_id)}
    known = set(policy.label_ids)
    if not known <= labels or (policy.scope == PolicyScope.PICTURES and known != labels):
        return SuspendCause.LABELS, "The labels of the project were changed."
    if policy.state not in ACTING:
        return None
    if news := set(policies.drift_keys(model)) - set(policy.drift_known):
        words = [each.words for each in selectors.drifted_now(policy.project_id, model.kind)]
        return SuspendCause.DRIFT, "; ".join(words)[:280] or f"{len(news)} cameras drift."
    return _breach(policy)


def _breach(policy: ApprovalPolicy) -> tuple[SuspendCause, str] | None:
    """Whether the checks say that more is wrong, or missed, than promised."""
    rows = policy.pictures.filter(fate=PictureFate.AUDIT, settled_at__isnull=False)
    if policy.watch_from is not None:
        rows = rows.filter(at__gte=policy.watch_from)
    checks = [
        (len(boxes), wrong, missed)
        for boxes, wrong, missed in rows.order_by("settled_at", "id").values_list("boxes", "wrong", "missed")
    ]
    if not checks or policy.plan is None:
        return None
    most = plan_from_json(policy.plan).boxes_most
    # The loss whose mean is above alpha exactly where the share of wrong boxes is; see `ratio_gain`.
    losses = [policy.alpha - float(ratio_gain(w, min(n, most), most, policy.alpha)) for n, w, _ in checks]
    if watch_audit(losses, policy.alpha).alarm is not None:
        wrong, total = sum(w for _, w, _ in checks), sum(n for n, _, _ in checks)
        return SuspendCause.BREACH, f"{wrong} of {total} boxes were wrong in its {len(checks)} checks."
    if policy.scope == PolicyScope.PICTURES:
        lacking = [float(missed > 0) for _, _, missed in checks]
        if watch_audit(lacking, policy.missed_alpha).alarm is not None:
            note = f"Something was missed on {sum(lacking):.0f} of {len(checks)} checked pictures."
            return SuspendCause.BREACH, note
    return None


def _count(
    context: JobContext, policy: ApprovalPolicy, drawn: Mapping[uuid.UUID, BlindPicture]
) -> tuple[int, int]:
    """Add finished blind pictures to the evidence, in the order of the draw.

    How many, and how many finished ones wait for an unfinished one drawn before them.
    """
    wanted = evidence.evidence_wanted(policy, drawn)
    if not wanted.pictures:
        return 0, wanted.holds_back
    model = policy.model_version
    said = _said(context, model, [picture.asset_id for picture in wanted.pictures])
    revisions = [picture.revision_id for picture in wanted.pictures if picture.revision_id]
    truths = boxes_of_revisions(revisions)
    binding, labels = selectors.model_info(model).binding, projects.labels_of(model.project_id)
    # One whose file cannot be read now has no answer: no fault of the model's, and no proof either.
    items = {
        picture.task_id: suggestion_items(prediction_load(said[picture.asset_id]), binding, labels)
        for picture in wanted.pictures
        if picture.asset_id in said
    }
    usable = suggestions_usable(project_id=policy.project_id, items=items)
    rows: list[tuple[BlindPicture, ReviewedUnit]] = []
    known = 0
    for place, picture in enumerate(wanted.pictures):
        if picture.task_id in usable and picture.revision_id is not None:
            unit = unit_of(usable[picture.task_id], truths[picture.revision_id], set(policy.label_ids))
            rows.append((picture, unit))
            known += place < wanted.known
    evidence.units_store(policy=policy, known=known, rows=rows)
    return len(rows), wanted.holds_back


def _said(
    context: JobContext, model: ModelVersion, asset_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[str, Any]]:
    """What the model says of blind pictures that people have finished; those it has not looked at it looks at now."""
    done = selectors.scored_asset_ids(model_id=model.pk, asset_ids=asset_ids)
    if missing := [each for each in asset_ids if each not in done]:
        score_missing(context, Scored(model, model_open(model)), missing)
    return selectors.scores_by_asset(model_id=model.pk, asset_ids=asset_ids)


def _judge(policy: ApprovalPolicy, holds_back: int) -> ApprovalPolicy:
    policy.refresh_from_db()
    plan = plan_from_json(policy.plan) if policy.plan else None
    found = judged(policy, plan, evidence.units_of(policy))
    verdict = {**found.verdict, "holds_back": holds_back}
    return policies.policy_judged(policy=policy, plan=found.plan, verdict=verdict, threshold=found.threshold)


def _act(context: JobContext, policy: ApprovalPolicy, done: dict[str, int]) -> None:
    """Approve what may be approved now; while only trying out, note it."""
    chosen = _choose(policy)
    if policy.state == PolicyState.SHADOW:
        done["would"] += pictures.would_approve(policy=policy, pictures=chosen)
        return
    for place, (task_id, suggestions) in enumerate(chosen.items()):
        if place % CHUNK == 0:
            context.progress(place / len(chosen), f"looked at {place} of {len(chosen)} pictures")
        fate = pictures.picture_approve(policy=policy, task_id=task_id, chosen=suggestions)
        if fate is not None:
            done[fate] += 1


def _choose(policy: ApprovalPolicy) -> dict[uuid.UUID, Sequence[OpenSuggestion]]:
    if policy.plan is None or policy.threshold is None:
        return {}
    plan = plan_from_json(policy.plan)
    if path_start(plan, policy.scope) is None:
        return {}
    standing = Standing(
        model_id=policy.model_version_id,
        scope=policy.scope,
        label_ids=frozenset(policy.label_ids),
        boxes_most=plan.boxes_most,
        threshold=policy.threshold,
        cameras=evidence.cameras_of(policy),
    )
    waiting = waiting_pictures(policy.project_id, policy.model_version_id)
    found = {picture.task_id: approved_of(standing, picture) for picture in waiting}
    return {task_id: chosen for task_id, chosen in found.items() if chosen is not None}


def _take_back(context: JobContext, policy: ApprovalPolicy) -> int:
    """Put what it approved and nobody has seen back into the queue; how many."""
    taken = 0
    rows = list(policy.pictures.filter(fate=PictureFate.APPROVED).order_by("id"))
    for place, row in enumerate(rows):
        if place % CHUNK == 0:
            context.progress(place / len(rows), f"put {place} of {len(rows)} pictures back")
        taken += pictures.picture_take_back(policy=policy, row=row)
    pictures.taken_back(policy)
    return taken
