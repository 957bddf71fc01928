"""What is chosen to be labelled: by the project's settings, once per job, each with its reason; and when to stop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import backend.learning.jobs.draw as draw_job
from backend.annotation import services as annotation
from backend.annotation.contracts import TaskChoice
from backend.annotation.enums import SelectionReason
from backend.annotation.models import Task
from backend.core import jobs
from backend.core.enums import Role
from backend.core.jobs import RetryLater
from backend.core.models import JobRun
from backend.learning.enums import ModelState
from backend.learning.models import ImageScore, ModelVersion, SelectionRun
from backend.learning.services import promotion, scoring
from backend.projects import services as projects
from backend.projects.contracts import STRATEGIES
from backend.projects.models import Project
from backend.sites.models import Camera, Region, Site
from ml.active.candidates import Strategy
from tests.support import datasets, factories
from tests.support.learning import make_model, make_picture, prepare

API = "/api/v1"


@pytest.fixture
def pool(project: Project, tmp_path: Path) -> Project:
    """Ten pictures from dark to bright, a production model, and enough labels of every class for doubts to count."""
    make_model(project, tmp_path)
    boxes = [
        datasets.box(project, name, (5.0 * n, 10, 5.0 * n + 40, 60))
        for name in ("person", "hard_hat")
        for n in range(8)
    ]
    datasets.label_asset(project, factories.make_image_asset(project), boxes)
    for index in range(10):
        make_picture(project, 0.25 + 0.05 * index, name=f"{index}.png")
    return project


def configure(project: Project, **settings: Any) -> None:
    admin = factories.make_project_member(project, Role.MANAGER)
    projects.project_update(actor=admin, project=project, changes={"settings": settings})
    project.refresh_from_db()


def chosen(project: Project) -> list[Task]:
    rows = Task.objects.filter(project=project, state="ready").exclude(selection_reason="")
    return list(rows.select_related("asset").order_by("-priority"))


def test_the_strategies_of_a_project_are_those_there_are() -> None:
    assert set(STRATEGIES) == {str(each) for each in Strategy}


@pytest.mark.parametrize(
    ("strategy", "reasons"),
    [
        ("random", {"random"}),
        ("typical", {"random", "typical"}),
        ("entropy", {"random", "uncertain"}),
        ("margin", {"random", "uncertain"}),
        ("coreset", {"random", "coreset"}),
        ("badge", {"random", "badge"}),
    ],
)
def test_each_strategy_marks_its_choices_with_its_own_reason(
    pool: Project, strategy: str, reasons: set[str]
) -> None:
    configure(pool, strategy=strategy)
    prepare(pool, batch=4)
    assert {task.selection_reason for task in chosen(pool)} == reasons
    assert SelectionRun.objects.get(project=pool).config["strategy"] == strategy


def test_every_chosen_picture_says_why_on_the_task_and_in_the_list(pool: Project) -> None:
    configure(pool, strategy="margin", random_fraction=0.25)
    prepare(pool, batch=4)
    client = factories.client_for(factories.make_project_member(pool, Role.MANAGER))
    rows = client.get(f"{API}/projects/{pool.pk}/assets").json()["results"]
    in_list = {row["task"]["id"]: row["task"]["selection_why"] for row in rows}
    tasks = chosen(pool)
    for task in tasks:
        why = client.post(f"{API}/tasks/{task.pk}/open", {}).json()["selection_why"]
        assert why == in_list[str(task.pk)] == task.selection_evidence["why"]
        if task.blind:
            assert why.startswith("Drawn by lot")
        elif task.selection_evidence.get("leftover"):
            assert why.startswith("Taken to fill the batch")  # grey pictures are near-copies of one another
        else:
            assert "by doubt" in why
            assert task.selection_evidence["place"] >= 1
    assert any("its one box, a person" in task.selection_evidence["why"] for task in tasks)


def test_reasons_speak_of_the_projects_labels_not_of_the_models_classes(
    project: Project, tmp_path: Path
) -> None:
    model = make_model(project, tmp_path, classes=("worker_v2", "other"))
    binding = {"worker_v2": {"label_id": factories.label_id(project, "person"), "threshold": 0.3}}
    model.binding.mapping = binding
    model.binding.save()
    for index in range(6):
        make_picture(project, 0.3 + 0.08 * index)
    configure(project, strategy="entropy")
    prepare(project, batch=3)
    told = [task.selection_evidence["why"] for task in chosen(project) if not task.blind]
    assert any("its one box, a person" in why for why in told)
    assert "worker_v2" not in " ".join(told)


def test_caps_quotas_and_budgets_of_the_project_bind_the_batch(project: Project, tmp_path: Path) -> None:
    make_model(project, tmp_path)
    organisation = project.organisation
    region = Region.objects.create(organisation=organisation, name="North")
    cameras = []
    for name in ("near", "far"):
        site = Site.objects.create(organisation=organisation, region=region, name=name)
        cameras.append(Camera.objects.create(site=site, name=name))
    for index in range(12):
        asset = make_picture(project, 0.2 + 0.05 * index)
        camera = cameras[0] if index < 9 else cameras[1]
        type(asset).objects.filter(pk=asset.pk).update(camera=camera, site=camera.site)
    person = factories.label_id(project, "person")
    configure(
        project,
        strategy="entropy",
        random_fraction=0.05,
        cap_per_camera=3,
        site_quotas={str(cameras[1].site_id): 2},
        label_quotas={person: 40},
    )
    prepare(project, batch=6)
    of_camera = [task.asset.camera_id for task in chosen(project) if not task.blind]
    assert max(map(of_camera.count, {cameras[0].pk, cameras[1].pk})) <= 3
    assert sum(task.asset.camera_id == cameras[1].pk for task in chosen(project)) >= 2
    outcome = SelectionRun.objects.get(project=project).outcome
    assert outcome["planner"] in {"program", "greedy"}
    # The model expects about one person a picture: forty of six cannot be had, and that is told.
    assert outcome["missed"].keys() == {"person"} and outcome["missed"]["person"] > 30
    assert outcome["boxes"] > 0 and outcome["seconds"] > 0


def test_a_job_draws_once_however_often_it_is_started(pool: Project) -> None:
    job = promotion.prepare_enqueue(pool, batch=3)
    jobs.run(str(job.pk))
    before = list(Task.objects.filter(project=pool).order_by("id").values())
    JobRun.objects.filter(pk=job.pk).update(state="queued", not_before=None)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, sum(job.result["chosen"].values())) == ("succeeded", 3)
    assert list(Task.objects.filter(project=pool).order_by("id").values()) == before
    assert SelectionRun.objects.filter(project=pool).count() == 1


def test_a_batch_chosen_from_a_pool_that_another_drew_from_is_not_stored(pool: Project) -> None:
    prepare(pool, batch=3)
    before = list(Task.objects.filter(project=pool).order_by("id").values())
    with pytest.raises(RetryLater):
        scoring.selection_store(
            project=pool,
            model=None,
            job=promotion.prepare_enqueue(pool, batch=3),
            after=None,
            choices=[],
            config={},
            counts={},
            outcome={},
        )
    assert list(Task.objects.filter(project=pool).order_by("id").values()) == before


def test_a_draw_can_be_cancelled_before_anything_is_stored(
    pool: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = promotion.prepare_enqueue(pool, batch=3)
    real = draw_job.select

    def cancelled_meanwhile(*args: Any, **kwargs: Any) -> Any:
        jobs.cancel(JobRun.objects.get(pk=job.pk))
        return real(*args, **kwargs)

    monkeypatch.setattr(draw_job, "select", cancelled_meanwhile)
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert (job.state, SelectionRun.objects.count(), chosen(pool)) == ("cancelled", 0, [])


@pytest.mark.parametrize(
    ("role", "draw", "read"),
    [(Role.SCIENTIST, 202, 200), (Role.REVIEWER, 403, 200), (Role.VIEWER, 403, 200), (None, 404, 404)],
)
def test_scientists_draw_members_look_and_strangers_see_nothing(
    pool: Project, role: Role | None, draw: int, read: int
) -> None:
    person = factories.make_project_member(pool, role) if role else factories.make_user()
    client = factories.client_for(person)
    body = {"batch": 2, "strategy": "typical"}
    asked = client.post(f"{API}/projects/{pool.pk}/selections", body, format="json")
    assert asked.status_code == draw
    for page in ("learning-state", "selections"):
        assert client.get(f"{API}/projects/{pool.pk}/{page}").status_code == read
    if draw == 202:
        again = client.post(f"{API}/projects/{pool.pk}/selections", body, format="json")
        assert again.json()["id"] == asked.json()["id"]  # one draw at a time
        jobs.run(asked.json()["id"])
        [row] = client.get(f"{API}/projects/{pool.pk}/selections").json()["results"]
        assert (row["config"]["strategy"], sum(row["counts"].values())) == ("typical", 2)


def _answers(model: ModelVersion, assets: list[Any], count: int) -> None:
    """Its stored word on each picture: `count` sure persons."""
    row = {"detections": [["person", 0.9, 0.0, 0.0, 9.0, 9.0 + n] for n in range(count)], "tags": {}}
    for asset in assets:
        ImageScore.objects.create(asset=asset, model_version=model, uncertainty=0.1, predictions=row)


def test_the_state_tells_rounds_how_far_models_agree_and_whether_to_stop(
    project: Project, tmp_path: Path
) -> None:
    version = datasets.freeze_labelled(project, [factories.make_image_asset(project) for _ in range(3)])
    assets = [factories.make_image_asset(project) for _ in range(40)]
    client = factories.client_for(factories.make_project_member(project, Role.VIEWER))
    address = f"{API}/projects/{project.pk}/learning-state"
    assert client.get(address).json()["verdict"] == {"reason": None, "why": "Nothing is labelled yet."}
    for number in range(5):
        model = make_model(project, tmp_path, state=ModelState.RETIRED)
        ModelVersion.objects.filter(pk=model.pk).update(dataset_version=version)
        # The second changes its mind on half of the pictures; those after it say the same.
        _answers(model, assets[:20], 1)
        _answers(model, assets[20:], 1 if number == 0 else 2)
    state = client.get(address).json()
    kappas = [row["kappa"] for row in state["rounds"]]
    assert kappas == [None, 0.0, 1.0, 1.0, 1.0]
    assert [row["compared"] for row in state["rounds"]] == [0, 40, 40, 40, 40]
    assert state["verdict"]["reason"] == "stable"
    assert (state["pool"], state["labelled"], state["has_model"]) == (0, 3, False)


def test_a_picture_put_first_by_hand_loses_the_reason_it_had(pool: Project) -> None:
    prepare(pool, batch=3)
    task = next(task for task in chosen(pool) if not task.blind)
    choice = TaskChoice(task.pk, 9.0, SelectionReason.MANUAL)
    annotation.tasks_prioritise(project_id=pool.pk, choices=[choice])
    task.refresh_from_db()
    assert (task.selection_reason, task.selection_evidence) == ("manual", {})
