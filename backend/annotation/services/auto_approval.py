"""What an auto-approval policy does to single pictures: approve, put aside for a check, take back.

Only pictures nobody has begun are touched. Every revision made here names its policy and no author.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from backend.annotation.contracts import SuggestionItem
from backend.annotation.domain.shapes import label_rules
from backend.annotation.domain.states import TaskEvent
from backend.annotation.enums import (
    AssignmentState,
    RegionSource,
    SelectionReason,
    Shape,
    SuggestionState,
    TaskState,
)
from backend.annotation.errors import ChecksFailed, LabelsRefused
from backend.annotation.models import Assignment, Revision, Suggestion, Task
from backend.annotation.selectors.labels import revision_labels
from backend.annotation.services.grid import region_of
from backend.annotation.services.moves import announce, record, task_lock, task_move
from backend.annotation.services.revisions import labels_check, ontology_of, revision_write, task_resolve
from backend.annotation.services.submit import checks_pass, task_save
from backend.annotation.services.suggestions import open_counts_refresh, suggestions_changed, usable_items
from backend.annotation.signals import annotation_approved
from backend.projects import selectors as projects

AUDIT_WHY = "Drawn at random to check auto-approval: labelled without suggestions."


@transaction.atomic
def policy_approve(
    *, task_id: uuid.UUID, policy_id: uuid.UUID, suggestion_ids: Collection[uuid.UUID], complete: bool
) -> Revision | None:
    """Accept suggestions in a policy's name. `complete` approves the picture with them; else it waits for a reviewer.

    None, and nothing is changed, where somebody has begun the picture meanwhile, a suggestion is not open any more,
    a complete picture has another one open, or the labels do not pass the project's own checks.
    """
    task = task_lock(task_id)
    rows = list(Suggestion.objects.filter(task=task, state=SuggestionState.OPEN).order_by("-score", "id"))
    chosen = [row for row in rows if row.pk in suggestion_ids]
    if not _is_untouched(task) or len(chosen) != len(set(suggestion_ids)):
        return None
    if complete and len(chosen) != len(rows):
        return None
    ontology = ontology_of(task)
    tags = [str(row.label_id) for row in chosen if row.shape == Shape.TAG]
    try:
        regions, tags = labels_check(
            task, ontology, [region_of(row) for row in chosen if row.shape != Shape.TAG], tags
        )
        if complete:
            checks_pass(task, ontology, regions, tags, nothing_here=False)
    except (LabelsRefused, ChecksFailed):
        return None
    revision = revision_write(
        task=task,
        regions=regions,
        tags=tags,
        ontology=ontology,
        author=None,
        source=RegionSource.MODEL,
        pending=not complete,
        policy_id=policy_id,
    )
    Suggestion.objects.filter(pk__in=[row.pk for row in chosen]).update(
        state=SuggestionState.ACCEPTED, decided_by=None, decided_at=Now()
    )
    task_resolve(task, revision)
    task_move(task, TaskEvent.AUTO_APPROVE if complete else TaskEvent.SUBMIT)
    task.approved_at = Now() if complete else None
    task_save(task)
    suggestions_changed(task)
    record(None, task, "policy.approve", policy_id=str(policy_id), suggestions=len(chosen), state=task.state)
    if complete:
        annotation_approved.send(
            sender=Task, project_id=task.project_id, task_id=task.pk, revision_id=revision.pk
        )
    announce(task)
    return revision


@transaction.atomic
def policy_audit(*, task_id: uuid.UUID, policy_id: uuid.UUID) -> bool:
    """Put a picture that a policy would approve before a person instead, without suggestions, first in the queue.

    Whether it was done: not where somebody has begun it meanwhile.
    """
    task = task_lock(task_id)
    if not _is_untouched(task):
        return False
    Suggestion.objects.filter(task=task, state=SuggestionState.OPEN).update(state=SuggestionState.SUPERSEDED)
    top = Task.objects.filter(project_id=task.project_id, state=TaskState.READY).aggregate(p=Max("priority"))
    task.priority = (top["p"] or 0.0) + 1.0
    task.selection_reason, task.selection_evidence = SelectionReason.AUDIT, {"why": AUDIT_WHY}
    task.inclusion_probability = None
    task.save(
        update_fields=[
            "priority",
            "selection_reason",
            "selection_evidence",
            "inclusion_probability",
            "updated_at",
        ]
    )
    suggestions_changed(task)
    record(None, task, "policy.audit", policy_id=str(policy_id))
    return True


@transaction.atomic
def policy_take_back(*, task_id: uuid.UUID, policy_id: uuid.UUID) -> bool:
    """Put a picture that a policy approved back into the queue, its suggestions open again.

    Whether it was done: what a person has looked at since, or has open for review, is that person's.
    """
    task = task_lock(task_id)
    revision = task.resolved_revision
    under_review = Assignment.objects.filter(
        task=task, state=AssignmentState.LEASED, lease_expires_at__gt=Now()
    )
    if revision is None or revision.policy_id != policy_id or under_review.exists():
        return False
    if task.state not in (TaskState.AUTO_APPROVED, TaskState.IN_REVIEW):
        return False
    labels = revision_labels(revision)
    accepted = {region.suggestion_id for region in labels.regions if region.suggestion_id}
    Suggestion.objects.filter(task=task, state=SuggestionState.ACCEPTED, pk__in=accepted).update(
        state=SuggestionState.OPEN, decided_at=None
    )
    Suggestion.objects.filter(
        task=task, state=SuggestionState.ACCEPTED, shape=Shape.TAG, label_id__in=labels.tags
    ).update(state=SuggestionState.OPEN, decided_at=None)
    revision.pending = False
    revision.save(update_fields=["pending", "updated_at"])
    task_resolve(task, None)
    task_move(task, TaskEvent.SEND_BACK)
    task.approved_at = None
    task_save(task)
    open_counts_refresh(Task.objects.filter(pk=task.pk))
    record(None, task, "policy.take_back", policy_id=str(policy_id))
    announce(task)
    return True


def suggestions_usable(
    *, project_id: uuid.UUID, items: Mapping[uuid.UUID, Sequence[SuggestionItem]]
) -> dict[uuid.UUID, list[SuggestionItem]]:
    """What would be suggested of a model's word on pictures, by task, best first; nothing is stored."""
    rules = label_rules(projects.ontology_current(project_id).labels)
    tasks = Task.objects.filter(pk__in=items, project_id=project_id).select_related("project", "asset")
    rows = tasks.defer("asset__frame_times_s", "asset__hash_bands")
    return {task.pk: usable_items(task, items[task.pk], rules) for task in rows}


def _is_untouched(task: Task) -> bool:
    return (
        task.state == TaskState.READY
        and not task.blind
        and task.resolved_revision is None
        and task.assigned_to_id is None
        and not Assignment.objects.filter(task=task).exists()
    )
