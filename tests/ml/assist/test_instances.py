"""Folders of objects with outlines: what is read, what is left out, and the same photos held out every time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.data.instances import holdout_instances, instances_read
from ml.errors import DatasetError
from ml.geometry.masks import mask_to_rle
from ml.geometry.rle import counts_encode
from tests.ml.assist.shapes import painted_set

RING = [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.5]]


def picture(path: Path, side: int = 60) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.zeros((side, side, 3), np.uint8)).save(path)


def test_yolo_polygons_count_and_boxes_do_not(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "data.yaml").write_text("train: images\nnames: [a]\n")
    picture(tmp_path / "images" / "one.jpg")
    picture(tmp_path / "images" / "boxes.jpg")
    outline = " ".join(f"{x} {y}" for x, y in RING)
    (tmp_path / "labels" / "one.txt").write_text(
        f"0 {outline}\n0 0.5 0.5 0.3 0.3\n0 0.1 0.1 0.12 0.1 0.12 0.12\n"
    )
    (tmp_path / "labels" / "boxes.txt").write_text("0 0.5 0.5 0.3 0.3\n")
    found = instances_read(tmp_path)
    assert [p.image.id for p in found.pictures] == ["images/one.jpg"]
    [target] = found.pictures[0].objects
    assert (target.box.x1, target.box.y1) == pytest.approx((12, 12), abs=1)
    assert (target.box.x2, target.box.y2) == pytest.approx((36, 36), abs=1)
    assert 0.7 < target.pixels.mean() < 0.97
    assert any("without an outline" in line for line in found.notes)
    assert any("too small" in line for line in found.notes)


def test_coco_polygons(tmp_path: Path) -> None:
    picture(tmp_path / "a.jpg")
    flat = [v * 60 for point in RING for v in point]
    row = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [12, 12, 24, 24], "segmentation": [flat]}
    table = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 60, "height": 60}],
        "annotations": [row],
        "categories": [{"id": 0, "name": "none"}, {"id": 1, "name": "person"}],
    }
    (tmp_path / "labels.json").write_text(json.dumps(table))
    assert len(instances_read(tmp_path).pictures[0].objects) == 1


@pytest.mark.parametrize("as_text", [True, False])
def test_coco_run_lengths_keep_every_part_of_an_object(tmp_path: Path, as_text: bool) -> None:
    picture(tmp_path / "a.jpg")
    mask = np.zeros((60, 60), dtype=bool)
    mask[10:30, 10:30] = mask[40:50, 12:28] = True
    runs = mask_to_rle(mask)
    row = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 40]}
    row["segmentation"] = {"size": [60, 60], "counts": counts_encode(runs.counts) if as_text else runs.counts}
    foreign = {**row, "id": 2, "segmentation": {"size": [60, 60], "counts": [3, 4]}}
    table = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 60, "height": 60}],
        "annotations": [row, foreign],
        "categories": [{"id": 1, "name": "spill"}],
    }
    (tmp_path / "labels.json").write_text(json.dumps(table))
    found = instances_read(tmp_path)
    [target] = found.pictures[0].objects
    np.testing.assert_array_equal(target.full(60, 60), mask)
    assert any("without an outline" in line for line in found.notes)


@pytest.mark.parametrize("value", [1, 255])
def test_every_blob_of_a_painted_mask_is_an_object(tmp_path: Path, value: int) -> None:
    picture(tmp_path / "defects" / "a.jpg")
    picture(tmp_path / "defects" / "other_size.jpg")
    mask = np.zeros((60, 60), np.uint8)
    mask[5:25, 5:25] = value
    mask[5:9, 5:15] = 0
    mask[30:55, 30:55] = np.tri(25, dtype=np.uint8) * value
    mask[58, 58] = value
    if value == 255:
        mask[40:50, 5:20] = 100
    Image.fromarray(mask).save(tmp_path / "defects" / "a.png")
    Image.fromarray(mask[:30]).save(tmp_path / "defects" / "other_size.png")
    found = instances_read(tmp_path)
    [one] = found.pictures
    assert len(one.objects) == 2
    assert (one.objects[1].full(60, 60) == (mask > 0)).sum() > 3000
    assert any("another size" in line for line in found.notes)


def test_masks_in_their_own_folder_and_a_split_that_stays(tmp_path: Path) -> None:
    found = instances_read(painted_set(tmp_path / "shapes", count=30))
    assert (found.name, len(found.pictures)) == ("shapes", 30)
    kept, held = holdout_instances(found.pictures, 0.3)
    assert 3 <= len(held) <= 16
    fewer = holdout_instances(found.pictures[::2], 0.3)[1]
    assert {p.image.id for p in fewer} == {p.image.id for p in held} & {
        p.image.id for p in found.pictures[::2]
    }
    assert len(kept) + len(held) == 30


def test_folders_without_outlines_are_refused(tmp_path: Path) -> None:
    picture(tmp_path / "plain" / "a.jpg")
    for folder in (tmp_path / "plain", tmp_path / "gone"):
        with pytest.raises(DatasetError):
            instances_read(folder)
