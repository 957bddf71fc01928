"""What may be trained on, and what becomes of a training whose child fails, is killed or cancelled.

The child is a small script here; one real training runs in `tests/integration/test_image_to_model.py`.
"""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.datasets import services as datasets_services
from backend.datasets.models import DatasetVersion
from backend.learning.jobs import child, train
from backend.learning.models import ModelVersion, TrainingRun
from backend.learning.services import training
from backend.notify.models import Notice
from backend.projects.models import Project
from tests.support import datasets, factories
from tests.support.learning import brightness_run, make_model, make_picture

API = "/api/v1"
POINT = {"step": 1, "cpu_s": 1.0, "budget_s": 4.0, "loss": 2.5}


@pytest.fixture
def client(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.SCIENTIST))


@pytest.fixture
def version(project: Project) -> DatasetVersion:
    return datasets.freeze_labelled(project, [make_picture(project, 0.1 * n) for n in range(1, 7)])


def _start(client: APIClient, project: Project, version: DatasetVersion, **fields: Any) -> Any:
    body = {"dataset_version_id": str(version.pk), "minutes": 1.0, **fields}
    return client.post(f"{API}/projects/{project.pk}/trainings", body, format="json")


def _started(client: APIClient, project: Project, version: DatasetVersion) -> TrainingRun:
    answer = _start(client, project, version, init="scratch")
    assert answer.status_code == 202, answer.content
    return TrainingRun.objects.get(pk=answer.json()["id"])


def _child(monkeypatch: pytest.MonkeyPatch, script: str) -> list[list[str]]:
    """Run this script instead of `python -m ml train`; the real commands that would have run."""
    asked: list[list[str]] = []
    real = train._command

    def command(row: Any, data: Path, out: Path, init: Path | None) -> list[str]:
        asked.append(real(row, data, out, init))
        return [
            sys.executable,
            "-c",
            f"import json, os, pathlib, signal, sys, time\nout = pathlib.Path({str(out)!r})\n{script}",
        ]

    monkeypatch.setattr(train, "_command", command)
    monkeypatch.setattr(child, "LOOK_EVERY_S", 0.05)
    return asked


def _run(run: TrainingRun) -> JobRun:
    assert run.job is not None
    JobRun.objects.filter(pk=run.job.pk).update(not_before=None)
    jobs.run(str(run.job.pk))
    run.job.refresh_from_db()
    run.refresh_from_db()
    return run.job


def test_only_a_frozen_version_of_this_project_with_pictures_to_learn_from_is_trained_on(
    project: Project, client: APIClient, version: DatasetVersion
) -> None:
    open_one = datasets_services.version_freeze(actor=None, project=project, filters={})
    assert _start(client, project, open_one).json()["code"] == "nothing_to_train_on"
    other = factories.make_project()
    foreign = datasets.freeze_labelled(other, [factories.make_image_asset(other)])
    assert _start(client, project, foreign).status_code == 404
    other_too = factories.make_project(organisation=project.organisation)
    own = datasets.freeze_labelled(other_too, [factories.make_image_asset(other_too)])
    admin = factories.client_for(factories.make_member(project.organisation, Role.ADMIN))
    assert _start(admin, project, own).status_code == 400
    assert _start(client, project, DatasetVersion(pk=uuid.uuid4())).status_code == 404
    for fields in (
        {"minutes": 0.01},
        {"minutes": 10_000},
        {"input_size": 100},
        {"max_steps": -1},
        {"kind": "speak"},
    ):
        assert _start(client, project, version, **fields).status_code == 400, fields
    annotator = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    assert _start(annotator, project, version).status_code == 403
    assert not TrainingRun.objects.exists()


def test_a_child_that_fails_fails_the_run_with_its_reason_and_production_stays(
    project: Project,
    client: APIClient,
    version: DatasetVersion,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    production = make_model(project, tmp_path)
    run = _started(client, project, version)
    asked = _child(monkeypatch, "print('loading'); sys.exit('The loss became nan at step 3.')")
    job = _run(run)
    assert (job.state, run.state) == ("failed", "failed")
    assert run.error == "Training stopped: The loss became nan at step 3."
    assert "loading" in job.log
    [command] = asked
    assert "--init" not in command
    assert "--resume" not in command
    assert Notice.objects.filter(title="A training failed").count() == 1
    production.refresh_from_db()
    assert (production.state, ModelVersion.objects.count()) == ("production", 1)


def test_a_killed_child_is_gone_on_with_and_makes_one_model(
    project: Project,
    client: APIClient,
    version: DatasetVersion,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = _started(client, project, version)
    ready = brightness_run(tmp_path / "ready")
    asked = _child(
        monkeypatch,
        "if not (out / 'checkpoint.pt').exists():\n"
        "    (out / 'checkpoint.pt').touch()\n"
        f"    (out / 'progress.jsonl').write_text(json.dumps({POINT}) + '\\n{{\"half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"import shutil; shutil.copytree({str(ready)!r}, out, dirs_exist_ok=True)",
    )
    job = _run(run)
    assert (job.state, "was killed" in job.error, run.state) == ("queued", True, "running")
    assert run.curve == [POINT]
    job = _run(run)
    assert (job.state, run.state) == ("succeeded", "done"), job.error
    assert [("--resume" in command) for command in asked] == [False, True]
    model = ModelVersion.objects.get(project=project)
    assert (run.model_version_id, model.state, model.dataset_version_id) == (
        model.pk,
        "candidate",
        version.pk,
    )
    assert JobRun.objects.filter(kind="learning.gate", state="queued").count() == 1
    assert not training.work_folder(run).exists()
    # A worker that died between the last write and the job's end does the last step again: still one model.
    assert training.training_finish(run=run, run_dir=ready).pk == model.pk


def test_cancel_stops_the_child_and_marks_the_run(
    project: Project,
    client: APIClient,
    version: DatasetVersion,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    run = _started(client, project, version)
    proof = tmp_path / "stopped"
    _child(
        monkeypatch,
        f"def end(*_): pathlib.Path({str(proof)!r}).touch(); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        f"(out / 'progress.jsonl').write_text({json.dumps(json.dumps(POINT))} + '\\n')\n"
        "time.sleep(60)",
    )
    real = training.training_progress

    def cancelling(**kwargs: Any) -> None:
        real(**kwargs)
        assert client.post(f"{API}/trainings/{run.pk}/cancel").status_code == 200

    monkeypatch.setattr(training, "training_progress", cancelling)
    job = _run(run)
    assert (job.state, run.state, proof.exists()) == ("cancelled", "cancelled", True)
    assert client.post(f"{API}/trainings/{run.pk}/cancel").status_code == 409


def test_a_training_that_waits_is_cancelled_at_once(
    project: Project, client: APIClient, version: DatasetVersion
) -> None:
    run = _started(client, project, version)
    assert client.post(f"{API}/trainings/{run.pk}/cancel").json()["state"] == "cancelled"
    assert _run(run).state == "cancelled"


def test_a_training_whose_worker_is_gone_for_good_shows_as_failed(
    project: Project, client: APIClient, version: DatasetVersion
) -> None:
    run = _started(client, project, version)
    TrainingRun.objects.filter(pk=run.pk).update(state="running")
    JobRun.objects.filter(pk=run.job_id).update(
        state="running", attempts=4, lease_expires_at="2020-01-01T00:00:00Z"
    )
    jobs.sweep()
    shown = client.get(f"{API}/trainings/{run.pk}").json()
    assert (shown["state"], "more often than allowed" in shown["error"]) == ("failed", True)
