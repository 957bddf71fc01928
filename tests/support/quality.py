"""A project with ground truth, and people measured by it."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from backend.annotation.models import Assignment, Task
from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.projects import services as projects
from backend.projects.models import Project
from tests.support.annotation import API, Editor, box_region, make_tasks
from tests.support.factories import client_for, make_project, make_project_member

TRUE_BOX = (100.0, 100.0, 200.0, 300.0)


class TruthCrew:
    """Ada and Bob annotate, Rita reviews, Mia manages. Every picture handed out is a hidden task while some are left:
    a share of 1, so that tests need no luck.
    """

    def __init__(self, *, truths: int = 2, ordinary: int = 3, **settings: Any) -> None:
        self.project: Project = make_project()
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
        self.truths = make_tasks(self.project, truths)
        for task in self.truths:
            self.approve(task)
        assert self.mark(self.rita, *self.truths).json()["marked"] == truths
        self.ordinary = make_tasks(self.project, ordinary)
        self.set(truth_share=1.0, **settings)

    def set(self, **settings: Any) -> None:
        self.project = projects.project_update(
            actor=self.people["Mia"], project=self.project, changes={"settings": settings}
        )

    def approve(self, task: Task) -> None:
        """Rita's own labels, approved by Mia: one person at TRUE_BOX."""
        editor = Editor.open(self.rita, task.pk)
        editor.put(box_region(self.project, TRUE_BOX))
        revision = editor.submit().json()["revision"]["id"]
        answer = self.mia.post(f"{API}/revisions/{revision}/decide", {"verdict": "approve"})
        assert answer.status_code == 200, answer.content

    def mark(self, client: APIClient, *tasks: Task) -> Any:
        body = {"task_ids": [str(task.pk) for task in tasks]}
        return client.post(f"{API}/projects/{self.project.pk}/truth", body)

    def next(self, client: APIClient) -> Any:
        return client.post(f"{API}/projects/{self.project.pk}/tasks/next", {})

    def answer(
        self, client: APIClient, *boxes: tuple[float, float, float, float], measure: bool = True
    ) -> Any:
        """Label what is handed out next with boxes of a person, submit, and measure it. The submit's answer."""
        editor = Editor.next(client, self.project)
        if boxes:
            editor.put(*(box_region(self.project, box) for box in boxes))
        response = editor.submit(nothing_here=True)
        assert response.status_code == 200, response.content
        if measure:
            run_compare()
        return response.json()

    def checks(self, client: APIClient, name: str = "Ada") -> Any:
        return client.get(f"{API}/projects/{self.project.pk}/people/{self.people[name].pk}/checks")

    def resume(self, client: APIClient, name: str = "Ada") -> Any:
        return client.post(f"{API}/projects/{self.project.pk}/people/{self.people[name].pk}/resume")

    def is_hidden(self, task_id: str) -> bool:
        return Assignment.objects.filter(task_id=task_id, kind="truth").exists()


def run_compare() -> None:
    """Run what waits to be measured, as a worker would."""
    for job in JobRun.objects.filter(kind="annotation.compare", state="queued").order_by("id"):
        jobs.run(str(job.pk))
        job.refresh_from_db()
        assert job.state == "succeeded", job.error
