"""Planning who does what: people's time and labels, asking for a plan, keeping and throwing away proposals."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, tzinfo
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.annotation.domain.plan_words import Undone
from backend.annotation.domain.planning import Colleague, PlannedTurn
from backend.annotation.enums import PlanState
from backend.annotation.models import PlanTurn, WorkCapacity, WorkPlan
from backend.annotation.selectors.open_work import WorkPerson, project_pace, work_people
from backend.annotation.selectors.plans import plan_job_key
from backend.annotation.tasks import PLAN
from backend.core import audit, jobs
from backend.core.enums import Role
from backend.core.errors import BadInput, Conflict, NotFound, Stale
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.core.models import JobRun
    from backend.projects.models import Project

WRITTEN_AT_ONCE = 1_000
# A day's work is due by its last minute: due times are shown as the day they are in.
END_OF_DAY = time(23, 59)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the solver said, ready to be kept. `people`: all that were planned for, with their minutes in all days."""

    days: Sequence[date]
    again: bool
    method: str
    gap: float | None
    left_out: int
    people: Sequence[Colleague]
    turns: Sequence[PlannedTurn]
    undone: Sequence[Undone]


@transaction.atomic
def capacity_set(
    *,
    actor: User,
    project: Project,
    user_id: uuid.UUID,
    minutes_per_day: int,
    label_ids: Collection[str] | None,
    base_version: int,
) -> WorkPerson:
    """Say how long somebody works on a project each day, and which labels they are set up for (None: all).

    Raises NotFound for somebody who may not label here, BadInput for labels that are not the project's, Stale.
    """
    members = {each.user.pk for each in projects.people_of(project, at_least=Role.ANNOTATOR)}
    if user_id not in members:
        raise NotFound("This person may not label in this project.")
    if label_ids is not None and set(label_ids) - {label.id for label in projects.labels_of(project.pk)}:
        raise BadInput("Some labels are not of this project.", fields={"label_ids": "Not labels here."})
    row = WorkCapacity.objects.select_for_update().filter(project=project, user_id=user_id).first()
    if base_version != (row.version if row else 0):
        raise _stale(row)
    before = {"minutes_per_day": row.minutes_per_day, "label_ids": row.label_ids} if row else None
    row = row or WorkCapacity(project=project, user_id=user_id, version=0)
    row.minutes_per_day = minutes_per_day
    row.label_ids = None if label_ids is None else sorted(label_ids)
    row.version += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _stale(WorkCapacity.objects.get(project=project, user_id=user_id)) from error
    after = {"user_id": str(user_id), "minutes_per_day": minutes_per_day, "label_ids": row.label_ids}
    _record(actor, project, "capacity.set", before=before, after=after)
    people = work_people(project, project_pace(project.pk))
    return next(each for each in people if each.member.user.pk == user_id)


def _stale(row: WorkCapacity | None) -> Stale:
    return Stale(
        "Somebody else changed this person's time in between. Look at it again, then save.",
        extra={"current": {"version": row.version if row else 0}},
    )


@transaction.atomic
def plan_request(*, actor: User, project: Project, days: int, weekends: bool, again: bool) -> JobRun:
    """Have a plan made in the background; one that is being made already is answered instead of a second."""
    if project.archived_at is not None:
        raise Conflict("This project is archived: there is nothing to plan.", code="project_archived")
    return jobs.enqueue(
        PLAN,
        payload={
            "project_id": str(project.pk),
            "actor_id": str(actor.pk),
            "days": days,
            "weekends": weekends,
            "again": again,
        },
        title=f"Plan the work of {project.name}",
        organisation_id=project.organisation_id,
        project_id=project.pk,
        created_by=actor,
        dedupe_key=plan_job_key(project.pk),
    )


@transaction.atomic
def plan_store(
    *, project: Project, made_by_id: uuid.UUID | None, proposal: Proposal, zone: tzinfo | None
) -> WorkPlan:
    """Keep a proposal; one that nobody decided on goes for it."""
    WorkPlan.objects.filter(project=project, state=PlanState.PROPOSED).update(
        state=PlanState.DROPPED, decided_at=timezone.now()
    )
    plan = WorkPlan.objects.create(
        project=project,
        made_by_id=made_by_id,
        first_day=proposal.days[0],
        last_day=proposal.days[-1],
        again=proposal.again,
        method=proposal.method,
        gap=proposal.gap,
        left_out=proposal.left_out,
        people=[
            {
                "user_id": str(person.user_id),
                "minutes": person.minutes_per_day * len(proposal.days),
                "in_hand": round(person.in_hand_minutes, 1),
            }
            for person in proposal.people
        ],
        undone=[asdict(each) for each in proposal.undone],
    )
    ends = [datetime.combine(day, END_OF_DAY, tzinfo=zone) for day in proposal.days]
    PlanTurn.objects.bulk_create(
        [
            PlanTurn(
                plan=plan,
                task_id=turn.work.task_id,
                user_id=turn.user_id,
                kind=turn.work.kind,
                revision_id=turn.work.revision_id,
                due_at=ends[turn.day],
                minutes=turn.minutes,
            )
            for turn in proposal.turns
        ],
        batch_size=WRITTEN_AT_ONCE,
    )
    return plan


@transaction.atomic
def plan_drop(*, actor: User, plan_id: uuid.UUID) -> WorkPlan:
    """Throw a proposal away; again is the same. Raises Conflict where it was applied."""
    plan = WorkPlan.objects.select_for_update(of=("self",)).select_related("project__site").get(pk=plan_id)
    if plan.state == PlanState.APPLIED:
        raise Conflict("This plan was applied already.", code="plan_applied")
    if plan.state == PlanState.PROPOSED:
        plan.state, plan.decided_at, plan.decided_by = PlanState.DROPPED, timezone.now(), actor
        plan.save(update_fields=["state", "decided_at", "decided_by", "updated_at"])
        _record(actor, plan.project, "plan.drop", after={"plan_id": str(plan.pk)})
    return plan


def _record(actor: User, project: Project, action: str, **changes: Any) -> None:
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action=action,
        object_type="project",
        object_id=project.pk,
        **changes,
    )
