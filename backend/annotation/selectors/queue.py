"""What a person would be handed next, in order: the rows that claiming locks and looking ahead only reads."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from backend.annotation.enums import AssignmentKind, AssignmentState, TaskState
from backend.annotation.models import Assignment, Task
from backend.annotation.selectors.answers import SEATED
from backend.annotation.selectors.turns import turns_kept
from backend.core.prepared import Prepared
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

LABELLED_BY_HAND = (AssignmentState.LEASED, AssignmentState.RETURNED)
# Who saved or opened something this recently is at work.
AT_WORK = timedelta(hours=1)
PEOPLE_MAX = 50
PROJECTS_MAX = 100


def queues_of(actor: User, project: Project) -> tuple[QuerySet[Task], ...]:
    """Work in hand, what a plan or a manager gave the person, then the common queue; each in order."""
    return tuple(queue(actor.pk, project.pk) for queue in _IN_ORDER)


def task_in_hand_locked(
    *, actor_id: uuid.UUID, project: Project, exclude: Collection[uuid.UUID] = ()
) -> Task | None:
    """The first task of the person's work in hand, locked; inside a transaction."""
    return _first_of(_PREPARED[:1], actor_id, project, exclude)


def task_free_locked(
    *, actor_id: uuid.UUID, project: Project, exclude: Collection[uuid.UUID] = ()
) -> Task | None:
    """The first task assigned to the person, else of the common queue, that nobody else holds, locked."""
    return _first_of(_PREPARED[1:], actor_id, project, exclude)


def _first_of(
    queues: Sequence[Prepared[Task]], actor_id: uuid.UUID, project: Project, exclude: Collection[uuid.UUID]
) -> Task | None:
    values = (actor_id, project.pk, *exclude)
    # Any ids that are nobody's: the compiled queries are the same for everybody.
    stand_ins = [uuid.UUID(int=number) for number in range(1, len(values) + 1)]
    for queue in queues:
        for task in queue.rows(values, stand_ins):
            task.project = project
            return task
    return None


def not_excluded(rows: QuerySet[Task], project_id: uuid.UUID) -> QuerySet[Task]:
    return rows.filter(
        asset__project_assets__project_id=project_id,
        asset__project_assets__excluded_at=None,
        asset__deleted_at=None,
    )


def _own(actor_id: uuid.UUID, project_id: uuid.UUID) -> QuerySet[Task]:
    """Returned to me, then what I had open, then what expired under me and nobody took since."""
    rank = Case(
        When(assignments__state=AssignmentState.RETURNED, then=Value(0)),
        When(assignments__state=AssignmentState.LEASED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    in_hand = Q(assignments__state__in=LABELLED_BY_HAND) | Q(
        assignments__state=AssignmentState.EXPIRED, assignments__draft__isnull=False, state=TaskState.READY
    )
    # One filter call: each condition is on the same assignment, found by its person and state.
    rows = Task.objects.filter(
        in_hand,
        project_id=project_id,
        state__in=(TaskState.READY, TaskState.IN_WORK),
        assignments__user_id=actor_id,
        assignments__kind=AssignmentKind.LABEL,
    )
    return rows.annotate(rank=rank).order_by("rank", F("due_at").asc(nulls_last=True), "id")


def _assigned(actor_id: uuid.UUID, project_id: uuid.UUID) -> QuerySet[Task]:
    """What a manager or a plan gave the person, by its day. Pictures that several people label are assigned to nobody:
    the plan's turns say that one of them is this person's.
    """
    turns = turns_kept(AssignmentKind.LABEL, user_id=actor_id)
    # `id = ANY(ARRAY(…))`: so both sides of the "or" are looked up by an index.
    has_turn = Func(
        F("pk"),
        ArraySubquery(turns.values("task_id")),
        arg_joiner=" = ANY(",
        template="%(expressions)s)",
        output_field=BooleanField(),
    )
    rows = Task.objects.filter(
        Q(assigned_to_id=actor_id) | Q(has_turn, people__gt=1), project_id=project_id, state=TaskState.READY
    )
    day = Coalesce("due_at", Subquery(turns.filter(task_id=OuterRef("pk")).values("due_at")[:1]))
    return not_skipped(not_excluded(rows, project_id), actor_id).order_by(
        day.asc(nulls_last=True), "-priority", "id"
    )


def _queue(actor_id: uuid.UUID, project_id: uuid.UUID) -> QuerySet[Task]:
    rows = Task.objects.filter(project_id=project_id, assigned_to=None, state=TaskState.READY)
    others = turns_kept(AssignmentKind.LABEL, task_id=OuterRef("pk")).exclude(user_id=actor_id)
    seated = Assignment.objects.filter(task_id=OuterRef("pk"), kind=AssignmentKind.LABEL, state__in=SEATED)
    # Of several places those that a plan keeps for others are not free.
    rows = rows.filter(Q(people=1) | Q(people__gt=_how_many(others) + _how_many(seated)))
    return not_skipped(not_excluded(rows, project_id), actor_id).order_by("-priority", "id")


def _how_many(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("task_id").annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counted), 0)


def _first_locked(queue: Callable[[uuid.UUID, uuid.UUID], QuerySet[Task]]) -> Prepared[Task]:
    def build(actor_id: uuid.UUID, project_id: uuid.UUID, *exclude: uuid.UUID) -> QuerySet[Task]:
        rows = queue(actor_id, project_id)
        if exclude:
            rows = rows.exclude(pk__in=exclude)
        return rows.select_for_update(skip_locked=True, of=("self",))[:1]

    return Prepared(Task, build)


_IN_ORDER = (_own, _assigned, _queue)
_PREPARED = tuple(_first_locked(queue) for queue in _IN_ORDER)


def not_skipped(rows: QuerySet[Task], actor_id: uuid.UUID) -> QuerySet[Task]:
    """Without what the person passed on, and without pictures of several people where theirs is in."""
    own = Assignment.objects.filter(task_id=OuterRef("pk"), user_id=actor_id, kind=AssignmentKind.LABEL)
    answered = own.filter(state=AssignmentState.SUBMITTED)
    return rows.filter(~Exists(own.filter(state=AssignmentState.SKIPPED)), Q(people=1) | ~Exists(answered))


def assets_coming_up(*, each: int) -> list[uuid.UUID]:
    """Pictures of the next `each` tasks of everybody at work, then of every running project's common queue."""
    found: dict[uuid.UUID, None] = {}
    recent = Assignment.objects.filter(
        kind=AssignmentKind.LABEL, updated_at__gte=timezone.now() - AT_WORK, task__project__archived_at=None
    )
    # A row a person and project, newest first.
    pairs = recent.order_by("-updated_at").select_related("user", "task__project")[: PEOPLE_MAX * 4]
    seen: dict[tuple[uuid.UUID, uuid.UUID], Assignment] = {}
    for row in pairs:
        seen.setdefault((row.user_id, row.task.project_id), row)
    for row in list(seen.values())[:PEOPLE_MAX]:
        for rows in queues_of(row.user, row.task.project):
            found |= dict.fromkeys(rows.values_list("asset_id", flat=True)[:each])
    for project in projects.projects_running()[:PROJECTS_MAX]:
        rows = Task.objects.filter(project=project, assigned_to=None, state=TaskState.READY)
        upcoming = not_excluded(rows, project.pk).order_by("-priority", "id")
        found |= dict.fromkeys(upcoming.values_list("asset_id", flat=True)[:each])
    return list(found)


def assets_in_hand() -> set[uuid.UUID]:
    """Pictures somebody has open this moment, to label or to review."""
    held = Assignment.objects.filter(state=AssignmentState.LEASED, lease_expires_at__gt=timezone.now())
    return set(held.values_list("task__asset_id", flat=True))
