"""Models come in, are mapped, measured and promoted; a broken one never takes production with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.test import override_settings
from rest_framework.test import APIClient

from backend.annotation.models import Suggestion, Task
from backend.core import jobs, storage
from backend.core.enums import Role
from backend.core.errors import AppError, Unavailable
from backend.core.models import AuditEvent, JobRun
from backend.learning.enums import ModelState, RolloutEvent
from backend.learning.errors import ModelRefused
from backend.learning.models import ModelVersion
from backend.learning.services import promotion, registry, rollout, training
from backend.learning.services.runtime import answer_parse, model_open
from backend.media.models import Upload
from backend.projects.models import Project
from tests.ml.inference.graphs import constant_graph
from tests.support import datasets, factories, media
from tests.support.learning import Boxes, gate, grey, make_model, make_picture, prepare, run_job, take_step

API = "/api/v1"


@pytest.fixture
def scientist(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.SCIENTIST))


@pytest.fixture
def manager(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.MANAGER))


def _promote(client: APIClient, model: ModelVersion) -> Any:
    return take_step(client, model, "all")


# --- the shipped detector


def test_a_new_project_starts_with_the_shipped_detector_where_a_label_fits(
    transactional_db: None, settings: Any
) -> None:
    settings.SHIPPED_WEIGHTS_DIR = settings.BASE_DIR / "ml" / "weights"
    project = factories.make_project(labels=[{"name": "Person", "shapes": ["box"]}])
    model = ModelVersion.objects.get(project=project)
    assert (model.state, model.number) == ("production", 1)
    mapping = model.binding.mapping
    person = factories.label_id(project, "Person")
    assert {name: entry["label_id"] for name, entry in mapping.items()} == {
        "person": person,
        "hard_hat": None,
        "forklift": None,
    }
    assert set(model_open(model).classes) == set(mapping)
    other = factories.make_project(labels=[{"name": "scratch", "shapes": ["box"]}])
    assert not ModelVersion.objects.filter(project=other).exists()


# --- mapping


def test_a_mapping_is_changed_against_the_version_one_saw(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    model = make_model(project, tmp_path)
    url, hat = f"{API}/models/{model.pk}/binding", factories.label_id(project, "hard_hat")
    body = {"mapping": {"person": {"label_id": hat, "threshold": 0.5}}}
    assert scientist.put(url, body, format="json").status_code == 428
    assert scientist.get(f"{API}/models/{model.pk}")["ETag"] == '"1"'
    done = scientist.put(url, body, format="json", headers={"If-Match": '"1"'})
    assert (done.status_code, done["ETag"]) == (200, '"2"')
    assert done.json()["mapping"]["person"] == {"label_id": hat, "threshold": 0.5}
    assert set(done.json()["mapping"]) == {"person", "hard_hat"}
    stale = scientist.put(url, body, format="json", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 2)
    bad = {"mapping": {"ghost": {"label_id": hat, "threshold": 0.5}}}
    refused = scientist.put(url, bad, format="json", headers={"If-Match": '"2"'})
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"ghost"})
    assert AuditEvent.objects.filter(action="model.binding").count() == 1


def test_an_unmapped_class_makes_no_suggestions_and_a_new_mapping_makes_them_anew(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    model = make_model(project, tmp_path)
    make_picture(project, 0.6)
    Task.objects.filter(project=project).update(selection_reason="manual", priority=1.0)
    prepare(project)
    url, hat = f"{API}/models/{model.pk}/binding", factories.label_id(project, "hard_hat")

    def change(version: int, entry: dict[str, Any]) -> list[str]:
        headers = {"If-Match": f'"{version}"'}
        answer = scientist.put(url, {"mapping": {"person": entry}}, format="json", headers=headers)
        assert answer.status_code == 200, answer.content
        run_job("learning.prepare")
        return [str(s.label_id) for s in Suggestion.objects.filter(state="open")]

    assert change(1, {"label_id": None, "threshold": 0.3}) == []
    assert change(2, {"label_id": hat, "threshold": 0.3}) == [hat]
    assert change(3, {"label_id": hat, "threshold": 0.9}) == []


# --- promotion


def test_a_model_without_a_gate_or_with_a_failed_one_is_not_promoted(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    candidate = make_model(project, tmp_path, ModelState.CANDIDATE)
    answer = _promote(scientist, candidate)
    assert (answer.status_code, answer.json()["code"]) == (409, "gate_not_passed")
    gate(candidate, None, passed=False)
    assert candidate.state == "refused"
    answer = _promote(scientist, candidate)
    assert (answer.status_code, "Because." in answer.json()["message"]) == (409, True)
    annotator = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    assert _promote(annotator, candidate).status_code == 403
    assert _promote(factories.client_for(factories.make_user()), candidate).status_code == 404


def test_a_gate_does_not_count_once_the_mapping_was_changed(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    candidate = make_model(project, tmp_path, ModelState.CANDIDATE)
    gate(candidate, None)
    name = candidate.manifest["classes"][0]
    entry = {"label_id": factories.label_id(project, "person"), "threshold": 0.9}
    changed = scientist.put(
        f"{API}/models/{candidate.pk}/binding",
        {"mapping": {name: entry}},
        HTTP_IF_MATCH=f'"{candidate.binding.version}"',
    )
    assert changed.status_code == 200
    answer = _promote(scientist, candidate)
    assert (answer.status_code, "since the gate ran" in answer.json()["message"]) == (409, True)
    candidate.refresh_from_db()
    gate(ModelVersion.objects.get(pk=candidate.pk), None)
    assert _promote(scientist, candidate).status_code == 200


def test_a_gate_against_a_former_production_model_does_not_count(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    first = make_model(project, tmp_path)
    second, third = (make_model(project, tmp_path, ModelState.CANDIDATE) for _ in range(2))
    gate(second, first)
    gate(third, first)
    assert _promote(scientist, second).status_code == 200
    answer = _promote(scientist, third)
    assert (answer.status_code, "has changed" in answer.json()["message"]) == (409, True)
    gate(third, second)
    assert _promote(scientist, third).status_code == 200
    states = ModelVersion.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["retired", "retired", "production"]


def test_promoting_twice_is_once_and_a_retired_model_comes_back_without_a_gate(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    first, second = make_model(project, tmp_path), make_model(project, tmp_path, ModelState.CANDIDATE)
    gate(second, first)
    for _ in range(2):
        assert _promote(scientist, second).status_code == 200
    assert AuditEvent.objects.filter(action="model.promote").count() == 1
    first.refresh_from_db()
    assert first.state == "retired"
    assert _promote(scientist, first).json()["state"] == "production"
    second.refresh_from_db()
    assert second.state == "retired"


def test_a_gate_that_ends_after_the_promotion_does_not_take_the_model_out_of_production(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    model = make_model(project, tmp_path, ModelState.CANDIDATE)
    gate(model, None)
    as_the_job_read_it = ModelVersion.objects.get(pk=model.pk)
    assert _promote(scientist, model).status_code == 200
    gate(as_the_job_read_it, None, passed=False)
    model.refresh_from_db()
    assert model.state == "production"


def test_promotion_replaces_suggestions_of_untouched_tasks_and_leaves_people_s_work(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    first = make_model(project, tmp_path)
    tags = make_model(project, tmp_path, classes=("sharp", "blurred"), tags=True)
    for level in (0.7, 0.8):
        make_picture(project, level)
    Task.objects.filter(project=project).update(selection_reason="manual", priority=1.0)
    prepare(project)
    in_work, untouched = Task.objects.filter(project=project).order_by("id")
    annotator = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    assert annotator.post(f"{API}/tasks/{in_work.pk}/open", {}).status_code == 200
    second = make_model(project, tmp_path, ModelState.CANDIDATE, boxes=((1.0, 1.0, 30.0, 30.0),))
    gate(second, first)
    assert _promote(scientist, second).status_code == 200
    run_job("learning.prepare")

    def shown(task: Task) -> set[tuple[Any, str]]:
        return set(
            Suggestion.objects.filter(task=task, state="open").values_list("model_version_id", "shape")
        )

    assert shown(untouched) == {(second.pk, "box"), (tags.pk, "tag")}
    assert shown(in_work) == {(first.pk, "box"), (tags.pk, "tag")}
    # Back again: the first one's boxes return from its stored scores.
    assert _promote(scientist, first).status_code == 200
    assert run_job("learning.prepare").result["scored"] == 0
    assert shown(untouched) == {(first.pk, "box"), (tags.pk, "tag")}


def test_a_changed_file_is_refused_at_promotion_and_production_goes_on(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    first, second = make_model(project, tmp_path), make_model(project, tmp_path, ModelState.CANDIDATE)
    gate(second, first)
    # Graph and manifest are exchanged together: only the row knows what was registered.
    other = make_model(project, tmp_path, ModelState.CANDIDATE, gain=0.5)
    for file in ("model.onnx", "manifest.json"):
        content = storage.read_bytes(f"{other.artifact_prefix}/{file}")
        storage.write_bytes(f"{second.artifact_prefix}/{file}", content)
    answer = _promote(scientist, second)
    assert (answer.status_code, "SHA-256 differs" in answer.json()["message"]) == (400, True)
    with pytest.raises(ModelRefused, match="SHA-256 differs"):
        model_open(second)
    datasets.freeze_labelled(project, [make_picture(project)])
    job = training.gate_enqueue(model=second, actor=None)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, "SHA-256 differs" in job.error) == ("failed", True)
    first.refresh_from_db()
    assert first.state == "production"
    model_open(first)


# --- the gate, on pictures

TRUTH = (16.0, 16.0, 48.0, 48.0)
NOWHERE: Boxes = ((0.0, 0.0, 6.0, 6.0),)


def _blind_pictures(project: Project, count: int = 10) -> None:
    for index in range(count):
        asset = make_picture(project, 0.5 + 0.04 * index)
        regions = [datasets.box(project, "person", TRUTH)]
        datasets.label_asset(project, asset, regions, tags=("sharp",), blind=True)


def _gated(model: ModelVersion) -> dict[str, Any]:
    job = training.gate_enqueue(model=model, actor=None)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    return dict(job.result)


def test_the_gate_passes_the_better_model_and_refuses_the_worse(project: Project, tmp_path: Path) -> None:
    _blind_pictures(project)
    datasets.freeze(project)
    blind_one = make_model(project, tmp_path, ModelState.CANDIDATE, boxes=NOWHERE)
    assert _gated(blind_one)["passed"] is False
    good = make_model(project, tmp_path, ModelState.CANDIDATE)
    assert _gated(good)["passed"] is True
    ModelVersion.objects.filter(pk=blind_one.pk).update(state="production")
    assert _gated(good)["passed"] is True
    report = good.gate_reports.order_by("-id")[0].report
    assert (report["pictures"], report["candidate"]["ap50"], report["production"]["ap50"]) == (10, 1.0, 0.0)
    assert report["low"] == report["high"] == 1.0
    ModelVersion.objects.filter(pk=blind_one.pk).update(state="retired")
    ModelVersion.objects.filter(pk=good.pk).update(state="production")
    worse = _gated(blind_one)
    assert (worse["passed"], "beyond chance" in worse["reason"]) == (False, True)


def test_the_gate_wants_blind_pictures_and_a_frozen_version(project: Project, tmp_path: Path) -> None:
    model = make_model(project, tmp_path, ModelState.CANDIDATE)
    job = training.gate_enqueue(model=model, actor=None)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert "Freeze one first" in job.error
    datasets.label_asset(project, make_picture(project), [datasets.box(project, "person", TRUTH)])
    datasets.freeze(project)
    assert "Too few blind test pictures" in _gated(model)["reason"]
    model.refresh_from_db()
    assert model.state == "refused"


def test_a_classifier_is_measured_by_accuracy_beside_a_detector_in_production(
    project: Project, tmp_path: Path
) -> None:
    _blind_pictures(project)
    datasets.freeze(project)
    make_model(project, tmp_path)
    tags = make_model(project, tmp_path, ModelState.CANDIDATE, classes=("sharp", "blurred"), tags=True)
    result = _gated(tags)
    assert (result["passed"], "accuracy" in result["reason"]) == (True, True)
    rollout.rollout_step(
        actor=factories.make_project_member(project, Role.SCIENTIST), model=tags, event=RolloutEvent.ALL
    )
    assert ModelVersion.objects.filter(project=project, state="production").count() == 2


# --- models from outside


def _yolo_output() -> np.ndarray:
    """(1, 4 + 2, 3): a sure person in the middle, the same again to be suppressed, and nothing."""
    rows = [[32, 32, 20, 20, 0.9, 0.1], [33, 32, 20, 20, 0.8, 0.1], [10, 10, 5, 5, 0.01, 0.0]]
    return np.array(rows, np.float32).T[None]


def _uploaded(client: APIClient, project: Project, content: bytes) -> str:
    upload = media.upload_open(client, project, "best.onnx", len(content), purpose="file")
    media.chunk_put(client, upload["id"], content, 0, len(content))
    return str(upload["id"])


def test_an_operator_s_onnx_detector_is_tried_registered_and_used(
    project: Project, manager: APIClient, tmp_path: Path
) -> None:
    graph = constant_graph(tmp_path / "best.onnx", {"output0": _yolo_output()}).read_bytes()
    body = {"name": "ours", "classes": ["person", "cat"], "input_size": 64, "layout": "yolov8"}
    upload_id = _uploaded(manager, project, graph)
    made = manager.post(
        f"{API}/projects/{project.pk}/models", {**body, "upload_id": upload_id}, format="json"
    )
    assert made.status_code == 201, made.content
    mapping = made.json()["binding"]["mapping"]
    assert mapping["person"]["label_id"] == factories.label_id(project, "person")
    assert mapping["cat"]["label_id"] is None
    model = ModelVersion.objects.get(pk=made.json()["id"])
    [found] = model_open(model).predict(grey(0.5), 0.3).detections
    assert (found.label, found.score) == ("person", pytest.approx(0.9))
    assert (found.box.x1, found.box.y1, found.box.x2, found.box.y2) == pytest.approx((22, 22, 42, 42))
    assert (
        _promote(manager, model).status_code == 200
    )  # nothing is in production yet: the person's own choice
    storage.write_bytes(f"{model.artifact_prefix}/model.onnx", graph + b"\0")
    with pytest.raises(ModelRefused, match="SHA-256"):
        model_open(model)


@pytest.mark.parametrize(
    ("content", "classes", "says"),
    [(b"no graph at all", ["person"], "cannot be loaded"), (None, ["one", "two", "three"], "with 3 classes")],
)
def test_an_onnx_file_that_does_not_fit_is_refused_and_leaves_nothing(
    project: Project, manager: APIClient, tmp_path: Path, content: bytes | None, classes: list[str], says: str
) -> None:
    if content is None:
        content = constant_graph(tmp_path / "best.onnx", {"output0": _yolo_output()}).read_bytes()
    upload_id = _uploaded(manager, project, content)
    body = {"name": "ours", "classes": classes, "input_size": 64, "upload_id": upload_id}
    answer = manager.post(f"{API}/projects/{project.pk}/models", body, format="json")
    assert (answer.status_code, says in answer.json()["message"]) == (400, True), answer.content
    assert not ModelVersion.objects.exists()
    assert not list(Path(settings.MEDIA_ROOT).glob("models/*/model.onnx")) or content
    assert Upload.objects.get(pk=upload_id).project_id == project.pk


def test_an_http_model_inside_the_network_is_refused_unless_allowed(
    project: Project, manager: APIClient
) -> None:
    body = {"name": "inner", "classes": ["person"], "endpoint_url": "http://127.0.0.1:9/score"}
    refused = manager.post(f"{API}/projects/{project.pk}/models", body, format="json")
    assert (refused.status_code, "inside this network" in refused.json()["message"]) == (400, True)
    with override_settings(OUTGOING_ALLOWED_HOSTS=["127.0.0.1"]):
        made = manager.post(f"{API}/projects/{project.pk}/models", body, format="json")
    assert made.status_code == 201
    # Checked again when it is asked: what an operator closes afterwards is closed.
    model = ModelVersion.objects.get(pk=made.json()["id"])
    with pytest.raises(AppError, match="inside this network"):
        model_open(model).predict(grey(0.5))
    for role in (Role.ANNOTATOR, Role.SCIENTIST):
        other = factories.client_for(factories.make_project_member(project, role))
        assert other.post(f"{API}/projects/{project.pk}/models", body, format="json").status_code == 403


def test_a_foreign_answer_is_clipped_filtered_and_sorted() -> None:
    body = b"""{"detections": [
        {"label": "person", "score": 0.5, "box": [-5, -5, 20, 20]}, {"label": "person", "score": 0.7, "box": [1, 1, 2, 200]},
        {"label": "cat", "score": 0.9, "box": [1, 1, 2, 2]}, {"label": "person", "score": 0.01, "box": [1, 1, 2, 2]},
        {"label": "person", "score": 7, "box": [1, 1, 2, 2]}, {"label": "person", "score": 0.9, "box": [9, 1, 2, 2]}]}"""
    found = answer_parse(body, ["person"], width=100, height=50, min_score=0.1).detections
    assert [(p.score, p.box.x1, p.box.y1, p.box.x2, p.box.y2) for p in found] == [
        (0.7, 1, 1, 2, 50),
        (0.5, 0, 0, 20, 20),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"detections": 5}',
        b'{"detections": [1]}',
        b'{"detections": [{"label": "person", "score": 0.9, "box": [1, 2, 3]}]}',
        b'{"detections": [{"label": "person", "score": 0.9, "box": [NaN, 2, 3, 4]}]}',
        b'{"detections": [{"label": "person", "score": 0.9, "box": [0, 0, Infinity, 4]}]}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_no_list_of_detections_is_told(body: bytes) -> None:
    with pytest.raises(Unavailable):
        answer_parse(body, ["person"], width=10, height=10, min_score=0.1)


def test_a_folder_that_is_no_run_is_refused(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="not a finished RUN"):
        registry.model_register_run(project=project, run_dir=tmp_path, name="nothing")


def test_the_learning_curve_has_a_point_per_model(
    project: Project, scientist: APIClient, tmp_path: Path
) -> None:
    model = make_model(project, tmp_path, ModelState.CANDIDATE)
    gate(model, None)
    [point] = scientist.get(f"{API}/projects/{project.pk}/learning-curve").json()
    assert (point["number"], point["state"], point["images"]) == (1, "candidate", 0)


def test_services_and_views_do_not_load_torch_or_opencv_s_heavy_half() -> None:
    code = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'backend.config.settings.test'; import django; django.setup();"
        "import backend.learning.api.urls, backend.feeds.api.urls, backend.exchange.api.urls;"
        "import backend.learning.services.assist, backend.learning.services.runtime, backend.learning.services.training;"
        "bad = [m for m in ('torch', 'torchvision', 'segment_anything', 'onnxruntime') if m in sys.modules];"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=settings.BASE_DIR)
    assert done.returncode == 0, done.stderr


def test_prepare_waits_behind_a_running_one_and_only_once(project: Project) -> None:
    first = promotion.prepare_enqueue(project)
    assert promotion.prepare_enqueue(project).pk == first.pk
    JobRun.objects.filter(pk=first.pk).update(state="running")
    following = promotion.prepare_enqueue(project)
    assert following.pk != first.pk
    assert promotion.prepare_enqueue(project).pk == following.pk
