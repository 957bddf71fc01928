"""COCO json as tools write it, for boxes and for image tags."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.contracts import Box
from ml.data.readers import detection_read, tags_read
from ml.errors import DatasetError

Row = dict[str, object]


def write_picture(path: Path, size: tuple[int, int] = (200, 100)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((size[1], size[0], 3), 90, dtype=np.uint8)).save(path)


def table(annotations: list[Row], **image: object) -> Row:
    entry: Row = {"id": 7, "file_name": "a.png", "width": 200, "height": 100, **image}
    categories = [{"id": 0, "name": "things"}, {"id": 1, "name": "person"}, {"id": 4, "name": "truck"}]
    return {"images": [entry], "annotations": annotations, "categories": categories}


def write_set(folder: Path, content: object) -> Path:
    write_picture(folder / "a.png")
    (folder / "_annotations.coco.json").write_text(json.dumps(content))
    return folder


def box(category: object = 1, **more: object) -> Row:
    return {"id": 1, "image_id": 7, "category_id": category, "bbox": [10, 20, 30, 40], **more}


def test_boxes_without_licences_and_with_an_empty_heading_category(tmp_path: Path) -> None:
    loaded = detection_read(write_set(tmp_path, table([box()])))
    assert loaded.dataset.classes == ("person", "truck")
    annotation = loaded.dataset.images[0].annotations[0]
    assert (annotation.label, annotation.box, annotation.ignore) == ("person", Box(10, 20, 40, 60), False)


def test_crowd_is_to_be_ignored(tmp_path: Path) -> None:
    loaded = detection_read(write_set(tmp_path, table([box(iscrowd=1, segmentation={"counts": [1]})])))
    assert loaded.dataset.images[0].annotations[0].ignore


def test_polygons_give_the_box_where_there_is_none(tmp_path: Path) -> None:
    row = box(segmentation=[[1, 1, 2, 1, 2, 2], [10, 20, 40, 20, 40, 60, 10, 60]])
    del row["bbox"]
    annotation = detection_read(write_set(tmp_path, table([row]))).dataset.images[0].annotations[0]
    assert annotation.box == Box(1, 1, 40, 60)
    assert annotation.polygon is not None
    assert len(annotation.polygon.points) == 4
    assert len(annotation.parts) == 2


def test_labels_follow_a_picture_resized_after_labelling(tmp_path: Path) -> None:
    loaded = detection_read(write_set(tmp_path, table([box()], width=400, height=200)))
    assert loaded.dataset.images[0].annotations[0].box == Box(5, 10, 20, 30)
    assert "labels scaled" in loaded.notes[0]


@pytest.mark.parametrize("sub", ["images/a.png", "a.png"])
def test_pictures_are_found_beside_the_json_or_under_images(tmp_path: Path, sub: str) -> None:
    write_picture(tmp_path / "set" / sub)
    (tmp_path / "set" / "annotations").mkdir()
    (tmp_path / "set" / "annotations" / "instances.json").write_text(json.dumps(table([box()])))
    assert len(detection_read(tmp_path / "set").dataset.images) == 1


def test_ids_as_text_and_numbers_meet(tmp_path: Path) -> None:
    loaded = detection_read(write_set(tmp_path, table([box("1", image_id="7")])))
    assert len(loaded.dataset.images[0].annotations) == 1


@pytest.mark.parametrize(
    "row",
    [
        box(99),
        box(bbox=[1, 2, 3]),
        box(bbox="all"),
        box(bbox=[10, 20, float("nan"), 40]),
        box(bbox=[10, 20, 0, 0]),
        box(bbox=[500, 20, 30, 40]),
        box(bbox=None, segmentation=[[1, 2]]),
    ],
)
def test_bad_objects_are_noted_and_left_out(tmp_path: Path, row: Row) -> None:
    loaded = detection_read(write_set(tmp_path, table([row, box()])))
    assert len(loaded.dataset.images[0].annotations) == 1
    assert loaded.notes


@pytest.mark.parametrize("name", ["../outside.png", "/etc/passwd", "a\x00.png", "", 5, None])
def test_file_names_that_leave_the_folder_are_not_opened(tmp_path: Path, name: object) -> None:
    write_picture(tmp_path / "outside.png")
    folder = tmp_path / "set"
    with pytest.raises(DatasetError):
        detection_read(write_set(folder, table([box()], file_name=name)))


@pytest.mark.parametrize("content", [[], {"images": 3}, {"images": [1, None], "annotations": ["x"]}, "text"])
def test_json_of_another_kind_is_refused(tmp_path: Path, content: object) -> None:
    (tmp_path / "broken.json").write_text('{"images": [')
    with pytest.raises(DatasetError):
        detection_read(write_set(tmp_path, content))


def test_tags_of_images(tmp_path: Path) -> None:
    content = {"images": [{"id": 1, "file_name": "a.png", "tags": ["wet", "night"]}]}
    loaded = tags_read(write_set(tmp_path, content))
    assert loaded.dataset.classes == ("night", "wet")
    assert loaded.dataset.images[0].tags == ("wet", "night")


def test_folder_per_class_with_and_without_splits(tmp_path: Path) -> None:
    for name in ("train/ok/1.png", "train/bad/2.png", "val/ok/3.png"):
        write_picture(tmp_path / "split" / name)
    for name in ("ok/1.png", "bad/deeper/2.png"):
        write_picture(tmp_path / "plain" / name)
    split, plain = tags_read(tmp_path / "split").dataset, tags_read(tmp_path / "plain").dataset
    assert split.classes == plain.classes == ("bad", "ok")
    assert sorted(i.tags[0] for i in split.images) == ["bad", "ok", "ok"]
    with pytest.raises(DatasetError):
        (tmp_path / "empty").mkdir()
        tags_read(tmp_path / "empty")
