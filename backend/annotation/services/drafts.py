"""Autosave: small operations on a person's draft, guarded by its version."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now

from backend.annotation.contracts import region_dict
from backend.annotation.domain.ops import Draft, DraftOp, already_applied, draft_of, ops_apply
from backend.annotation.enums import AssignmentState
from backend.annotation.errors import DraftStale, LabelsRefused, NotOpen
from backend.annotation.models import Assignment
from backend.annotation.selectors.labels import revision_labels
from backend.annotation.selectors.work import draft_labels
from backend.annotation.services.moves import LEASE, assignment_lock

OPEN_STATES = (AssignmentState.LEASED, AssignmentState.EXPIRED)
REGIONS_MAX = 20_000


@transaction.atomic
def draft_patch(
    *,
    assignment: Assignment,
    expected_version: int,
    ops: Sequence[DraftOp],
    active_seconds: float | None = None,
) -> Assignment:
    """Apply the editor's operations to the draft and renew the lease.

    Operations applied before are passed over, so that an outbox may replay after a lost answer with the
    version it had then. Labels are checked at submit, not here: half-drawn work is kept too. `active_seconds` is
    the total on this work so far. Raises DraftStale with the current draft, NotOpen after submit.
    """
    current = assignment_lock(assignment.pk)
    is_open = current.state in OPEN_STATES
    if already_applied(current.applied_ops, ops):
        # Saved elsewhere since: told, so that the sender does not go on from labels it has never seen.
        if is_open and current.draft_version > expected_version + 1:
            raise draft_stale(current)
        return current
    if not is_open:
        raise NotOpen("This work is not open. Open the picture again to change it.")
    if current.draft_version != expected_version:
        raise draft_stale(current)
    draft, applied = ops_apply(draft_now(current), current.applied_ops, ops)
    if len(draft["regions"]) > REGIONS_MAX:
        raise LabelsRefused(f"At most {REGIONS_MAX} objects on one picture.")
    fields: dict[str, object] = {
        "draft": draft,
        "applied_ops": applied,
        "draft_version": current.draft_version + 1,
        "draft_saved_at": Now(),
        "updated_at": Now(),
    }
    if active_seconds is not None:
        fields["active_seconds"] = max(current.active_seconds, active_seconds)
    if current.state == AssignmentState.LEASED:
        fields["lease_expires_at"] = Now() + LEASE
    Assignment.objects.filter(pk=current.pk).update(**fields)
    current.draft_version += 1
    current.draft = dict(draft)
    return current


def draft_now(assignment: Assignment) -> Draft:
    """The stored draft, or a new one from the base revision."""
    if assignment.draft is not None:
        return {"regions": assignment.draft["regions"], "tags": assignment.draft["tags"]}
    labels = revision_labels(assignment.base_revision)
    return draft_of([region_dict(region) for region in labels.regions], labels.tags)


def draft_stale(assignment: Assignment) -> DraftStale:
    return DraftStale(
        "This work was saved elsewhere in between.",
        extra={"current": {"draft_version": assignment.draft_version, "labels": draft_labels(assignment)}},
    )
