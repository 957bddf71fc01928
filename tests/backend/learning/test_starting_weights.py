"""An operator's weights for detectors: added, checked, shown, and gone on from; the assist's checkpoints know nothing of them."""

from __future__ import annotations

import argparse
import uuid
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.core.enums import Role
from backend.core.errors import BadInput, Unprocessable
from backend.learning.enums import CheckpointPurpose, CheckpointState
from backend.learning.jobs import train
from backend.learning.models import Checkpoint, TrainingRun
from backend.learning.services import checkpoint_files, checkpoints
from backend.learning.services.training import work_folder
from backend.projects.models import Project
from ml.cli import train as ml_train
from tests.support import datasets, factories
from tests.support.learning import make_picture

API = "/api/v1"


def installed(folder: Path, name: str = "dfine.safetensors", **fields: Any) -> Checkpoint:
    """A row as preparing leaves it, with a file to it."""
    (folder / name).write_bytes(b"weights")
    found = folder.joinpath(name).stat()
    facts = {"classes": ["person", "", "truck"], "parameters": 3_700_000}
    values = {
        "purpose": CheckpointPurpose.DETECT,
        "size_bytes": found.st_size,
        "changed_ns": found.st_mtime_ns,
        "sha256": "ab" * 32,
        "architecture": "d-fine-n",
        "state": CheckpointState.READY,
        "facts": facts,
        **fields,
    }
    return Checkpoint.objects.create(file=name, **values)


def start(project: Project, role: Role = Role.SCIENTIST, **fields: Any) -> Any:
    client = factories.client_for(factories.make_project_member(project, role))
    version = datasets.freeze_labelled(project, [make_picture(project, 0.1 * n) for n in range(1, 7)])
    body = {"dataset_version_id": str(version.pk), "minutes": 1.0, "init": "weights", **fields}
    return client.post(f"{API}/projects/{project.pk}/trainings", body, format="json")


def models(*words: str) -> str:
    out = StringIO()
    call_command("models", *words, stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.slow
def test_weights_are_vouched_for_checked_shown_and_removed(
    transactional_db: None, models_dir: Path, tmp_path: Path, project: Project
) -> None:
    pytest.importorskip("torch")
    from tests.support.dfine import named, published_file

    path, sha256 = published_file(tmp_path, classes=3)
    folder = tmp_path / "dfine-nano-site"
    folder.mkdir()
    source = path.rename(folder / "model.safetensors")
    named(folder / "config.safetensors", ["person", "forklift", "pallet"])
    with pytest.raises(CommandError, match=f"--sha256 {sha256}"):
        models("add", str(source))
    models("add", str(source), "--sha256", sha256, "--now")
    row = Checkpoint.objects.get()
    assert (row.file, row.state, row.architecture) == ("dfine-nano-site.safetensors", "ready", "d-fine-n")
    assert row.named_classes == ["person", "forklift", "pallet"]
    assert "d-fine-n, 3 named classes" in models("list")
    assert "as it was when it was prepared" in models("verify")
    assert checkpoints.checkpoint_active() is None
    assert checkpoints.checkpoint_trouble() == ""
    with (models_dir / row.file).open("ab") as file:
        file.write(b"x")
    with pytest.raises(CommandError, match="nobody has allowed"):
        models("verify", "--now")
    row.refresh_from_db()
    assert row.state == "refused"
    models("remove", row.file)
    assert list(models_dir.iterdir()) == []


def test_who_may_train_sees_what_may_be_gone_on_from(
    project: Project, models_dir: Path, tmp_path: Path
) -> None:
    row = installed(models_dir)
    installed(models_dir, "broken.safetensors", state=CheckpointState.REFUSED)
    installed(models_dir, "sam.pth", purpose=CheckpointPurpose.ASSIST)
    installed(models_dir, "gone.safetensors")
    (models_dir / "gone.safetensors").unlink()
    address = f"{API}/projects/{project.pk}/starting-weights"
    scientist = factories.client_for(factories.make_project_member(project, Role.SCIENTIST))
    assert scientist.get(address).json() == [
        {
            "id": str(row.pk),
            "file": "dfine.safetensors",
            "architecture": "d-fine-n",
            "bytes": 7,
            "classes": ["person", "truck"],
        }
    ]
    annotator = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    assert annotator.get(address).status_code == 403


def test_a_training_goes_on_from_the_file_that_was_checked(
    project: Project, models_dir: Path, tmp_path: Path
) -> None:
    row = installed(models_dir)
    answer = start(project, weights_id=str(row.pk), input_size=640)
    assert answer.status_code == 202, answer.content
    run = TrainingRun.objects.get(pk=answer.json()["id"])
    asked = {"file": row.file, "sha256": row.sha256, "architecture": "d-fine-n"}
    assert run.config["weights"] == asked
    data, out = tmp_path / "data", work_folder(run)
    command = train._command(run, data, out, None)
    parser = argparse.ArgumentParser()
    ml_train.add_parser(parser.add_subparsers())
    args = parser.parse_args(command[3:])
    assert (args.architecture, args.init, args.allow) == ("d-fine-n", models_dir / row.file, row.sha256)
    (models_dir / row.file).unlink()
    with pytest.raises(Unprocessable, match="is gone"):
        train._command(run, data, out, None)


def test_a_training_from_weights_that_cannot_be_is_refused_at_once(
    project: Project, models_dir: Path
) -> None:
    row = installed(models_dir)
    sam = installed(models_dir, "sam.pth", purpose=CheckpointPurpose.ASSIST)
    for fields in (
        {},
        {"weights_id": str(uuid.uuid4())},
        {"weights_id": str(sam.pk)},
        {"weights_id": str(row.pk), "kind": "classify"},
        {"weights_id": str(row.pk), "input_size": 128},
    ):
        assert start(project, **fields).status_code == 400, fields
    assert not TrainingRun.objects.exists()


def test_weights_never_serve_the_assist(db: None, models_dir: Path) -> None:
    row = installed(models_dir, state=CheckpointState.FOUND)
    checkpoints.checkpoint_ready(row, {}, sha256="cd" * 32, architecture="d-fine-n")
    row.refresh_from_db()
    assert row.chosen_at is None
    assert checkpoints.checkpoint_active() is None
    with pytest.raises(BadInput, match="is for detectors"):
        checkpoints.checkpoint_choose(row)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("/some/dfine-nano-coco/model.safetensors", "dfine-nano-coco.safetensors"),
        ("/ustc/dfine-small-coco/resolve/main/model.safetensors", "dfine-small-coco.safetensors"),
        ("/some/own.safetensors", "own.safetensors"),
        ("/model.safetensors", "model.safetensors"),
        ("/models/sam_vit_b.pth", "sam_vit_b.pth"),
    ],
)
def test_files_of_one_common_name_go_by_their_folder_s(place: str, name: str) -> None:
    assert checkpoint_files._own_name(Path(place)) == name
