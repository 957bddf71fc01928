"""Deciding suggestions at a glance: a reviewer accepts or rejects crops of many pictures at once.

What is accepted becomes a revision of model-sourced labels by that reviewer. It waits for review until the
reviewer says the picture is complete, which approves it. Pictures a person has worked on are left alone.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now

from backend.annotation.contracts import SuggestionDecision, region_dict
from backend.annotation.domain.states import TaskEvent
from backend.annotation.enums import RegionSource, Shape, SuggestionState, TaskState
from backend.annotation.errors import ForeignId
from backend.annotation.models import ReviewDecision, Revision, Suggestion, Task
from backend.annotation.selectors.labels import revision_labels
from backend.annotation.services.moves import announce, record, task_lock, task_move
from backend.annotation.services.revisions import (
    Region,
    labels_check,
    ontology_of,
    revision_write,
    task_resolve,
)
from backend.annotation.services.second_looks import approval_followed
from backend.annotation.services.submit import is_grid_work, revision_approved, task_save
from backend.annotation.services.suggestions import open_counts_refresh
from backend.core.errors import AppError
from backend.core.models import new_id

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import OntologyVersion

WORKED_ON = "A person has worked on this picture."
DECIDED = (SuggestionState.ACCEPTED, SuggestionState.REJECTED)


@dataclass(slots=True)
class GridResult:
    """Which suggestions were decided, why others were not, and how their tasks stand now."""

    decided: list[uuid.UUID] = field(default_factory=list)
    skipped: dict[uuid.UUID, str] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)


@transaction.atomic
def suggestions_decide(
    *,
    actor: User,
    project_id: uuid.UUID,
    items: Sequence[SuggestionDecision],
    complete_task_ids: Collection[uuid.UUID] = (),
) -> GridResult:
    """Accept or reject suggestions of one project; pictures in `complete_task_ids` are approved as they stand.

    Deciding again the same way changes nothing. Raises ForeignId for ids of another project or a blind task.
    """
    verdicts = {item.suggestion_id: SuggestionState(item.state) for item in items}
    task_of = dict(
        Suggestion.objects.filter(
            pk__in=verdicts, task__project_id=project_id, task__blind=False
        ).values_list("id", "task_id")
    )
    complete = set(complete_task_ids)
    known = Task.objects.filter(pk__in=complete, project_id=project_id, blind=False).count()
    if len(task_of) != len(verdicts) or known != len(complete):
        raise ForeignId("Some of these suggestions are not of this project.")
    by_task: dict[uuid.UUID, dict[uuid.UUID, SuggestionState]] = defaultdict(dict)
    for suggestion_id, verdict in verdicts.items():
        by_task[task_of[suggestion_id]][suggestion_id] = verdict
    result = GridResult()
    # In one order everywhere, so that two reviewers' batches cannot wait for each other.
    for task_id in sorted(complete | set(by_task)):
        _task_decide(actor, task_id, by_task.get(task_id, {}), task_id in complete, result)
    return result


@transaction.atomic
def suggestions_undo(*, actor: User, suggestion_ids: Collection[uuid.UUID]) -> GridResult:
    """Open decided suggestions again and take what they gave out of the labels. Doors are passed already."""
    rows = Suggestion.objects.filter(pk__in=suggestion_ids).values_list("id", "task_id")
    by_task: dict[uuid.UUID, dict[uuid.UUID, SuggestionState]] = defaultdict(dict)
    for suggestion_id, task_id in rows:
        by_task[task_id][suggestion_id] = SuggestionState.OPEN
    result = GridResult()
    for task_id in sorted(by_task):
        _task_decide(actor, task_id, by_task[task_id], False, result)
    return result


def _free_for_grid(task: Task) -> bool:
    if task.resolved_revision is None:
        return task.state == TaskState.READY and task.people == 1
    return is_grid_work(task.resolved_revision) and task.state in (
        TaskState.READY,
        TaskState.IN_REVIEW,
        TaskState.APPROVED,
    )


def _task_decide(
    actor: User,
    task_id: uuid.UUID,
    verdicts: dict[uuid.UUID, SuggestionState],
    complete: bool,
    result: GridResult,
) -> None:
    task = task_lock(task_id)
    if not _free_for_grid(task):
        result.skipped.update(dict.fromkeys(verdicts, WORKED_ON))
        result.tasks.append(task)
        return
    rows = {row.pk: row for row in Suggestion.objects.filter(task=task)}
    wanted = {pk: verdict for pk, verdict in verdicts.items() if rows[pk].state != verdict}
    for pk in list(wanted):
        if rows[pk].state == SuggestionState.SUPERSEDED:
            result.skipped[pk] = "Another model's suggestions or a person's labels have replaced it."
            del wanted[pk]
    try:
        changed = _revision_follow(actor, task, rows, wanted, complete)
    except AppError as error:
        result.skipped.update(dict.fromkeys(verdicts, error.message))
        result.tasks.append(task)
        return
    if changed:
        announce(task)
        record(
            actor,
            task,
            "suggestions.decide",
            suggestions={str(pk): str(state) for pk, state in wanted.items()},
            complete=complete,
            state=task.state,
        )
    result.decided += [pk for pk in verdicts if pk not in result.skipped]
    result.tasks.append(task)


def _revision_follow(
    actor: User,
    task: Task,
    rows: dict[uuid.UUID, Suggestion],
    wanted: dict[uuid.UUID, SuggestionState],
    complete: bool,
) -> bool:
    """Write the revision that follows from the verdicts and move the task. Returns whether anything changed."""
    if not wanted and not (complete and task.state != TaskState.APPROVED):
        return False
    current = revision_labels(task.resolved_revision)
    regions = {r.suggestion_id or r.region_id: region_dict(r) for r in current.regions}
    tags = list(current.tags)
    for pk, verdict in wanted.items():
        _apply(rows[pk], verdict, regions, tags)
    ontology = ontology_of(task)
    checked, tags = labels_check(task, ontology, list(regions.values()), tags)
    _store_verdicts(actor, wanted)
    decided = any((wanted.get(pk) or SuggestionState(row.state)) in DECIDED for pk, row in rows.items())
    if decided or complete:
        _write(actor, task, checked, tags, ontology, complete)
    else:
        _forget(task)
    _count_open(task)
    return True


def _apply(
    suggestion: Suggestion, verdict: SuggestionState, regions: dict[str, Region], tags: list[str]
) -> None:
    key, label_id = str(suggestion.pk), str(suggestion.label_id)
    accepted = verdict == SuggestionState.ACCEPTED
    if suggestion.shape == Shape.TAG:
        if accepted and label_id not in tags:
            tags.append(label_id)
        elif not accepted and label_id in tags:
            tags.remove(label_id)
    elif accepted:
        regions[key] = region_of(suggestion)
    else:
        regions.pop(key, None)


def region_of(suggestion: Suggestion) -> Region:
    """An accepted suggestion of an object as a new region of the model's."""
    return {
        "region_id": str(new_id()),
        "label_id": str(suggestion.label_id),
        "shape": suggestion.shape,
        "geometry": suggestion.geometry,
        "attributes": {},
        "source": RegionSource.MODEL.value,
        "suggestion_id": str(suggestion.pk),
        "model_version_id": str(suggestion.model_version_id),
        "score": suggestion.score,
        "z_index": 0,
    }


def _store_verdicts(actor: User, wanted: dict[uuid.UUID, SuggestionState]) -> None:
    for state in set(wanted.values()):
        ids = [pk for pk, verdict in wanted.items() if verdict == state]
        opened = state == SuggestionState.OPEN
        Suggestion.objects.filter(pk__in=ids).update(
            state=state, decided_by=None if opened else actor, decided_at=None if opened else Now()
        )


def _write(
    actor: User, task: Task, regions: list[Region], tags: list[str], ontology: OntologyVersion, complete: bool
) -> None:
    before = task.resolved_revision
    revision = revision_write(
        task=task,
        regions=regions,
        tags=tags,
        ontology=ontology,
        author=actor,
        source=RegionSource.MODEL,
        base_id=before.pk if before else None,
        pending=not complete,
    )
    Revision.objects.filter(task=task, pending=True, source=RegionSource.MODEL).exclude(
        pk=revision.pk
    ).update(pending=False)
    if complete:
        Suggestion.objects.filter(task=task, state=SuggestionState.OPEN).update(
            state=SuggestionState.SUPERSEDED
        )
        decision = ReviewDecision.objects.create(revision=revision, reviewer=actor, verdict="approve")
        revision_approved(task, revision)
        approval_followed(task=task, decision=decision)
        return
    task_resolve(task, revision)
    task_move(task, TaskEvent.SUBMIT)
    task.approved_at = None


def _forget(task: Task) -> None:
    """Everything was taken back: the task waits in the queue as if nothing had been decided."""
    Revision.objects.filter(task=task, pending=True, source=RegionSource.MODEL).update(pending=False)
    task_resolve(task, None)
    task.approved_at = None
    if task.state == TaskState.APPROVED:
        task_move(task, TaskEvent.UNDO_APPROVE)
    if task.state == TaskState.IN_REVIEW:
        task_move(task, TaskEvent.SEND_BACK)


def _count_open(task: Task) -> None:
    task_save(task)
    open_counts_refresh(Task.objects.filter(pk=task.pk))
    task.refresh_from_db(fields=["open_suggestion_count", "max_suggestion_score"])
