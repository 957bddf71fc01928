"""Evidence of auto-approval: the order of the draw, and blind reviews kept as they were when they were counted."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from backend.annotation.contracts import BlindPicture
from backend.datasets import selectors as datasets
from backend.learning.models import ApprovalPolicy, BlindDraw, GateReport, PolicyUnit
from ml.quality.reviews import ReviewedUnit


@dataclass(frozen=True, slots=True)
class Wanted:
    """Finished blind pictures that a policy has not counted, in the order in which they count.

    The first `known` of them were looked at before. `holds_back`: finished ones that wait for an unfinished one drawn
    before them.
    """

    pictures: list[BlindPicture]
    known: int
    holds_back: int


@transaction.atomic
def draws_enrol(project_id: uuid.UUID, pictures: Mapping[uuid.UUID, BlindPicture]) -> int:
    """Give new pictures of the random slice their place, in an order that nothing but their ids decides."""
    had = set(BlindDraw.objects.filter(project_id=project_id).values_list("task_id", flat=True))
    new = sorted(pictures.keys() - had, key=lambda key: hashlib.sha256(key.bytes).digest())
    for task_id in new:  # one by one: the row's number is the place
        BlindDraw.objects.get_or_create(task_id=task_id, defaults={"project_id": project_id})
    return len(new)


def evidence_wanted(policy: ApprovalPolicy, pictures: Mapping[uuid.UUID, BlindPicture]) -> Wanted:
    """What is to be counted next.

    Of a group (clip, near-copies) one picture counts, the first drawn: two of them are not two proofs. Unusable ones
    are passed over. An unfinished one holds back those after it: hard pictures are finished late.
    """
    counted = dict(policy.units.values_list("task_id", "group_key"))
    groups = set(counted.values())
    order = BlindDraw.objects.filter(project_id=policy.project_id).order_by("id")
    left = [
        pictures[task_id]
        for task_id in order.values_list("task_id", flat=True)
        if task_id in pictures and task_id not in counted and pictures[task_id].is_usable
    ]
    known_ids = _known_tasks(policy, left)
    chosen: list[BlindPicture] = []
    for picture in left:
        # Once something fresh has been counted, what was known before comes too late: it would prove something.
        is_known = not counted and picture.task_id in known_ids
        if is_known and picture.revision_id and picture.group_key not in groups:
            groups.add(picture.group_key)
            chosen.append(picture)
    known, held, waits = len(chosen), 0, False
    for picture in left:
        if picture.task_id in known_ids or picture.group_key in groups:
            continue
        if waits or picture.revision_id is None:
            held += waits and picture.revision_id is not None
            waits = True
            continue
        groups.add(picture.group_key)
        chosen.append(picture)
    return Wanted(chosen, known, held)


def _known_tasks(policy: ApprovalPolicy, pictures: Sequence[BlindPicture]) -> set[uuid.UUID]:
    """Pictures that helped to choose the model, or that an earlier policy of its kind was judged by."""
    earlier = PolicyUnit.objects.filter(
        policy__model_version=policy.model_version_id, policy__label_ids=policy.label_ids
    ).exclude(policy=policy)
    known = set(earlier.values_list("task_id", flat=True))
    versions = GateReport.objects.filter(candidate=policy.model_version_id, dataset_version__isnull=False)
    for version_id in versions.values_list("dataset_version_id", flat=True).distinct():
        items = datasets.version_items(version_id, split="test").values_list("asset_id", flat=True)
        seen = set(items)
        known |= {picture.task_id for picture in pictures if picture.asset_id in seen}
    return known


@transaction.atomic
def units_store(
    *, policy: ApprovalPolicy, known: int, rows: Sequence[tuple[BlindPicture, ReviewedUnit]]
) -> None:
    """Count blind pictures, in order; the first `known` of a policy's first ones prove nothing."""
    locked = ApprovalPolicy.objects.select_for_update().get(pk=policy.pk)
    PolicyUnit.objects.bulk_create(
        [
            PolicyUnit(
                policy=locked,
                task_id=picture.task_id,
                group_key=picture.group_key,
                camera_id=picture.camera_id,
                scores=list(unit.scores),
                correct=list(unit.correct),
                missed=unit.missed,
            )
            for picture, unit in rows
        ],
        ignore_conflicts=True,
        batch_size=1_000,
    )
    if known:
        locked.known_units += known
        locked.save(update_fields=["known_units"])


def units_of(policy: ApprovalPolicy) -> list[ReviewedUnit]:
    """The evidence in the order in which it was counted."""
    rows = policy.units.order_by("id").values_list("scores", "correct", "missed")
    return [ReviewedUnit(tuple(scores), tuple(correct), missed) for scores, correct, missed in rows]


def cameras_of(policy: ApprovalPolicy) -> frozenset[uuid.UUID | None]:
    """Where evidence came from; None is pictures of no camera."""
    return frozenset(policy.units.order_by().values_list("camera_id", flat=True).distinct())
