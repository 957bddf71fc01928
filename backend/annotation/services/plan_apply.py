"""Applying a plan: each turn is given to its person, or refused with a reason where something changed since."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from backend.annotation.domain.planning import LABEL, REVIEW
from backend.annotation.enums import PlanState, TaskState, TurnState
from backend.annotation.models import PlanTurn, Revision, Task, WorkPlan
from backend.annotation.selectors.answers import hands_of, is_collecting
from backend.annotation.selectors.labels import REVIEWED_STATES
from backend.annotation.selectors.open_work import seats_of
from backend.annotation.selectors.queue import not_excluded
from backend.annotation.selectors.second_looks import barred_by_revision, waits_for_review
from backend.annotation.selectors.work import day_start
from backend.core import audit, events
from backend.core.enums import ROLE_RANK, Role
from backend.core.errors import Conflict
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.contracts import Member
    from backend.projects.models import Project

WRITTEN_AT_ONCE = 1_000
_NEEDED = {LABEL: Role.ANNOTATOR, REVIEW: Role.REVIEWER}


@dataclass(frozen=True, slots=True)
class _Now:
    """How things stand while the plan is applied, the tasks locked."""

    members: dict[uuid.UUID, Member]
    tasks: dict[uuid.UUID, Task]
    usable: set[uuid.UUID]
    pending: dict[uuid.UUID, Revision]
    given: dict[tuple[uuid.UUID, str], list[PlanTurn]]
    # Of pictures that several people label: who has a place or is to have one, this plan's turns included once given.
    seats: dict[uuid.UUID, set[uuid.UUID]]
    hands: dict[uuid.UUID, frozenset[uuid.UUID]]
    # Who may not take a second look, by the revision that waits for one.
    seconds: dict[uuid.UUID, frozenset[uuid.UUID]]


@transaction.atomic
def plan_apply(*, actor: User, plan_id: uuid.UUID) -> WorkPlan:
    """Hand a plan's turns out. What was taken, done or set aside since, or is of somebody who left, is refused one by one.

    Applying it again changes nothing. Raises Conflict where it was thrown away or its project archived.
    """
    plan = WorkPlan.objects.select_for_update(of=("self",)).select_related("project__site").get(pk=plan_id)
    if plan.state == PlanState.APPLIED:
        return plan
    if plan.state == PlanState.DROPPED:
        raise Conflict("This plan was thrown away, or a newer one took its place.", code="plan_dropped")
    if plan.project.archived_at is not None:
        raise Conflict("This project is archived: nothing is handed out any more.", code="project_archived")
    turns = list(plan.turns.select_related("user").order_by("id"))
    now = _now(plan, turns)
    for turn in turns:
        turn.refusal = _refusal(turn, now, again=plan.again)
        turn.state = TurnState.REFUSED if turn.refusal else TurnState.GIVEN
        if not turn.refusal and turn.kind == LABEL:
            now.seats[turn.task_id].add(turn.user_id)
    given = [turn for turn in turns if turn.state == TurnState.GIVEN]
    _replace(given, now, again=plan.again)
    PlanTurn.objects.bulk_update(turns, ["state", "refusal"], batch_size=WRITTEN_AT_ONCE)
    _assign([turn for turn in given if turn.kind == LABEL], now)
    plan.state, plan.decided_at, plan.decided_by = PlanState.APPLIED, timezone.now(), actor
    plan.save(update_fields=["state", "decided_at", "decided_by", "updated_at"])
    audit.record(
        actor=actor,
        organisation_id=plan.project.organisation_id,
        action="plan.apply",
        object_type="project",
        object_id=plan.project_id,
        after={"plan_id": str(plan.pk), "given": len(given), "refused": len(turns) - len(given)},
    )
    _tell(actor, plan.project, given)
    return plan


def _now(plan: WorkPlan, turns: list[PlanTurn]) -> _Now:
    ids = {turn.task_id for turn in turns}
    tasks = {
        task.pk: task
        for task in Task.objects.select_for_update(of=("self",))
        .filter(pk__in=ids, project_id=plan.project_id)
        .order_by("id")
    }
    given: dict[tuple[uuid.UUID, str], list[PlanTurn]] = defaultdict(list)
    for turn in PlanTurn.objects.filter(task_id__in=ids, state=TurnState.GIVEN):
        given[turn.task_id, turn.kind].append(turn)
    revision_ids = [turn.revision_id for turn in turns if turn.revision_id]
    waiting = Revision.objects.filter(waits_for_review(task_id__in=ids), pk__in=revision_ids)
    usable = not_excluded(Task.objects.filter(pk__in=ids), plan.project_id)
    may_own = projects.settings_of(plan.project).allow_self_review
    members = projects.people_of(plan.project, at_least=Role.ANNOTATOR)
    return _Now(
        members={each.user.pk: each for each in members},
        tasks=tasks,
        usable=set(usable.values_list("pk", flat=True)),
        pending={row.pk: row for row in waiting.defer("tags")},
        given=given,
        seats=seats_of([task.pk for task in tasks.values() if task.people > 1], planned=not plan.again),
        hands={} if may_own else hands_of(revision_ids),
        seconds=barred_by_revision(revision_ids),
    )


def _refusal(turn: PlanTurn, now: _Now, *, again: bool) -> str:
    """Why this turn cannot be given any more; empty where it can."""
    member = now.members.get(turn.user_id)
    if member is None or ROLE_RANK[member.role] < ROLE_RANK[_NEEDED[turn.kind]]:
        return f"{turn.user.get_full_name()} may not {turn.kind} here any more."
    task = now.tasks.get(turn.task_id)
    if task is None or turn.task_id not in now.usable:
        return "The picture was set aside or removed."
    return (
        _label_refusal(turn, task, now, again)
        if turn.kind == LABEL
        else _review_refusal(turn, task, now, again)
    )


def _label_refusal(turn: PlanTurn, task: Task, now: _Now, again: bool) -> str:
    if is_collecting(task):
        if turn.user_id in now.seats[task.pk]:
            return "It is theirs already."
        return "Enough people have it." if len(now.seats[task.pk]) >= task.people else ""
    if task.state == TaskState.IN_WORK:
        return "Somebody has begun it."
    if task.state != TaskState.READY:
        return f"It is {task.state.replace('_', ' ')} already."
    by_plan = again and any(row.user_id == task.assigned_to_id for row in now.given[task.pk, LABEL])
    if task.assigned_to_id not in (None, turn.user_id) and not by_plan:
        return "It was given to somebody else."
    return ""


def _review_refusal(turn: PlanTurn, task: Task, now: _Now, again: bool) -> str:
    revision = now.pending.get(turn.revision_id) if turn.revision_id else None
    if revision is None or task.state not in REVIEWED_STATES:
        return "It was reviewed, or labelled anew."
    if turn.user_id in now.hands.get(revision.pk, ()):
        return "Nobody reviews their own work."
    if turn.user_id in now.seconds.get(revision.pk, ()):
        return "It waits for a second look, by somebody else."
    today = timezone.now()
    kept = [row for row in now.given[task.pk, REVIEW] if row.due_at >= today and row.user_id != turn.user_id]
    return "It was given to somebody else." if kept and not again else ""


def _replace(given: list[PlanTurn], now: _Now, *, again: bool) -> None:
    """Turns of earlier plans for the same pictures end: two would be two people's. Of a picture that several people
    label, others keep theirs unless all is shared out again.
    """
    old = {
        row.pk
        for turn in given
        for row in now.given[turn.task_id, turn.kind]
        if again or not is_collecting(now.tasks[turn.task_id]) or row.user_id == turn.user_id
    }
    PlanTurn.objects.filter(pk__in=old).update(state=TurnState.REPLACED)


def _assign(turns: list[PlanTurn], now: _Now) -> None:
    """A date somebody asked for stays; a day that an earlier plan set goes. What several people label is nobody's own."""
    changed = []
    for turn in turns:
        task = now.tasks[turn.task_id]
        if is_collecting(task):
            continue
        if task.due_at is None or now.given[task.pk, LABEL]:
            task.due_at = turn.due_at
        task.assigned_to_id = turn.user_id
        changed.append(task)
    Task.objects.bulk_update(changed, ["assigned_to", "due_at"], batch_size=WRITTEN_AT_ONCE)


def _tell(actor: User, project: Project, given: list[PlanTurn]) -> None:
    """One notice a person, and one word to open pages."""
    by_person: dict[User, list[PlanTurn]] = defaultdict(list)
    for turn in given:
        by_person[turn.user].append(turn)
    for person, turns in by_person.items():
        notify.notice_create(
            user=person,
            kind=NoticeKind.ASSIGNED,
            title=f"{_counted(turns)} in {project.name}",
            body=f"{actor.get_full_name()} planned them for you, until {_last_day(turns, project):%d %b %Y}.",
            link="/work",
            project_id=project.pk,
        )
    events.publish(
        organisation_id=project.organisation_id, project_id=project.pk, kind="plan", data={"state": "applied"}
    )


def _counted(turns: list[PlanTurn]) -> str:
    label = sum(turn.kind == LABEL for turn in turns)
    parts = [
        f"{n} picture{'s' if n != 1 else ''} to {kind}"
        for kind, n in ((LABEL, label), (REVIEW, len(turns) - label))
        if n
    ]
    return " and ".join(parts)


def _last_day(turns: list[PlanTurn], project: Project) -> datetime:
    return max(turn.due_at for turn in turns).astimezone(day_start(project).tzinfo)
