"""Putting one object of approved labels right at a press: a new revision by whoever pressed, approved at once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction

from backend.annotation.contracts import RegionData, region_dict
from backend.annotation.enums import RegionSource, TaskState, Verdict
from backend.annotation.errors import MoveRefused, RevisionStale
from backend.annotation.models import ReviewDecision, Revision, Task
from backend.annotation.selectors.labels import APPROVED_STATES, revision_labels
from backend.annotation.services.claims import held_refuse, own_work_refuse
from backend.annotation.services.moves import announce, record, settings_of, task_lock
from backend.annotation.services.revisions import labels_check, ontology_of, revision_write, task_resolve
from backend.annotation.services.submit import checks_pass, revision_approved, revision_summary, task_save
from backend.annotation.signals import annotation_approved
from backend.core.models import new_id

if TYPE_CHECKING:
    from backend.accounts.models import User


@transaction.atomic
def region_correct(
    *,
    actor: User,
    task_id: uuid.UUID,
    base_revision_id: uuid.UUID,
    region_id: str | None,
    region: RegionData | None,
    why: str,
) -> Revision:
    """Put `region` in the place of the object of that id (None: add it); a `region` of None takes the object away.

    Everything else stays as it was approved. What a policy approved stays its approval: one object was looked at, not
    the picture. Raises RevisionStale where the labels are not those of `base_revision_id` any more, MoveRefused for
    blind pictures, TaskTaken while another reviewer has the picture open, SelfReview, LabelsRefused, ChecksFailed.
    """
    task = task_lock(task_id)
    before = task.resolved_revision
    if before is None or before.pk != base_revision_id or task.state not in APPROVED_STATES:
        raise RevisionStale(
            "The labels of this picture have changed since, or wait for review.",
            extra={"current": {"revision": revision_summary(before) if before else None}},
        )
    _refuse(actor, task, before)
    kept = {each.region_id: region_dict(each) for each in revision_labels(before).regions}
    if region is None:
        kept.pop(str(region_id), None)
    else:
        made = {**region_dict(region), "region_id": region_id or str(new_id())}
        kept[made["region_id"]] = made
    ontology = ontology_of(task)
    regions, tags = labels_check(task, ontology, list(kept.values()), list(before.tags))
    # A picture that is empty again was approved as empty before.
    checks_pass(task, ontology, regions, tags, nothing_here=True)
    revision = revision_write(
        task=task,
        regions=regions,
        tags=tags,
        ontology=ontology,
        author=actor,
        source=RegionSource.PERSON,
        base_id=before.pk,
    )
    _approve(actor, task, revision, why)
    record(actor, task, "revision.correct", revision_id=str(revision.pk), region_id=region_id, why=why)
    announce(task)
    return revision


def _refuse(actor: User, task: Task, before: Revision) -> None:
    if task.blind:
        raise MoveRefused(
            "This picture was drawn blind: models are judged by it, so none may have a word in its labels."
        )
    held_refuse(task, actor)
    if settings_of(task).review != "none":
        own_work_refuse(task, _labelled(before), actor)


def _labelled(revision: Revision) -> Revision:
    """The labels that were corrected object by object since: a person's revision under no assignment is such a step."""
    while revision.source == RegionSource.PERSON and revision.assignment_id is None:
        if revision.base is None:
            break
        revision = revision.base
    return revision


def _approve(actor: User, task: Task, revision: Revision, why: str) -> None:
    if task.state == TaskState.AUTO_APPROVED:
        task_resolve(task, revision)
        task_save(task)
        annotation_approved.send(
            sender=Task, project_id=task.project_id, task_id=task.pk, revision_id=revision.pk
        )
        return
    ReviewDecision.objects.create(revision=revision, reviewer=actor, verdict=Verdict.APPROVE, reason=why)
    revision_approved(task, revision)
