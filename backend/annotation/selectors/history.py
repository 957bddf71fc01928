"""A task's history: its revisions, each with what it changed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from backend.annotation.contracts import region_dict
from backend.annotation.domain.changes import Changes, changes_count
from backend.annotation.enums import AssignmentKind
from backend.annotation.models import Comparison, RegionVersion, Revision, Task
from backend.annotation.selectors.answers import draws_alone
from backend.annotation.selectors.cover import is_sealed
from backend.annotation.selectors.labels import region_data
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One revision of a task; `against_number` is the revision it was compared with, None for nothing."""

    revision: Revision
    changes: Changes
    against_number: int | None


def task_revisions(*, actor: User, task: Task) -> QuerySet[Revision]:
    """A task's own; none of one that is a hidden task of this person.

    What this person made of it as a hidden task is there too, once it is measured, where the project tells people.
    """
    if is_sealed(actor.pk, task.pk):
        return Revision.objects.none()
    shown = Q(beside=False)
    if projects.settings_of(task.project).truth_feedback:
        measured = Exists(Comparison.objects.filter(second=OuterRef("pk"), against_truth=True))
        shown |= Q(measured, beside=True, author_id=actor.pk, assignment__kind=AssignmentKind.TRUTH)
    rows = Revision.objects.filter(shown, task=task)
    if draws_alone(actor, task):
        rows = rows.filter(author_id=actor.pk)
    return (
        rows.select_related("author", "merge")
        .prefetch_related("decisions__reviewer")
        .annotate(region_total=Count("regions"))
        .order_by("-number")
    )


def history_entries(revisions: Sequence[Revision]) -> list[HistoryEntry]:
    """One page of one task's history, compared with what each was made from, else with the one numbered before.

    A handful of queries, whatever the page holds: only versions that differ are read.
    """
    if not revisions:
        return []
    compared = _compared_with(revisions)
    ids = {row.pk for row in revisions} | {row.pk for row in compared.values()}
    versions = _version_ids(ids)
    differing: set[int] = set()
    for row in revisions:
        other = compared.get(row.pk)
        differing |= versions[row.pk] ^ (versions[other.pk] if other else set())
    rows = RegionVersion.objects.in_bulk(differing)
    return [_entry(row, compared.get(row.pk), versions, rows) for row in revisions]


def _compared_with(revisions: Sequence[Revision]) -> dict[uuid.UUID, Revision]:
    task_id = revisions[0].task_id
    bases = {row.base_id for row in revisions if row.base_id}
    # Labelled anew without seeing what was there: it changed nothing.
    first = [row for row in revisions if row.base_id is None and not row.beside]
    numbers = {row.number - 1 for row in first}
    light = Revision.objects.filter(task_id=task_id).only("id", "number", "tags")
    by_id = {row.pk: row for row in light.filter(pk__in=bases)}
    by_number = {row.number: row for row in light.filter(number__in=numbers)}
    found = {
        **{row.pk: by_id.get(row.base_id) for row in revisions if row.base_id},
        **{row.pk: by_number.get(row.number - 1) for row in first},
    }
    return {pk: other for pk, other in found.items() if other is not None}


def _version_ids(revision_ids: set[uuid.UUID]) -> dict[uuid.UUID, set[int]]:
    pairs = Revision.regions.through.objects.filter(revision_id__in=revision_ids)
    grouped: dict[uuid.UUID, set[int]] = defaultdict(set)
    for revision_id, version_id in pairs.values_list("revision_id", "regionversion_id"):
        grouped[revision_id].add(version_id)
    return grouped


def _entry(
    revision: Revision,
    other: Revision | None,
    versions: dict[uuid.UUID, set[int]],
    rows: dict[int, RegionVersion],
) -> HistoryEntry:
    now, then = versions[revision.pk], versions[other.pk] if other else set()
    changes = changes_count(
        _by_region(then - now, rows), _by_region(now - then, rows), other.tags if other else (), revision.tags
    )
    return HistoryEntry(revision, changes, other.number if other else None)


def _by_region(version_ids: set[int], rows: dict[int, RegionVersion]) -> dict[str, dict[str, Any]]:
    return {str(rows[pk].region_id): region_dict(region_data(rows[pk])) for pk in version_ids}
