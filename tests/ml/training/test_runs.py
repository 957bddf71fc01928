"""Whole runs on generated pictures: they learn, repeat, resume, stop, export and score."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from ml.cli.main import main
from ml.contracts import Manifest, ModelKind, TrainConfig
from ml.data.readers import detection_read
from ml.errors import ManifestError, TrainingError
from ml.geometry.boxes import box_iou
from ml.inference.pictures import picture_load
from ml.inference.predictor import Predictor
from ml.inference.runtime import Graph
from ml.training.ahead import Batch
from ml.training.budget import Budget
from ml.training.detect import DetectTask
from ml.training.loop import Trainer
from ml.training.progress import progress_read
from ml.training.run import NO_STEP, train
from ml.training.weights import warm_start, weights_load
from tests.ml.training.scenes import detection_set, tag_set

SIZE = 64


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Manifest]:
    """(data folder, RUN, manifest) of one detector that has learnt its eight pictures by heart."""
    folder = tmp_path_factory.mktemp("overfit")
    detection_set(folder / "data")
    config = TrainConfig(
        ModelKind.DETECT,
        folder / "data",
        folder / "run",
        5.0,
        input_size=96,
        max_steps=120,
        val_data=folder / "data",
    )
    return folder / "data", folder / "run", train(config)


def task(folder: Path) -> DetectTask:
    torch.manual_seed(0)
    data = detection_read(folder).dataset
    return DetectTask(data, data, SIZE, seed=5)


def weights_of(trainer: Trainer) -> dict[str, Tensor]:
    return dict(trainer.average.network.state_dict())


def test_detector_learns_eight_pictures_by_heart(trained: tuple[Path, Path, Manifest]) -> None:
    _, run, manifest = trained
    assert manifest.metrics["ap50"] > 0.8
    curve = [row["val_ap50"] for row in progress_read(run) if "val_ap50" in row]
    assert len(curve) >= 10
    columns = json.loads((run / "curves.json").read_text())
    assert columns["step"][-1] == columns["steps_planned"][-1] == 120
    assert {"cpu_s", "budget_s", "loss", "loss_box", "loss_class", "lr", "val_ap50_red"} <= set(columns)


def test_run_folder_is_small_checked_and_says_what_it_is(trained: tuple[Path, Path, Manifest]) -> None:
    data, run, manifest = trained
    assert (run / "model.onnx").stat().st_size < 6_000_000
    assert manifest.parity < 1e-4
    assert manifest.embedding_dim == 320
    assert str(data.parent) not in (run / "manifest.json").read_text()
    assert not (run / "checkpoint.safetensors").exists()
    with pytest.raises(TrainingError, match="already"):
        train(TrainConfig(ModelKind.DETECT, data, run, 1.0, max_steps=1))


def test_exported_model_gives_boxes_embeddings_and_batches(trained: tuple[Path, Path, Manifest]) -> None:
    data, run, _ = trained
    predictor = Predictor.load(run)
    pictures = [picture_load(p) for p in sorted((data / "images").iterdir())]
    batch = predictor.predict_batch([*pictures, np.zeros((40, 90, 3), np.uint8)])
    single = predictor.predict(pictures[2])
    assert len(batch) == 9
    assert [d.label for d in single.detections] == [d.label for d in batch[2].detections]
    assert np.linalg.norm(single.embedding) == pytest.approx(1.0, abs=1e-5)
    scores = [d.score for d in single.detections]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= d.box.x1 < d.box.x2 <= 96 for d in single.detections)


def test_wide_and_tall_pictures_are_seen_without_a_square_s_borders(
    trained: tuple[Path, Path, Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, run, _ = trained
    first = detection_read(data).dataset.images[0]
    square = picture_load(first.image.path)
    wide, tall = square[:64], square[:, :64]
    predictor = Predictor.load(run)
    seen: list[tuple[int, ...]] = []
    plain = Graph.run

    def noted(graph: Graph, images: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        seen.append(images.shape)
        return plain(graph, images)

    monkeypatch.setattr(Graph, "run", noted)
    mixed = predictor.predict_batch([wide, square, tall, wide], 0.3)
    assert seen == [(2, 3, 64, 96), (1, 3, 96, 96), (1, 3, 96, 64)]
    assert mixed[0] == mixed[3]
    for picture, found, inside in (
        (wide, mixed[0], [a for a in first.annotations if a.box.y2 <= 60]),
        (tall, mixed[2], [a for a in first.annotations if a.box.x2 <= 60]),
    ):
        alone = predictor.predict(picture, 0.3)
        assert [d.label for d in alone.detections] == [d.label for d in found.detections]
        assert inside
        for truth in inside:
            near = [d.box.xyxy for d in found.detections if d.label == truth.label]
            assert box_iou([truth.box.xyxy], near).max() > 0.6


def test_commands_evaluate_predict_and_export(
    trained: tuple[Path, Path, Manifest], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, run, manifest = trained
    report, found = tmp_path / "out" / "report.json", tmp_path / "found.json"
    assert main(["evaluate", str(run), "--data", str(data), "--report", str(report)]) == 0
    figures = json.loads(report.read_text())
    assert figures["ap50"] == pytest.approx(manifest.metrics["ap50"], abs=1e-6)
    assert set(figures["per_class"]) == {"red", "blue"}
    assert figures["ms_per_image"] > 0
    listing = tmp_path / "list.txt"
    listing.write_text("scene1.png\nimages/scene2.png\n")
    arguments = ["evaluate", str(run), "--data", str(data), "--report", str(report)]
    assert main([*arguments, "--only-listed", str(listing)]) == 0
    assert json.loads(report.read_text())["images"] == 2
    assert main(["predict", str(run), str(data / "images"), "--out", str(found)]) == 0
    rows = json.loads(found.read_text())
    assert len(rows) == 8
    assert set(rows[0]["detections"][0]) == {"label", "score", "box"}
    assert main(["predict", str(run), str(tmp_path / "gone.png"), "--out", str(found)]) == 2
    assert "error:" in capsys.readouterr().err


def test_warm_start_matches_class_rows_by_name(trained: tuple[Path, Path, Manifest]) -> None:
    data, run, _ = trained
    weights = weights_load(run / "weights.safetensors")
    torch.manual_seed(1)
    model = task(data).model
    fresh = {k: v.clone() for k, v in model.state_dict().items()}
    assert warm_start(model, weights, ("red", "blue"), ("blue", "green")) == []
    state, name = model.state_dict(), "heads.0.class_out.weight"
    assert torch.equal(state[name][0], weights[name][1])
    assert torch.equal(state[name][1], fresh[name][1])
    assert torch.equal(state["backbone.stem.conv.weight"], weights["backbone.stem.conv.weight"])


class Crash(Exception):
    """Stands for kill -9: the run ends between a step and its next checkpoint."""


class CrashingTask(DetectTask):
    crash_at = -1

    def batch(self, step: int, plain: bool) -> Batch:
        if step == self.crash_at:
            raise Crash
        return super().batch(step, plain)


def test_same_seed_repeats_and_a_killed_run_resumes_to_the_same_weights(tmp_path: Path) -> None:
    detection_set(tmp_path / "data", count=4)

    def trainer(out: str, crash_at: int = -1) -> Trainer:
        one = task(tmp_path / "data")
        one.__class__ = CrashingTask
        one.crash_at = crash_at
        (tmp_path / out).mkdir(exist_ok=True)
        every = 0.0 if out == "killed" else 1e9
        return Trainer(one, Budget(60.0, max_steps=8), tmp_path / out, "same", checkpoint_every_s=every)

    whole, again, killed = trainer("whole"), trainer("again"), trainer("killed", crash_at=4)
    whole.run(resume=False)
    again.run(resume=False)
    with pytest.raises(Crash):
        killed.run(resume=False)
    resumed = trainer("killed")
    outcome = resumed.run(resume=True)
    assert outcome.steps == 8
    assert resumed.budget.carried_s > 0
    for name, value in weights_of(whole).items():
        assert torch.equal(value, weights_of(again)[name]), name
        assert torch.equal(value, weights_of(resumed)[name]), name
    steps = [row["step"] for row in progress_read(tmp_path / "killed")]
    assert steps == sorted(set(steps))
    last = [progress_read(tmp_path / out)[-1]["val_ap50"] for out in ("whole", "again", "killed")]
    assert last[0] == last[1] == last[2]


def test_resume_refuses_another_run_s_checkpoint(tmp_path: Path) -> None:
    detection_set(tmp_path / "data", count=3)
    Trainer(task(tmp_path / "data"), Budget(60.0, max_steps=1), tmp_path, "one").run(resume=False)
    with pytest.raises(TrainingError, match="other settings"):
        Trainer(task(tmp_path / "data"), Budget(60.0, max_steps=1), tmp_path, "two").run(resume=True)
    (tmp_path / "checkpoint.safetensors").write_bytes(b"garbage")
    with pytest.raises(TrainingError, match="not a checkpoint"):
        Trainer(task(tmp_path / "data"), Budget(60.0, max_steps=1), tmp_path, "one").run(resume=True)


# A signal is for a process of its own: what else a test run has loaded must have no say in it.
STOPPED_BY_A_SIGNAL = """
import os, signal, sys
from pathlib import Path
from ml.training.budget import Budget
from ml.training.detect import DetectTask
from ml.training.loop import Stopped, Trainer
from tests.ml.training.test_runs import task

folder = Path(sys.argv[1])

class Interrupted(DetectTask):
    def batch(self, step, plain):
        if step == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().batch(step, plain)

one = task(folder / "data")
one.__class__ = Interrupted
before = signal.getsignal(signal.SIGTERM)
try:
    Trainer(one, Budget(60.0, max_steps=9), folder, "x").run(resume=False)
except Stopped:
    print("stopped", signal.getsignal(signal.SIGTERM) is before)
"""


def test_sigterm_saves_a_checkpoint_and_stops(tmp_path: Path) -> None:
    detection_set(tmp_path / "data", count=3)
    command = [sys.executable, "-c", STOPPED_BY_A_SIGNAL, str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert found.stdout.split() == ["stopped", "True"], found.stderr[-2000:]
    rest = Trainer(task(tmp_path / "data"), Budget(60.0, max_steps=9), tmp_path, "x")
    assert rest.run(resume=True).steps == 9


def test_command_ended_by_sigterm_exits_143_with_a_checkpoint(tmp_path: Path) -> None:
    detection_set(tmp_path / "data", count=3)
    words = ["train", "detect", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "run")]
    command = [sys.executable, "-m", "ml", *words, "--input-size", "64", "--max-steps", "5000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        assert process.wait(timeout=60) == 143
    assert line.startswith("step 1/5000")
    assert "CPU time left" in line
    assert (tmp_path / "run" / "checkpoint.safetensors").is_file()


def test_classifier_through_the_same_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, run = tag_set(tmp_path / "tags"), tmp_path / "run"
    arguments = ["train", "classify", "--data", str(data), "--holdout", "0.3", "--out", str(run)]
    assert main([*arguments, "--input-size", "64", "--max-steps", "90", "--minutes", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["metrics"]["accuracy"] == 1.0
    listed = (run / "holdout.txt").read_text().split()
    assert 0 < len(listed) < 12
    picture = picture_load(data / listed[0])
    prediction = Predictor.load(run).predict(picture)
    assert sum(prediction.tag_scores.values()) == pytest.approx(1.0, abs=1e-5)
    assert max(prediction.tag_scores, key=prediction.tag_scores.__getitem__) == Path(listed[0]).parent.name
    report = tmp_path / "report.json"
    held_out = ["--only-listed", str(run / "holdout.txt")]
    assert main(["evaluate", str(run), "--data", str(data), "--report", str(report), *held_out]) == 0
    figures = json.loads(report.read_text())
    assert (figures["macro_f1"], figures["images"]) == (1.0, len(listed))
    assert main(["export", str(run)]) == 0
    again = Predictor.load(run).predict(picture)
    assert list(again.tag_scores.values()) == pytest.approx(list(prediction.tag_scores.values()), abs=1e-5)


def test_a_budget_too_small_for_a_step_is_told(tmp_path: Path) -> None:
    data, run = tag_set(tmp_path / "tags"), tmp_path / "run"
    words = ["train", "classify", "--data", str(data), "--out", str(run), "--input-size", "64"]
    assert main([*words, "--minutes", "0.0001"]) == 0
    assert NO_STEP in (run / "notes.txt").read_text().splitlines()


@pytest.mark.parametrize(
    "extra",
    [["--input-size", "100"], ["--minutes", "0"], ["--holdout", "1.5"], ["--classes", "forklift"]],
)
def test_impossible_requests_are_one_line_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], extra: list[str]
) -> None:
    detection_set(tmp_path / "data", count=2)
    arguments = ["train", "detect", "--data", str(tmp_path / "data"), "--out", str(tmp_path / "run"), *extra]
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_damaged_run_is_refused(trained: tuple[Path, Path, Manifest], tmp_path: Path) -> None:
    shutil.copytree(trained[1], tmp_path / "run")
    model = tmp_path / "run" / "model.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    with pytest.raises(ManifestError, match="checksum"):
        Predictor.load(tmp_path / "run")
