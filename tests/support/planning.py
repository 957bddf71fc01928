"""A project with people to plan for, and its jobs run where they stand."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from backend.annotation.models import Assignment
from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.projects.models import Project
from tests.support.annotation import API, box_region, labelled
from tests.support.factories import client_for, make_project, make_project_member


class PlanCrew:
    """Ada and Bob annotate, Rita reviews, Mia manages; each has the default time. The project's maker has none."""

    def __init__(self, **settings: Any) -> None:
        self.project: Project = make_project(settings=settings or None)
        self.people = {
            name: make_project_member(self.project, role, name)
            for name, role in (
                ("Ada", Role.ANNOTATOR),
                ("Bob", Role.ANNOTATOR),
                ("Rita", Role.REVIEWER),
                ("Mia", Role.MANAGER),
            )
        }
        self.ada, self.bob, self.rita, self.mia = (
            client_for(self.people[name]) for name in ("Ada", "Bob", "Rita", "Mia")
        )
        maker = next(each for each in self.page()["people"] if each["name"].startswith("Admin"))
        self.set_time(maker["user_id"], 0)

    def page(self) -> dict[str, Any]:
        answer = self.mia.get(f"{API}/projects/{self.project.pk}/planning")
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    def put_time(
        self, user_id: object, minutes: int, version: int, labels: Any = None, client: APIClient | None = None
    ) -> Any:
        return (client or self.mia).put(
            f"{API}/projects/{self.project.pk}/planning/people/{user_id}",
            {"minutes_per_day": minutes, "label_ids": labels},
            headers={"If-Match": f'"{version}"'},
        )

    def set_time(self, user_id: object, minutes: int, labels: Any = None) -> None:
        row = next(each for each in self.page()["people"] if each["user_id"] == str(user_id))
        answer = self.put_time(user_id, minutes, row["version"], labels)
        assert answer.status_code == 200, answer.content

    def set_times(self, **minutes: int) -> None:
        for name, each in minutes.items():
            self.set_time(self.people[name].pk, each)

    def ask(self, client: APIClient | None = None, **body: Any) -> Any:
        return (client or self.mia).post(
            f"{API}/projects/{self.project.pk}/planning/plans", {"days": 5, **body}
        )

    def planned(self, **body: Any) -> dict[str, Any]:
        """A plan made now, as the manager sees it."""
        answer = self.ask(**body)
        assert answer.status_code == 202, answer.content
        jobs.run(answer.json()["id"])
        job = JobRun.objects.get(pk=answer.json()["id"])
        assert job.state == "succeeded", job.error
        plan: dict[str, Any] = self.page()["plan"]
        return plan

    def apply(self, plan: dict[str, Any]) -> dict[str, Any]:
        answer = self.mia.post(f"{API}/plans/{plan['id']}/apply")
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    def waits_for_review(self, client: APIClient, pictures: int) -> list[dict[str, Any]]:
        """Pictures this person labels now; what they took in seconds is set by hand where a test needs it."""
        return [labelled(client, self.project, box_region(self.project)) for _ in range(pictures)]

    def took(self, user: object, seconds: float) -> None:
        Assignment.objects.filter(user=user, task__project=self.project).update(active_seconds=seconds)


def by_name(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Rows by the first name in them: `Ada 17` is found as Ada."""
    return {row["name"].split()[0]: row for row in rows}
