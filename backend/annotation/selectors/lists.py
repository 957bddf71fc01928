"""Lists and counts: tasks, the review queue, the suggestion grid, work summaries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet

from backend.annotation.contracts import (
    SelectableTask,
    SuggestionRecord,
    SuggestionScore,
    TaskCounts,
    WorkCounts,
)
from backend.annotation.enums import AssignmentState, SuggestionState, TaskState
from backend.annotation.models import (
    Assignment,
    RegionProjection,
    RegionVersion,
    Revision,
    Suggestion,
    Task,
)
from backend.annotation.selectors.answers import of_own_hand
from backend.annotation.selectors.cover import cover_task, sealed
from backend.annotation.selectors.queue import not_skipped
from backend.annotation.selectors.second_looks import seconds_barred, waits_for_review
from backend.annotation.selectors.turns import not_kept_for_others
from backend.core.enums import ROLE_RANK, Role
from backend.core.permissions import at_least
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

COUNTED_MAX = 1_000
PEOPLE_MAX = 100


def heavy(asset: str) -> list[str]:
    """Columns of an asset that a list must not fetch: a video's frame times may be megabytes."""
    return [f"{asset}__frame_times_s", f"{asset}__hash_bands", f"{asset}__metadata"]


def tasks_list(*, project_id: uuid.UUID, filters: dict[str, Any], actor: User) -> QuerySet[Task]:
    """Tasks of a project. `filters`: state (list), reason, blind, assigned_to_me; anything else is ignored."""
    rows = Task.objects.filter(project_id=project_id).select_related("asset", "assigned_to")
    rows = rows.defer(*heavy("asset"))
    wanted = Q()
    if states := filters.get("state"):
        wanted &= Q(state__in=states)
    if reason := filters.get("reason"):
        wanted &= Q(selection_reason=reason)
    if filters.get("blind") is not None:
        wanted &= Q(blind=filters["blind"])
    if wanted:
        rows = rows.filter(_as_shown(wanted, project_id, filters, actor))
    if filters.get("assigned_to") == "me":
        mine = Assignment.objects.filter(
            user_id=actor.pk, state__in=(AssignmentState.LEASED, AssignmentState.RETURNED)
        )
        rows = rows.filter(Q(assigned_to_id=actor.pk) | Q(pk__in=mine.values("task_id")))
    return rows


def _as_shown(wanted: Q, project_id: uuid.UUID, filters: dict[str, Any], actor: User) -> Q:
    """`wanted` of all tasks but this person's hidden ones, which are found by what they are shown as."""
    hidden = list(sealed(actor.pk, task__project_id=project_id).select_related("task"))
    if not hidden:
        return wanted
    shown = [cover_task(row.task, row) for row in hidden]
    found = [
        task.pk
        for task in shown
        if task.state in (filters.get("state") or [task.state])
        and task.selection_reason == (filters.get("reason") or task.selection_reason)
        and filters.get("blind") in (None, task.blind)
    ]
    return wanted & ~Q(pk__in=[task.pk for task in shown]) | Q(pk__in=found)


def review_queue(*, project: Project, actor: User) -> QuerySet[Revision]:
    """Revisions that wait for a reviewer, or for a second look.

    Without second looks that are not this person's to take: who approved a picture must not know that it was drawn.
    """
    rows = Revision.objects.filter(waits_for_review(task__project=project), task__project=project)
    rows = rows.exclude(seconds_barred(actor))
    rows = rows.annotate(is_own=ExpressionWrapper(of_own_hand(actor), BooleanField()))
    rows = rows.select_related("task__asset", "task__assigned_to", "author", "assignment", "merge")
    return rows.defer(*heavy("task__asset"))


def suggestions_grid(
    *,
    project_id: uuid.UUID,
    label_id: uuid.UUID | None = None,
    min_score: float | None = None,
    shape: str = "",
    state: str = SuggestionState.OPEN,
) -> QuerySet[Suggestion]:
    """Suggestions to decide at a glance: never of blind tasks, of excluded assets, or under a person's hands."""
    rows = Suggestion.objects.filter(
        Q(task__state=TaskState.READY, task__people=1)
        | Q(
            task__state__in=(TaskState.IN_REVIEW, TaskState.APPROVED), task__resolved_revision__source="model"
        ),
        task__project_id=project_id,
        task__blind=False,
        task__asset__project_assets__project_id=F("task__project_id"),
        task__asset__project_assets__excluded_at=None,
        task__asset__deleted_at=None,
        state=state,
    )
    if label_id is not None:
        rows = rows.filter(label_id=label_id)
    if min_score is not None:
        rows = rows.filter(score__gte=min_score)
    if shape:
        rows = rows.filter(shape=shape)
    return rows.select_related("task__asset").defer(*heavy("task__asset"))


def task_counts(project_id: uuid.UUID) -> TaskCounts:
    """Tasks of a project by state, in one pass over the queue's index and one over blind and suggested ones."""
    by_state = dict(
        Task.objects.filter(project_id=project_id).order_by().values_list("state").annotate(n=Count("id"))
    )
    more = Task.objects.filter(project_id=project_id).aggregate(
        suggested=Count("id", filter=Q(state=TaskState.READY, blind=False, open_suggestion_count__gt=0)),
        blind=Count("id", filter=Q(blind=True)),
    )
    return TaskCounts(**by_state, **more)


def work_summary(*, actor: User, project: Project) -> dict[str, Any]:
    """Counts by state, late and returned work, and what each person did, by name: to managers of all people, to
    others of themselves.
    """
    project_id = project.pk
    authored = Revision.objects.filter(task__project_id=project_id, author__isnull=False)
    if not at_least(projects.project_role(actor=actor, project=project), Role.MANAGER):
        authored = authored.filter(author_id=actor.pk)
    people = (
        authored.order_by()
        .values("author_id", "author__name")
        .annotate(
            revisions=Count("id"),
            tasks=Count("task_id", distinct=True),
        )
        .order_by("author__name", "author_id")[:PEOPLE_MAX]
    )
    return {
        "counts": task_counts(project_id),
        "late": Revision.objects.filter(task__project_id=project_id, pending=True, late=True).count(),
        "returned": Assignment.objects.filter(
            task__project_id=project_id, state=AssignmentState.RETURNED
        ).count(),
        "people": [
            {
                "user_id": row["author_id"],
                "name": row["author__name"],
                "tasks": row["tasks"],
                "revisions": row["revisions"],
            }
            for row in people
        ],
    }


def work_counts(user: User) -> WorkCounts:
    """What waits for this person over all their projects, for the home page."""
    label_in, review_in = [], []
    for project in projects.projects_of(user).filter(archived_at=None):
        role = projects.project_role(actor=user, project=project)
        if role is None or ROLE_RANK[role] < ROLE_RANK[Role.ANNOTATOR]:
            continue
        if project.queue_paused_at is None:
            label_in.append(project.pk)
        if ROLE_RANK[role] >= ROLE_RANK[Role.REVIEWER]:
            review_in.append(project.pk)
    free = Task.objects.filter(
        Q(assigned_to=None) | Q(assigned_to_id=user.pk), project_id__in=label_in, state=TaskState.READY
    )
    to_label = not_skipped(free, user.pk)
    waiting = Revision.objects.filter(
        waits_for_review(task__project_id__in=review_in), task__project_id__in=review_in
    )
    mine = waiting.exclude(of_own_hand(user)).exclude(seconds_barred(user))
    to_review = not_kept_for_others(mine, user)
    returned = Assignment.objects.filter(user=user, state=AssignmentState.RETURNED)
    return WorkCounts(
        to_label[:COUNTED_MAX].count(), to_review[:COUNTED_MAX].count(), returned[:COUNTED_MAX].count()
    )


def tasks_for_selection(project_id: uuid.UUID) -> Iterator[SelectableTask]:
    """Tasks selection may choose from: ready, unassigned, never opened by anybody, not blind, not excluded."""
    rows = (
        Task.objects.filter(
            project_id=project_id,
            state=TaskState.READY,
            blind=False,
            assigned_to=None,
            asset__project_assets__project_id=project_id,
            asset__project_assets__excluded_at=None,
            asset__deleted_at=None,
            resolved_revision=None,
        )
        .exclude(assignments__isnull=False)
        .order_by("id")
        .values_list(
            "id",
            "asset_id",
            "asset__group_key",
            "selection_reason",
            "priority",
            "open_suggestion_count",
            "max_suggestion_score",
            "prelabelled_by_id",
            "asset__kind",
        )
    )
    for *row, kind in rows.iterator(2_000):
        yield SelectableTask(*row, is_video=kind == "video")


def suggestion_scores(
    *, project_id: uuid.UUID, task_ids: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, list[SuggestionScore]]:
    """Open suggestions' numbers by task, of tasks that are not blind."""
    rows = Suggestion.objects.filter(
        task__project_id=project_id, task__blind=False, state=SuggestionState.OPEN
    )
    if task_ids is not None:
        rows = rows.filter(task_id__in=task_ids)
    found: dict[uuid.UUID, list[SuggestionScore]] = defaultdict(list)
    for task_id, label_id, score, uncertainty in rows.values_list(
        "task_id", "label_id", "score", "uncertainty"
    ).iterator(5_000):
        found[task_id].append(SuggestionScore(str(label_id), score, uncertainty))
    return dict(found)


def suggestion_record(*, project_id: uuid.UUID, model_version_id: uuid.UUID) -> SuggestionRecord:
    """What people made of one model version's suggestions."""
    rows = (
        Suggestion.objects.filter(task__project_id=project_id, model_version_id=model_version_id)
        .order_by()
        .values_list("state")
        .annotate(n=Count("id"))
    )
    return SuggestionRecord(**dict(rows))


def task_of_asset(*, project_id: uuid.UUID, asset_id: uuid.UUID) -> uuid.UUID | None:
    return Task.objects.filter(project_id=project_id, asset_id=asset_id).values_list("id", flat=True).first()


def labels_used(*, project_id: uuid.UUID, label_ids: Collection[str]) -> set[str]:
    """Those of `label_ids` that the project's current labels, drafts aside, still use."""
    regions = RegionProjection.objects.filter(project_id=project_id, label_id__in=label_ids)
    used = {str(found) for found in regions.order_by().values_list("label_id", flat=True).distinct()}
    # Answers of several people are not projected: what is put together from them must not bring a label back.
    answers = RegionVersion.objects.filter(
        revisions__task__project_id=project_id,
        revisions__task__people__gt=1,
        revisions__task__state__in=(TaskState.READY, TaskState.IN_WORK, TaskState.IN_REVIEW),
        revisions__beside=True,
        label_id__in=label_ids,
    )
    used |= {str(found) for found in answers.order_by().values_list("label_id", flat=True).distinct()}
    for label_id in set(label_ids) - used:
        tagged = Revision.objects.filter(task__project_id=project_id, tags__contains=[label_id])
        if tagged.filter(task__resolved_revision=F("pk")).exists():
            used.add(label_id)
    return used
