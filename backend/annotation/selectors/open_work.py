"""A project's open work and its people, as planning sees them: what waits, who has time, what is theirs already."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.annotation.domain.pace import Pace, Spent, pace_of
from backend.annotation.domain.planning import LABEL, REVIEW, Colleague, OpenWork, default_minutes
from backend.annotation.enums import (
    AssignmentKind,
    AssignmentState,
    SuggestionState,
    TaskState,
)
from backend.annotation.models import (
    Assignment,
    LabelPause,
    PlanTurn,
    RegionVersion,
    Revision,
    Suggestion,
    Task,
    WorkCapacity,
)
from backend.annotation.selectors.answers import FREE_STATES, SEATED, hands_of
from backend.annotation.selectors.labels import REVIEWED_STATES
from backend.annotation.selectors.queue import LABELLED_BY_HAND, not_excluded
from backend.annotation.selectors.second_looks import barred_by_revision, waits_for_review
from backend.annotation.selectors.turns import turns_given, turns_kept, turns_to_answer, turns_waiting
from backend.annotation.selectors.work import SUBMITTED
from backend.core.enums import Role
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.projects.contracts import Member
    from backend.projects.models import Project

# The newest this many pictures of a kind tell what one takes.
PACE_OF_MAX = 2_000
# So many pictures are planned at once, the most urgent ones; measured with `bench/planning.py`.
PLANNED_MAX = 5_000


@dataclass(frozen=True, slots=True)
class WorkPerson:
    """A person of the project as planning sees them. `version` 0 and `is_default`: nobody has set anything for them.

    `in_hand` counts pictures that are theirs already: assigned, open, returned, or theirs to review.
    """

    member: Member
    colleague: Colleague
    version: int
    is_default: bool
    in_hand: int


def project_pace(project_id: uuid.UUID) -> Pace:
    """From the newest finished pictures that people spent time on."""
    rows: list[Spent] = []
    done = Q(kind=AssignmentKind.LABEL, state__in=SUBMITTED) | Q(kind=AssignmentKind.REVIEW)
    for kind in (LABEL, REVIEW):
        found = Assignment.objects.filter(
            done, kind=kind, task__project_id=project_id, active_seconds__gt=0
        ).order_by("-updated_at")
        columns = found.values_list("kind", "user_id", "task__region_count", "active_seconds")
        rows += [Spent(*row) for row in columns[:PACE_OF_MAX]]
    return pace_of(rows)


def work_people(project: Project, pace: Pace, *, again: bool = False) -> list[WorkPerson]:
    """Everybody who may label here, by name. With `again`, what an earlier plan gave out is not in their hands."""
    members = projects.people_of(project, at_least=Role.ANNOTATOR)
    said = {row.user_id: row for row in WorkCapacity.objects.filter(project=project)}
    paused = _paused(project)
    labels = {label.id for label in projects.labels_of(project.pk)}
    in_hand = _in_hand(project.pk, pace, again=again)
    found = []
    for member in members:
        row = said.get(member.user.pk)
        minutes = row.minutes_per_day if row else default_minutes(member.role, is_own=member.is_own)
        known = None if row is None or row.label_ids is None else labels & set(row.label_ids)
        held = in_hand[member.user.pk]
        colleague = Colleague(
            user_id=member.user.pk,
            role=member.role,
            minutes_per_day=minutes,
            label_ids=None if known is None or known == labels else frozenset(known),
            is_paused=member.user.pk in paused,
            in_hand_minutes=sum(held),
        )
        found.append(WorkPerson(member, colleague, row.version if row else 0, row is None, len(held)))
    return found


def _paused(project: Project) -> set[uuid.UUID]:
    if projects.settings_of(project).pause_below <= 0.0:
        return set()
    rows = LabelPause.objects.filter(project=project, ended_at=None)
    return set(rows.values_list("user_id", flat=True))


def _in_hand(project_id: uuid.UUID, pace: Pace, *, again: bool) -> dict[uuid.UUID, list[float]]:
    """Minutes of each picture that is somebody's already."""
    found: dict[uuid.UUID, list[float]] = defaultdict(list)
    label, review = pace.typical_s[LABEL] / 60.0, pace.typical_s[REVIEW] / 60.0
    assigned = Task.objects.filter(project_id=project_id, state=TaskState.READY, assigned_to__isnull=False)
    if again:
        assigned = assigned.exclude(Exists(_by_plan()))
    for user_id in not_excluded(assigned, project_id).values_list("assigned_to_id", flat=True):
        found[user_id].append(label)
    opened = Assignment.objects.filter(
        kind=AssignmentKind.LABEL,
        state__in=LABELLED_BY_HAND,
        task__project_id=project_id,
        task__state__in=FREE_STATES,
    )
    for user_id in opened.values_list("user_id", flat=True):
        found[user_id].append(label)
    if not again:
        kept = turns_waiting(task__project_id=project_id) & turns_kept(AssignmentKind.REVIEW)
        for user_id in kept.values_list("user_id", flat=True):
            found[user_id].append(review)
        asked = turns_to_answer(task__project_id=project_id) & turns_kept(AssignmentKind.LABEL)
        for user_id in asked.values_list("user_id", flat=True):
            found[user_id].append(label)
    return found


def _by_plan() -> QuerySet[PlanTurn]:
    """For a query of tasks: the turn of a plan that gave each to whom it is assigned."""
    return turns_given(AssignmentKind.LABEL, task_id=OuterRef("pk"), user_id=OuterRef("assigned_to_id"))


def tasks_to_label(project_id: uuid.UUID, *, again: bool = False) -> QuerySet[Task]:
    """Those nobody has; with `again`, also those an earlier plan gave to somebody who has not begun them."""
    free = Q(assigned_to=None)
    if again:
        free |= Q(Exists(_by_plan()))
    rows = Task.objects.filter(free, project_id=project_id, state=TaskState.READY)
    return not_excluded(rows, project_id)


def revisions_to_review(project_id: uuid.UUID, *, again: bool = False) -> QuerySet[Revision]:
    """Those that wait for a reviewer or a second look, oldest first; without `again`, those that no plan keeps for anybody."""
    rows = Revision.objects.filter(
        waits_for_review(task__project_id=project_id),
        task__project_id=project_id,
        task__state__in=REVIEWED_STATES,
        task__asset__deleted_at=None,
    )
    if not again:
        rows = rows.exclude(Exists(turns_kept(AssignmentKind.REVIEW, task_id=OuterRef("task_id"))))
    return rows.order_by("id")


def open_work(
    project: Project, *, again: bool, label_ids: Collection[str] | None, most: int = PLANNED_MAX
) -> tuple[list[OpenWork], int]:
    """What is to be planned, and how many pictures were left out beyond the `most` urgent ones.

    `label_ids`: the project's labels, None where nobody is set up for some of them only: then which labels a picture
    may hold makes no difference.
    """
    known = None if label_ids is None else frozenset(label_ids)
    reviews = _reviews(project, again=again, known=known, most=most)
    rows = tasks_to_label(project.pk, again=again).order_by("-priority", "id")
    room = max(0, most - len(reviews))
    labelling = _labelling(rows[:room], known, again=again)
    total = rows.count() + revisions_to_review(project.pk, again=again).values("task_id").distinct().count()
    return reviews + labelling, max(0, total - len(reviews) - len(labelling))


def _labelling(rows: QuerySet[Task], known: frozenset[str] | None, *, again: bool) -> list[OpenWork]:
    tasks = list(
        rows.values_list(
            "id",
            "open_suggestion_count",
            "blind",
            "priority",
            "selection_reason",
            "due_at",
            "assigned_to_id",
            "people",
        )
    )
    ids = [row[0] for row in tasks]
    passed_on: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    skips = Assignment.objects.filter(
        task_id__in=ids, kind=AssignmentKind.LABEL, state=AssignmentState.SKIPPED
    )
    for task_id, user_id in skips.values_list("task_id", "user_id"):
        passed_on[task_id].add(user_id)
    taken = seats_of([row[0] for row in tasks if row[-1] > 1], planned=not again)
    labels: dict[uuid.UUID, set[str]] = defaultdict(set)
    if known is not None:
        seen = Suggestion.objects.filter(task_id__in=ids, task__blind=False, state=SuggestionState.OPEN)
        for task_id, label_id in seen.values_list("task_id", "label_id").distinct():
            labels[task_id].add(str(label_id))
    return [
        OpenWork(
            kind=LABEL,
            task_id=pk,
            barred=frozenset(passed_on[pk] | taken[pk]),
            people=people - len(taken[pk]),
            objects=suggested if suggested and not blind else None,
            label_ids=known & labels[pk] if known is not None and pk in labels else None,
            urgency=priority,
            is_chosen=bool(reason),
            # A day that an earlier plan set is no date somebody asked for.
            due_at=None if holder else due_at,
        )
        for pk, suggested, blind, priority, reason, due_at, holder, people in tasks
        if people > len(taken[pk])
    ]


def seats_of(task_ids: Collection[uuid.UUID], *, planned: bool) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Of pictures that several people label: who has one or has answered; with `planned`, also who is to by a plan."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    seated = Assignment.objects.filter(task_id__in=task_ids, kind=AssignmentKind.LABEL, state__in=SEATED)
    for task_id, user_id in seated.values_list("task_id", "user_id"):
        found[task_id].add(user_id)
    if planned:
        kept = turns_kept(AssignmentKind.LABEL, task_id__in=task_ids)
        for task_id, user_id in kept.values_list("task_id", "user_id"):
            found[task_id].add(user_id)
    return found


def _reviews(project: Project, *, again: bool, known: frozenset[str] | None, most: int) -> list[OpenWork]:
    """One a picture: the oldest revision of it that waits."""
    rows = revisions_to_review(project.pk, again=again).values_list(
        "id", "task_id", "task__region_count", "task__priority", "tags"
    )
    first: dict[uuid.UUID, tuple[Any, ...]] = {}
    for row in rows.iterator(2_000):
        if row[1] not in first and len(first) < most:
            first[row[1]] = row
    may_own = projects.settings_of(project).allow_self_review
    revision_ids = [row[0] for row in first.values()]
    hands = {} if may_own else hands_of(revision_ids)
    seconds = barred_by_revision(revision_ids)
    labels: dict[uuid.UUID, set[str]] = defaultdict(set)
    if known is not None:
        drawn = RegionVersion.objects.filter(revisions__in=revision_ids)
        for revision_id, label_id in drawn.values_list("revisions", "label_id").distinct():
            labels[revision_id].add(str(label_id))
    found = []
    for pk, task_id, objects, priority, tags in first.values():
        found.append(
            OpenWork(
                kind=REVIEW,
                task_id=task_id,
                revision_id=pk,
                barred=hands.get(pk, frozenset()) | seconds.get(pk, frozenset()),
                objects=objects,
                label_ids=None if known is None else known & (labels[pk] | {str(tag) for tag in tags}),
                urgency=priority,
            )
        )
    return found


def open_counts(project_id: uuid.UUID) -> dict[str, int]:
    """Pictures to label and to review, in somebody's hands or not."""
    to_label = Task.objects.filter(project_id=project_id, state__in=(TaskState.READY, TaskState.IN_WORK))
    to_review = revisions_to_review(project_id, again=True).order_by().values("task_id").distinct()
    return {LABEL: not_excluded(to_label, project_id).count(), REVIEW: to_review.count()}
