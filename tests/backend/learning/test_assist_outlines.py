"""Box suggestions made into outlines, and everything outlined: always suggestions, never over a person's work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rest_framework.test import APIClient

from backend.annotation.contracts import SuggestionItem
from backend.annotation.models import Assignment, Suggestion, Task
from backend.annotation.services import suggestions_create
from backend.core.enums import JobState, Role
from backend.core.models import JobRun, new_id
from backend.learning.services import assist_outlines
from backend.media import services as media
from backend.projects.models import Project
from tests.support import factories
from tests.support.learning import run_job
from tests.support.media import encoded

API = "/api/v1"
SHIPPED = Path(__file__).resolve().parents[3] / "ml" / "weights" / "assist"
DISCS = ((60, 60, 30), (170, 100, 24))  # centre and radius in pixels


@pytest.fixture(autouse=True)
def _shipped_assist(_no_shipped_model: None, settings: Any, tmp_path: Path) -> None:
    settings.SHIPPED_WEIGHTS_DIR = tmp_path / "shipped"
    settings.SHIPPED_WEIGHTS_DIR.mkdir()
    (settings.SHIPPED_WEIGHTS_DIR / "assist").symlink_to(SHIPPED)


@pytest.fixture
def project(transactional_db: None) -> Project:
    return factories.make_project(
        labels=[
            {"name": "disc", "shapes": ["box", "polygon", "mask"]},
            {"name": "pixels", "shapes": ["box", "mask"]},
            {"name": "parcel", "shapes": ["box"]},
        ]
    )


def _picture(project: Project, seed: int = 0) -> Task:
    """Two bright discs on a dark ground, 240 × 160."""
    y, x = np.mgrid[:160, :240]
    noise = np.random.default_rng(seed).integers(0, 12, (160, 240, 3))
    inside = np.zeros((160, 240), dtype=bool)
    for middle_x, middle_y, radius in DISCS:
        inside |= (x - middle_x) ** 2 + (y - middle_y) ** 2 <= radius**2
    pixels = (noise + np.where(inside[..., None], (210, 180, 60), (30, 40, 60))).astype(np.uint8)
    asset = media.asset_register(
        project=project,
        content=encoded(Image.fromarray(pixels), "PNG"),
        name=f"discs-{seed}.png",
        actor=None,
        group_key=f"discs-{seed}",
    )
    return Task.objects.get(project=project, asset=asset)


def _suggest(project: Project, task: Task, *labels: str, **geometry: Any) -> list[Suggestion]:
    """Boxes around the discs in turn, by a detector."""
    items = []
    for number, label in enumerate(labels):
        x, y, radius = DISCS[number % 2]
        box = [x - radius, y - radius, x + radius, y + radius]
        items.append(
            SuggestionItem(
                factories.label_id(project, label), "box", {"box": box, **geometry}, 0.9 - 0.1 * number
            )
        )
    suggestions_create(task_id=task.pk, model_version_id=new_id(), model_name="finder 1", items=items)
    return list(Suggestion.objects.filter(task=task).order_by("-score"))


def _client(project: Project, role: Role = Role.ANNOTATOR) -> APIClient:
    return factories.client_for(factories.make_project_member(project, role))


def _refine(client: APIClient, task: Task, **body: Any) -> Any:
    return client.post(f"{API}/tasks/{task.pk}/suggestions/refine", body, format="json")


def test_boxes_become_outlines_that_say_who_drew_them(project: Project) -> None:
    task = _picture(project)
    boxes = _suggest(project, task, "disc", "pixels", "parcel")
    answer = _refine(_client(project), task)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["refined"] == 2
    assert body["skipped"] == [
        {"suggestion_id": str(boxes[2].pk), "reason": "Its label may not be drawn as a polygon or a mask."}
    ]
    shown = {row["shape"]: row for row in body["suggestions"]}
    assert set(shown) == {"polygon", "mask", "box"}
    assert shown["polygon"]["model_name"] == "finder 1 + assist"
    points = np.array(shown["polygon"]["geometry"]["points"])
    assert points.min(axis=0) == pytest.approx([30, 30], abs=5)
    assert points.max(axis=0) == pytest.approx([90, 90], abs=5)
    kept = Suggestion.objects.get(pk=shown["polygon"]["id"])
    assert (kept.state, kept.score, kept.model_version_id) == ("open", 0.9, boxes[0].model_version_id)
    boxes[0].refresh_from_db()
    assert boxes[0].state == "superseded"
    task.refresh_from_db()
    assert (task.open_suggestion_count, task.max_suggestion_score) == (3, 0.9)
    assert _refine(_client(project), task).json()["refined"] == 0


def test_only_what_is_asked_for_is_refined_as_asked(project: Project) -> None:
    task = _picture(project)
    first, second = _suggest(project, task, "disc", "disc")
    gone = new_id()
    body = _refine(_client(project), task, suggestion_ids=[str(second.pk), str(gone)], shape="mask").json()
    assert body["refined"] == 1
    assert [row["suggestion_id"] for row in body["skipped"]] == [str(gone)]
    assert sorted(row["shape"] for row in body["suggestions"]) == ["box", "mask"]
    first.refresh_from_db()
    assert first.state == "open"


def test_what_a_person_took_over_and_turned_boxes_stay(project: Project) -> None:
    task = _picture(project)
    (taken,) = _suggest(project, task, "disc")
    turned = Suggestion.objects.create(
        task=task,
        model_version_id=taken.model_version_id,
        model_name="finder 1",
        label_id=taken.label_id,
        shape="box",
        geometry={"box": [30, 30, 90, 90], "rotation": 20},
        score=0.5,
    )
    person = factories.make_project_member(project, Role.ANNOTATOR)
    Assignment.objects.create(
        task=task,
        user=person,
        state="expired",
        draft={"regions": {"r": {"suggestion_id": str(taken.pk)}}, "tags": []},
    )
    body = _refine(factories.client_for(person), task).json()
    assert body["refined"] == 0
    assert {row["suggestion_id"] for row in body["skipped"]} == {str(taken.pk), str(turned.pk)}


def test_another_person_s_picture_and_a_blind_one_are_left_alone(project: Project) -> None:
    task = _picture(project)
    _suggest(project, task, "disc")
    holder, other = _client(project), _client(project)
    holder.post(f"{API}/tasks/{task.pk}/open", {"as": "label"}, format="json")
    assert _refine(other, task).status_code == 409
    assert other.post(f"{API}/tasks/{task.pk}/assist/everything", {}, format="json").status_code == 409
    assert _refine(holder, task).json()["refined"] == 1
    blind = _picture(project, 1)
    _suggest(project, blind, "disc")
    Task.objects.filter(pk=blind.pk).update(blind=True)
    assert _refine(other, blind).status_code == 409
    assert other.post(f"{API}/tasks/{blind.pk}/assist/everything", {}, format="json").status_code == 409
    assert _refine(_client(project, Role.VIEWER), task).status_code == 403


def test_a_whole_project_is_refined_in_the_background(project: Project) -> None:
    tasks = [_picture(project, seed) for seed in range(3)]
    for each in tasks:
        _suggest(project, each, "disc", "parcel")
    Task.objects.filter(pk=tasks[2].pk).update(state="in_work")  # a person's hands are on it
    reviewer = _client(project, Role.REVIEWER)
    assert (
        _client(project).post(f"{API}/projects/{project.pk}/assist/refine", {}, format="json").status_code
        == 403
    )
    answer = reviewer.post(f"{API}/projects/{project.pk}/assist/refine", {"shape": "mask"}, format="json")
    assert answer.status_code == 202, answer.content
    job = run_job(assist_outlines.REFINE_KIND)
    assert job.state == JobState.SUCCEEDED, job.error
    assert (job.result["refined"], job.result["pictures"], job.result["failed"]) == (2, 2, 0)
    assert list(job.result["left"].values()) == [2]
    assert Suggestion.objects.filter(shape="mask", state="open").count() == 2
    assert not Suggestion.objects.filter(task=tasks[2], shape="mask").exists()
    reviewer.post(f"{API}/projects/{project.pk}/assist/refine", {}, format="json")
    JobRun.objects.filter(kind=assist_outlines.REFINE_KIND, state="queued").update(cancel_requested=True)
    assert run_job(assist_outlines.REFINE_KIND).state == JobState.CANCELLED


def test_a_project_without_outlines_has_nothing_to_refine(transactional_db: None) -> None:
    boxes = factories.make_project(labels=[{"name": "person", "shapes": ["box"]}])
    answer = _client(boxes, Role.REVIEWER).post(f"{API}/projects/{boxes.pk}/assist/refine", {}, format="json")
    assert answer.status_code == 409


def test_everything_in_a_box_becomes_suggestions(project: Project) -> None:
    task = _picture(project)
    (box,) = _suggest(project, task, "parcel")
    client = _client(project)
    client.post(f"{API}/tasks/{task.pk}/open", {"as": "label"}, format="json")
    body = {"box": [10, 10, 230, 150], "label_id": factories.label_id(project, "disc")}
    for _ in range(2):  # a second asking replaces the first
        answer = client.post(f"{API}/tasks/{task.pk}/assist/everything", body, format="json")
        assert answer.status_code == 202, answer.content
        waiting = JobRun.objects.get(pk=answer.json()["id"])
        waiting.payload["grid"] = 6
        waiting.save()
        job = run_job(assist_outlines.EVERYTHING_KIND)
        assert job.state == JobState.SUCCEEDED, job.error
        found = Suggestion.objects.filter(task=task, state="open").exclude(pk=box.pk)
        assert job.result["suggestions"] == found.count()
    middles = []
    for each in found:
        assert each.model_name == "Everything, by assist"
        points = np.array(each.geometry["points"])
        middles.append((points.min(axis=0) + points.max(axis=0)) / 2)
    for x, y, _ in DISCS:
        assert min(np.hypot(*(middle - (x, y))) for middle in middles) < 8
    box.refresh_from_db()
    assert box.state == "open"


@pytest.mark.parametrize(
    "body",
    [
        {"box": [10, 10, 10, 10]},
        {"box": [1, 2, 3]},
        {"label_id": "parcel"},
        {"label_id": "0" * 32},
    ],
)
def test_everything_needs_room_and_a_label_for_outlines(project: Project, body: dict[str, Any]) -> None:
    task = _picture(project)
    if body.get("label_id") == "parcel":
        body = {"label_id": factories.label_id(project, "parcel")}
    answer = _client(project).post(f"{API}/tasks/{task.pk}/assist/everything", body, format="json")
    assert answer.status_code == 400, answer.content
