"""What is written can be read back: YOLO, COCO, clips with their truth, training sets."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest

from ml.cli.main import main
from ml.contracts import Annotation, Box
from ml.data.readers import detection_read
from ml.geometry.boxes import box_iou
from ml.geometry.homography import homography_apply
from ml.geometry.lens import Lens
from ml.simulation.clip import write_clip
from ml.simulation.scene import render_image
from ml.simulation.trainset import Picture, photos, turned, write_set, zoomed
from ml.simulation.truth import CLASSES, RenderedFrame, SceneConfig, SceneError, View
from ml.simulation.writers import write_coco, write_yolo


@pytest.fixture(scope="module")
def frames() -> list[tuple[str, RenderedFrame]]:
    config = {"width": 320, "height": 240, "people": 6, "forklifts": 1, "view": View.WALL}
    return [(f"scene-{seed}", render_image(SceneConfig(seed=seed, **config))) for seed in (7, 9)]  # type: ignore[arg-type]


def kept(frame: RenderedFrame) -> list[tuple[str, list[float]]]:
    return sorted(
        (o.label, [o.box_px.x1, o.box_px.y1, o.box_px.x2, o.box_px.y2]) for o in frame.objects if not o.ignore
    )


def test_yolo_comes_back_through_the_reader(tmp_path: Path, frames: list[tuple[str, RenderedFrame]]) -> None:
    assert write_yolo(frames, tmp_path) == 2
    dataset = detection_read(tmp_path).dataset
    assert dataset.classes == CLASSES
    assert len(dataset.images) == 2
    for item, (_, frame) in zip(dataset.images, frames, strict=True):
        read = sorted((a.label, [a.box.x1, a.box.y1, a.box.x2, a.box.y2]) for a in item.annotations)
        expected = kept(frame)
        assert [label for label, _ in read] == [label for label, _ in expected]
        assert np.allclose([box for _, box in read], [box for _, box in expected], atol=0.01)


def test_coco_comes_back_with_ignored_objects(
    tmp_path: Path, frames: list[tuple[str, RenderedFrame]]
) -> None:
    write_coco(frames, tmp_path)
    dataset = detection_read(tmp_path).dataset
    for item, (_, frame) in zip(dataset.images, frames, strict=True):
        assert len(item.annotations) == len(frame.objects)
        assert sum(a.ignore for a in item.annotations) == sum(o.ignore for o in frame.objects)
    table = json.loads((tmp_path / "annotations.json").read_text())
    first = next(row for row in table["annotations"] if not row["iscrowd"])
    xs = [x for ring in first["segmentation"] for x in ring[0::2]]
    assert first["bbox"][0] <= min(xs) <= max(xs) <= first["bbox"][0] + first["bbox"][2]


def test_clip_by_command_has_its_frames_and_exact_truth(tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    words = "simulate clip --seconds 0.5 --fps 10 --seed 3 --size 320x240 --people 4 --k1 -0.3 --view wall"
    assert main([*words.split(), "--out", str(out)]) == 0
    with av.open(str(out)) as container:
        pictures = list(container.decode(video=0))
    truth = json.loads(out.with_suffix(".truth.json").read_text())
    assert len(pictures) == len(truth["frames"]) == 5
    assert (pictures[0].width, pictures[0].height) == (320, 240)
    assert [float(p.time or 0) for p in pictures] == pytest.approx([f["time_s"] for f in truth["frames"]])
    camera = truth["camera"]
    lens = Lens(camera["k1"], tuple(camera["centre_px"]), camera["focal_px"])
    people = [o for f in truth["frames"] for o in f["objects"] if o["label"] == "person"]
    assert people
    checked = 0
    for item in people:
        x, y = item["foot_px"]
        if 0 <= x <= 320 and 0 <= y <= 240:
            floor = homography_apply(camera["homography"], lens.undistort([[x, y]]))
            assert np.allclose(floor[0], item["foot_m"], atol=1e-6)
            checked += 1
    assert checked


def test_images_by_command_make_a_readable_folder(tmp_path: Path) -> None:
    words = "simulate images --count 2 --seed 1 --size 160x120 --format coco --people 3"
    assert main([*words.split(), "--out", str(tmp_path / "set")]) == 0
    assert len(detection_read(tmp_path / "set").dataset.images) == 2


def test_a_size_that_is_none_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "images", "--out", str(tmp_path), "--size", "large"]) == 2
    captured = capsys.readouterr()
    assert "960x540" in captured.out + captured.err


def test_a_clip_of_odd_size_is_refused(tmp_path: Path) -> None:
    frame = render_image(SceneConfig(seed=1, width=129, height=96, people=0, forklifts=0))
    with pytest.raises(SceneError):
        write_clip([frame], tmp_path / "odd.mp4", 10, 1)


def test_four_quarter_turns_are_none() -> None:
    pixels = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
    picture = Picture("p", pixels, (Annotation("person", Box(1, 2, 4, 5)),))
    again = turned(turned(turned(turned(picture, 1), 1), 1), 1)
    assert np.array_equal(again.image_rgb, pixels)
    assert again.labels == picture.labels


def test_a_turned_box_still_holds_its_pixels() -> None:
    pixels = np.zeros((60, 80, 3), dtype=np.uint8)
    pixels[10:30, 50:70] = 255
    side = turned(Picture("p", pixels, (Annotation("person", Box(50, 10, 70, 30)),)), 1)
    ys, xs = np.nonzero(side.image_rgb[..., 0])
    box = side.labels[0].box
    found = [[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]]
    assert box_iou(found, [[box.x1, box.y1, box.x2, box.y2]])[0, 0] == pytest.approx(1.0)


def test_a_set_grows_by_parts_and_repeats_photos(tmp_path: Path) -> None:
    pixels = np.zeros((40, 40, 3), dtype=np.uint8)
    label = Annotation("hard_hat", Box(1, 2, 20, 30), ignore=True)
    classes = ("person", "hard_hat")
    write_set(iter([Picture("a", pixels, ())]), tmp_path, classes)
    write_set(iter([Picture("b", pixels, (label,))]), tmp_path, classes, repeats=2)
    dataset = detection_read(tmp_path).dataset
    assert [len(item.annotations) for item in dataset.images] == [0, 1, 1]
    assert dataset.images[1].annotations[0].ignore


def test_zoom_keeps_the_person_it_was_made_for(tmp_path: Path) -> None:
    pixels = np.zeros((240, 320, 3), dtype=np.uint8)
    pixels[60:200, 140:190] = 200
    label = Annotation("person", Box(140, 60, 190, 200))
    write_set(iter([Picture("a", pixels, (label,)), Picture("empty", pixels, ())]), tmp_path, ("person",))
    windows = list(zoomed(detection_read(tmp_path).dataset, "zoom", seed=1))
    assert len(windows) == 1
    box = windows[0].labels[0].box
    seen = windows[0].image_rgb[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)]
    assert seen.mean() > 180
    assert windows[0].image_rgb.shape[0] <= 240


def test_photos_without_helmet_labels_do_not_judge_helmets(tmp_path: Path) -> None:
    pixels = np.zeros((60, 60, 3), dtype=np.uint8)
    person = Annotation("person", Box(10, 5, 30, 55))
    write_set(iter([Picture("a", pixels, (person,))]), tmp_path, ("person",))
    picture = next(photos(detection_read(tmp_path).dataset, "photo", ("person", "hard_hat")))
    assert [(a.label, a.ignore, a.box) for a in picture.labels] == [
        ("person", False, person.box),
        ("hard_hat", True, person.box),
    ]
