"""The queue gets ready: scores once, the random slice blind, reasons kept, suggestions for untouched tasks."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from backend.annotation import services as annotation
from backend.annotation.contracts import SuggestionItem
from backend.annotation.models import Suggestion, Task
from backend.core import jobs, storage
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.learning.contracts import Model
from backend.learning.jobs import look
from backend.learning.models import ImageScore, ImageVector, ModelVersion, SelectionRun
from backend.learning.services import promotion
from backend.learning.services.runtime import model_open
from backend.projects.models import Project
from ml.inference.predictor import Predictor
from tests.support import datasets, factories
from tests.support.http_server import Answer, serve
from tests.support.learning import make_model, make_picture, prepare, take_step

API = "/api/v1"


def _already_chosen(project: Project) -> None:
    """So that a single picture is not drawn blind."""
    Task.objects.filter(project=project).update(selection_reason="manual", priority=1.0)


def _tasks(project: Project) -> dict[str, Task]:
    return {task.asset.name: task for task in Task.objects.filter(project=project).select_related("asset")}


@pytest.fixture
def pool(project: Project, tmp_path: Path) -> Project:
    """Eight pictures from dark to bright and a production model."""
    make_model(project, tmp_path)
    for index in range(8):
        make_picture(project, 0.2 + 0.1 * index, name=f"{index}.png")
    return project


def test_an_empty_project_and_one_without_a_model_are_fine(project: Project) -> None:
    assert prepare(project).result == {"scored": 0, "chosen": {}, "suggested": 0, "videos": 0, "compared": 0}
    for _ in range(4):
        make_picture(project)
    job = prepare(project)
    assert job.state == "succeeded"
    assert (job.result["scored"], sum(job.result["chosen"].values())) == (0, 4)


def test_a_picture_that_arrives_is_scored_and_gets_suggestions_by_itself(
    project: Project, tmp_path: Path
) -> None:
    make_model(project, tmp_path)
    make_picture(project, 0.8)
    _already_chosen(project)
    waiting = JobRun.objects.get(kind="learning.prepare", state="queued", project_id=project.pk)
    assert waiting.not_before is not None  # a burst of uploads becomes one job
    prepare(project)
    task = Task.objects.get(project=project)
    [suggestion] = Suggestion.objects.filter(task=task)
    assert suggestion.geometry["box"] == pytest.approx([16, 16, 48, 48], abs=0.5)
    assert suggestion.score == pytest.approx(0.8, abs=0.03)
    assert (task.open_suggestion_count, task.prelabelled_by_id) == (1, suggestion.model_version_id)
    assert ImageVector.objects.get().dim == 3


def test_the_random_slice_is_drawn_first_with_its_chance_and_the_rest_with_a_reason(pool: Project) -> None:
    job = prepare(pool)
    assert job.result["scored"] == 8
    # Pictures of one colour are near-copies to the model: fewer typical ones than the batch has room for.
    assert job.result["chosen"].keys() == {"random", "typical"}
    drawn = Task.objects.filter(project=pool).exclude(selection_reason="")
    blind = drawn.get(blind=True)
    assert (blind.selection_reason, blind.inclusion_probability) == ("random", pytest.approx(1 / 8))
    assert set(drawn.filter(blind=False).values_list("selection_reason", flat=True)) == {"typical"}
    assert all(task.priority > 0 for task in drawn)
    run = SelectionRun.objects.get(project=pool)
    assert (run.counts, run.config["pool"]) == (job.result["chosen"], 8)


def test_the_random_slice_does_not_depend_on_what_the_model_says(project: Project, tmp_path: Path) -> None:
    """Selection is asked twice over the same tasks, with and without scores: the blind ones are the same."""
    for index in range(8):
        make_picture(project, 0.2 + 0.1 * index)
    prepare(project)
    without = set(Task.objects.filter(project=project, blind=True).values_list("id", flat=True))
    Task.objects.filter(project=project).update(
        blind=False, selection_reason="", priority=0, inclusion_probability=None
    )
    make_model(project, tmp_path)
    prepare(project)
    assert (
        set(Task.objects.filter(project=project, blind=True).values_list("id", flat=True)) == without != set()
    )


def test_blind_tasks_show_no_suggestion_through_any_api(pool: Project) -> None:
    prepare(pool)
    blind = Task.objects.get(project=pool, blind=True)
    assert not Suggestion.objects.filter(task=blind, state="open").exists()
    client = factories.client_for(factories.make_project_member(pool, Role.MANAGER))
    opened = client.post(f"{API}/tasks/{blind.pk}/open", {}).json()
    assert (opened["blind"], opened["suggestions"]) == (True, [])
    read = client.get(f"{API}/tasks/{blind.pk}").json()
    assert read.get("suggestions", []) == []
    grid = client.get(f"{API}/projects/{pool.pk}/assets").json()["results"]
    [row] = [row for row in grid if row["task"]["id"] == str(blind.pk)]
    assert row["task"]["max_suggestion_score"] is None
    listed = client.get(f"{API}/projects/{pool.pk}/suggestions?state=open").json()["results"]
    assert {row["task_id"] for row in listed} == {
        str(task.pk) for task in Task.objects.filter(project=pool, blind=False, open_suggestion_count__gt=0)
    }
    assert str(blind.pk) not in json.dumps(listed)


def test_typical_pictures_come_first_and_unsure_ones_once_every_class_has_labels(
    project: Project, tmp_path: Path
) -> None:
    make_model(project, tmp_path)
    for approved in (False, True):
        asset = factories.make_image_asset(project)
        boxes = [
            datasets.box(project, name, (5.0 * n, 10, 5.0 * n + 40, 60))
            for name in ("person", "hard_hat")
            for n in range(12)
        ]
        datasets.label_asset(project, asset, boxes, approved=approved)
        for index in range(6):
            make_picture(project, 0.2 + 0.1 * index)
        # Labels that wait for a reviewer do not count: after the first pass it is still too early.
        job = prepare(project, batch=4)
        assert ("margin" in job.result["chosen"], "typical" in job.result["chosen"]) == (
            approved,
            not approved,
        )
    unsure = Task.objects.filter(project=project, selection_reason="uncertain")
    assert unsure
    assert all(task.selection_score and not task.blind for task in unsure)


def test_a_second_run_changes_nothing_and_a_low_queue_is_filled_again(pool: Project) -> None:
    prepare(pool)
    before = list(Task.objects.filter(project=pool).order_by("id").values())
    again = prepare(pool)
    assert again.result == {"scored": 0, "chosen": {}, "suggested": 0, "videos": 0, "compared": 0}
    assert list(Task.objects.filter(project=pool).order_by("id").values()) == before
    asked = prepare(pool, batch=2)
    assert sum(asked.result["chosen"].values()) == 2


class Killed(BaseException):
    """What a killed process looks like from inside a test."""


def test_a_job_killed_in_the_middle_gives_each_score_once_when_it_runs_again(
    pool: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "CHUNK", 3)
    looked: list[int] = []

    class Dying:
        """A model whose process is killed at the second chunk."""

        def __init__(self, model: Model) -> None:
            self.model, self.classes = model, model.classes

        def predict_batch(self, images: Any, min_score: float) -> Any:
            looked.append(len(images))
            if len(looked) == 2:
                raise Killed
            return self.model.predict_batch(images, min_score)

    monkeypatch.setattr(look, "model_open", lambda row: Dying(model_open(row)))
    job = promotion.prepare_enqueue(pool)
    JobRun.objects.filter(pk=job.pk).update(not_before=None)
    with pytest.raises(Killed):
        jobs.run(str(job.pk))
    assert ImageScore.objects.count() == 3
    job.refresh_from_db()
    assert job.state == "running"
    JobRun.objects.filter(pk=job.pk).update(lease_expires_at="2020-01-01T00:00:00Z")
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result["scored"]) == ("succeeded", 5)
    assert looked == [3, 3, 3, 2]
    assert ImageScore.objects.count() == ImageScore.objects.values("asset").distinct().count() == 8


def test_an_unreadable_picture_is_set_aside_and_the_rest_goes_on(pool: Project) -> None:
    _already_chosen(pool)  # a picture drawn blind is not looked at again
    broken = _tasks(pool)["3.png"]
    storage.write_bytes(broken.asset.display_key, b"this is no picture")
    missing = _tasks(pool)["4.png"]
    storage.delete(missing.asset.display_key)
    job = prepare(pool)
    assert job.state == "succeeded"
    broken.refresh_from_db()
    missing.refresh_from_db()
    assert (broken.state, missing.state) == ("quarantined", "ready")
    assert "cannot identify" in job.log
    assert ImageScore.objects.count() == 6
    storage.write_bytes(
        missing.asset.display_key, storage.read_bytes(_tasks(pool)["5.png"].asset.display_key)
    )
    prepare(pool)
    assert ImageScore.objects.filter(asset=missing.asset).exists()


def test_a_detector_and_a_classifier_suggest_side_by_side_and_decisions_do_not_come_back(
    project: Project, tmp_path: Path
) -> None:
    make_model(project, tmp_path)
    make_model(project, tmp_path, classes=("sharp", "blurred"), tags=True)
    make_picture(project, 0.9)
    _already_chosen(project)
    prepare(project)
    task = Task.objects.get(project=project)
    assert {s.shape for s in Suggestion.objects.filter(task=task, state="open")} == {"box", "tag"}
    box = Suggestion.objects.get(task=task, shape="box")
    client = factories.client_for(factories.make_project_member(project, Role.REVIEWER))
    answer = client.post(
        f"{API}/suggestions/decide",
        {"project_id": str(project.pk), "items": [{"suggestion_id": str(box.pk), "decision": "rejected"}]},
        format="json",
    )
    assert answer.status_code == 200, answer.content
    for _ in range(3):
        prepare(project)
    assert [s.state for s in Suggestion.objects.filter(task=task, shape="box")] == ["rejected"]
    assert Suggestion.objects.filter(task=task, shape="tag").count() == 1


def test_one_broken_production_model_does_not_stop_the_other(project: Project, tmp_path: Path) -> None:
    detector = make_model(project, tmp_path)
    make_model(project, tmp_path, classes=("sharp", "blurred"), tags=True)
    storage.write_bytes(f"{detector.artifact_prefix}/model.onnx", b"broken")
    make_picture(project, 0.9)
    job = prepare(project)
    assert (job.state, job.result["scored"]) == ("succeeded", 1)
    assert "SHA-256 differs" in job.log


def test_imported_suggestions_wait_for_a_person_and_are_not_replaced(
    project: Project, tmp_path: Path
) -> None:
    make_model(project, tmp_path)
    make_picture(project, 0.9)
    task = Task.objects.get(project=project)
    item = SuggestionItem(factories.label_id(project, "person"), "box", {"box": [1, 1, 20, 20]}, 1.0)
    annotation.suggestions_create(
        task_id=task.pk, model_version_id=uuid.uuid4(), model_name="import", items=[item]
    )
    _already_chosen(project)
    prepare(project)
    assert [s.model_name for s in Suggestion.objects.filter(task=task, state="open")] == ["import"]


def test_an_http_model_that_is_away_is_asked_again_later(project: Project, tmp_path: Path) -> None:
    answers = iter(
        [
            Answer(503),
            Answer(200, b'{"detections": [{"label": "person", "score": 0.9, "box": [1, 2, 30, 40]}]}'),
        ]
    )
    with (
        serve(lambda _seen: next(answers)) as server,
        override_settings(OUTGOING_ALLOWED_HOSTS=["127.0.0.1"]),
    ):
        client = factories.client_for(factories.make_project_member(project, Role.MANAGER))
        body = {
            "name": "ours",
            "endpoint_url": f"http://127.0.0.1:{server.port}/score",
            "classes": ["person"],
        }
        made = client.post(f"{API}/projects/{project.pk}/models", body, format="json")
        assert made.status_code == 201, made.content
        promoted = take_step(client, ModelVersion.objects.get(pk=made.json()["id"]), "all")
        assert promoted.status_code == 200, promoted.content
        make_picture(project, 0.5)
        job = prepare(project)
        assert (job.state, job.error) == ("queued", f"127.0.0.1:{server.port} answered 503.")
        JobRun.objects.filter(pk=job.pk).update(not_before=None)
        jobs.run(str(job.pk))
    assert server.seen[0].body[:2] == b"\xff\xd8"
    [row] = ImageScore.objects.all()
    assert row.predictions["detections"] == [["person", 0.9, 1.0, 2.0, 30.0, 40.0]]


def test_an_archived_project_is_left_alone(pool: Project) -> None:
    job_project = Project.objects.get(pk=pool.pk)
    Project.objects.filter(pk=pool.pk).update(archived_at="2026-01-01T00:00:00Z")
    assert prepare(job_project).result == {"skipped": "the project is archived"}


def test_models_open_as_what_they_are(project: Project, tmp_path: Path) -> None:
    model = make_model(project, tmp_path)
    assert isinstance(model_open(ModelVersion.objects.get(pk=model.pk)), Predictor)
