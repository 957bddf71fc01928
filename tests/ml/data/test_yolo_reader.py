"""YOLO folders as people have them: boxes, polygons, odd rows, odd descriptions, hostile files."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.contracts import Box, ImageRef
from ml.data.readers import detection_read
from ml.data.yolo import row_parse
from ml.errors import DatasetError

NAMES = ("helmet", "person")
PICTURE = ImageRef("a.jpg", Path("a.jpg"), 200, 100)


def write_picture(path: Path, size: tuple[int, int] = (200, 100)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((size[1], size[0], 3), 90, dtype=np.uint8)).save(path)


def write_set(
    folder: Path, description: str = "train: images\nval: images\nnames: [helmet, person]\n"
) -> Path:
    (folder / "data.yaml").write_text(description)
    write_picture(folder / "images" / "a.jpg")
    (folder / "labels").mkdir()
    (folder / "labels" / "a.txt").write_text("1 0.5 0.5 0.2 0.4\n0 0.1 0.1 0.3 0.1 0.3 0.3\n")
    return folder


@pytest.mark.parametrize(
    ("row", "label", "box", "polygon"),
    [
        ("1 0.5 0.5 0.2 0.4", "person", Box(80, 30, 120, 70), False),
        ("1 0.5 0.5 0.2 0.4 0.93", "person", Box(80, 30, 120, 70), False),
        ("0 0.1 0.1 0.3 0.1 0.3 0.3", "helmet", Box(20, 10, 60, 30), True),
        ("0.0 0.1 0.1 0.3 0.1 0.3 0.3 0.1 0.3", "helmet", Box(20, 10, 60, 30), True),
    ],
)
def test_row_gives_box_and_keeps_polygon(row: str, label: str, box: Box, polygon: bool) -> None:
    annotation, note = row_parse(row, NAMES, PICTURE)
    assert note == ""
    assert annotation is not None
    assert annotation.label == label
    assert (annotation.polygon is not None) == polygon
    got = annotation.box
    assert (got.x1, got.y1, got.x2, got.y2) == pytest.approx((box.x1, box.y1, box.x2, box.y2))


@pytest.mark.parametrize(
    "row",
    [
        "1 0.5 0.5 0.2",
        "1 0.5 0.5 0.2 0.4 0.1 0.2 0.3",
        "x 0.5 0.5 0.2 0.4",
        "7 0.5 0.5 0.2 0.4",
        "-1 0.5 0.5 0.2 0.4",
        "1.5 0.5 0.5 0.2 0.4",
        "1 nan 0.5 0.2 0.4",
        "1 0.5 inf 0.2 0.4",
        "1 120 50 40 40",
        "1 0.5 0.5 0 0.4",
        "1 0.5 0.5 -0.2 0.4",
        "1 1.4 0.5 0.2 0.4",
        "\x00\x01",
    ],
)
def test_row_that_means_nothing_is_left_out_with_a_note(row: str) -> None:
    annotation, note = row_parse(row, NAMES, PICTURE)
    assert annotation is None
    assert "left out" in note


def test_row_outside_the_picture_is_clipped_with_a_note() -> None:
    annotation, note = row_parse("1 0.95 0.5 0.2 0.4", NAMES, PICTURE)
    assert annotation is not None
    assert annotation.box.x2 == 200
    assert "clipped" in note


def test_shared_train_and_val_folder_is_read_once(tmp_path: Path) -> None:
    loaded = detection_read(write_set(tmp_path))
    assert loaded.dataset.classes == NAMES
    assert [i.image.id for i in loaded.dataset.images] == ["images/a.jpg"]
    assert [a.label for a in loaded.dataset.images[0].annotations] == ["person", "helmet"]


def test_classes_keeps_only_those_and_keeps_empty_pictures(tmp_path: Path) -> None:
    write_picture(write_set(tmp_path) / "images" / "empty.jpg")
    loaded = detection_read(tmp_path, ["person"])
    assert loaded.dataset.classes == ("person",)
    assert [len(i.annotations) for i in loaded.dataset.images] == [1, 0]
    with pytest.raises(DatasetError, match="forklift"):
        detection_read(tmp_path, ["forklift"])


@pytest.mark.parametrize(
    "description",
    [
        "train: ../images\nnames: {0: helmet, 1: person}\n",
        "path: .\ntrain: [images]\nnames: [helmet, person]\n",
        "path: /nowhere/else\ntrain: images\nnames: [helmet, person]\n",
        "train: list.txt\nnames: [helmet, person]\n",
        "train: missing\nnames: [helmet, person]\nnc: 7\n",
        "names: [helmet, person]\n",
    ],
)
def test_descriptions_as_tools_write_them(tmp_path: Path, description: str) -> None:
    write_set(tmp_path, description)
    (tmp_path / "list.txt").write_text("./images/a.jpg\n\nimages/gone.jpg\n")
    loaded = detection_read(tmp_path)
    assert [len(i.annotations) for i in loaded.dataset.images] == [2]


def test_folders_outside_the_set_are_not_read(tmp_path: Path) -> None:
    write_picture(tmp_path / "secret" / "images" / "s.jpg")
    (tmp_path / "set").mkdir()
    folder = write_set(tmp_path / "set", "train: ../secret/images\nval: /etc\nnames: [helmet, person]\n")
    (folder / "list.txt").write_text("../secret/images/s.jpg\n")
    loaded = detection_read(folder)
    assert [i.image.id for i in loaded.dataset.images] == ["images/a.jpg"]


def test_garbage_files_are_noted_and_left_out(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "images" / "broken.jpg").write_bytes(b"\xff\xd8\xff not a picture")
    (tmp_path / "images" / "zero.png").write_bytes(b"")
    (tmp_path / "labels" / "a.txt").write_bytes(b"\xff\xfe\x00garbage\n1 0.5 0.5 0.2 0.4\n")
    loaded = detection_read(tmp_path)
    assert [len(i.annotations) for i in loaded.dataset.images] == [1]
    assert any("unreadable picture left out: 2" in note for note in loaded.notes)


@pytest.mark.parametrize("text", ["", "names: []\n", "- a\n- b\n", "names: {a: b}\n", "train: ["])
def test_description_without_classes_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DatasetError):
        detection_read(write_set(tmp_path, text))


def test_folder_without_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="neither"):
        detection_read(tmp_path)
    with pytest.raises(DatasetError, match="not a folder"):
        detection_read(tmp_path / "gone")


def test_turned_picture_is_measured_upright(tmp_path: Path) -> None:
    write_set(tmp_path)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (200, 100)).save(tmp_path / "images" / "a.jpg", exif=exif)
    image = detection_read(tmp_path).dataset.images[0].image
    assert (image.width, image.height) == (100, 200)


def test_distinct_splits_keep_their_names(tmp_path: Path) -> None:
    for part in ("train", "valid"):
        write_picture(tmp_path / part / "images" / f"{part}.jpg")
    (tmp_path / "data.yaml").write_text("train: ../train/images\nval: ../valid/images\nnames: [helmet]\n")
    images = detection_read(tmp_path).dataset.images
    assert {i.image.path.stem: i.split for i in images} == {"train": "train", "valid": "val"}
