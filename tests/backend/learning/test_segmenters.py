"""Segmenters in the loop: trained on a frozen version, judged by their outlines, heard as outlines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.annotation.models import Suggestion, Task
from backend.core.enums import Role
from backend.learning.enums import ModelState
from backend.learning.models import ModelVersion, TrainingRun
from backend.learning.services import promotion
from backend.media.models import Asset
from backend.projects.models import Project
from tests.support import datasets, factories
from tests.support.discs import approved_discs, blind_discs, disc_picture
from tests.support.learning import make_model, make_picture, prepare, run_job

API = "/api/v1"
STEPS = 60
MEASURES = {"instance": ("mask AP50", "mask_ap50"), "segment": ("mean IoU", "miou")}


@pytest.fixture
def client(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.SCIENTIST))


def _train(client: APIClient, project: Project, kind: str) -> ModelVersion:
    version = datasets.freeze(project)
    body = {"dataset_version_id": str(version.pk), "minutes": 1.0, "kind": kind, "init": "scratch"}
    answer = client.post(
        f"{API}/projects/{project.pk}/trainings",
        {**body, "max_steps": STEPS, "input_size": 96},
        format="json",
    )
    assert answer.status_code == 202, answer.content
    run_job("learning.train")
    run = TrainingRun.objects.get(pk=answer.json()["id"])
    assert run.state == "done", run.error
    assert run.model_version is not None
    return run.model_version


@pytest.mark.parametrize("kind", ["instance", "segment"])
def test_a_segmenter_is_trained_judged_by_its_pixels_and_suggests_outlines(
    project: Project, client: APIClient, kind: str
) -> None:
    approved_discs(project, 12)
    blind_discs(project)
    model = _train(client, project, kind)
    assert (model.kind, model.manifest["classes"]) == (kind, ["person", "hard_hat"])
    run_job("learning.gate")
    shown = client.get(f"{API}/models/{model.pk}").json()["gate"]
    measure, key = MEASURES[kind]
    assert measure in shown["reason"]
    assert shown["passed"], shown["reason"]
    assert shown["report"]["candidate"][key] > 0.4
    (point,) = client.get(f"{API}/projects/{project.pk}/learning-curve").json()
    assert (point["kind"], point["figure"]) == (kind, shown["report"]["candidate"][key])
    compared = client.get(f"{API}/models/{model.pk}/comparison").json()
    found = {(row["actual"], row["predicted"]): row["count"] for row in compared["candidate"]["confusion"]}
    # Eight discs of some 600 pixels and more: objects of one, pixels of the other.
    assert found[("hard_hat", "hard_hat")] > (4 if kind == "instance" else 4_000)
    cases = client.get(
        f"{API}/models/{model.pk}/comparison/cases", {"actual": "hard_hat", "predicted": "hard_hat"}
    )
    assert len(cases.json()) >= 4

    ModelVersion.objects.filter(pk=model.pk).update(state=ModelState.PRODUCTION)
    # Radius 19 round (48, 46): not seen before.
    task = _waiting(project, disc_picture(project, 205))
    prepare(project)
    hats = Suggestion.objects.filter(
        task=task, state="open", label_id=factories.label_id(project, "hard_hat")
    )
    suggestion = hats.order_by("-score")[0]
    assert suggestion.shape == "polygon"
    x1, y1, x2, y2 = _bounds(suggestion.geometry["points"])
    assert [x1, y1, x2, y2] == pytest.approx([29, 27, 67, 65], abs=5)


def _waiting(project: Project, asset: Asset) -> Task:
    """Its task, chosen by a person, so that it is not drawn blind."""
    task = Task.objects.get(project=project, asset=asset)
    Task.objects.filter(pk=task.pk).update(selection_reason="manual", priority=1.0)
    return task


def _bounds(points: list[list[float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def test_what_learns_outlines_needs_a_label_that_may_be_drawn_as_one(
    client: APIClient, project: Project
) -> None:
    boxes = factories.make_project(
        organisation=project.organisation, labels=[{"name": "person", "shapes": ["box"]}]
    )
    version = datasets.freeze_labelled(boxes, [disc_picture(boxes, 1)])
    admin = factories.client_for(factories.make_member(project.organisation, Role.ADMIN))
    for kind in ("instance", "segment"):
        body: dict[str, Any] = {"dataset_version_id": str(version.pk), "minutes": 1.0, "kind": kind}
        answer = admin.post(f"{API}/projects/{boxes.pk}/trainings", body, format="json")
        assert answer.status_code == 409, answer.content
        assert "learns outlines" in answer.json()["message"]


def test_of_two_models_that_know_a_label_the_one_with_outlines_is_heard_and_the_other_for_the_rest(
    project: Project, tmp_path: Path
) -> None:
    detector = make_model(project, tmp_path)
    other = make_model(project, tmp_path, ModelState.CANDIDATE, classes=("hard_hat",))
    task = _waiting(project, make_picture(project, 0.6))
    prepare(project)
    assert _open(task) == {("person", detector.pk)}
    # The graph answers boxes, which is all that is looked at here: who may speak of which label.
    ModelVersion.objects.filter(pk=other.pk).update(kind="instance", state=ModelState.PRODUCTION)
    prepare(project)
    assert _open(task) == {("person", detector.pk), ("hard_hat", other.pk)}
    mapping = {"hard_hat": {"label_id": factories.label_id(project, "person"), "threshold": 0.0}}
    other.refresh_from_db()
    other.binding.mapping = mapping
    other.binding.save()
    promotion.suggestions_renew(model=other, actor=None)
    prepare(project)
    assert _open(task) == {("person", other.pk)}


def _open(task: Task) -> set[tuple[str, Any]]:
    names = {label["id"]: label["name"] for label in task.project.ontology_versions.latest("number").labels}
    rows = Suggestion.objects.filter(task=task, state="open")
    return {(names[str(row.label_id)], row.model_version_id) for row in rows}
