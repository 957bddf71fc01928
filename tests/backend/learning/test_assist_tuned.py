"""A Segment Anything decoder taught by a project: gated against the installed one, served to that project alone."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from backend.core import jobs
from backend.core.enums import JobState, Role
from backend.core.errors import BadInput
from backend.learning.enums import ModelState, TaskKind
from backend.learning.jobs import train
from backend.learning.models import Checkpoint, ModelVersion
from backend.learning.services import checkpoints, registry, training
from backend.learning.services.assist_backend import backend_of, network_of, sam_open
from backend.projects.models import Project
from ml.contracts import Manifest, ModelKind
from ml.inference.manifest import file_sha256, manifest_write
from tests.support import datasets, factories
from tests.support.discs import blind_discs
from tests.support.learning import make_picture, run_job
from tests.support.sam import SIDE


def _tuned(project: Project, sam: Checkpoint, folder: Path, checkpoint_sha256: str = "") -> ModelVersion:
    """A RUN as `ml tune` leaves it, with the checkpoint's own decoder in it."""
    folder.mkdir()
    shutil.copy(checkpoints.decoder_path(sam), folder / "model.onnx")
    # Another file than the installed one: graphs are told apart by their hash.
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"\xa2\x06\x02hi")
    manifest = Manifest(
        name="tuned",
        kind=ModelKind.ASSIST,
        architecture="sam-decoder-vit_b",
        classes=("object",),
        input_size=SIDE,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        sha256=file_sha256(folder / "model.onnx"),
        parity=0.0,
        config={"checkpoint_sha256": checkpoint_sha256 or sam.sha256},
    )
    manifest_write(folder, manifest)
    return registry.model_register_run(project=project, run_dir=folder, name="tuned")


def test_a_decoder_is_held_against_the_installed_one(
    project: Project, sam: Checkpoint, tmp_path: Path
) -> None:
    blind_discs(project)
    datasets.freeze(project)
    model = _tuned(project, sam, tmp_path / "run")
    training.gate_enqueue(model=model, actor=None)
    job = run_job("learning.gate")
    assert job.state == JobState.SUCCEEDED, job.error
    report = model.gate_reports.get().report
    assert (report["against"], report["pictures"], report["difference"]) == (
        "Segment Anything as installed",
        8,
        0.0,
    )
    assert report["candidate"]["by_prompt"] == report["production"]["by_prompt"]
    foreign = _tuned(project, sam, tmp_path / "foreign", "0" * 64)
    training.gate_enqueue(model=foreign, actor=None)
    assert "made for another checkpoint" in run_job("learning.gate").error


def test_in_production_it_answers_its_own_project_and_no_other(
    project: Project, sam: Checkpoint, tmp_path: Path
) -> None:
    model = _tuned(project, sam, tmp_path / "run")
    assert backend_of(project.pk).own is None
    ModelVersion.objects.filter(pk=model.pk).update(state=ModelState.PRODUCTION)
    served = backend_of(project.pk)
    assert served.decoder is not None
    assert (served.name, served.decoder.sha256, served.own) == ("sam", model.artifact_sha256, model)
    assert served.decoder.key == checkpoints.model_key(sam)  # embeddings are the checkpoint's
    assert sam_open(sam, model).key == served.decoder.key
    assert backend_of(factories.make_project().pk).own is None
    assert network_of(project.pk).own is None


def test_a_training_goes_on_from_the_checkpoint_where_there_is_one(
    project: Project, sam: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = datasets.freeze_labelled(project, [make_picture(project, 0.1 * n) for n in range(1, 5)])
    commands: list[list[str]] = []

    def note(_context: Any, _row: Any, command: list[str], *_rest: Any) -> None:
        commands.append(command)
        raise jobs.RetryLater("enough seen", 1)

    monkeypatch.setattr(train, "_run_child", note)
    start = {
        "actor": factories.make_project_member(project, Role.SCIENTIST),
        "project": project,
        "dataset_version_id": version.pk,
        "minutes": 1.0,
        "init": "sam",
    }
    training.training_start(kind=TaskKind.ASSIST, **start)
    run_job("learning.train")
    [command] = commands
    assert command[3] == "tune"
    assert sam.sha256 in command[command.index("--allow") + 1].split(",")
    assert Path(command[command.index("--prepared") + 1]).is_dir()
    with pytest.raises(BadInput, match="Only an assist"):
        training.training_start(kind=TaskKind.DETECT, **start)
    (checkpoints.decoder_path(sam)).parent.parent.unlink()
    with pytest.raises(BadInput, match="No Segment Anything checkpoint"):
        training.training_start(kind=TaskKind.ASSIST, **start)
