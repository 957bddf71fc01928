"""When a project's open pictures are approved, going by its last days, with a band."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from django.db.models import Count
from django.db.models.functions import TruncDate

from backend.annotation.domain.planning import is_work_day
from backend.annotation.enums import TaskState
from backend.annotation.models import Task
from backend.annotation.selectors.queue import not_excluded
from backend.annotation.selectors.work import day_start
from ml.quality.forecast import DAYS_MIN, forecast_finish

if TYPE_CHECKING:
    from backend.projects.models import Project

LOOKED_BACK_DAYS = 30
OPEN_STATES = (TaskState.READY, TaskState.IN_WORK, TaskState.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Finish:
    """`days` counted, of which `wanted` are needed; `approved` pictures in them. Dates only where `state` is "told".

    "few": too few days to tell. "still": nothing was approved in them. "far": beyond ten years.
    """

    state: Literal["done", "few", "still", "far", "told"]
    open: int
    days: int
    wanted: int
    approved: int
    with_weekends: bool
    early: date | None = None
    likely: date | None = None
    late: date | None = None


def finish_forecast(project: Project) -> Finish:
    """From the days since the first approval of the last 30 until yesterday, by the site's clock.

    Every day from Monday to Friday counts, with nothing approved too; Saturdays and Sundays only where something was
    approved on one of them. What a policy approved or an import brought was nobody's day's work and is left out.
    """
    midnight = day_start(project)
    remaining = not_excluded(Task.objects.filter(project=project, state__in=OPEN_STATES), project.pk).count()
    approved = (
        Task.objects.filter(
            project=project,
            state=TaskState.APPROVED,
            resolved_revision__import_key="",
            approved_at__gte=midnight - timedelta(days=LOOKED_BACK_DAYS),
            approved_at__lt=midnight,
        )
        .annotate(day=TruncDate("approved_at", tzinfo=midnight.tzinfo))
        .order_by()
        .values_list("day")
        .annotate(n=Count("id"))
    )
    return _finish(dict(approved), remaining, midnight.date())


def _finish(approved: dict[date, int], remaining: int, today: date) -> Finish:
    weekends = any(not is_work_day(day) for day in approved)
    first = min(approved, default=today)
    span = [first + timedelta(days=n) for n in range((today - first).days)]
    history = [approved.get(day, 0) for day in span if weekends or is_work_day(day)]
    known = (remaining, len(history), DAYS_MIN, sum(history), weekends)
    if remaining == 0:
        return Finish("done", *known)
    if not approved:
        return Finish("still", *known)
    if len(history) < DAYS_MIN:
        return Finish("few", *known)
    found = forecast_finish(remaining, history)
    if found is None:
        return Finish("far", *known)
    days = (found.early_days, found.days, found.late_days)
    return Finish("told", *known, *(_after(today, n, weekends=weekends) for n in days))


def _after(today: date, days: int, *, weekends: bool) -> date:
    """The last of so many days of work, today being the first."""
    day = today
    while days > 0:
        if weekends or is_work_day(day):
            days -= 1
        if days > 0:
            day += timedelta(days=1)
    return day
