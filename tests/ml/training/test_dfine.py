"""D-FINE with weights from an operator's file: random ones, saved by the library as published ones are. Nothing is said of quality."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ml.cli.main import main
from ml.contracts import Manifest, ModelKind, TrainConfig
from ml.data.coco_names import COCO_NAMES
from ml.data.readers import detection_read
from ml.errors import ManifestError, TrainingError
from ml.inference.letterbox import PAD_VALUE
from ml.inference.manifest import file_sha256
from ml.inference.pictures import picture_load
from ml.inference.predictor import Predictor
from ml.inference.preprocess import MEAN, STD
from ml.training.architectures import ARCHITECTURES
from ml.training.budget import Budget
from ml.training.loop import BAD_BATCH_FILE, Trainer
from ml.training.progress import progress_read
from ml.training.run import train
from tests.ml.training.scenes import detection_set
from tests.support.dfine import named, published_file

# One whole run of twenty steps with its export, and a few steps more: about two CPU minutes.
pytestmark = pytest.mark.slow
SIZE = 256
STEPS = 20

published = pytest.importorskip("ml.training.published")
dfine = pytest.importorskip("ml.models.dfine")
detect_dfine = pytest.importorskip("ml.training.detect_dfine")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    return published_file(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, weights: tuple[Path, str]
) -> tuple[Path, Path, Manifest]:
    """(data folder, RUN, manifest) after twenty steps from the file."""
    folder = tmp_path_factory.mktemp("d-fine")
    detection_set(folder / "data", 4)
    # The library's class of that name is to be kept by name.
    yaml = folder / "data" / "data.yaml"
    yaml.write_text(yaml.read_text().replace("red", "person"))
    path, sha256 = weights
    config = TrainConfig(
        ModelKind.DETECT,
        folder / "data",
        folder / "run",
        30.0,
        architecture="d-fine-n",
        input_size=SIZE,
        max_steps=STEPS,
        batch=2,
        init_from=path,
        allowed_sha256=(sha256,),
        val_data=folder / "data",
    )
    torch.set_num_threads(1)
    return folder / "data", folder / "run", train(config)


def test_a_file_of_weights_is_taught_exported_and_scored_without_torch_s_help(
    trained: tuple[Path, Path, Manifest],
) -> None:
    data, run, manifest = trained
    assert manifest.architecture == "d-fine-n"
    assert manifest.classes == ("person", "blue")
    assert manifest.parity < 1e-3
    assert not manifest.doubles
    assert manifest.embedding_dim == 256
    assert "ap50" in manifest.metrics
    assert "classes known to it: person; new: blue" in (run / "notes.txt").read_text()
    rows = progress_read(run)
    assert rows[-1]["step"] == STEPS
    assert all(np.isfinite(row["loss"]) for row in rows)
    network = dfine.DFine("n", 2).eval()
    network.load_state_dict(
        {
            k: v.float() if v.is_floating_point() else v
            for k, v in load_file(run / "weights.safetensors").items()
        }
    )
    task = detect_dfine.DFineTask("n", *[detection_read(data).dataset] * 2, SIZE, 0)
    by_torch = task.predict(network, task.held_out)
    predictor = Predictor.load(run)
    for item, wanted in zip(task.held_out.dataset.images, by_torch, strict=True):
        found = predictor.predict(picture_load(item.image.path), 0.05)
        strong = [d for d in wanted.detections if d.score >= 0.05]
        assert len(found.detections) == pytest.approx(len(strong), abs=1)
        assert strong
        for one in strong[:20]:
            near = min(
                max(abs(a - b) for a, b in zip(_corners(one.box), _corners(other.box), strict=True))
                for other in found.detections
                if other.label == one.label and abs(other.score - one.score) < 2e-3
            )
            assert near < 0.1


def _corners(box: object) -> tuple[float, float, float, float]:
    return (box.x1, box.y1, box.x2, box.y2)  # type: ignore[attr-defined]


def test_a_run_is_gone_on_from_with_its_own_architecture(
    trained: tuple[Path, Path, Manifest], tmp_path: Path
) -> None:
    from ml.training.warm import architecture_key, init_load

    data, run, _ = trained
    config = TrainConfig(ModelKind.DETECT, data, tmp_path, 1.0, init_from=run)
    assert architecture_key(config) == "d-fine-n"
    network = dfine.DFine("n", 3)
    notes = init_load(
        TrainConfig(ModelKind.DETECT, data, tmp_path, 1.0, architecture="d-fine-n", init_from=run),
        network,
        ("blue", "green", "person"),
    )
    assert "skipped: nothing" in notes[0]
    stored = load_file(run / "weights.safetensors")
    rows = stored["model.enc_score_head.weight"].float()
    assert torch.equal(network.state_dict()["model.enc_score_head.weight"][[2, 0]], rows)


def test_the_published_layout_is_the_library_s(weights: tuple[Path, str]) -> None:
    """What the library reads from its own file is what we read from it."""
    from transformers.models.d_fine import DFineForObjectDetection

    path, sha256 = weights
    read = published.published_read(path, [sha256])
    assert read.architecture == "d-fine-n"
    assert read.classes == COCO_NAMES
    ours = dfine.DFine("n", 80)
    ours.load_state_dict(read.weights, strict=False)
    theirs = DFineForObjectDetection.from_pretrained(
        None, config=dfine.config_of(dfine.SIZES["n"], 80), state_dict=load_file(path)
    )
    images = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        mine, wanted = ours.eval()((images - MEAN) / STD), theirs.eval()(images)
    assert torch.allclose(mine.logits, wanted.logits, atol=1e-4)
    centre, side = wanted.pred_boxes.split(2, dim=-1)
    corners = torch.cat([centre - side / 2, centre + side / 2], dim=-1) * SIZE
    assert torch.allclose(mine.boxes, corners, atol=1e-2)


def trainer(data: Path, out: Path) -> Trainer:
    torch.manual_seed(3)
    dataset = detection_read(data).dataset
    task = detect_dfine.DFineTask("n", dataset, None, SIZE, 5, batch=1)
    out.mkdir(exist_ok=True)
    recipe = ARCHITECTURES["d-fine-n"].recipe
    return Trainer(task, Budget(60.0, max_steps=3), out, "same", recipe=recipe)


def test_the_trunk_learns_slower_and_pictures_without_objects_teach(tmp_path: Path) -> None:
    detection_set(tmp_path / "data", 2)
    for labels in (tmp_path / "data" / "labels").iterdir():
        labels.write_text("")
    one = trainer(tmp_path / "data", tmp_path / "run")
    before = {k: v.clone() for k, v in one.task.model.state_dict().items()}
    one.run(resume=False)
    after = one.task.model.state_dict()
    assert any(not torch.equal(before[k], after[k]) for k in before if "enc_score_head" in k)
    rates = {
        round(group["lr"] / one.optimizer.param_groups[0]["lr"], 6) for group in one.optimizer.param_groups
    }
    assert rates == {1.0, 0.5}


def test_a_loss_that_is_not_finite_ends_the_run_and_keeps_its_batch(tmp_path: Path) -> None:
    """The published matching would end in an error that names no cause."""
    detection_set(tmp_path / "data", 2)
    one = trainer(tmp_path / "data", tmp_path / "run")
    with torch.no_grad():
        next(one.task.model.parameters()).fill_(torch.nan)
    with pytest.raises(TrainingError, match="not finite at step 0"):
        one.run(resume=False)
    assert (tmp_path / "run" / BAD_BATCH_FILE).exists()


def test_what_is_to_be_ignored_is_hidden_and_not_taught(tmp_path: Path) -> None:
    detection_set(tmp_path / "data", 2)
    task = trainer(tmp_path / "data", tmp_path / "run").task
    batch = {
        "images": torch.zeros(1, 3, SIZE, SIZE),
        "boxes": torch.tensor([[[10.0, 10.0, 60.0, 60.0], [40.0, 40.0, 80.0, 80.0]]]),
        "labels": torch.tensor([[0, 1]]),
        "real": torch.tensor([[True, True]]),
        "ignored": torch.tensor([[True, False]]),
    }
    detect_dfine._hide_ignored(batch)
    grey = pytest.approx((PAD_VALUE / 255 - MEAN) / STD)
    assert float(batch["images"][0, 0, 20, 20]) == grey
    assert float(batch["images"][0, 0, 50, 50]) == 0.0
    taught = task._truth(batch)[0]  # type: ignore[attr-defined]
    assert taught["class_labels"].tolist() == [1]
    assert taught["boxes"].tolist() == [pytest.approx([60 / SIZE, 60 / SIZE, 40 / SIZE, 40 / SIZE])]


def spoiled(folder: Path, weights: Path, how: str) -> Path:
    path = folder / "spoiled.safetensors"
    tensors = load_file(weights)
    if how == "pickle":
        torch.save(tensors, path)
    elif how == "cut short":
        path.write_bytes(weights.read_bytes()[:200_000])
    elif how == "another network":
        save_file({"layer.weight": torch.zeros(2, 2)}, path)
    else:
        if how == "another size":
            tensors["model.encoder_input_proj.0.0.weight"] = torch.zeros(384, 512, 1, 1)
        if how == "not finite":
            tensors["model.enc_output.0.bias"][3] = torch.nan
        if how == "one missing":
            del tensors["model.enc_output.0.bias"]
        save_file(tensors, path)
    return path


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("pickle", "is a pickle"),
        ("cut short", "is damaged"),
        ("another network", "another architecture"),
        ("another size", "of a size not known"),
        ("not finite", "is not finite"),
        ("one missing", "model.enc_output.0.bias is missing"),
    ],
)
def test_files_that_cannot_be_started_from_are_refused_by_name(
    tmp_path: Path, weights: tuple[Path, str], how: str, said: str
) -> None:
    path = spoiled(tmp_path, weights[0], how)
    with pytest.raises(ManifestError, match=said):
        published.published_read(path, [file_sha256(path)])


def test_only_files_whose_hash_is_allowed_are_opened(
    tmp_path: Path, weights: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    path, sha256 = weights
    with pytest.raises(ManifestError, match=f"has SHA-256 {sha256}, which is not on the list"):
        published.published_read(path, ["0" * 64])
    named(path, ["one"])
    try:
        with pytest.raises(ManifestError, match="names 1 classes; the weights have 80"):
            published.published_read(path, [sha256])
        named(path, [f"thing {i}" for i in range(80)])
        assert published.published_read(path, [sha256]).classes[3] == "thing 3"
    finally:
        path.with_suffix(".json").unlink()
    assert main(["published", str(path), "--allow", sha256]) == 0
    assert '"architecture": "d-fine-n"' in capsys.readouterr().out


def test_what_cannot_be_asked_for_is_said(tmp_path: Path, weights: tuple[Path, str]) -> None:
    detection_set(tmp_path / "data", 2)
    asked = {"kind": ModelKind.DETECT, "data": tmp_path / "data", "out": tmp_path / "run", "minutes": 1.0}
    for more, said in (
        ({"architecture": "d-fine-n"}, "goes on from weights"),
        ({"architecture": "d-fine-n", "input_size": 224}, "at least 256"),
        ({"architecture": "yolo"}, "is one of site-n, d-fine-n"),
        ({"init_from": weights[0]}, "goes on from a RUN folder"),
    ):
        with pytest.raises(TrainingError, match=said):
            train(TrainConfig(**asked, **more))  # type: ignore[arg-type]
    with pytest.raises(ManifestError, match="holds a d-fine-n, not a d-fine-s"):
        train(
            TrainConfig(
                **asked,
                architecture="d-fine-s",
                init_from=weights[0],
                allowed_sha256=(weights[1],),  # type: ignore[arg-type]
            )
        )
