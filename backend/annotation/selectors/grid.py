"""What the data grid and frozen versions ask of tasks and labels, without knowing their rows."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Case, Count, F, FloatField, Max, OuterRef, Q, QuerySet, Subquery, Value, When

from backend.annotation.contracts import VideoPart
from backend.annotation.enums import SuggestionState, TaskState
from backend.annotation.models import RegionProjection, Suggestion, Task
from backend.annotation.selectors.cover import cover_task, sealed, sealed_tasks, state_shown

# Facets count over at most this many tasks: enough to choose a filter by, cheap at any size.
FACET_ROWS_MAX = 5_000


# The least of several parts is what is said of a video.
_ADVANCE = [
    TaskState.QUARANTINED,
    TaskState.NEW,
    TaskState.READY,
    TaskState.IN_WORK,
    TaskState.IN_REVIEW,
    TaskState.AUTO_APPROVED,
    TaskState.APPROVED,
]


@dataclass(frozen=True, slots=True)
class PartFacts:
    """One part of a video as its row shows it."""

    id: uuid.UUID
    state: str
    part: VideoPart
    assigned_to_id: uuid.UUID | None
    assigned_to_name: str


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task as a row of the grid shows it. A blind task never tells a score.

    Of a video in parts: the part that is furthest behind, with the sums over all of them, and each in `parts`.
    """

    id: uuid.UUID
    state: str
    selection_reason: str
    selection_why: str
    region_count: int
    label_ids: tuple[str, ...]
    max_suggestion_score: float | None
    open_suggestion_count: int
    blind: bool
    assigned_to_id: uuid.UUID | None
    assigned_to_name: str
    parts: tuple[PartFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Empty fields do not filter. Scores are the highest open suggestion's; blind tasks have none."""

    states: tuple[str, ...] = ()
    label_ids: tuple[str, ...] = ()
    suggested_label_ids: tuple[str, ...] = ()
    shape: str = ""
    min_score: float | None = None
    max_score: float | None = None
    reasons: tuple[str, ...] = ()
    author_id: uuid.UUID | None = None
    blind: bool | None = None

    @property
    def empty(self) -> bool:
        return self == TaskFilter()


def task_facts(
    project_id: uuid.UUID, asset_ids: Iterable[uuid.UUID], viewer_id: uuid.UUID | None = None
) -> dict[uuid.UUID, TaskFacts]:
    """Tasks of these assets in the project, by asset id: a few queries for a page.

    For a `viewer_id` their hidden tasks look like ordinary ones in their hands.
    """
    tasks = list(
        Task.objects.filter(project_id=project_id, asset_id__in=list(asset_ids)).select_related(
            "resolved_revision", "assigned_to"
        )
    )
    labels: dict[uuid.UUID, set[str]] = defaultdict(set)
    hidden = {}
    if viewer_id is not None:
        hidden = {row.task_id: row for row in sealed(viewer_id, task__project_id=project_id)}
    for task in tasks:
        if task.pk in hidden:
            cover_task(task, hidden[task.pk])
    shown = [task.pk for task in tasks if task.pk not in hidden]
    pairs = RegionProjection.objects.filter(task_id__in=shown).order_by()
    for task_id, label_id in pairs.values_list("task_id", "label_id").distinct():
        labels[task_id].add(str(label_id))
    of_asset: dict[uuid.UUID, list[tuple[Task, TaskFacts]]] = defaultdict(list)
    for task in tasks:
        of_asset[task.asset_id].append((task, _facts(task, labels[task.pk])))
    return {
        asset_id: rows[0][1] if len(rows) == 1 else _of_parts(rows) for asset_id, rows in of_asset.items()
    }


def _of_parts(rows: list[tuple[Task, TaskFacts]]) -> TaskFacts:
    rows = sorted(rows, key=lambda row: row[0].part_number)
    facts = [each for _, each in rows]
    behind = min(facts, key=lambda each: _ADVANCE.index(TaskState(each.state)))
    scores = [each.max_suggestion_score for each in facts if each.max_suggestion_score is not None]
    return replace(
        behind,
        region_count=sum(each.region_count for each in facts),
        label_ids=tuple(sorted({label for each in facts for label in each.label_ids})),
        max_suggestion_score=max(scores, default=None),
        open_suggestion_count=sum(each.open_suggestion_count for each in facts),
        blind=any(each.blind for each in facts),
        parts=tuple(
            PartFacts(task.pk, each.state, task.part, each.assigned_to_id, each.assigned_to_name)
            for task, each in rows
            if task.part is not None
        ),
    )


def _facts(task: Task, labels: set[str]) -> TaskFacts:
    tags = set(task.resolved_revision.tags) if task.resolved_revision is not None else set()
    return TaskFacts(
        id=task.pk,
        state=task.state,
        selection_reason=task.selection_reason,
        selection_why=str(task.selection_evidence.get("why", "")),
        region_count=task.region_count,
        label_ids=tuple(sorted(labels | tags)),
        max_suggestion_score=None if task.blind else task.max_suggestion_score,
        open_suggestion_count=0 if task.blind else task.open_suggestion_count,
        blind=task.blind,
        assigned_to_id=task.assigned_to_id,
        assigned_to_name=task.assigned_to.get_full_name() if task.assigned_to is not None else "",
    )


def assets_where(
    project_id: uuid.UUID, wanted: TaskFilter, viewer_id: uuid.UUID | None = None
) -> QuerySet[Any]:
    """Asset ids (one column) of the project's tasks that fit; for an IN of the grid's own query.

    The viewer's hidden tasks fit nothing but the state they are shown in: nothing else is shown of them.
    """
    tasks = Task.objects.filter(project_id=project_id)
    if viewer_id is not None and (rows := list(sealed(viewer_id, task__project_id=project_id))):
        hidden = [row.task_id for row in rows]
        tasks = tasks.exclude(pk__in=hidden)
        shown = [row.task_id for row in rows if state_shown(row) in wanted.states]
        if shown and wanted == TaskFilter(states=wanted.states):
            fit = Q(state__in=wanted.states, project_id=project_id) & ~Q(pk__in=hidden)
            return Task.objects.filter(fit | Q(pk__in=shown)).values("asset_id")
    if wanted.states:
        tasks = tasks.filter(state__in=wanted.states)
    if wanted.reasons:
        tasks = tasks.filter(selection_reason__in=wanted.reasons)
    if wanted.blind is not None:
        tasks = tasks.filter(blind=wanted.blind)
    if wanted.author_id is not None:
        tasks = tasks.filter(revisions__author_id=wanted.author_id, revisions__beside=False).distinct()
    if wanted.min_score is not None:
        tasks = tasks.filter(blind=False, max_suggestion_score__gte=wanted.min_score)
    if wanted.max_score is not None:
        tasks = tasks.filter(blind=False, max_suggestion_score__lte=wanted.max_score)
    if wanted.label_ids or wanted.shape:
        tasks = tasks.filter(_labelled(project_id, wanted))
    if wanted.suggested_label_ids:
        suggested = Suggestion.objects.filter(
            task__project_id=project_id,
            state=SuggestionState.OPEN,
            label_id__in=wanted.suggested_label_ids,
        )
        tasks = tasks.filter(blind=False, pk__in=suggested.values("task_id"))
    return tasks.values("asset_id")


def _labelled(project_id: uuid.UUID, wanted: TaskFilter) -> Q:
    """By objects of the resolved revision, or by its tags where no object shape is asked for."""
    regions = RegionProjection.objects.filter(project_id=project_id)
    if wanted.label_ids:
        regions = regions.filter(label_id__in=wanted.label_ids)
    if wanted.shape and wanted.shape != "tag":
        return Q(pk__in=regions.filter(shape=wanted.shape).values("task_id"))
    tagged = Q(pk__in=[])
    for label_id in wanted.label_ids:
        tagged |= Q(resolved_revision__tags__contains=[label_id])
    if wanted.shape == "tag":
        return (
            tagged
            if wanted.label_ids
            else Q(resolved_revision__isnull=False) & ~Q(resolved_revision__tags=[])
        )
    return Q(pk__in=regions.values("task_id")) | tagged


def score_of() -> Subquery:
    """The highest open suggestion's score of the outer row's (`project_id`, `asset_id`); null where blind."""
    tasks = Task.objects.filter(project_id=OuterRef("project_id"), asset_id=OuterRef("asset_id"))
    shown = Case(When(blind=True, then=Value(None)), default=F("max_suggestion_score"))
    best = tasks.annotate(shown=shown).order_by(F("shown").desc(nulls_last=True)).values("shown")
    return Subquery(best[:1], output_field=FloatField())


def uncertainty_of() -> Subquery:
    """The highest uncertainty among the open suggestions of the outer row's (`project_id`, `asset_id`)."""
    open_ones = Suggestion.objects.filter(
        task__project_id=OuterRef("project_id"),
        task__asset_id=OuterRef("asset_id"),
        task__blind=False,
        state=SuggestionState.OPEN,
    )
    highest = open_ones.values("task_id").annotate(highest=Max("uncertainty"))
    highest = highest.order_by(F("highest").desc(nulls_last=True)).values("highest")
    return Subquery(highest[:1], output_field=FloatField())


def task_facets(project_id: uuid.UUID) -> dict[str, dict[str, int]]:
    """Pictures by `states` and `reasons`, and by `labels` (with at least one object or tag of it)."""
    newest = Task.objects.filter(project_id=project_id).order_by("-id")[:FACET_ROWS_MAX]
    facets: dict[str, dict[str, int]] = {"states": {}, "reasons": {}, "labels": {}}
    for name, column in (("states", "state"), ("reasons", "selection_reason")):
        rows = (
            Task.objects.filter(pk__in=newest.values("pk"))
            .values(column)
            .annotate(n=Count("asset_id", distinct=True))
            .order_by()
        )
        facets[name] = {row[column]: row["n"] for row in rows if row[column]}
    regions = (
        RegionProjection.objects.filter(project_id=project_id, task_id__in=newest.values("pk"))
        .values("label_id")
        .annotate(n=Count("task__asset_id", distinct=True))
        .order_by()
    )
    facets["labels"] = {str(row["label_id"]): row["n"] for row in regions}
    tags = Task.objects.filter(pk__in=newest.values("pk"), resolved_revision__isnull=False).exclude(
        resolved_revision__tags=[]
    )
    tagged = {
        (asset, tag)
        for asset, found in tags.values_list("asset_id", "resolved_revision__tags")
        for tag in found
    }
    for _, label_id in tagged:
        facets["labels"][label_id] = facets["labels"].get(label_id, 0) + 1
    return facets


def blind_group_keys(project_id: uuid.UUID) -> set[str]:
    """Groups with a task drawn blind, approved or not: they are kept for judging models."""
    rows = Task.objects.filter(project_id=project_id, blind=True).order_by()
    return set(rows.values_list("asset__group_key", flat=True).distinct())


def authors(project_id: uuid.UUID, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of those who saved revisions in the project."""
    rows = Task.objects.filter(project_id=project_id, revisions__author_id__in=user_ids).order_by()
    return dict(rows.values_list("revisions__author_id", "revisions__author__name").distinct())


def regions_where(
    project_id: uuid.UUID, wanted: TaskFilter, assets: QuerySet[Any], viewer_id: uuid.UUID | None = None
) -> QuerySet[RegionProjection]:
    """Objects of resolved revisions on those assets (a query of one column of ids) that fit label, shape, author.

    None of the viewer's hidden tasks.
    """
    rows = RegionProjection.objects.filter(project_id=project_id, task__asset_id__in=assets)
    if viewer_id is not None and (hidden := list(sealed_tasks(viewer_id, project_id))):
        rows = rows.exclude(task_id__in=hidden)
    if wanted.label_ids:
        rows = rows.filter(label_id__in=wanted.label_ids)
    if wanted.shape:
        rows = rows.filter(shape=wanted.shape)
    if wanted.author_id is not None:
        rows = rows.filter(author_id=wanted.author_id)
    return rows.select_related("task__asset")
