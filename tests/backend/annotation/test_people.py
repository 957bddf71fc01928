"""One person's work: what is counted, what reviewers said, and who may see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from backend.annotation.models import Assignment
from backend.core.enums import Role
from tests.support.annotation import API, Editor, box_region, labelled, make_tasks
from tests.support.factories import client_for, make_project, make_project_member

pytestmark = pytest.mark.django_db


class Crew:
    def __init__(self) -> None:
        self.project = make_project()
        self.ada_user = make_project_member(self.project, Role.ANNOTATOR, "Ada")
        self.bob_user = make_project_member(self.project, Role.ANNOTATOR, "Bob")
        self.ada, self.bob = client_for(self.ada_user), client_for(self.bob_user)
        self.rita = client_for(make_project_member(self.project, Role.REVIEWER, "Rita"))
        self.mia = client_for(make_project_member(self.project, Role.MANAGER, "Mia"))
        make_tasks(self.project, 6)

    def work(self, client: Any, person: Any = None, **query: Any) -> Any:
        person = person or self.ada_user
        return client.get(f"{API}/projects/{self.project.pk}/people/{person.pk}/work", query)

    def saved(self, objects: int = 1) -> dict[str, Any]:
        return labelled(self.ada, self.project, *(box_region(self.project) for _ in range(objects)))

    def decide(self, revision: str, verdict: str, reason: str = "") -> None:
        body = {"verdict": verdict, "reason": reason}
        assert self.rita.post(f"{API}/revisions/{revision}/decide", body).status_code == 200


@pytest.fixture
def crew() -> Crew:
    return Crew()


def test_it_tells_what_became_of_each_picture(crew: Crew) -> None:
    first, second, third, _ = (crew.saved(objects) for objects in (2, 1, 1, 3))
    crew.decide(first["revision"]["id"], "approve")
    crew.decide(second["revision"]["id"], "return", "The box cuts the feet off.")
    editor = Editor.open(crew.rita, third["revision"]["task_id"], **{"as": "review"})
    editor.put(box_region(crew.project))
    assert editor.submit(approve=True).status_code == 200
    found = crew.work(crew.ada).json()
    assert {key: found[key] for key in ("approved", "changed", "returned", "waiting")} == {
        "approved": 1,
        "changed": 1,
        "returned": 1,
        "waiting": 1,
    }
    assert [row["reason"] for row in found["returns"]] == ["The box cuts the feet off."]
    today = found["days"][-1]
    assert (len(found["days"]), today["pictures"], today["objects"]) == (30, 4, 7)
    # What came back and was saved anew still came back once.
    again = Editor.open(crew.ada, second["revision"]["task_id"])
    again.put(box_region(crew.project))
    crew.decide(again.submit().json()["revision"]["id"], "approve")
    found = crew.work(crew.ada).json()
    assert (found["returned"], found["approved"], found["days"][-1]["pictures"]) == (1, 1, 4)


def test_time_a_picture_has_quartiles_once_there_are_three(crew: Crew) -> None:
    for _ in range(2):
        crew.saved()
    Assignment.objects.update(active_seconds=30.0)
    assert crew.work(crew.ada).json()["seconds_a_picture"] is None
    for seconds in (10.0, 50.0):
        crew.saved()
        Assignment.objects.filter(active_seconds=0.0).update(active_seconds=seconds)
    found = crew.work(crew.ada).json()
    assert found["seconds_a_picture"] == [25.0, 30.0, 35.0]
    assert found["days"][-1]["seconds"] == 120.0


def test_days_before_the_first_are_left_out(crew: Crew) -> None:
    crew.saved()
    Assignment.objects.update(submitted_at=F("submitted_at") - timedelta(days=10))
    assert sum(day["pictures"] for day in crew.work(crew.ada, days=7).json()["days"]) == 0
    month = crew.work(crew.ada, days=30).json()
    assert [index for index, day in enumerate(month["days"]) if day["pictures"]] == [19]
    assert crew.work(crew.ada, days=31).status_code == 400


def test_only_oneself_and_managers_see_it(crew: Crew) -> None:
    crew.saved()
    assert [crew.work(who).status_code for who in (crew.ada, crew.mia, crew.rita, crew.bob)] == [
        200,
        200,
        403,
        403,
    ]
    stranger_user = make_project_member(make_project(), Role.MANAGER)
    assert crew.work(client_for(stranger_user)).status_code == 404
    assert crew.work(crew.mia, stranger_user).status_code == 404


def test_the_summary_names_others_to_managers_only_and_by_name(crew: Crew) -> None:
    for _ in range(2):
        labelled(crew.bob, crew.project, box_region(crew.project))
    crew.saved()

    def named(client: Any) -> list[str]:
        summary = client.get(f"{API}/projects/{crew.project.pk}/work-summary").json()
        return [person["name"].split()[0] for person in summary["people"]]

    assert (named(crew.mia), named(crew.ada), named(crew.rita)) == (["Ada", "Bob"], ["Ada"], [])
