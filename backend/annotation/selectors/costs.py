"""What labels cost people: objects and seconds by picture, and who or what drew the objects."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from backend.annotation.enums import AssignmentKind, RegionSource
from backend.annotation.models import Assignment, RegionProjection, Task
from backend.annotation.selectors.labels import APPROVED_STATES

# The newest this many approved pictures tell what one costs.
COSTS_OF_MAX = 2_000


@dataclass(frozen=True, slots=True)
class LabellingCosts:
    """Columns of one length, a picture each: its objects, and the seconds people spent on it."""

    objects: list[int]
    seconds: list[float]


@dataclass(frozen=True, slots=True)
class ApprovedPicture:
    """One approved picture and what a person did for it: `drawn` objects are drawn or corrected by hand."""

    asset_id: uuid.UUID
    group_key: str
    reason: str
    blind: bool
    labels: frozenset[str]
    drawn: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Approved pictures and objects of a project. `machine` objects were suggested and taken as they were,
    `corrected` ones suggested and changed by a person, `human` ones drawn by a person, `imported` ones brought along.
    """

    pictures: int
    blind_pictures: int
    human: int
    corrected: int
    machine: int
    imported: int
    seconds: float


def task_seconds(task_ids: list[uuid.UUID]) -> dict[uuid.UUID, float]:
    """Seconds people spent on each task, labelling and reviewing; tasks nobody opened are absent.

    Hidden tasks cost time too, but not for these labels.
    """
    work = Assignment.objects.filter(task_id__in=task_ids).exclude(kind=AssignmentKind.TRUTH)
    rows = work.order_by().values("task_id")
    return {row["task_id"]: row["sum"] for row in rows.annotate(sum=Sum("active_seconds"))}


def labelling_costs(project_id: uuid.UUID) -> LabellingCosts:
    """Of the approved pictures that people spent time on, the newest ones."""
    tasks = (
        Task.objects.filter(project_id=project_id, state__in=APPROVED_STATES)
        .annotate(sum=Sum("assignments__active_seconds", filter=~Q(assignments__kind=AssignmentKind.TRUTH)))
        .filter(sum__gt=0)
        .order_by("-id")
    )
    rows = list(tasks.values_list("region_count", "sum")[:COSTS_OF_MAX])
    return LabellingCosts([row[0] for row in rows], [row[1] for row in rows])


def label_counts(project_id: uuid.UUID) -> LabelCounts:
    """Who or what made the approved labels of a project."""
    tasks = Task.objects.filter(project_id=project_id, state__in=APPROVED_STATES)
    found = tasks.aggregate(pictures=Count("id"), blind_pictures=Count("id", filter=Q(blind=True)))
    was_suggested = Q(region_version__suggestion_id__isnull=False)
    regions = RegionProjection.objects.filter(
        project_id=project_id, task__state__in=APPROVED_STATES
    ).aggregate(
        human=Count("id", filter=Q(source=RegionSource.PERSON) & ~was_suggested),
        corrected=Count("id", filter=Q(source=RegionSource.PERSON) & was_suggested),
        machine=Count("id", filter=Q(source=RegionSource.MODEL)),
        imported=Count("id", filter=Q(source=RegionSource.IMPORT)),
    )
    work = Assignment.objects.filter(task__project_id=project_id).exclude(kind=AssignmentKind.TRUTH)
    spent = work.aggregate(sum=Sum("active_seconds"))["sum"]
    return LabelCounts(**found, **regions, seconds=spent or 0.0)


def approved_pictures(project_id: uuid.UUID) -> list[ApprovedPicture]:
    """In the order they were approved, set-aside ones left out."""
    tasks = list(
        Task.objects.filter(
            project_id=project_id,
            state__in=APPROVED_STATES,
            resolved_revision__isnull=False,
            asset__deleted_at=None,
            asset__project_assets__project_id=project_id,
            asset__project_assets__excluded_at=None,
        )
        .order_by("approved_at", "id")
        .values_list(
            "id", "asset_id", "asset__group_key", "selection_reason", "blind", "resolved_revision__tags"
        )
    )
    labels: dict[uuid.UUID, set[str]] = defaultdict(set)
    drawn: Counter[uuid.UUID] = Counter()
    rows = RegionProjection.objects.filter(project_id=project_id, task__state__in=APPROVED_STATES).order_by()
    for task_id, label_id, source in rows.values_list("task_id", "label_id", "source").iterator(5_000):
        labels[task_id].add(str(label_id))
        drawn[task_id] += source == RegionSource.PERSON
    seconds = task_seconds([task[0] for task in tasks])
    return [
        ApprovedPicture(
            asset_id,
            group_key or str(asset_id),
            reason,
            blind,
            frozenset(labels[task_id] | {str(tag) for tag in tags or []}),
            drawn[task_id],
            seconds.get(task_id, 0.0),
        )
        for task_id, asset_id, group_key, reason, blind, tags in tasks
    ]
