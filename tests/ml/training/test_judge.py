"""A judge learns from labelled boxes which class a given box shows, and where its sides should be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.contracts import Box, Dataset, ModelKind, TrainConfig
from ml.errors import ManifestError, TrainingError
from ml.geometry.boxes import row_iou
from ml.inference.judge import Judge
from ml.inference.pictures import picture_load
from ml.training.budget import Budget
from ml.training.judge import JudgeTask, moved
from ml.training.judge_run import JudgeConfig, _looked_through, judge_train
from ml.training.run import train
from tests.ml.training.scenes import detection_set

STEPS = 40


def test_boxes_are_moved_a_little_or_by_far_and_stay_on_the_picture() -> None:
    rng = np.random.default_rng(0)
    box = np.array([20.0, 10.0, 60.0, 90.0])
    boxes = np.stack([moved(rng, box, 100, 100) for _ in range(2000)])
    assert boxes.min() >= 0
    assert boxes.max() <= 100
    assert (boxes[:, 2:] - boxes[:, :2]).min() >= 2
    iou = row_iou(np.tile(box, (2000, 1)), boxes)
    assert 0.4 < (iou > 0.8).mean() < 0.75
    assert 0.1 < (iou < 0.6).mean() < 0.4


def test_what_a_judge_is_taught_is_true_of_the_box_it_is_shown(tmp_path: Path) -> None:
    """The place where an offset leads is the object, mirrored or not, and a place without an object has no class."""
    task = JudgeTask(detection_set(tmp_path), 0)
    batch = task.batch(3, False)
    assert len(batch["targets"]) == 64
    nothing = batch["own"] < 0
    assert nothing.sum() == 16
    assert (batch["targets"][nothing] == 0).all()
    assert (batch["targets"][~nothing] == batch["own"][~nothing] + 1).all()
    # In the stretched square the given box is the inner half: the object's pixels fill where its sides should be.
    colours = batch["crops"].permute(0, 2, 3, 1).numpy() * 0.25 + 0.5
    checked = 0
    for crop, own, offsets in zip(colours, batch["own"].tolist(), batch["offsets"].numpy(), strict=True):
        x1, y1, x2, y2 = (np.array([24, 24, 72, 72]) + 48 * offsets).clip(0, 96).round().astype(int)
        inside = crop[y1 + 3 : y2 - 3, x1 + 3 : x2 - 3].reshape(-1, 3)
        if own >= 0 and len(inside) > 50:
            red = inside.mean(axis=0)
            assert (red[0] > red[2]) == (own == 0)
            assert inside.std(axis=0).max() < 0.06
            checked += 1
    assert checked > 30


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`data`, the detector's `run` and the `judge`, both made of it."""
    folder = tmp_path_factory.mktemp("judge")
    detection_set(folder / "data", count=16)
    run = folder / "run"
    train(TrainConfig(ModelKind.DETECT, folder / "data", run, 1.0, input_size=64, max_steps=2))
    config = JudgeConfig(folder / "data", run, folder / "judge", 1.0, max_steps=STEPS)
    facts = judge_train(config)
    assert (facts.classes, facts.figures["steps"]) == (("red", "blue"), STEPS)
    assert judge_train(config, resume=True) == facts
    with pytest.raises(ManifestError):
        judge_train(replace(config, detector=folder / "data", out=folder / "other"))
    return folder


@pytest.fixture(scope="module")
def judge(learnt: Path) -> Judge:
    return Judge.load(learnt / "judge")


def test_a_resumed_run_learns_from_the_same_pictures_however_long_looking_takes(
    learnt: Path, tmp_path: Path
) -> None:
    dataset = detection_set(tmp_path / "data", count=6)
    config = JudgeConfig(tmp_path / "data", learnt / "run", tmp_path, 1.0)
    clock = iter(range(0, 1000, 5))
    # Each look at the clock is five seconds later: of a minute, a fifth is over after three.
    first, _ = _looked_through(config, dataset, Budget(60.0, clock=lambda: float(next(clock))), False)
    assert 0 < len(first.images) < 6
    clock = iter(range(100, 10_000, 100))
    again, places = _looked_through(config, dataset, Budget(60.0, clock=lambda: float(next(clock))), True)
    assert [item.image.id for item in again.images] == [item.image.id for item in first.images]
    assert len(places) == len(first.images)


def test_it_tells_classes_and_doubts_spoiled_boxes_in_pictures_it_has_not_seen(
    judge: Judge, tmp_path: Path
) -> None:
    rng = np.random.default_rng(5)
    right, doubts = [], []
    for item in detection_set(tmp_path, count=16, seed=9).images:
        pixels = picture_load(item.image.path)
        for annotation in item.annotations:
            fine, spoiled = judge.judge(pixels, [annotation.box, _spoiled(annotation.box, rng)])
            assert fine is not None
            assert spoiled is not None
            name = annotation.label
            right.append(max(fine.shares, key=lambda k: fine.shares[k]) == name)
            doubts.append((fine.errors[name], spoiled.errors[name]))
    assert np.mean(right) >= 0.9
    assert np.mean([b > a for a, b in doubts]) >= 0.7, np.mean(doubts, axis=0)


def _spoiled(box: Box, rng: np.random.Generator) -> Box:
    """Cut to 0.55 of its width or height."""
    if rng.random() < 0.5:
        return Box(box.x1, box.y1, box.x1 + 0.55 * box.width, box.y2)
    return Box(box.x1, box.y1, box.x2, box.y1 + 0.55 * box.height)


def test_without_an_object_there_is_nothing_to_learn(tmp_path: Path) -> None:
    dataset = detection_set(tmp_path, count=2)
    bare = Dataset(dataset.classes, tuple(replace(item, annotations=()) for item in dataset.images))
    with pytest.raises(TrainingError, match="no object|has an object"):
        JudgeTask(bare, 0)
