"""What data, disks and folders can do to a run: a clear error, or a note; never a trace, and nothing saved is lost."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from ml.contracts import Dataset, LabelledImage, ModelKind, TrainConfig
from ml.data.kinds import reader_of
from ml.errors import DatasetError, TrainingError
from ml.training.architectures import TASKS
from ml.training.budget import Budget
from ml.training.checkpoint import CHECKPOINT_FILE, RunState, checkpoint_load, checkpoint_save
from ml.training.loop import BAD_BATCH_FILE, Batch, Trainer
from ml.training.run import Sets, sets_read, thin_classes
from ml.training.shortages import shortages_named
from tests.ml.training.scenes import detection_set, outline_set, tag_set
from tests.support.disk import full_at, room_for

KINDS = {
    ModelKind.DETECT: lambda folder: detection_set(folder, 4),
    ModelKind.CLASSIFY: lambda folder: tag_set(folder, 6),
    ModelKind.SEGMENT: lambda folder: outline_set(folder, 4),
    ModelKind.INSTANCE: lambda folder: outline_set(folder, 4),
}


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def read(kind: ModelKind, folder: Path) -> Dataset:
    KINDS[kind](folder)
    return reader_of(kind)(folder).dataset


def damage(picture: Path) -> None:
    """Keep the header, so that the reader takes it, and spoil what follows."""
    data = picture.read_bytes()
    picture.write_bytes(data[: len(data) // 3])


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_damaged_picture_is_left_out_of_learning_and_of_evaluating(tmp_path: Path, kind: ModelKind) -> None:
    data = read(kind, tmp_path / "data")
    damage(data.images[0].image.path)
    task = TASKS[kind](data, data, 64, 0)
    assert len(task.cache) == len(data.images) - 1
    assert [note for note in task.cache.skipped if data.images[0].image.path.name in note]
    assert task.evaluate(task.model)
    assert len(task.held_out.dataset.images) == len(data.images) - 1


@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_but_damaged_pictures_is_an_error(tmp_path: Path, kind: ModelKind) -> None:
    data = read(kind, tmp_path / "data")
    for item in data.images:
        damage(item.image.path)
    with pytest.raises(TrainingError, match="can be read"):
        TASKS[kind](data, None, 64, 0)


@pytest.mark.parametrize("kind", [ModelKind.DETECT, ModelKind.SEGMENT, ModelKind.INSTANCE])
def test_pictures_without_any_object_are_an_error(tmp_path: Path, kind: ModelKind) -> None:
    """Of the data set a part may have objects; what is learnt from has none."""
    KINDS[kind](tmp_path / "data")
    for side in ("train", "val"):
        (tmp_path / "data" / side).mkdir()
    labels = sorted((tmp_path / "data" / "labels").iterdir())
    for label in labels[1:]:
        label.write_text("")
    text = "train: [images/scene1.png, images/scene2.png]\nval: images/scene0.png\nnames: [red, blue]\n"
    (tmp_path / "data" / "data.yaml").write_text(text)
    with pytest.raises(TrainingError, match="label to learn from"):
        sets_read(TrainConfig(kind, tmp_path / "data", tmp_path / "run", 1.0))


def test_pictures_without_any_tag_are_an_error(tmp_path: Path) -> None:
    tag_set(tmp_path / "data", 2)
    names = sorted(path.relative_to(tmp_path / "data").as_posix() for path in tmp_path.rglob("*.png"))
    images = [{"id": n, "file_name": name, "width": 64, "height": 64} for n, name in enumerate(names)]
    content = {"images": images, "annotations": [], "categories": []}
    (tmp_path / "data" / "train.json").write_text(json.dumps(content))
    with pytest.raises(DatasetError, match="tag"):
        sets_read(TrainConfig(ModelKind.CLASSIFY, tmp_path / "data", tmp_path / "run", 1.0))


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_class_of_two_examples_and_one_that_is_not_measured_are_noted(
    tmp_path: Path, kind: ModelKind
) -> None:
    data = read(kind, tmp_path / "data")
    blue, red = (only(data, name) for name in ("blue", "red"))
    sets = Sets(Dataset(data.classes, (*blue[:2], *red * 6)), Dataset(data.classes, red), ())
    assert thin_classes(sets) == (
        "class blue: 2 to learn from, too few to be relied on",
        "class blue: none among the held-out pictures, not in the figures",
    )


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_class_without_held_out_truth_is_left_out_of_the_figures(tmp_path: Path, kind: ModelKind) -> None:
    data = read(kind, tmp_path / "data")
    task = TASKS[kind](data, Dataset(data.classes, only(data, "red")), 64, 0)
    figures = task.evaluate(task.model)
    assert [name for name in figures if "red" in name] or kind is ModelKind.CLASSIFY
    assert not [name for name in figures if "blue" in name]
    assert all(math.isfinite(value) for value in figures.values())


def only(data: Dataset, name: str) -> tuple[LabelledImage, ...]:
    """The pictures with objects (or the tag) of that class, without those of others."""
    found = []
    for item in data.images:
        objects = tuple(a for a in item.annotations if a.label == name)
        if objects or name in item.tags:
            found.append(replace(item, annotations=objects))
    return tuple(found)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_loss_that_is_not_finite_ends_the_run_and_keeps_its_batch(tmp_path: Path, kind: ModelKind) -> None:
    """From the weights on: what matches answers to objects meets them before the loss does."""
    data = read(kind, tmp_path / "data")
    task = TASKS[kind](data, None, 64, 0)
    with torch.no_grad():
        next(task.model.parameters()).fill_(torch.nan)
    with pytest.raises(TrainingError, match="not finite at step 0"):
        Trainer(task, Budget(60.0, max_steps=2), tmp_path, "x").run(resume=False)
    # Whole pictures, a byte a channel and more.
    assert (tmp_path / BAD_BATCH_FILE).stat().st_size > 3 * 64 * 64
    assert not (tmp_path / CHECKPOINT_FILE).exists()


class Linear:
    """The least that a trainer can train."""

    def __init__(self, width: int = 2) -> None:
        torch.manual_seed(0)
        self.model: nn.Module = nn.Linear(width, 1)
        self.figures: list[float] = []

    def batch(self, step: int, plain: bool) -> Batch:
        return {"x": torch.ones(1, self.model.in_features)}  # type: ignore[arg-type]

    def losses(self, batch: Batch) -> Mapping[str, Tensor]:
        return {"square": self.model(batch["x"]).square().mean()}

    def evaluate(self, network: nn.Module) -> Mapping[str, float]:
        return {"val_figure": self.figures.pop(0)} if self.figures else {}


def test_a_checkpoint_that_cannot_be_written_is_named_and_the_one_before_stays(tmp_path: Path) -> None:
    trainer = Trainer(Linear(), Budget(9.0, max_steps=2), tmp_path, "x")
    trainer.run(resume=False)
    before = (tmp_path / CHECKPOINT_FILE).read_bytes()
    state = RunState(3, 0.0, 0.0, "x")
    with pytest.raises(TrainingError, match="is the disk full"), room_for(64):
        checkpoint_save(tmp_path, trainer.task.model, trainer.average.network, trainer.optimizer, state)
    assert (tmp_path / CHECKPOINT_FILE).read_bytes() == before
    assert not (tmp_path / "checkpoint.part").exists()
    resumed = Trainer(Linear(), Budget(9.0, max_steps=4), tmp_path, "x").run(resume=True)
    assert resumed.steps == 4


def test_a_disk_that_fills_up_elsewhere_is_named_too(tmp_path: Path) -> None:
    full_at(tmp_path / "curves.json")
    with pytest.raises(TrainingError, match="full. Make room"), shortages_named(tmp_path):
        Trainer(Linear(), Budget(9.0, max_steps=1), tmp_path, "x").run(resume=False)


def test_memory_that_runs_out_is_named_and_other_errors_stay_themselves(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="Memory ran out"), shortages_named(tmp_path):
        torch.empty(2**60, dtype=torch.uint8)
    with pytest.raises(FileNotFoundError), shortages_named(tmp_path):
        (tmp_path / "gone").read_text()
    with pytest.raises(RuntimeError, match="shape"), shortages_named(tmp_path):
        torch.zeros(3).view(2)


def test_a_checkpoint_of_another_architecture_is_refused(tmp_path: Path) -> None:
    small, large = Linear(2).model, Linear(3).model
    optimizer = torch.optim.AdamW(small.parameters())
    checkpoint_save(tmp_path, small, Linear(2).model, optimizer, RunState(1, 0.0, 0.0, "same"))
    with pytest.raises(TrainingError, match="another architecture"):
        checkpoint_load(tmp_path, large, large, torch.optim.AdamW(large.parameters()), "same")


def test_early_stop_goes_back_to_the_best_weights_and_survives_a_resume(tmp_path: Path) -> None:
    figures = [0.1, 0.5, 0.4, 0.3, 0.9]
    task, kept = Linear(), dict[int, Tensor]()
    task.figures = list(figures)

    class Watched(Linear):
        def evaluate(self, network: nn.Module) -> Mapping[str, float]:
            kept[len(kept)] = network.weight.clone()  # type: ignore[operator]
            return super().evaluate(network)

    task.__class__ = Watched
    whole = Trainer(task, Budget(9.0, max_steps=10), tmp_path, "x", patience=2).run(resume=False)
    assert whole.steps == 4
    assert torch.equal(whole.network.weight, kept[1])
    again = Trainer(Linear(), Budget(9.0, max_steps=10), tmp_path, "x", patience=2).run(resume=True)
    assert again.steps == 4
    assert torch.equal(again.network.weight, kept[1])
    assert Trainer(Linear(), Budget(9.0, max_steps=10), tmp_path, "x").run(resume=True).steps == 10


def test_a_warm_start_in_which_nothing_fits_is_refused(tmp_path: Path) -> None:
    from ml.contracts import Manifest
    from ml.inference.manifest import manifest_write
    from ml.training.warm import init_load

    classes = ("object",)
    size = (0.0, 0.0, 0.0)
    manifest = Manifest(
        "other", ModelKind.ASSIST, "assist-n", classes, 64, size, (1.0, 1.0, 1.0), "0" * 64, 0.0
    )
    manifest_write(tmp_path, manifest)
    save_file({"elsewhere": torch.zeros(3)}, tmp_path / "weights.safetensors")
    config = TrainConfig(ModelKind.DETECT, tmp_path, tmp_path, 1.0, init_from=tmp_path, architecture="site-n")
    with pytest.raises(TrainingError, match=r"Nothing of other \(assist-n\) fits site-n"):
        init_load(config, nn.Linear(2, 1), classes)
