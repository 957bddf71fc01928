"""What selection saved and where pictures lie: measured in jobs from a project's own labels, honest about too little."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.annotation.models import Assignment, Task
from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.datasets import selectors as dataset_selectors
from backend.learning.models import ImageScore, ImageVector, ModelVersion, ProjectMap, SavingsReport
from backend.media import services as media
from backend.media.models import Asset
from backend.projects.models import Project
from backend.sites.models import Camera, Region, Site
from tests.support import datasets, factories
from tests.support.learning import make_model, make_picture

API = "/api/v1"


def seen(model: ModelVersion, asset: Asset, row: list[float], uncertainty: float = 0.2) -> None:
    """As if the model had looked at the picture."""
    ImageVector.objects.create(asset=asset, model_version=model, dim=len(row), vector=row)
    ImageScore.objects.create(asset=asset, model_version=model, uncertainty=uncertainty, predictions={})


def labelled(
    project: Project, model: ModelVersion, count: int, *, reason: str, rare: float, seed: int
) -> None:
    """Approved pictures; those with a hard hat look different to the model."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        has = rng.random() < rare
        asset = factories.make_image_asset(project)
        names = ["person", "hard_hat"] if has else ["person"]
        boxes = [datasets.box(project, name, (5.0 + 9 * n, 10, 60, 60)) for n, name in enumerate(names)]
        task = datasets.label_asset(project, asset, boxes, blind=reason == "random")
        Task.objects.filter(pk=task.pk).update(selection_reason=reason)
        person = project.memberships.first().user  # type: ignore[union-attr]
        Assignment.objects.create(task=task, user=person, active_seconds=12.0, state="submitted")
        seen(model, asset, (rng.normal(0, 1, 8) + (3.0 * has if has else 0.0)).tolist())


def client(project: Project, role: Role = Role.REVIEWER) -> Any:
    return factories.client_for(factories.make_project_member(project, role))


def run(project: Project, page: str) -> JobRun:
    answer = client(project).post(f"{API}/projects/{project.pk}/{page}")
    assert answer.status_code == 202, answer.content
    jobs.run(answer.json()["id"])
    return JobRun.objects.get(pk=answer.json()["id"])


def test_savings_are_measured_from_the_projects_own_labels_with_an_interval(
    project: Project, tmp_path: Path
) -> None:
    model = make_model(project, tmp_path)
    labelled(project, model, 50, reason="random", rare=0.3, seed=1)
    labelled(project, model, 60, reason="uncertain", rare=0.5, seed=2)
    labelled(project, model, 5, reason="manual", rare=1.0, seed=3)
    job = run(project, "savings")
    assert (job.state, job.result) == ("succeeded", {"status": "measured"})
    told = client(project, Role.VIEWER).get(f"{API}/projects/{project.pk}/savings").json()
    assert (told["random"], told["chosen"], told["random_needed"], told["chosen_needed"]) == (50, 60, 0, 0)
    measured = told["measured"]
    assert measured["labels"] == [factories.label_id(project, "hard_hat")]
    assert measured["pictures"]["low"] <= measured["pictures"]["value"] <= measured["pictures"]["high"]
    assert measured["seconds"]["value"] == pytest.approx(measured["pictures"]["value"], abs=0.05)
    assert [point["pictures"] for point in measured["curve"]][-1] == 25 >= measured["at"]
    assert told["model_number"] == model.number
    counts = told["counts"]
    assert (counts["pictures"], counts["blind_pictures"]) == (115, 50)
    assert counts["seconds"] == pytest.approx(115 * 12.0)


def test_too_few_labels_are_said_with_how_many_are_missing(project: Project, tmp_path: Path) -> None:
    address = f"{API}/projects/{project.pk}/savings"
    told = client(project).get(address).json()
    assert (told["random_needed"], told["chosen_needed"], told["has_model"]) == (40, 40, False)
    assert told["measured"] is None
    assert run(project, "savings").error.startswith("Put a model into production first")
    model = make_model(project, tmp_path)
    labelled(project, model, 12, reason="random", rare=0.5, seed=1)
    assert run(project, "savings").result == {"status": "too_few"}
    told = client(project).get(address).json()
    assert (told["measured"]["random_more"], told["measured"]["chosen_more"]) == (28, 40)
    assert told["measured"]["why"]


def test_a_measuring_that_runs_again_leaves_one_report(project: Project, tmp_path: Path) -> None:
    make_model(project, tmp_path)
    job = run(project, "savings")
    JobRun.objects.filter(pk=job.pk).update(state="queued")
    jobs.run(str(job.pk))
    assert SavingsReport.objects.count() == 1


def test_objects_are_counted_by_who_made_them(project: Project) -> None:
    asset = factories.make_image_asset(project)
    task = datasets.label_asset(project, asset, [datasets.box(project), datasets.box(project, "hard_hat")])
    rows = task.projected_regions.order_by("id")
    rows.filter(pk=rows[0].pk).update(source="person")
    counts = client(project).get(f"{API}/projects/{project.pk}/savings").json()["counts"]
    assert (counts["human"], counts["imported"], counts["machine"], counts["corrected"]) == (1, 1, 0, 0)


@pytest.fixture
def mapped(project: Project, tmp_path: Path) -> Project:
    """Twenty-four pictures of two kinds in two places of the plane."""
    model = make_model(project, tmp_path)
    region = Region.objects.create(organisation=project.organisation, name="North")
    site = Site.objects.create(organisation=project.organisation, region=region, name="Dock")
    gate = Camera.objects.create(site=site, name="Gate")
    rng = np.random.default_rng(0)
    for number in range(24):
        asset = make_picture(project, 0.2 + 0.02 * number, name=f"{number:02}.png")
        if number < 12:
            Asset.objects.filter(pk=asset.pk).update(camera=gate)
        row = rng.normal(0, 0.2, 8) + (5.0 if number < 12 else -5.0)
        seen(model, asset, row.tolist(), uncertainty=number / 24)
    return project


def test_a_map_lays_alike_pictures_together_and_says_what_they_can_be_coloured_by(mapped: Project) -> None:
    first = Task.objects.filter(project=mapped).select_related("asset").order_by("asset__name")[0]
    datasets.label_asset(mapped, first.asset)
    blind = Task.objects.filter(project=mapped, state="ready").order_by("id")[5]
    Task.objects.filter(pk=blind.pk).update(blind=True, selection_reason="random")
    job = run(mapped, "map")
    assert (job.state, job.result["pictures"], job.result["left_out"]) == ("succeeded", 24, 0)
    told = client(mapped, Role.VIEWER).get(f"{API}/projects/{mapped.pk}/map").json()
    columns = told["columns"]
    place = {asset: i for i, asset in enumerate(columns["assets"])}
    at = np.array([columns["x"], columns["y"]]).T
    kind = np.array([camera == "Gate" for camera in columns["camera"]])
    assert kind.sum() == 12 and 0.0 <= at.min() <= at.max() <= 1.0
    centres = np.array([at[kind].mean(axis=0), at[~kind].mean(axis=0)])
    nearest = ((at[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == (~kind).astype(int)).all()
    here = place[str(first.asset_id)]
    assert [columns["label_names"][i]["name"] for i in columns["labels"][here]] == ["person"]
    # Which side a source is on hangs on its name alone.
    group = first.asset.group_key
    side = dataset_selectors.splits_now(mapped.pk, [group])[group]
    assert (columns["state"][here], columns["split"][here]) == ("approved", side)
    assert set(columns["split"]) == {side, ""}
    assert columns["uncertainty"][place[str(blind.asset_id)]] is None
    assert sum(value is not None for value in columns["uncertainty"]) == 23


def test_a_map_leaves_out_what_left_the_project_and_a_new_one_replaces_the_old(mapped: Project) -> None:
    run(mapped, "map")
    gone = Asset.objects.get(name="03.png")
    admin = factories.make_project_member(mapped, Role.MANAGER)
    media.assets_exclude(project=mapped, asset_ids=[gone.pk], reason="blurred", actor=admin)
    columns = client(mapped).get(f"{API}/projects/{mapped.pk}/map").json()["columns"]
    assert str(gone.pk) not in columns["assets"] and len(columns["assets"]) == 23
    assert {
        len(columns[name]) for name in ("x", "y", "state", "labels", "split", "uncertainty", "camera")
    } == {23}
    run(mapped, "map")
    assert ProjectMap.objects.count() == 1


def test_circled_pictures_come_first_but_begun_and_blind_ones_stay_as_they_are(mapped: Project) -> None:
    tasks = list(Task.objects.filter(project=mapped).order_by("asset__name"))
    Task.objects.filter(pk=tasks[0].pk).update(blind=True, selection_reason="random", priority=3.0)
    Task.objects.filter(pk=tasks[1].pk).update(selection_reason="typical", priority=7.0)
    datasets.label_asset(mapped, tasks[2].asset)
    scientist = client(mapped, Role.SCIENTIST)
    body = {"asset_ids": [str(tasks[i].asset_id) for i in (5, 4, 0, 2)]}
    answer = scientist.post(f"{API}/projects/{mapped.pk}/map/queue", body, format="json")
    assert answer.json() == {"queued": 2}
    after = {task.pk: task for task in Task.objects.filter(project=mapped)}
    order = sorted(after.values(), key=lambda task: -task.priority)
    assert [task.pk for task in order[:3]] == [tasks[5].pk, tasks[4].pk, tasks[1].pk]
    assert {after[tasks[i].pk].selection_reason for i in (4, 5)} == {"manual"}
    assert (after[tasks[0].pk].priority, after[tasks[0].pk].selection_reason) == (3.0, "random")
    stranger = factories.make_image_asset(factories.make_project())
    body = {"asset_ids": [str(stranger.pk)]}
    assert scientist.post(f"{API}/projects/{mapped.pk}/map/queue", body, format="json").status_code == 422


@pytest.mark.parametrize(
    ("role", "read", "make", "queue"),
    [
        (Role.SCIENTIST, 200, 202, 200),
        (Role.REVIEWER, 200, 202, 403),
        (Role.ANNOTATOR, 200, 403, 403),
        (None, 404, 404, 404),
    ],
)
def test_who_may_read_make_and_queue(
    mapped: Project, role: Role | None, read: int, make: int, queue: int
) -> None:
    person = factories.make_project_member(mapped, role) if role else factories.make_user()
    asked = factories.client_for(person)
    here = f"{API}/projects/{mapped.pk}"
    for page in ("map", "savings"):
        assert asked.get(f"{here}/{page}").status_code == read
        assert asked.post(f"{here}/{page}").status_code == make
    body = {"asset_ids": [str(Task.objects.filter(project=mapped)[0].asset_id)]}
    assert asked.post(f"{here}/map/queue", body, format="json").status_code == queue
    assert asked.get(f"{API}/projects/{uuid.uuid4()}/map").status_code == 404
