"""Several people on the same pictures."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from backend.annotation.models import Revision, Task
from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.projects import services as projects
from backend.projects.models import Project
from tests.support.annotation import API, Editor, box_region, make_tasks
from tests.support.factories import client_for, make_project, make_project_member

Box = tuple[float, float, float, float]


class Crowd:
    """Ada, Bob and Cem annotate, Rita reviews, Mia manages; the first picture is asked of three."""

    def __init__(self, *, people: int = 3, pictures: int = 1, **settings: Any) -> None:
        self.project: Project = make_project()
        roles = {"Ada": Role.ANNOTATOR, "Bob": Role.ANNOTATOR, "Cem": Role.ANNOTATOR}
        roles |= {"Rita": Role.REVIEWER, "Mia": Role.MANAGER}
        self.people = {name: make_project_member(self.project, role, name) for name, role in roles.items()}
        self.ada, self.bob, self.cem, self.rita, self.mia = (client_for(one) for one in self.people.values())
        if settings:
            self.project = projects.project_update(
                actor=self.people["Mia"], project=self.project, changes={"settings": settings}
            )
        self.tasks = make_tasks(self.project, pictures)
        self.task = self.tasks[0]
        assert self.ask(people).json()["refused"] == []

    def ask(self, people: int, *tasks: Task, client: APIClient | None = None) -> Any:
        body = {"task_ids": [str(task.pk) for task in tasks or [self.task]], "people": people}
        return (client or self.mia).post(f"{API}/projects/{self.project.pk}/tasks/people", body)

    def next(self, client: APIClient) -> Any:
        return client.post(f"{API}/projects/{self.project.pk}/tasks/next", {})

    def answer(self, client: APIClient, *boxes: Box, label: str = "person", merge: bool = True) -> Revision:
        """Label the picture with boxes and submit."""
        editor = Editor.open(client, self.task.pk)
        if boxes:
            editor.put(*(box_region(self.project, box, label=label) for box in boxes))
        response = editor.submit(nothing_here=True)
        assert response.status_code == 200, response.content
        if merge:
            run_merges()
        return Revision.objects.get(pk=response.json()["revision"]["id"])

    def state(self) -> str:
        return str(Task.objects.values_list("state", flat=True).get(pk=self.task.pk))

    def consensus(self, client: APIClient | None = None) -> Any:
        return (client or self.rita).get(f"{API}/tasks/{self.task.pk}/consensus")

    def boxes(self) -> list[list[float]]:
        """The picture's labels as they stand."""
        labels = self.mia.get(f"{API}/tasks/{self.task.pk}").json()["labels"]
        return sorted(region["geometry"]["box"] for region in labels["regions"])

    def post(self, client: APIClient, what: str, body: dict[str, Any] | None = None) -> Any:
        return client.post(f"{API}/tasks/{self.task.pk}/consensus/{what}", body or {})

    def decide(self, client: APIClient, verdict: str = "approve") -> Any:
        waiting = Revision.objects.filter(task=self.task, pending=True).latest("id")
        body = {"verdict": verdict, "reason": "Look again at the left."}
        return client.post(f"{API}/revisions/{waiting.pk}/decide", body)


def run_merges() -> None:
    """Run what waits to be put together, as a worker would."""
    for job in JobRun.objects.filter(kind="annotation.merge", state="queued").order_by("id"):
        jobs.run(str(job.pk))
        job.refresh_from_db()
        assert job.state == "succeeded", job.error
