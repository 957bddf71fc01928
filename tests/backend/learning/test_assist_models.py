"""A project's own assist: trained from the shipped one, measured by outlines on blind pictures, promoted by a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from backend.core import jobs
from backend.core.enums import Role
from backend.learning import selectors
from backend.learning.enums import ModelState, RolloutEvent, TaskKind
from backend.learning.errors import NothingToTrainOn
from backend.learning.jobs import train
from backend.learning.models import ModelVersion
from backend.learning.services import registry, rollout, training
from backend.projects.models import Project
from ml.contracts import Manifest, ModelKind
from ml.inference.manifest import file_sha256, manifest_write
from tests.support import datasets, factories
from tests.support.discs import SIDE_PX, blind_discs
from tests.support.learning import make_picture, run_job

SHIPPED = Path(__file__).resolve().parents[3] / "ml" / "weights"


@pytest.fixture(autouse=True)
def _shipped_assist(_no_shipped_model: None, settings: Any, tmp_path: Path) -> None:
    """The shipped assist, without the shipped detector beside it."""
    settings.SHIPPED_WEIGHTS_DIR = tmp_path / "shipped"
    settings.SHIPPED_WEIGHTS_DIR.mkdir()
    (settings.SHIPPED_WEIGHTS_DIR / "assist").symlink_to(SHIPPED / "assist")


def _blind_to_everything(folder: Path) -> Path:
    """A RUN whose answer is the clicks alone: next to nothing."""
    folder.mkdir()
    make = helper.make_tensor_value_info
    shapes = {"starts": [3], "ends": [4], "axes": [1]}
    initial = [numpy_helper.from_array(np.array(v, np.int64), k) for k, v in shapes.items()]
    nodes = [
        helper.make_node("Slice", ["images", "starts", "ends", "axes"], ["clicks"]),
        helper.make_node("Squeeze", ["clicks", "axes"], ["masks"]),
        helper.make_node("ReduceMean", ["masks"], ["scores"], axes=[1, 2], keepdims=0),
    ]
    outputs = [make("masks", TensorProto.FLOAT, ["b", "s", "s"]), make("scores", TensorProto.FLOAT, ["b"])]
    graph = helper.make_graph(
        nodes, "clicks", [make("images", TensorProto.FLOAT, ["b", 7, "s", "s"])], outputs, initial
    )
    path = folder / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    manifest = Manifest(
        name="clicks",
        kind=ModelKind.ASSIST,
        architecture="test",
        classes=("object",),
        input_size=SIDE_PX,
        mean=(0.0, 0.0, 0.0),
        std=(1.0, 1.0, 1.0),
        sha256=file_sha256(path),
        parity=0.0,
    )
    manifest_write(folder, manifest)
    return folder


def _registered(project: Project, run_dir: Path) -> ModelVersion:
    return registry.model_register_run(project=project, run_dir=run_dir, name="assist")


def _gated(model: ModelVersion) -> dict[str, Any]:
    training.gate_enqueue(model=model, actor=None)
    job = run_job("learning.gate")
    assert job.state == "succeeded", job.error
    return dict(job.result)


def test_an_assist_is_held_against_the_shipped_one_until_one_of_the_project_is_in_production(
    project: Project, tmp_path: Path
) -> None:
    blind_discs(project)
    datasets.freeze(project)
    poor = _registered(project, _blind_to_everything(tmp_path / "clicks"))
    refused = _gated(poor)
    assert (refused["passed"], "Worse than the shipped assist beyond chance: IoU" in refused["reason"]) == (
        False,
        True,
    )
    good = _registered(project, SHIPPED / "assist")
    assert _gated(good)["passed"] is True
    rollout.rollout_step(
        actor=factories.make_project_member(project, Role.SCIENTIST), model=good, event=RolloutEvent.ALL
    )
    against = _gated(poor)
    assert "Worse than production beyond chance: IoU" in against["reason"]
    report = poor.gate_reports.order_by("-id")[0].report
    assert report["production"]["by_prompt"]["box"] > 0.8 > report["candidate"]["by_prompt"]["box"]
    assert (report["pictures"], report["production_number"]) == (8, good.number)


def test_without_blind_outlines_an_assist_does_not_pass(project: Project) -> None:
    datasets.freeze_labelled(project, [make_picture(project)])
    assert "Too few blind test pictures" in _gated(_registered(project, SHIPPED / "assist"))["reason"]


def test_an_assist_in_production_scores_no_pictures_and_names_no_class(project: Project) -> None:
    model = _registered(project, SHIPPED / "assist")
    ModelVersion.objects.filter(pk=model.pk).update(state=ModelState.PRODUCTION)
    assert (selectors.production_models(project.pk), model.binding.mapping) == ([], {})
    make_picture(project)
    assert run_job("learning.prepare").result["scored"] == 0


def test_an_assist_goes_on_from_the_shipped_one_and_then_from_the_project_s(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = datasets.freeze_labelled(project, [make_picture(project, 0.1 * n) for n in range(1, 5)])
    commands: list[list[str]] = []

    def note(_context: Any, _row: Any, command: list[str], *_rest: Any) -> None:
        commands.append(command)
        raise jobs.RetryLater("enough seen", 1)

    monkeypatch.setattr(train, "_run_child", note)
    own = _registered(project, SHIPPED / "assist")
    actor = factories.make_project_member(project, Role.SCIENTIST)
    for state in (ModelState.CANDIDATE, ModelState.PRODUCTION):
        ModelVersion.objects.filter(pk=own.pk).update(state=state)
        training.training_start(
            actor=actor, project=project, dataset_version_id=version.pk, kind=TaskKind.ASSIST, minutes=1
        )
        run_job("learning.train")
    inits = [command[command.index("--init") + 1] for command in commands]
    assert inits[0].endswith("shipped/assist")
    assert own.artifact_prefix in inits[1]
    assert all("--val" not in command and "--holdout" in command for command in commands)


def test_labels_that_allow_no_outline_teach_no_assist(transactional_db: None) -> None:
    boxes = factories.make_project(labels=[{"name": "person", "shapes": ["box"]}])
    version = datasets.freeze_labelled(boxes, [make_picture(boxes, 0.1 * n) for n in range(1, 5)])
    with pytest.raises(NothingToTrainOn, match="outlines"):
        training.training_start(
            actor=factories.make_project_member(boxes, Role.SCIENTIST),
            project=boxes,
            dataset_version_id=version.pk,
            kind=TaskKind.ASSIST,
            minutes=1,
        )
