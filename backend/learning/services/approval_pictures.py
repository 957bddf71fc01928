"""What a policy does with single pictures, and what people made of them since."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from backend.annotation import services as annotation
from backend.annotation.contracts import OpenSuggestion, SuggestionItem
from backend.annotation.selectors.auto_approval import boxes_of_revisions, finished_by_people
from backend.learning.domain.approving import unit_of
from backend.learning.enums import ModelState, PictureFate, PolicyScope, PolicyState
from backend.learning.models import ApprovalPolicy, PolicyPicture
from ml.quality.audit import is_audited

WRITTEN_AT_ONCE = 500


def boxes_dump(chosen: Sequence[OpenSuggestion]) -> list[dict[str, Any]]:
    return [
        {
            "label_id": each.label_id,
            "shape": each.shape,
            "box": list(each.box) if each.box else None,
            "score": each.score,
        }
        for each in chosen
    ]


@transaction.atomic
def would_approve(*, policy: ApprovalPolicy, pictures: dict[uuid.UUID, Sequence[OpenSuggestion]]) -> int:
    """Note what a policy that is only trying out would approve; how many pictures are new."""
    had = set(policy.pictures.filter(task_id__in=pictures).values_list("task_id", flat=True))
    rows = [
        PolicyPicture(policy=policy, task_id=task_id, fate=PictureFate.WOULD, boxes=boxes_dump(chosen))
        for task_id, chosen in pictures.items()
        if task_id not in had
    ]
    PolicyPicture.objects.bulk_create(rows, ignore_conflicts=True, batch_size=WRITTEN_AT_ONCE)
    return len(rows)


@transaction.atomic
def picture_approve(
    *, policy: ApprovalPolicy, task_id: uuid.UUID, chosen: Sequence[OpenSuggestion]
) -> PictureFate | None:
    """Approve one picture, or its suggestions, or send it to a check: ids alone decide which, for good.

    None where somebody began the picture, or the policy was stopped or its model replaced this moment.
    """
    standing = (
        ApprovalPolicy.objects.select_for_update(of=("self",))
        .select_related("model_version")
        .get(pk=policy.pk)
    )
    is_at_work = standing.state == PolicyState.ACTIVE and standing.version == policy.version
    if not is_at_work or standing.model_version.state != ModelState.PRODUCTION:
        return None
    if is_audited(str(task_id), str(policy.pk), policy.audit_rate):
        fate = PictureFate.AUDIT
        done = annotation.policy_audit(task_id=task_id, policy_id=policy.pk)
    else:
        fate = PictureFate.APPROVED
        done = None is not annotation.policy_approve(
            task_id=task_id,
            policy_id=policy.pk,
            suggestion_ids={each.id for each in chosen},
            complete=policy.scope == PolicyScope.PICTURES,
        )
    if not done:
        return None
    PolicyPicture.objects.update_or_create(
        policy=policy,
        task_id=task_id,
        defaults={
            "fate": fate,
            "boxes": boxes_dump(chosen),
            "at": timezone.now(),
            "wrong": None,
            "missed": None,
            "settled_at": None,
        },
    )
    return fate


def pictures_settle(policy: ApprovalPolicy) -> int:
    """Compare what it approved, would have, or had checked with what people said since; how many were new."""
    open_rows = policy.pictures.filter(settled_at=None).exclude(fate=PictureFate.TAKEN_BACK)
    rows = {row.task_id: row for row in open_rows}
    finished = finished_by_people(list(rows))
    truths = boxes_of_revisions(list(finished.values()))
    now, labels = timezone.now(), frozenset(policy.label_ids)
    settled = []
    for task_id, revision_id in finished.items():
        row = rows[task_id]
        unit = unit_of([_item(each) for each in row.boxes], truths[revision_id], labels)
        row.wrong, row.missed = unit.correct.count(False), unit.missed
        row.settled_at = now
        settled.append(row)
    PolicyPicture.objects.bulk_update(settled, ["wrong", "missed", "settled_at"], batch_size=WRITTEN_AT_ONCE)
    return len(settled)


def _item(row: dict[str, Any]) -> SuggestionItem:
    return SuggestionItem(row["label_id"], row["shape"], {"box": row["box"]}, row["score"])


def picture_take_back(*, policy: ApprovalPolicy, row: PolicyPicture) -> bool:
    """Put one approved picture back into the queue; False where a person has it or has seen it."""
    with transaction.atomic():
        if not annotation.policy_take_back(task_id=row.task_id, policy_id=policy.pk):
            return False
        PolicyPicture.objects.filter(pk=row.pk).update(fate=PictureFate.TAKEN_BACK)
    return True


def taken_back(policy: ApprovalPolicy) -> None:
    """Everything that can go back has gone back."""
    ApprovalPolicy.objects.filter(pk=policy.pk).update(takes_back=False)
