"""When the work is done: which days are counted, and what is said before there are enough of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from backend.annotation.models import Task
from backend.annotation.selectors import forecast
from tests.support.annotation import API, make_tasks
from tests.support.factories import client_for, make_user
from tests.support.planning import PlanCrew

MONDAY = date(2026, 11, 2)


def days(*counts: int, first: date = MONDAY) -> dict[date, int]:
    """Approved pictures on days in a row; none are left out, as a query of them would."""
    return {first + timedelta(days=n): count for n, count in enumerate(counts) if count}


def finish(approved: dict[date, int], remaining: int, today: date) -> Any:
    return forecast._finish(approved, remaining, today)


def test_a_steady_week_ends_on_the_day_it_must() -> None:
    # Ten a day, Monday to Friday; 30 left on Monday morning are three days.
    found = finish(days(10, 10, 10, 10, 10), 30, MONDAY + timedelta(days=7))
    assert (found.state, found.days, found.approved, found.with_weekends) == ("told", 5, 50, False)
    assert found.early == found.likely == found.late == date(2026, 11, 11)


def test_idle_days_of_the_week_count_and_widen_the_band() -> None:
    steady = finish(days(10, 10, 10, 10, 10), 100, MONDAY + timedelta(days=7))
    lumpy = finish(days(25, 0, 0, 0, 25), 100, MONDAY + timedelta(days=7))
    assert lumpy.days == 5
    assert lumpy.early < steady.likely < lumpy.late
    assert lumpy.early <= lumpy.likely <= lumpy.late


def test_weekends_count_once_somebody_worked_on_one() -> None:
    worked = finish(days(10, 10, 10, 10, 10, 10), 30, MONDAY + timedelta(days=7))
    # Monday to Sunday, the Sunday with nothing.
    assert (worked.with_weekends, worked.days) == (True, 7)
    # Over a weekend that nobody works the end moves behind it.
    friday = finish(days(10, 10, 10, 10, 10), 30, date(2026, 11, 13))
    assert friday.likely > date(2026, 11, 16)


@pytest.mark.parametrize(
    ("approved", "remaining", "state"),
    [
        ({}, 9, "still"),
        (days(3, 4, 2, 5), 9, "few"),
        ({}, 0, "done"),
        (days(1, 0, 0, 0, 0), 100_000, "far"),
    ],
)
def test_what_is_said_where_no_day_can_be(approved: dict[date, int], remaining: int, state: str) -> None:
    found = finish(approved, remaining, MONDAY + timedelta(days=4 if state == "few" else 7))
    assert (found.state, found.likely, found.open) == (state, None, remaining)


@pytest.mark.django_db
def test_a_project_tells_what_its_days_were_by_the_sites_clock() -> None:
    crew = PlanCrew()
    tasks = make_tasks(crew.project, 9)
    crew.waits_for_review(crew.ada, 8)
    for row in crew.rita.get(f"{API}/projects/{crew.project.pk}/review/queue").json()["results"]:
        url = f"{API}/revisions/{row['revision']['id']}/decide"
        assert crew.rita.post(url, {"verdict": "approve", "reason": ""}).status_code == 200
    url = f"{API}/projects/{crew.project.pk}/forecast"
    # Approved today: the day is not over and counts for nothing.
    assert crew.ada.get(url).json()["state"] == "still"
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for number, task in enumerate(tasks[:8]):
        Task.objects.filter(pk=task.pk).update(approved_at=midnight - timedelta(days=number + 1, hours=-9))
    told = crew.ada.get(url).json()
    assert (told["state"], told["open"], told["days"], told["approved"]) == ("told", 1, 8, 8)
    assert told["early"] == told["late"] == midnight.date().isoformat()
    # A policy's approvals are nobody's day's work.
    Task.objects.filter(pk__in=[task.pk for task in tasks[:8]]).update(state="auto_approved")
    assert crew.ada.get(url).json()["state"] == "still"
    assert client_for(make_user()).get(url).status_code == 404
