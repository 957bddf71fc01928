"""Instance segmentation: outlines through augmentation, the mask loss, AP of masks, and a run through the commands."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from ml.cli.main import main
from ml.contracts import Annotation, Box, Dataset, ImagePrediction, ImageRef, LabelledImage, Prediction
from ml.data.augment import mosaic, single
from ml.data.cache import SampleCache, outline_of
from ml.data.outlined import objects_read
from ml.errors import DatasetError
from ml.evaluation.detection import instance_report
from ml.geometry.masks import crop_to_rle, mask_box, mask_to_rle, rle_to_mask
from ml.geometry.rle import counts_decode
from ml.inference.instances import instances_decode
from ml.inference.letterbox import letterbox
from ml.inference.manifest import manifest_read
from ml.models.detector import HeadOutput
from ml.models.detector_assign import Truth
from ml.models.instance import InstanceOutput
from ml.models.instance_loss import cells_inside, instance_loss
from ml.training.instance import cell_shares
from tests.ml.data.test_label_maps import painted_folder
from tests.ml.training.scenes import detection_set, outline_set


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(data folder, RUN) of an instance segmenter that has learnt eight pictures of two shapes by heart."""
    folder = tmp_path_factory.mktemp("instance")
    data, run = outline_set(folder / "data", count=8), folder / "run"
    words = ["train", "instance", "--data", str(data), "--val", str(data), "--out", str(run)]
    assert main([*words, "--input-size", "64", "--max-steps", "110", "--minutes", "1"]) == 0
    return data, run


def test_masks_are_learnt_and_are_better_than_the_boxes_they_lie_in(trained: tuple[Path, Path]) -> None:
    data, run = trained
    metrics = manifest_read(run).metrics
    assert metrics["ap50"] > 0.8
    assert metrics["mask_ap50"] > 0.8
    truth = objects_read(data).dataset
    boxed = [ImagePrediction(tuple(box_as_mask(a, 96) for a in item.annotations)) for item in truth.images]
    # A triangle fills half of its box: as a mask the perfect box comes to an IoU of .5 or so.
    assert metrics["mask_ap"] > instance_report(truth, boxed).mask_ap + 0.2


def box_as_mask(annotation: Annotation, side: int) -> Prediction:
    box = annotation.box
    pixels = np.ones((round(box.y2) - round(box.y1), round(box.x2) - round(box.x1)), bool)
    mask = crop_to_rle(pixels, round(box.x1), round(box.y1), side, side)
    return Prediction(annotation.label, 1.0, box, mask)


def test_commands_score_masks_write_run_lengths_and_export(
    trained: tuple[Path, Path], tmp_path: Path
) -> None:
    data, run = trained
    report, found = tmp_path / "report.json", tmp_path / "found.json"
    assert main(["evaluate", str(run), "--data", str(data), "--report", str(report)]) == 0
    figures, metrics = json.loads(report.read_text()), manifest_read(run).metrics
    assert figures["mask_ap50"] == pytest.approx(metrics["mask_ap50"], abs=1e-6)
    assert {"mask_ap50", "mask_ap", "ap50", "truths"} <= set(figures["per_class"]["red"])
    assert main(["predict", str(run), str(data / "images"), "--out", str(found)]) == 0
    first = json.loads(found.read_text())[0]["detections"][0]
    assert first["mask"]["size"] == [96, 96]
    assert sum(counts_decode(first["mask"]["counts"])) == 96 * 96
    assert manifest_read(run).parity < 1e-3


@pytest.mark.parametrize("seed", range(6))
def test_outlines_follow_their_pixels_through_every_view(tmp_path: Path, seed: int) -> None:
    """Colours say where an object is: its outline, drawn in the view, must hold its pixels and few others."""
    data = objects_read(outline_set(tmp_path / "data", count=4)).dataset
    cache, rng = SampleCache(data, 96, outlines=True), np.random.default_rng(seed)
    samples = [cache.sample(i) for i in range(4)]
    view = single(rng, samples[1], 96) if seed % 2 else mosaic(rng, samples, 96)
    assert len(view.outlines) == len(view.labels) > 0
    for outline, label, expected in zip(view.outlines, view.labels, view.boxes, strict=True):
        inside = cell_shares(outline, 96, 96) > 0
        if inside.sum() < 30:
            continue
        seen = view.pixels[cv2.erode(inside.astype(np.uint8), np.ones((3, 3))) > 0].astype(int)
        strongest = 0 if data.classes[label] == "red" else 2
        assert (seen[:, strongest] - seen[:, 2 - strongest] > 60).mean() > 0.9
        box = mask_box(inside)
        assert box is not None
        # What the view's edge cuts keeps the cut part of its whole box.
        if expected.min() > 0 and expected.max() < 96:
            assert np.abs(np.array([box.x1, box.y1, box.x2, box.y2]) - expected).max() < 2


def test_a_hole_stays_a_hole_in_an_outline() -> None:
    pixels = np.zeros((40, 40), bool)
    pixels[5:35, 5:35] = True
    pixels[15:25, 15:25] = False
    ring = outline_of(Annotation("a", Box(5, 5, 35, 35), mask=mask_to_rle(pixels)))
    shares = cell_shares(ring, 40, 40)
    assert np.abs((shares > 0.5) ^ pixels).mean() < 0.03
    assert outline_of(Annotation("a", Box(5, 5, 35, 35))) == ()


@pytest.mark.parametrize(("left", "top", "h", "w"), [(0, 0, 6, 5), (2, 1, 3, 3), (3, 0, 6, 2), (0, 3, 3, 1)])
@pytest.mark.parametrize("kind", ["full", "mixed", "empty"])
def test_run_lengths_of_a_crop_are_those_of_the_whole(left: int, top: int, h: int, w: int, kind: str) -> None:
    rng = np.random.default_rng(1)
    crop = {
        "full": np.ones((h, w), bool),
        "mixed": rng.random((h, w)) > 0.4,
        "empty": np.zeros((h, w), bool),
    }[kind]
    whole = np.zeros((6, 5), bool)
    whole[top : top + h, left : left + w] = crop
    assert crop_to_rle(crop, left, top, 6, 5) == mask_to_rle(whole)


def test_the_mask_loss_falls_to_nothing_as_masks_come_right_and_boxes_alone_teach_none() -> None:
    truth = Truth(
        torch.tensor([[[8.0, 8.0, 40.0, 40.0]]]), torch.zeros(1, 1, dtype=torch.int64),
        torch.ones(1, 1, dtype=torch.bool), torch.zeros(1, 1, dtype=torch.bool),
    )  # fmt: skip
    points = 8 * 8 + 4 * 4 + 2 * 2
    found = HeadOutput(torch.zeros(1, points, 1), truth.boxes.expand(1, points, 4))
    masks = torch.zeros(1, 1, 16, 16)
    masks[0, 0, 4:8, 3:7] = 1
    mixes = torch.zeros(1, points, 16)
    mixes[..., 0] = 1.0
    prototypes = torch.zeros(1, 16, 16, 16)
    known, unknown = torch.ones(1, 1, dtype=torch.bool), torch.zeros(1, 1, dtype=torch.bool)

    def loss(strength: float, outlined: torch.Tensor) -> float:
        prototypes[0, 0] = (masks[0, 0] * 2 - 1) * strength
        out = InstanceOutput(found, mixes, prototypes)
        return float(instance_loss(out, truth, masks, outlined, 64)["mask"])

    assert loss(0.0, known) > loss(3.0, known) > loss(15.0, known)
    assert loss(15.0, known) < 1e-4
    assert loss(-15.0, known) > 10
    assert loss(-15.0, unknown) == 0.0


def test_cells_of_a_box_are_those_it_touches() -> None:
    inside = cells_inside(torch.tensor([[1.5, 0.0, 3.0, 1.0]]), 3, 4)
    assert inside[0].tolist() == [[0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_masks_come_back_to_where_they_are_in_the_picture() -> None:
    truth = np.zeros((90, 160), np.uint8)
    cv2.ellipse(truth, (60, 40), (40, 20), 20, 0, 360, 1, -1)
    square, fit = letterbox(np.repeat(truth[..., None], 3, axis=2) * 255, 128)
    cells = square[..., 0].reshape(32, 4, 32, 4).mean(axis=(1, 3)) / 127.5 - 1
    box = mask_box(truth > 0)
    assert box is not None
    at = [box.x1 * fit.scale_x + fit.left, box.y1 * fit.scale_y + fit.top]
    to = [box.x2 * fit.scale_x + fit.left, box.y2 * fit.scale_y + fit.top]
    outputs = tuple(
        np.asarray(a, dtype=np.float32) for a in ([[*at, *to]], [[0.9]], [[1.0, 0.0]], [cells, cells * 0])
    )
    (found,) = instances_decode(outputs, ("a",), fit, 128, 0.5)
    assert found.mask is not None
    mask = rle_to_mask(found.mask)
    assert (mask & (truth > 0)).sum() / (mask | (truth > 0)).sum() > 0.93


def test_ap_of_masks_forgives_what_is_known_by_its_box_alone() -> None:
    pixels = np.zeros((40, 40), bool)
    pixels[10:30, 10:20] = True
    image = ImageRef("a", Path("a"), 40, 40)
    outlined = Annotation("a", Box(10, 10, 20, 30), mask=mask_to_rle(pixels))
    boxed = Annotation("a", Box(25, 5, 35, 15))
    truth = Dataset(("a",), (LabelledImage(image, (outlined, boxed)),))
    right = Prediction("a", 0.8, outlined.box, outlined.mask)
    wrong = replace(right, mask=mask_to_rle(~pixels))
    beside = box_as_mask(boxed, 40)
    for masks, expected in (((right, beside), 1.0), ((wrong,), 0.0), ((), 0.0)):
        report = instance_report(truth, [ImagePrediction(masks)])
        assert report.mask_ap50 == pytest.approx(expected)
    assert instance_report(truth, [ImagePrediction((right, beside))]).ap50 == pytest.approx(1.0)


def test_blobs_of_a_painted_mask_are_objects(tmp_path: Path) -> None:
    mask = np.zeros((30, 50), np.uint8)
    mask[2:10, 2:10] = 1
    mask[20:28, 30:48] = 1
    mask[0, 49] = 1
    item = objects_read(painted_folder(tmp_path, mask)).dataset.images[0]
    boxes = sorted((a.box.x1, a.box.y1, a.box.x2, a.box.y2) for a in item.annotations)
    assert boxes == [(2, 2, 10, 10), (30, 20, 48, 28)]


def test_boxes_alone_are_no_objects_to_outline(tmp_path: Path) -> None:
    detection_set(tmp_path / "data", count=2)
    with pytest.raises(DatasetError, match="outline"):
        objects_read(tmp_path / "data")
