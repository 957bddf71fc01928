"""A project trains anew by itself when a condition is met: once a reason, one at a time, and never promotes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from backend.core.enums import Role
from backend.core.errors import BadInput
from backend.datasets.models import DatasetVersion
from backend.learning.beat_tasks import retrain
from backend.learning.domain.retraining import Conditions, Situation, due, outlook
from backend.learning.models import ModelVersion, RetrainPolicy, RetrainTrigger, TrainingRun
from backend.notify.models import Notice
from backend.projects.models import Project, ProjectMembership
from tests.support import datasets, factories
from tests.support.learning import make_picture, run_job

API = "/api/v1"
T0 = datetime(2026, 11, 1, tzinfo=UTC)


# --- when it is due


@pytest.mark.parametrize(
    ("conditions", "new", "days", "used", "key"),
    [
        (Conditions(None, None), 999, 99, (), None),
        (Conditions(50, None), 49, 99, (), None),
        (Conditions(50, None), 50, 0, (), "labels:v1:1"),
        (Conditions(50, None), 99, 0, ("labels:v1:1",), None),
        # The first fifty came to nothing: as many again are a new reason.
        (Conditions(50, None), 100, 0, ("labels:v1:1",), "labels:v1:2"),
        (Conditions(None, 7), 5, 6.9, (), None),
        (Conditions(None, 7), 5, 7, (), "schedule:20261108T000000"),
        (Conditions(None, 7), 0, 30, (), None),  # nothing new to learn from
        (Conditions(None, 7), 5, 7, ("schedule:20261108T000000",), None),
        (Conditions(50, 7), 60, 8, (), "labels:v1:1"),
    ],
)
def test_a_condition_is_due_once_a_reason(conditions, new, days, used, key) -> None:
    found = due(conditions, Situation("v1", new, T0, T0 + timedelta(days=days)), used)
    assert (found.key if found else None) == key


def test_the_outlook_says_how_far_each_condition_is() -> None:
    rows = outlook(Conditions(50, 10), Situation("v1", 20, T0, T0 + timedelta(days=5)))
    assert [(row.reason, row.share, row.words) for row in rows] == [
        ("labels", 0.4, "20 of 50 newly approved pictures"),
        ("schedule", 0.5, "due on 11 Nov 00:00 UTC"),
    ]


# --- the policy


@pytest.fixture
def scientist(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.SCIENTIST))


def put(client: APIClient, project: Project, version: int, **body: Any) -> Any:
    url = f"{API}/projects/{project.pk}/retraining/detect"
    return client.put(url, body, format="json", headers={"If-Match": f'"{version}"'})


def listed(client: APIClient, project: Project) -> dict[str, Any]:
    rows = client.get(f"{API}/projects/{project.pk}/retraining").json()
    return next(row for row in rows if row["policy"]["kind"] == "detect")


def label(project: Project, n: int) -> None:
    for index in range(n):
        datasets.label_asset(project, make_picture(project, 0.1 + 0.05 * index))


def test_a_policy_is_changed_against_the_version_one_saw_by_those_who_may(
    project: Project, scientist: APIClient
) -> None:
    url = f"{API}/projects/{project.pk}/retraining/detect"
    assert listed(scientist, project)["policy"]["version"] == 0
    assert scientist.put(url, {"enabled": True}, format="json").status_code == 428
    refused = put(scientist, project, 0, enabled=True)
    assert (refused.status_code, set(refused.json()["fields"])) == (400, {"enabled"})
    assert put(scientist, project, 0, every_days=0).status_code == 400
    made = put(scientist, project, 0, enabled=True, new_labels=5, minutes=2.0)
    assert (made.status_code, made["ETag"], made.json()["policy"]["new_labels"]) == (200, '"1"', 5)
    assert [row["words"] for row in made.json()["outlook"]] == ["0 of 5 newly approved pictures"]
    stale = put(scientist, project, 0, new_labels=9)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 1)
    for role in (Role.ANNOTATOR, Role.REVIEWER):
        client = factories.client_for(factories.make_project_member(project, role))
        assert client.get(f"{API}/projects/{project.pk}/retraining").status_code == 200
        assert put(client, project, 1, new_labels=9).status_code == 403
    stranger = factories.client_for(factories.make_user())
    assert stranger.get(f"{API}/projects/{project.pk}/retraining").status_code == 404
    assert put(stranger, project, 1, new_labels=9).status_code == 404
    assert scientist.put(url.replace("detect", "guess"), {}, format="json").status_code == 404
    assert RetrainPolicy.objects.get().new_labels == 5


def test_enough_new_labels_freeze_and_train_once_and_promote_nothing(
    project: Project, scientist: APIClient
) -> None:
    assert put(scientist, project, 0, enabled=True, new_labels=4, minutes=2.0).status_code == 200
    label(project, 3)
    assert retrain() == 0
    label(project, 1)
    assert retrain() == 1
    assert retrain() == 0  # waits for the freezing
    assert DatasetVersion.objects.filter(project=project).count() == 1
    assert run_job("datasets.freeze").state == "succeeded"
    assert retrain() == 1
    run = TrainingRun.objects.get(project=project)
    assert (run.kind, run.config["minutes"], run.config["init"]) == ("detect", 2.0, "production")
    row = listed(scientist, project)
    assert row["paused"]
    assert [(t["reason"], t["state"], t["dataset_number"]) for t in row["triggers"]] == [
        ("labels", "training", 1)
    ]
    # While it runs, no more of it, however much is approved.
    label(project, 8)
    assert retrain() == 0
    TrainingRun.objects.filter(pk=run.pk).update(state="done")
    assert retrain() == 1
    assert RetrainTrigger.objects.get().state == "done"
    assert not ModelVersion.objects.filter(project=project).exists()
    # Eight were approved since that version: the next reason.
    assert retrain() == 1
    assert RetrainTrigger.objects.count() == 2


def test_what_failed_is_told_and_not_tried_again_for_the_same_reason(
    project: Project, scientist: APIClient
) -> None:
    assert put(scientist, project, 0, enabled=True, new_labels=2).status_code == 200
    label(project, 2)
    assert retrain() == 1
    run_job("datasets.freeze")
    assert retrain() == 1
    TrainingRun.objects.update(state="failed", error="Out of memory.")
    assert retrain() == 1
    assert [retrain() for _ in range(3)] == [0, 0, 0]
    [trigger] = listed(scientist, project)["triggers"]
    assert (trigger["state"], trigger["error"]) == ("failed", "Out of memory.")
    assert Notice.objects.filter(title="Training anew did not work").count() == 1
    assert listed(scientist, project)["outlook"][0]["words"] == "2 of 4 newly approved pictures"


def test_a_freezing_that_is_refused_is_told_once(
    project: Project, scientist: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_: object) -> None:
        raise BadInput("No picture matches.")

    monkeypatch.setattr("backend.learning.services.retraining.datasets.version_freeze", refused)
    assert put(scientist, project, 0, enabled=True, new_labels=2).status_code == 200
    label(project, 2)
    assert [retrain() for _ in range(3)] == [1, 0, 0]
    [trigger] = listed(scientist, project)["triggers"]
    assert (trigger["state"], trigger["error"], trigger["dataset_number"]) == (
        "failed",
        "No picture matches.",
        None,
    )
    assert Notice.objects.filter(title="Training anew did not work").count() == 1


def test_a_schedule_starts_when_its_day_comes_and_a_training_by_hand_pauses_it(
    project: Project, scientist: APIClient
) -> None:
    version = datasets.freeze_labelled(project, [make_picture(project, 0.1 * n) for n in range(1, 5)])
    assert put(scientist, project, 0, enabled=True, every_days=3).status_code == 200
    assert retrain() == 0
    RetrainPolicy.objects.update(enabled_at=timezone.now() - timedelta(days=3, hours=1))
    body = {"dataset_version_id": str(version.pk), "minutes": 1.0}
    assert scientist.post(f"{API}/projects/{project.pk}/trainings", body, format="json").status_code == 202
    assert retrain() == 0
    assert "training" in listed(scientist, project)["paused"]
    TrainingRun.objects.update(state="cancelled")
    assert retrain() == 1
    assert RetrainTrigger.objects.get().reason == "schedule"


def test_who_may_no_longer_train_starts_nothing(project: Project, scientist: APIClient) -> None:
    assert put(scientist, project, 0, enabled=True, new_labels=1).status_code == 200
    label(project, 2)
    assert retrain() == 1
    run_job("datasets.freeze")
    ProjectMembership.objects.filter(project=project).delete()
    assert retrain() == 1
    assert not TrainingRun.objects.exists()
    assert "no longer train here" in RetrainTrigger.objects.get().error
