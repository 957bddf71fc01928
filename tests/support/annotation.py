"""Small makers for tests of annotation: tasks, suggestions, an editor that talks to the API."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework.test import APIClient

from backend.annotation import services
from backend.annotation.contracts import SuggestionItem
from backend.annotation.models import Suggestion, Task
from backend.core.models import new_id
from backend.projects.models import Project
from tests.support.factories import label_id, make_image_asset

API = "/api/v1"


def make_tasks(project: Project, count: int = 1, **fields: Any) -> list[Task]:
    """Tasks on new 640×480 pictures, in the order they are handed out."""
    assets = [make_image_asset(project) for _ in range(count)]
    reason = fields.pop("reason", "manual")
    return services.tasks_create(
        project=project, asset_ids=[asset.pk for asset in assets], reason=reason, **fields
    )


def make_task(project: Project, **fields: Any) -> Task:
    return make_tasks(project, 1, **fields)[0]


def suggest(
    task: Task, *boxes: list[float], label: str = "person", score: float = 0.9, tag: str = ""
) -> list[Suggestion]:
    """Suggestions of one model version; boxes are xyxy pixels."""
    items = [SuggestionItem(label_id(task.project, label), "box", {"box": list(box)}, score) for box in boxes]
    if tag:
        items.append(SuggestionItem(label_id(task.project, tag), "tag", {}, score))
    services.suggestions_create(
        task_id=task.pk, model_version_id=uuid.uuid4(), model_name="tiny 1", items=items
    )
    return list(Suggestion.objects.filter(task=task, state="open").order_by("id"))


def box_region(
    project: Project, box: tuple[float, float, float, float] = (10, 20, 110, 220), **fields: Any
) -> dict[str, Any]:
    """A region as the editor sends it."""
    return {
        "region_id": str(new_id()),
        "label_id": label_id(project, fields.pop("label", "person")),
        "shape": "box",
        "geometry": {"box": list(box)},
        **fields,
    }


class Editor:
    """What the browser does with one open task, call by call."""

    def __init__(self, client: APIClient, body: dict[str, Any]) -> None:
        self.client = client
        self.body = body
        self.assignment = body["assignment"]["id"]
        self.version = body["assignment"]["draft_version"]
        self.base = body["base_revision"]["id"] if body["base_revision"] else None

    @classmethod
    def next(cls, client: APIClient, project: Project) -> Editor:
        response = client.post(f"{API}/projects/{project.pk}/tasks/next", {})
        assert response.status_code == 200, response.content
        return cls(client, response.json())

    @classmethod
    def open(cls, client: APIClient, task_id: object, **body: str) -> Editor:
        response = client.post(f"{API}/tasks/{task_id}/open", body)
        assert response.status_code == 200, response.content
        return cls(client, response.json())

    def patch(self, *ops: dict[str, Any], version: int | None = None, **body: Any) -> Any:
        response = self.client.patch(
            f"{API}/assignments/{self.assignment}/draft",
            {"ops": list(ops), **body},
            headers={"If-Match": f'"{self.version if version is None else version}"'},
        )
        if response.status_code == 200:
            self.version = response.json()["draft_version"]
        return response

    def put(self, *regions: dict[str, Any]) -> Any:
        return self.patch(*[put_op(region) for region in regions])

    def submit(self, *, key: str = "", version: int | None = None, **body: Any) -> Any:
        headers = {"If-Match": f'"{self.version if version is None else version}"'}
        if key:
            headers["Idempotency-Key"] = key
        return self.client.post(
            f"{API}/assignments/{self.assignment}/submit",
            {"base_revision_id": self.base, **body},
            headers=headers,
        )


def put_op(region: dict[str, Any], op_id: str = "") -> dict[str, Any]:
    return {"op_id": op_id or str(uuid.uuid4()), "op": "put", "region": region}


def labelled(client: APIClient, project: Project, *regions: dict[str, Any]) -> dict[str, Any]:
    """Claim the next task, draw the regions, submit. Returns the submit's answer."""
    editor = Editor.next(client, project)
    if regions:
        editor.put(*regions)
    response = editor.submit()
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer
