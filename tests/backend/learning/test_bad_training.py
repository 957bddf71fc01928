"""What pictures, disks and memory can do to a training: it goes on without them, or ends with what to do; nothing is half there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from backend.core import jobs, storage
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.datasets.models import DatasetVersion
from backend.learning.jobs import child, train
from backend.learning.models import ModelVersion, TrainingRun
from backend.learning.services import registry, training
from backend.media import selectors as media
from backend.notify.models import Notice
from backend.projects.models import Project
from tests.support import datasets, factories
from tests.support.discs import approved_discs, disc_picture
from tests.support.disk import full_at, room_for
from tests.support.learning import brightness_run, make_model, make_picture, run_job

API = "/api/v1"


@pytest.fixture
def client(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.SCIENTIST))


def _started(client: APIClient, project: Project, version: DatasetVersion, **fields: Any) -> TrainingRun:
    body = {"dataset_version_id": str(version.pk), "minutes": 1.0, "init": "scratch", **fields}
    answer = client.post(f"{API}/projects/{project.pk}/trainings", body, format="json")
    assert answer.status_code == 202, answer.content
    return TrainingRun.objects.get(pk=answer.json()["id"])


def _child(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Run this script instead of `python -m ml train`, with the RUN folder as its argument."""
    monkeypatch.setattr(
        train, "_command", lambda _row, _data, out, _init: [sys.executable, "-c", script, out]
    )
    monkeypatch.setattr(child, "LOOK_EVERY_S", 0.05)


@pytest.mark.slow
def test_a_spoiled_picture_and_a_class_of_two_are_told_and_the_training_goes_on(
    project: Project, client: APIClient
) -> None:
    approved_discs(project, 6)
    two = [disc_picture(project, number) for number in (200, 201)]
    for asset in two:
        datasets.label_asset(project, asset, [datasets.box(project, "person")])
    spoiled = disc_picture(project, 202)
    datasets.label_asset(project, spoiled, [datasets.box(project, "hard_hat")])
    version = datasets.freeze(project)
    key = media.assets_info([spoiled.pk])[spoiled.pk].display_key
    storage.write_bytes(key, storage.read_bytes(key)[:2000])
    run = _started(client, project, version, max_steps=3, input_size=64)
    run_job("learning.train")
    run.refresh_from_db()
    assert run.state == "done", run.error
    assert run.model_version is not None
    notes = client.get(f"{API}/models/{run.model_version_id}").json()["config"]["notes"]
    assert [line for line in notes if str(spoiled.pk) in line], notes
    # Which side of the split each of the two falls on is their source's.
    assert [line for line in notes if line.startswith("class person: ") and "too few to be relied on" in line]


def test_a_full_disk_says_so_and_the_training_goes_on_once_there_is_room(
    project: Project, client: APIClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    production = make_model(project, tmp_path)
    version = datasets.freeze_labelled(project, [make_picture(project, 0.1 * n) for n in range(1, 5)])
    run = _started(client, project, version)
    place = training.work_folder(run) / "data" / "train" / "train.json"
    full_at(place)
    job = run_job("learning.train")
    run.refresh_from_db()
    assert (job.state, run.state) == ("failed", "failed")
    assert run.error == job.error
    assert run.error.startswith("The server's disk is full. Make room")
    production.refresh_from_db()
    assert (production.state, ModelVersion.objects.count()) == ("production", 1)

    place.unlink()
    ready = brightness_run(tmp_path / "ready")
    _child(
        monkeypatch, f"import shutil, sys; shutil.copytree({str(ready)!r}, sys.argv[1], dirs_exist_ok=True)"
    )
    assert client.post(f"{API}/jobs/{job.pk}/retry").status_code == 200
    assert run_job("learning.train").state == "succeeded"
    run.refresh_from_db()
    assert (run.state, run.error) == ("done", "")


def test_a_model_that_finds_no_room_leaves_nothing_behind(project: Project, tmp_path: Path) -> None:
    ready = brightness_run(tmp_path / "ready")
    kept = Path(settings.MEDIA_ROOT) / "models"
    before = {path for path in kept.rglob("*") if path.is_file()}
    with pytest.raises(OSError, match="too large"), room_for(300):
        registry.model_register_run(project=project, run_dir=ready, name="no room")
    assert not ModelVersion.objects.exists()
    assert {path for path in kept.rglob("*") if path.is_file()} == before
    assert registry.model_register_run(project=project, run_dir=ready, name="room").number == 1


def test_a_training_killed_over_and_over_ends_with_what_to_do(
    project: Project, client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = datasets.freeze_labelled(project, [make_picture(project, 0.1 * n) for n in range(1, 5)])
    run = _started(client, project, version)
    _child(monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert run.job is not None
    for _ in range(run.job.max_attempts):
        JobRun.objects.filter(pk=run.job.pk).update(not_before=None)
        jobs.run(str(run.job.pk))
    run.refresh_from_db()
    run.job.refresh_from_db()
    assert (run.job.state, run.state) == ("failed", "failed")
    assert run.error == run.job.error
    assert "memory" in run.error
    assert "smaller picture size" in run.error
    assert Notice.objects.filter(title="A training failed").count() == 1
