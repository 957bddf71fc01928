"""Curves of boxes by selection: whole way on a few generated pictures, shared between processes, told plainly when asked wrongly."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from ml.active.candidates import SelectionConfig, Strategy
from ml.cli.main import main
from ml.contracts import Dataset, ModelKind, TrainConfig
from ml.training.crew import ALONE
from ml.training.run import train
from ml.training.selection_boxes import BoxPool, BoxRounds
from tests.ml.training.scenes import detection_set


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Dataset, Path]:
    """(YOLO folder of 16 pictures, the same as a data set, a RUN that has hardly begun)."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("boxes")
    data = detection_set(folder / "data", count=16)
    config = TrainConfig(ModelKind.DETECT, folder / "data", folder / "run", 5.0, input_size=64, max_steps=2)
    train(config)
    return folder / "data", data, folder / "run"


def test_each_budget_is_met_with_other_pictures_and_their_boxes_are_counted(
    start: tuple[Path, Dataset, Path], tmp_path: Path
) -> None:
    _, data, run = start
    pool, held = Dataset(data.classes, data.images[:12]), Dataset(data.classes, data.images[12:])
    rounds = BoxRounds(BoxPool(pool, held, run, 64, 2, ALONE), tmp_path / "scratch")
    rows = rounds.curve([3, 6, 12], SelectionConfig(strategy=Strategy.HYBRID), seed=1)
    assert [row["pictures"] for row in rows] == [3, 6, 12]
    assert rows[-1]["boxes"] == sum(len(item.annotations) for item in pool.images)
    assert rows[0]["boxes"] < rows[1]["boxes"] < rows[2]["boxes"]
    assert set(rows[0]) == {"pictures", "boxes", "ap50", "ap50_red", "ap50_blue"}
    again = BoxRounds(BoxPool(pool, held, run, 64, 2, ALONE), tmp_path / "scratch")
    assert again.curve([3, 6, 12], SelectionConfig(strategy=Strategy.HYBRID), seed=1) == rows


def test_boxes_said_of_mirrored_pictures_lie_where_the_upright_ones_do(
    start: tuple[Path, Dataset, Path], tmp_path: Path
) -> None:
    _, data, run = start
    rounds = BoxRounds(BoxPool(data, data, run, 64, 1, ALONE), tmp_path / "scratch")
    for (upright, fit), (mirrored, other) in zip(rounds._seen.inputs, rounds._mirrored.inputs, strict=True):
        assert np.array_equal(upright[:, ::-1], mirrored)
        right = 64 - fit.left - round(fit.scale_x * fit.width)
        assert other.left == right


def test_command_measures_what_is_missing_and_reports_all(
    start: tuple[Path, Dataset, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, _, run = start
    asked = ["benchmark", "boxes", "--data", str(data), "--init", str(run), "--classes", "red", "blue"]
    asked += [
        "--budgets",
        "2",
        "5",
        "--at",
        "5",
        "--steps",
        "1",
        "--input-size",
        "64",
        "--out",
        str(tmp_path),
    ]
    assert main([*asked, "--strategies", "random", "--seeds", "2"]) == 0
    kept = (tmp_path / "boxes-random-100.json").stat().st_mtime_ns
    assert main([*asked, "--strategies", "random", "entropy", "--seeds", "2"]) == 0
    assert (tmp_path / "boxes-random-100.json").stat().st_mtime_ns == kept
    report = json.loads((tmp_path / "selection-boxes.json").read_text())
    assert report["budgets"] == [2, 5]
    assert set(report["strategies"]) == {"random", "entropy"}
    assert len(report["strategies"]["entropy"]["seeds"]) == 2
    assert report["strategies"]["entropy"]["savings"][0]["at"] == 5
    assert "<svg" in (tmp_path / "selection-boxes.svg").read_text()
    assert "boxes entropy: saved" in capsys.readouterr().out


def test_budgets_that_cannot_be_are_told(
    start: tuple[Path, Dataset, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, _, run = start
    asked = ["benchmark", "boxes", "--data", str(data), "--init", str(run), "--out", str(tmp_path)]
    assert main([*asked, "--classes", "red", "blue", "--budgets", "2", "500", "--at", "2"]) == 2
    assert "500 pictures are asked for" in capsys.readouterr().err
    assert main([*asked, "--budgets", "5", "2", "--at", "2"]) == 2
    assert "budgets that grow" in capsys.readouterr().err
