"""What a production model is shown is compared with when it was chosen: told once, learned from once, quiet on few."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.learning.beat_tasks import drift_looks, retrain
from backend.learning.domain.drift import Seen, findings, words_of
from backend.learning.domain.retraining import Conditions, Drifted, Situation, due, outlook
from backend.learning.enums import ModelState
from backend.learning.models import DriftLook, ModelVersion, RetrainTrigger, TrainingRun, WatchedHour
from backend.learning.services import drift
from backend.media.contracts import Arrival
from backend.notify.models import Notice
from backend.projects.models import Project
from backend.sites.models import Camera, Site
from tests.support import datasets, factories
from tests.support.drift import arrive
from tests.support.learning import make_model, make_picture, run_job

API = "/api/v1"
DAYS_AGO = 10
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def model(project: Project, tmp_path: Path) -> ModelVersion:
    """In production for ten days."""
    model = make_model(project, tmp_path)
    ModelVersion.objects.filter(pk=model.pk).update(promoted_at=timezone.now() - DAYS_AGO * DAY)
    model.refresh_from_db()
    return model


@pytest.fixture
def camera(project: Project) -> Camera:
    site = Site.objects.create(organisation=project.organisation, name="Hall")
    return Camera.objects.create(site=site, name="Dock 2")


def client(project: Project, role: Role = Role.SCIENTIST) -> Any:
    return factories.client_for(factories.make_project_member(project, role))


def url(project: Project) -> str:
    return f"{API}/projects/{project.pk}/drift"


def look(project: Project) -> dict[str, Any]:
    """Look as a worker would; the one source's row by the API."""
    answer = client(project, Role.REVIEWER).post(url(project))
    assert answer.status_code == 202, answer.content
    jobs.run(answer.json()["id"])
    job = JobRun.objects.get(pk=answer.json()["id"])
    assert job.state == "succeeded", job.error
    [state] = client(project, Role.VIEWER).get(url(project)).json()
    return state


def verdicts(source: dict[str, Any]) -> dict[str, str]:
    return {row["measure"]: row["verdict"] for row in source["measures"]}


def reference_and_now(project: Project, model: ModelVersion, camera: Camera | None, **now: Any) -> None:
    camera_id = camera.pk if camera else None
    start = timezone.now() - (DAYS_AGO - 1) * DAY
    arrive(project, model, 150, at=start, camera_id=camera_id, seed=1)
    arrive(project, model, 100, at=timezone.now() - DAY, over=20 * HOUR, camera_id=camera_id, seed=2, **now)


# --- what is found


@pytest.mark.parametrize("looked", [(True, False), (False, True), (False, False)])
def test_pictures_the_model_has_not_looked_at_are_no_drift_and_no_fault(looked: tuple[bool, bool]) -> None:
    sides = [
        [
            Seen(
                Arrival(uuid.uuid4(), timezone.now(), f"{side}-{n}", 90, 40.0),
                None,
                (0.1, 0.2, 0.3) if has else (),
            )
            for n in range(60)
        ]
        for side, has in enumerate(looked)
    ]
    found = findings(*sides, is_detector=False, has_camera=False, binding={})
    verdicts = {row["measure"]: row["verdict"] for row in found}
    assert (verdicts["brightness"], verdicts["embedding"]) == ("steady", "too_few")


@pytest.mark.parametrize(
    ("now", "drifting"),
    [
        ({}, set()),
        ({"brightness": 70.0}, {"brightness"}),
        ({"sure": 0.5}, {"scores"}),
        ({"taller": 1.5}, {"height"}),
        ({"people": 0.9}, {"rate"}),
        ({"looks": 3.0}, {"embedding"}),
    ],
    ids=lambda value: ",".join(value) or "none" if isinstance(value, dict) else "",
)
def test_what_changed_on_a_camera_is_told_and_nothing_else(
    project: Project, model: ModelVersion, camera: Camera, now: dict[str, float], drifting: set[str]
) -> None:
    reference_and_now(project, model, camera, **now)
    [source] = look(project)["sources"]
    assert (source["name"], source["is_full"], source["arrived"]) == ("Dock 2", True, 250)
    assert (source["reference"]["pictures"], source["now"]["pictures"]) == (150, 100)
    found = verdicts(source)
    assert set(found) == {"brightness", "embedding", "scores", "rate", "height"}
    assert {name for name, verdict in found.items() if verdict == "drifting"} == drifting
    assert "too_few" not in found.values()
    for row in source["measures"]:
        assert (row["value"] > row["threshold"]) == (row["verdict"] == "drifting")
        assert len(row["bars"]["edges"]) == len(row["bars"]["now"]) + 1
        assert (row["since"] is not None) == (row["verdict"] == "drifting")


def test_few_pictures_are_told_as_few(project: Project, model: ModelVersion, camera: Camera) -> None:
    assert look(project)["sources"] == []
    arrive(project, model, 20, at=timezone.now() - 2 * DAY, camera_id=camera.pk, seed=1)
    [source] = look(project)["sources"]
    assert (source["is_full"], source["reference"]["pictures"], source["now"]["pictures"]) == (False, 20, 0)
    assert set(verdicts(source).values()) == {"too_few"}


def test_a_camera_s_reference_holds_a_day_and_now_its_last_day(
    project: Project, model: ModelVersion, camera: Camera
) -> None:
    # 150 within an hour are one light: it goes on until a day has passed.
    arrive(project, model, 160, at=timezone.now() - 2 * HOUR, over=HOUR, camera_id=camera.pk, seed=1)
    [source] = look(project)["sources"]
    assert (source["is_full"], source["now"]["pictures"]) == (False, 0)


def test_pictures_of_no_camera_need_no_day_and_have_no_place_to_stand(
    project: Project, model: ModelVersion
) -> None:
    arrive(project, model, 150, at=timezone.now() - 3 * HOUR, over=HOUR, seed=1)
    arrive(project, model, 80, at=timezone.now() - HOUR, over=HOUR / 2, seed=2, brightness=60.0)
    [source] = look(project)["sources"]
    assert (source["key"], source["name"], source["is_full"]) == ("", "", True)
    assert "height" not in verdicts(source)
    assert verdicts(source)["brightness"] == "drifting"
    assert len(source["recent"]) == 60


def test_pictures_from_before_the_model_was_chosen_do_not_count(
    project: Project, model: ModelVersion
) -> None:
    arrive(project, model, 150, at=timezone.now() - 20 * DAY, seed=1)
    assert look(project)["sources"] == []


def test_a_live_camera_s_objects_are_counted_by_hours_watched(
    project: Project, model: ModelVersion, camera: Camera
) -> None:
    arrive(project, model, 20, at=timezone.now() - 2 * DAY, camera_id=camera.pk, seed=1)
    start = (timezone.now() - 8 * DAY).replace(minute=0, second=0, microsecond=0)
    feed_id = uuid.uuid4()

    def watched(hour: int, objects: int) -> None:
        for part in (objects // 2, objects - objects // 2):
            drift.hours_record(
                model_id=model.pk,
                feed_id=feed_id,
                camera_id=camera.pk,
                hour=start + hour * HOUR,
                seconds=1_800.0,
                objects=part,
            )

    for hour in range(72):
        watched(hour, 20 + hour % 3)
    for hour in range(100, 124):
        watched(hour, 6)
    assert WatchedHour.objects.count() == 96
    assert (WatchedHour.objects.order_by("hour")[1].objects_seen, WatchedHour.objects.all()[1].seconds) == (
        21,
        3_600,
    )
    [source] = look(project)["sources"]
    row = next(each for each in source["measures"] if each["measure"] == "rate")
    assert (row["verdict"], row["unit"], row["n_reference"], row["n_now"]) == ("drifting", "hour", 72, 24)
    assert (round(row["before"], 1), round(row["after"], 1)) == (21.0, 6.0)


# --- who may, and when


def test_members_read_reviewers_look_and_strangers_see_nothing(project: Project, model: ModelVersion) -> None:
    stranger = factories.client_for(factories.make_user())
    assert stranger.get(url(project)).status_code == 404
    assert stranger.post(url(project)).status_code == 404
    viewer = client(project, Role.ANNOTATOR)
    assert viewer.get(url(project)).json()[0]["looked_at"] is None
    assert viewer.post(url(project)).status_code == 403
    reviewer = client(project, Role.REVIEWER)
    first, second = reviewer.post(url(project)), reviewer.post(url(project))
    assert (first.status_code, second.json()["id"]) == (202, first.json()["id"])  # one at a time


def test_without_a_model_there_is_nothing_to_drift_from(project: Project) -> None:
    assert client(project).get(url(project)).json() == []
    answer = client(project).post(url(project))
    jobs.run(answer.json()["id"])
    assert "into production first" in JobRun.objects.get(pk=answer.json()["id"]).error


def test_it_is_looked_by_itself_when_something_came_and_once_an_hour(
    project: Project, model: ModelVersion, tmp_path: Path
) -> None:
    assert drift_looks() == 0
    arrive(project, model, 3, at=timezone.now() - HOUR, over=HOUR / 2, seed=1)
    assert drift_looks() == 1
    assert run_job("learning.drift").state == "succeeded"
    arrive(project, model, 3, at=timezone.now(), over=timedelta(0), seed=2)
    assert drift_looks() == 0
    JobRun.objects.filter(kind="learning.drift").update(created_at=timezone.now() - 2 * HOUR)
    assert drift_looks() == 1
    assert run_job("learning.drift").state == "succeeded"
    JobRun.objects.filter(kind="learning.drift").update(created_at=timezone.now() + HOUR)
    assert drift_looks() == 0
    ModelVersion.objects.filter(pk=model.pk).update(state=ModelState.RETIRED)
    assert drift_looks() == 0
    assert DriftLook.objects.count() == 2


# --- what follows


def test_those_who_train_are_told_once_and_since_when(project: Project, model: ModelVersion) -> None:
    scientist = factories.make_project_member(project, Role.SCIENTIST)
    annotator = factories.make_project_member(project, Role.ANNOTATOR)
    reference_and_now(project, model, None, brightness=60.0)
    first = look(project)["sources"][0]["measures"][0]["since"]
    again = look(project)["sources"][0]["measures"][0]["since"]
    assert first == again
    [notice] = Notice.objects.filter(user=scientist, title__contains="drifted")
    assert notice.body == "Pictures of no camera: pictures are darker."
    assert not Notice.objects.filter(user=annotator).exists()


def test_drift_starts_one_training_once_something_new_is_approved_and_promotes_nothing(
    project: Project, model: ModelVersion
) -> None:
    scientist = client(project)
    policy = f"{API}/projects/{project.pk}/retraining/detect"
    body = {"enabled": True, "on_drift": True, "minutes": 1.0}
    made = scientist.put(policy, body, format="json", headers={"If-Match": '"0"'})
    assert (made.status_code, made.json()["policy"]["on_drift"]) == (200, True)
    assert [row["words"] for row in made.json()["outlook"]] == ["nothing drifts"]
    assist = policy.replace("detect", "assist")
    assert set(scientist.put(assist, body, format="json", headers={"If-Match": '"0"'}).json()["fields"]) == {
        "on_drift"
    }
    reference_and_now(project, model, None, looks=3.0)
    look(project)
    assert retrain() == 0  # nothing new to learn from
    for n in range(3):
        datasets.label_asset(project, make_picture(project, 0.1 + 0.1 * n))
    assert retrain() == 1
    run_job("datasets.freeze")
    assert retrain() == 1
    assert TrainingRun.objects.get().kind == "detect"
    TrainingRun.objects.update(state="done")
    assert retrain() == 1
    look(project)
    datasets.label_asset(project, make_picture(project, 0.9))
    assert [retrain() for _ in range(2)] == [0, 0]
    [trigger] = RetrainTrigger.objects.all()
    assert (trigger.reason, trigger.state) == ("drift", "done")
    assert trigger.words == "Pictures of no camera: pictures look different"
    assert [m.state for m in ModelVersion.objects.filter(project=project)] == ["production"]


T0 = datetime(2026, 11, 1, tzinfo=UTC)
DOCK, GATE = Drifted("drift:m:dock", "Dock: darker"), Drifted("drift:m:gate", "Gate: darker")


@pytest.mark.parametrize(
    ("drifted", "new", "used", "key", "words"),
    [
        ((), 9, (), None, "nothing drifts"),
        ((DOCK,), 0, (), None, "Dock: darker; waits for a newly approved picture to learn from"),
        ((DOCK,), 1, (), "drift:m:dock", "Dock: darker"),
        ((DOCK,), 9, ("drift:m:dock",), None, "trained for all that drifts now"),
        ((DOCK, GATE), 9, ("drift:m:dock",), "drift:m:gate", "Gate: darker"),
    ],
)
def test_each_drifting_source_is_one_reason(
    drifted: tuple[Drifted, ...], new: int, used: tuple[str, ...], key: str | None, words: str
) -> None:
    situation = Situation("v1", new, T0, T0, drifted)
    conditions = Conditions(None, None, on_drift=True)
    found = due(conditions, situation, used)
    assert (found.key if found else None) == key
    assert [row.words for row in outlook(conditions, situation, used)] == [words]


@pytest.mark.parametrize(
    ("measure", "before", "after", "words"),
    [
        ("brightness", 120, 60, "Dock 2: pictures are darker"),
        ("brightness", 60, 120, "Dock 2: pictures are brighter"),
        ("scores", 0.7, 0.5, "Dock 2: the model is less sure"),
        ("rate", 20, 0, "Dock 2: fewer objects are found"),
        ("rate", 2, 5, "Dock 2: more objects are found"),
        ("embedding", 1, 2, "Dock 2: pictures look different"),
        ("height", 1, 1.4, "Dock 2: objects stand differently, the camera may have moved"),
    ],
)
def test_drift_is_told_in_plain_words(measure: str, before: float, after: float, words: str) -> None:
    row = {"measure": measure, "verdict": "drifting", "before": before, "after": after}
    assert words_of("Dock 2", [row, row | {"verdict": "steady"}]) == words
    assert words_of("Dock 2", [row | {"verdict": "too_few"}]) == ""
