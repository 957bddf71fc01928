"""Semantic segmentation: loss, figures, geometry, and a run through the commands."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ml.cli.main import main
from ml.contracts import Dataset, ImagePrediction, ImageRef, LabelledImage, ModelKind
from ml.data.label_maps import UNKNOWN, segmentation_read
from ml.evaluation.segmentation import confusion_counts, iou_by_class, otsu_iou, segmentation_report
from ml.geometry.rle import counts_decode
from ml.inference.letterbox import letterbox
from ml.inference.manifest import manifest_read
from ml.inference.pictures import picture_load
from ml.inference.predictor import Predictor
from ml.inference.regions import class_map, regions_map, regions_of
from ml.models.semantic import SemanticNet
from ml.training.segment import class_weights, segmentation_loss
from ml.training.warm import class_rows
from ml.training.weights import warm_start, weights_load
from tests.ml.training.scenes import outline_set


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(data folder, RUN) of a segmenter of two shapes, three tenths of the pictures kept out."""
    folder = tmp_path_factory.mktemp("segment")
    data, run = outline_set(folder / "data", count=16), folder / "run"
    words = ["train", "segment", "--data", str(data), "--out", str(run), "--holdout", "0.3"]
    assert main([*words, "--input-size", "64", "--max-steps", "70", "--minutes", "1"]) == 0
    return data, run


def test_regions_of_pictures_kept_out_are_found(trained: tuple[Path, Path]) -> None:
    _, run = trained
    manifest = manifest_read(run)
    assert manifest.classes == ("red", "blue")
    assert manifest.metrics["iou_red"] > 0.7
    assert manifest.metrics["iou_blue"] > 0.7
    assert manifest.parity < 1e-4
    assert manifest.embedding_dim == 320
    assert {"val_miou", "val_iou_red", "loss_pixel", "loss_dice"} <= set(
        json.loads((run / "curves.json").read_text())
    )


def test_commands_score_against_simple_rules_and_write_run_lengths(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    data, run = trained
    report, found = tmp_path / "report.json", tmp_path / "found.json"
    words = ["evaluate", str(run), "--data", str(data), "--report", str(report)]
    assert main([*words, "--only-listed", str(run / "holdout.txt")]) == 0
    figures, metrics = json.loads(report.read_text()), manifest_read(run).metrics
    assert figures["miou"] == pytest.approx(metrics["miou"], abs=1e-6)
    assert figures["iou"]["red"] == pytest.approx(metrics["iou_red"], abs=1e-6)
    assert set(figures["iou_picture"]) == {"background", "red", "blue"}
    assert figures["baselines"]["majority"]["red"] == 0.0
    assert figures["baselines"]["majority"]["background"] > 0.5
    assert figures["iou"]["red"] > figures["baselines"]["otsu"]["red"]
    assert main(["predict", str(run), str(data / "images"), "--out", str(found)]) == 0
    row = next(r for r in json.loads(found.read_text()) if set(r["regions"]) == {"red", "blue"})
    assert row["regions"]["red"]["size"] == [96, 96]
    assert sum(counts_decode(row["regions"]["red"]["counts"])) == 96 * 96


def test_the_weights_export_again_to_the_same_answers(trained: tuple[Path, Path]) -> None:
    data, run = trained
    picture = picture_load(data / "images" / "scene1.png")
    before = Predictor.load(run).predict(picture).regions
    assert main(["export", str(run)]) == 0
    assert Predictor.load(run).predict(picture).regions == before


def test_a_warm_start_takes_the_background_s_row_and_classes_by_name(trained: tuple[Path, Path]) -> None:
    _, run = trained
    weights = weights_load(run / "weights.safetensors")
    network = SemanticNet(2)
    rows = [class_rows(ModelKind.SEGMENT, classes) for classes in (("red", "blue"), ("green", "red"))]
    assert warm_start(network, weights, *rows) == []
    mine, theirs = network.class_out.weight.detach(), weights["class_out.weight"]
    assert torch.equal(mine[0], theirs[0])
    assert torch.equal(mine[2], theirs[1])
    assert not torch.equal(mine[1], theirs[2])


def test_perfect_logits_cost_nothing_and_unknown_pixels_teach_nothing() -> None:
    maps = torch.zeros(1, 8, 8, dtype=torch.int64)
    maps[0, 2:5, 2:5] = 1
    maps[0, 7] = UNKNOWN
    weights = class_weights(np.array([55, 9]))
    logits = torch.where(torch.stack([maps != 1, maps == 1], 1), 20.0, -20.0)
    losses = segmentation_loss(logits, maps, weights)
    assert float(losses["pixel"]) < 1e-6
    assert float(losses["dice"]) < 0.02
    blank = torch.zeros(1, 2, 8, 8, requires_grad=True)
    torch.stack(list(segmentation_loss(blank, maps, weights).values())).sum().backward()
    assert blank.grad is not None
    assert float(blank.grad[0, :, 7].abs().max()) == 0.0
    assert float(blank.grad[0, :, :7].abs().min()) > 0.0


def test_a_batch_without_any_object_gives_a_finite_loss() -> None:
    maps = torch.full((2, 8, 8), UNKNOWN, dtype=torch.int64)
    losses = segmentation_loss(torch.randn(2, 3, 2, 2), maps, class_weights(np.array([9, 1, 0])))
    assert float(losses["pixel"]) == float(losses["dice"]) == 0.0


def test_a_rare_pixel_weighs_more_but_all_pixels_together_as_before() -> None:
    weights = class_weights(np.array([9900, 100]))
    assert float(weights[1] / weights[0]) == pytest.approx(99**0.5)
    assert float(weights @ torch.tensor([0.99, 0.01])) == pytest.approx(1.0)


def test_counts_agree_with_a_slow_count() -> None:
    rng = np.random.default_rng(0)
    truth, found = rng.choice([0, 1, 2, UNKNOWN], (9, 7)), rng.choice([0, 1, 2], (9, 7))
    counts = confusion_counts(truth.astype(np.uint8), found.astype(np.uint8), 2)
    for a in range(3):
        for b in range(3):
            assert counts[a, b] == sum(t == a and f == b for t, f in zip(truth.flat, found.flat, strict=True))
    union = ((truth == 1) | ((found == 1) & (truth != UNKNOWN))).sum()
    wanted = ((truth == 1) & (found == 1)).sum() / union
    assert iou_by_class(counts, ("a", "b"))["a"] == pytest.approx(wanted)


def test_no_pictures_give_zeroes() -> None:
    report = segmentation_report(Dataset(("a",), ()), ())
    assert (report.miou, report.images, dict(report.iou)) == (0.0, 0, {})


def test_otsu_s_rule_takes_the_side_that_suits_the_class(tmp_path: Path) -> None:
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    mask = np.zeros((40, 60), np.uint8)
    mask[10:30, 15:30] = 1
    Image.fromarray(np.where(mask > 0, 20, 200).astype(np.uint8)).save(
        tmp_path / "images" / "a.jpg", quality=95
    )
    Image.fromarray(mask).save(tmp_path / "masks" / "a.png")
    truth = segmentation_read(tmp_path).dataset
    assert otsu_iou(truth)["object"] > 0.97
    nothing = segmentation_report(truth, [ImagePrediction()])
    assert nothing.iou["object"] == 0.0
    assert nothing.iou["background"] == pytest.approx(1 - 300 / 2400)


@pytest.mark.parametrize(("width", "height"), [(200, 120), (90, 250), (64, 64)])
def test_regions_come_back_to_where_they_are_in_the_picture(width: int, height: int) -> None:
    """What a perfect network would say of a picture's own classes must give these back."""
    rng = np.random.default_rng(3)
    truth = np.zeros((height, width), np.uint8)
    truth[height // 4 : height // 2, width // 3 :] = 1
    truth[height * 3 // 4 :, : width // 2] = 2
    square, fit = letterbox(np.repeat(truth[..., None], 3, axis=2) * 100, 128)
    planes = np.stack([np.abs(square[..., 0] - v * 100.0) < 50 for v in range(3)]).astype(np.float32)
    cells = planes.reshape(3, 32, 4, 32, 4).mean(axis=(2, 4)) + rng.uniform(0, 1e-3, (3, 32, 32)).astype(
        np.float32
    )
    found, _ = class_map(cells, 128, fit)
    assert found.shape == truth.shape
    assert (found == truth).mean() > 0.94
    regions = regions_of(found, ("a", "b"))
    assert np.array_equal(regions_map(regions, ("a", "b"), height, width), found)


def test_a_picture_s_ref_need_not_exist_for_empty_truth() -> None:
    item = LabelledImage(ImageRef("gone", Path("gone.png"), 4, 4))
    assert otsu_iou(Dataset(("a",), (item,))) == {}
