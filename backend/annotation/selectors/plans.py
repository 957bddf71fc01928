"""Reading plans: the newest of a project by person, what planning knows of its people, and a person's own part."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Count, F, Max, Sum

from backend.annotation.domain.pace import Pace
from backend.annotation.domain.planning import KINDS, LABEL, REVIEW
from backend.annotation.enums import PlanState, TaskState, TurnState
from backend.annotation.models import Task, WorkPlan
from backend.annotation.selectors.forecast import Finish, finish_forecast
from backend.annotation.selectors.open_work import WorkPerson, open_counts, project_pace, work_people
from backend.annotation.selectors.queue import not_excluded
from backend.annotation.selectors.turns import turns_to_answer, turns_waiting
from backend.annotation.selectors.work import day_start
from backend.core.enums import LIVE_JOB_STATES, Role
from backend.core.errors import NotFound
from backend.core.models import JobRun
from backend.core.permissions import require
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

REFUSALS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class KindOfWork:
    """`minutes` for all its open pictures at the usual pace; `measured` pictures told the pace, 0: it is assumed."""

    kind: str
    pictures: int
    minutes: float
    seconds_a_picture: float
    measured: int


@dataclass(frozen=True, slots=True)
class PlanPerson:
    """`minutes` is all their time in the plan's days, `in_hand` what their other work takes of it."""

    user_id: uuid.UUID
    name: str
    label: int
    review: int
    planned: float
    in_hand: float
    minutes: float
    until: date | None


@dataclass(frozen=True, slots=True)
class Refusal:
    picture: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan by person, by name. After it was applied: turns `given` and `refused`, and some refusals."""

    plan: WorkPlan
    people: list[PlanPerson]
    late: int
    given: int = 0
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Planning:
    people: list[WorkPerson]
    work: list[KindOfWork]
    plan: PlanView | None
    job: JobRun | None
    finish: Finish


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What a person is to do in a project by the end of a day; None: with no date."""

    project_id: uuid.UUID
    project_name: str
    day: date | None
    label: int
    review: int


def plan_job_key(project_id: uuid.UUID) -> str:
    return f"plan:{project_id}"


def plan_get(*, actor: User, plan_id: uuid.UUID, at_least: Role = Role.MANAGER) -> WorkPlan:
    """The door to a plan. NotFound for strangers, else Forbidden."""
    plan = (
        WorkPlan.objects.select_related("project__site", "project__organisation").filter(pk=plan_id).first()
    )
    if plan is None:
        raise NotFound()
    require(projects.project_role(actor=actor, project=plan.project), at_least)
    return plan


def planning_of(project: Project) -> Planning:
    """All that the planning page shows."""
    pace = project_pace(project.pk)
    plan = (
        WorkPlan.objects.filter(project=project)
        .exclude(state=PlanState.DROPPED)
        .select_related("made_by", "decided_by", "project__site")
        .order_by("-id")
        .first()
    )
    live = JobRun.objects.filter(dedupe_key=plan_job_key(project.pk), state__in=LIVE_JOB_STATES)
    return Planning(
        people=work_people(project, pace),
        work=_work(project.pk, pace),
        plan=plan_view(plan) if plan else None,
        job=live.first(),
        finish=finish_forecast(project),
    )


def _work(project_id: uuid.UUID, pace: Pace) -> list[KindOfWork]:
    counts = open_counts(project_id)
    return [
        KindOfWork(
            kind,
            counts[kind],
            counts[kind] * pace.typical_s[kind] / 60.0,
            pace.typical_s[kind],
            pace.measured[kind],
        )
        for kind in KINDS
    ]


def plan_view(plan: WorkPlan) -> PlanView:
    """A plan for the manager who looks at it."""
    zone = day_start(plan.project).tzinfo
    sums: dict[uuid.UUID, dict[str, Any]] = {}
    counted: Counter[tuple[uuid.UUID, str]] = Counter()
    rows = plan.turns.order_by().values("user_id", "kind")
    for row in rows.annotate(n=Count("id"), minutes=Sum("minutes"), until=Max("due_at")):
        counted[row["user_id"], row["kind"]] = row["n"]
        had = sums.setdefault(row["user_id"], {"minutes": 0.0, "until": row["until"]})
        had["minutes"] += row["minutes"]
        had["until"] = max(had["until"], row["until"])
    listed = {uuid.UUID(each["user_id"]): each for each in plan.people}
    names = {person.pk: person.get_full_name() for person in get_user_model().objects.filter(pk__in=listed)}
    people = [
        PlanPerson(
            user_id=user_id,
            name=names.get(user_id, "Somebody who left"),
            label=counted[user_id, LABEL],
            review=counted[user_id, REVIEW],
            planned=sums[user_id]["minutes"] if user_id in sums else 0.0,
            in_hand=each["in_hand"],
            minutes=each["minutes"],
            until=sums[user_id]["until"].astimezone(zone).date() if user_id in sums else None,
        )
        for user_id, each in listed.items()
    ]
    refused = plan.turns.filter(state=TurnState.REFUSED)
    first = refused.select_related("task__asset", "user").order_by("id")[:REFUSALS_SHOWN]
    late = plan.turns.filter(kind=LABEL, task__assigned_to=None, task__due_at__lt=F("due_at"))
    return PlanView(
        plan=plan,
        people=sorted(people, key=lambda each: (each.name, str(each.user_id))),
        late=late.count(),
        given=plan.turns.filter(state__in=(TurnState.GIVEN, TurnState.REPLACED)).count(),
        refused=refused.count(),
        refusals=[Refusal(turn.task.asset.name, turn.user.get_full_name(), turn.refusal) for turn in first],
    )


def own_part(user: User) -> list[OwnPart]:
    """What is this person's to label and to review, by project and day, the first due first."""
    found: Counter[tuple[uuid.UUID, date | None, str]] = Counter()
    mine = {project.pk: project for project in projects.projects_of(user).filter(archived_at=None)}
    for project in mine.values():
        zone = day_start(project).tzinfo
        for kind, due_at in _own_due(user, project.pk):
            found[project.pk, due_at.astimezone(zone).date() if due_at else None, kind] += 1
    days = {(project_id, day) for project_id, day, _ in found}
    rows = [
        OwnPart(
            project_id,
            mine[project_id].name,
            day,
            found[project_id, day, LABEL],
            found[project_id, day, REVIEW],
        )
        for project_id, day in days
    ]
    return sorted(rows, key=lambda each: (each.day is None, each.day or date.min, each.project_name))


def _own_due(user: User, project_id: uuid.UUID) -> list[tuple[str, datetime | None]]:
    assigned = Task.objects.filter(project_id=project_id, assigned_to=user, state=TaskState.READY)
    kept = turns_waiting(user=user, task__project_id=project_id)
    asked = turns_to_answer(user=user, task__project_id=project_id)
    return [
        *((LABEL, due_at) for due_at in not_excluded(assigned, project_id).values_list("due_at", flat=True)),
        *((LABEL, due_at) for due_at in asked.values_list("due_at", flat=True)),
        *((REVIEW, due_at) for due_at in kept.values_list("due_at", flat=True)),
    ]
