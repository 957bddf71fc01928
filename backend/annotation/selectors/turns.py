"""Turns of applied plans: which picture is whose to label or review, and until when that holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from backend.annotation.enums import AssignmentKind, AssignmentState, TaskState, TurnState
from backend.annotation.models import Assignment, PlanTurn, Revision
from backend.annotation.selectors.answers import SEATED
from backend.annotation.selectors.second_looks import looks_waiting

if TYPE_CHECKING:
    from backend.accounts.models import User

TURN_OVER = (*SEATED, AssignmentState.APPROVED, AssignmentState.SKIPPED)


def turns_given(kind: AssignmentKind, *, task_id: object, user_id: object) -> QuerySet[PlanTurn]:
    """The turn that gave a task to that person, whenever it was due; ids may be references of an outer query."""
    return PlanTurn.objects.filter(task_id=task_id, user_id=user_id, kind=kind, state=TurnState.GIVEN)


def turns_kept(kind: AssignmentKind, **of: Any) -> QuerySet[PlanTurn]:
    """Turns that keep a picture for somebody. Their day over, it is anybody's: nobody's holiday holds it up.

    One that several people label is kept only for who has not begun, done or passed on theirs.
    """
    mine = Assignment.objects.filter(
        task_id=OuterRef("task_id"),
        user_id=OuterRef("user_id"),
        kind=AssignmentKind.LABEL,
        state__in=TURN_OVER,
    )
    rows = PlanTurn.objects.filter(**of, kind=kind, state=TurnState.GIVEN, due_at__gte=Now())
    return rows if kind == AssignmentKind.REVIEW else rows.exclude(Q(task__people__gt=1) & Exists(mine))


def turns_waiting(**of: Any) -> QuerySet[PlanTurn]:
    """Turns of reviews that still wait, overdue ones too."""
    waiting = Revision.objects.filter(pending=True, task_id=OuterRef("task_id"))
    second = looks_waiting(task_id=OuterRef("task_id"))
    return PlanTurn.objects.filter(
        Exists(waiting) | Exists(second), **of, kind=AssignmentKind.REVIEW, state=TurnState.GIVEN
    )


def turns_to_answer(**of: Any) -> QuerySet[PlanTurn]:
    """Turns on pictures that several people label (`Task.people`), overdue ones too, which their person has not begun.

    Nobody is assigned such a picture: the turns themselves say whose it is.
    """
    begun = Assignment.objects.filter(
        task_id=OuterRef("task_id"), user_id=OuterRef("user_id"), kind=AssignmentKind.LABEL, state__in=SEATED
    )
    return PlanTurn.objects.filter(
        ~Exists(begun),
        **of,
        kind=AssignmentKind.LABEL,
        state=TurnState.GIVEN,
        task__people__gt=1,
        task__state=TaskState.READY,
    )


def reviews_in_turn(rows: QuerySet[Revision], actor: User) -> QuerySet[Revision]:
    """Those kept for this person by day, then the oldest; without those kept for somebody else."""
    own = turns_given(AssignmentKind.REVIEW, task_id=OuterRef("task_id"), user_id=actor.pk)
    due = Subquery(own.values("due_at")[:1])
    mine = not_kept_for_others(rows, actor).annotate(own_due=due)
    return mine.order_by(F("own_due").asc(nulls_last=True), "id")


def not_kept_for_others(rows: QuerySet[Revision], actor: User) -> QuerySet[Revision]:
    """Without the reviews that a plan keeps for somebody else."""
    others = turns_kept(AssignmentKind.REVIEW, task_id=OuterRef("task_id")).exclude(user_id=actor.pk)
    return rows.exclude(Exists(others))
