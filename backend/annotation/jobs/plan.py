"""Makes a plan of who does what in a project, checks it, and keeps it as a proposal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from backend.annotation.domain.plan_words import undone_of
from backend.annotation.domain.planning import even_workers, jobs_of, turns_in_days, work_days
from backend.annotation.selectors.open_work import open_work, project_pace, work_people
from backend.annotation.selectors.work import day_start
from backend.annotation.services.plans import END_OF_DAY, Proposal, plan_store
from backend.core.jobs import JobContext
from backend.projects import selectors as projects
from ml.quality.planning import TIME_LIMIT_S, make_plan
from ml.quality.work import check_plan, lacks

if TYPE_CHECKING:
    from backend.projects.models import Project

GATHERED_SHARE, PLANNED_SHARE = 0.1, 0.9
# Of the time, the solver gets at least this much, however long reading took.
SOLVER_SHARE = 0.5


def run(context: JobContext) -> dict[str, Any]:
    """Job `annotation.plan`. Payload: project_id, actor_id, days, weekends, again."""
    project = projects.project_find(context.payload["project_id"])
    proposal = propose(
        project,
        days=context.payload["days"],
        weekends=context.payload["weekends"],
        again=context.payload["again"],
        limit_s=TIME_LIMIT_S,
        stopped=context.is_cancelled,
        tell=context.progress,
    )
    context.progress(PLANNED_SHARE, "keeping the plan")
    plan = plan_store(
        project=project,
        made_by_id=context.payload["actor_id"],
        proposal=proposal,
        zone=day_start(project).tzinfo,
    )
    return {"plan_id": str(plan.pk), "turns": len(proposal.turns), "method": proposal.method}


def propose(
    project: Project,
    *,
    days: int,
    weekends: bool,
    again: bool,
    limit_s: float,
    stopped: Callable[[], bool] | None = None,
    tell: Callable[[float, str], None] = lambda share, message: None,
) -> Proposal:
    """Plan the project's open work for so many days, in about `limit_s`.

    Raises QualityError where the plan breaks a rule of `check_plan`.
    """
    started = monotonic()
    tell(0.0, "looking at what is open")
    zone = day_start(project).tzinfo
    span = work_days(timezone.now().astimezone(zone), days, weekends=weekends)
    pace = project_pace(project.pk)
    people = [each.colleague for each in work_people(project, pace, again=again)]
    labels = {label.id: label.name for label in projects.labels_of(project.pk)}
    limited = any(person.label_ids is not None for person in people)
    work, left_out = open_work(project, again=again, label_ids=labels if limited else None)
    jobs = jobs_of(work, people, pace, datetime.combine(span[-1], END_OF_DAY, tzinfo=zone))
    workers = even_workers(jobs, people, pace, days, labels)
    tell(GATHERED_SHARE, f"weighing {len(jobs)} pictures against {len(workers)} people")
    left_s = limit_s - (monotonic() - started)
    plan = make_plan(jobs, workers, max(left_s, limit_s * SOLVER_SHARE), stopped)
    # Knows nothing of how the plan was made, and is asked once more about what is really kept.
    check_plan(jobs, workers, plan.turns)
    by_id, by_worker = {job.id: job for job in jobs}, {worker.id: worker for worker in workers}
    busy = [person for person in people if person.minutes_per_day]
    return Proposal(
        days=span,
        again=again,
        method=plan.method,
        gap=plan.gap,
        left_out=left_out,
        people=busy,
        turns=turns_in_days(plan.turns, {each.job_id: each for each in work}, by_id, by_worker, busy, days),
        undone=undone_of(jobs, lacks(jobs, workers, plan.turns), labels),
    )
