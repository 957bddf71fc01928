"""RUN folders and operators' own graphs: what loads, what is refused, how output is read."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.contracts import Manifest, ModelKind
from ml.errors import ImageError, ManifestError
from ml.inference.manifest import file_sha256, manifest_read, manifest_write
from ml.inference.onnx_detector import OnnxDetector
from ml.inference.pictures import picture_load
from ml.inference.predictor import Predictor
from tests.ml.inference.graphs import constant_graph

PICTURE = np.zeros((64, 128, 3), np.uint8)
# One box at input pixels (8, 24)..(24, 40) of a 64 px input: picture pixels (16, 16)..(48, 48).
BOXES = np.array([[[8, 24, 24, 40], [40, 20, 44, 30]]], np.float32)
SCORES = np.array([[[0.1, 0.9], [0.02, 0.01]]], np.float32)


def write_run(folder: Path, kind: ModelKind = ModelKind.DETECT) -> Manifest:
    embedding = np.array([[0.6, 0.8]], np.float32)
    outputs = {"boxes": BOXES, "scores": SCORES, "embedding": embedding}
    if kind is ModelKind.CLASSIFY:
        outputs = {"scores": np.array([[0.3, 0.7]], np.float32), "embedding": embedding}
    path = constant_graph(folder / "model.onnx", outputs, side=64)
    manifest = Manifest(
        "m", kind, "site-n", ("hat", "person"), 64, (0.5,) * 3, (0.25,) * 3, file_sha256(path), 0.0, 2
    )
    manifest_write(folder, manifest)
    return manifest


def test_manifest_round_trip(tmp_path: Path) -> None:
    manifest = replace(write_run(tmp_path), metrics={"ap50": 0.5}, config={"minutes": 3.0})
    manifest_write(tmp_path, manifest)
    assert manifest_read(tmp_path) == manifest


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2}, {"kind": "pose"}, {"kind": "instance"}, {"classes": []}, {"classes": "ab"}, {"input_size": 0},
        {"input_size": "64"}, {"std": [0, 1, 1]}, {"mean": [0.5]}, {"sha256": "0" * 64},
    ],
)  # fmt: skip
def test_manifest_that_cannot_be_right_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    write_run(tmp_path)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ManifestError):
        Predictor.load(tmp_path)


def test_folder_without_parts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="not a finished run"):
        Predictor.load(tmp_path)
    write_run(tmp_path)
    (tmp_path / "model.onnx").unlink()
    with pytest.raises(ManifestError, match=r"no model\.onnx"):
        Predictor.load(tmp_path)
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(ManifestError, match="not JSON"):
        Predictor.load(tmp_path)


def test_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    manifest = write_run(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"not a graph")
    manifest_write(tmp_path, replace(manifest, sha256=file_sha256(tmp_path / "model.onnx")))
    with pytest.raises(ManifestError, match="cannot be loaded"):
        Predictor.load(tmp_path)


def test_predictor_gives_boxes_in_picture_pixels(tmp_path: Path) -> None:
    write_run(tmp_path)
    prediction = Predictor.load(tmp_path).predict(PICTURE, min_score=0.05)
    assert [(d.label, round(d.score, 2)) for d in prediction.detections] == [("person", 0.9), ("hat", 0.1)]
    box = prediction.detections[0].box
    assert (box.x1, box.y1, box.x2, box.y2) == pytest.approx((16, 16, 48, 48))
    assert prediction.embedding == pytest.approx((0.6, 0.8))


def test_classifier_gives_tag_scores(tmp_path: Path) -> None:
    write_run(tmp_path, ModelKind.CLASSIFY)
    prediction = Predictor.load(tmp_path).predict(PICTURE)
    assert prediction.detections == ()
    assert prediction.tag_scores == pytest.approx({"hat": 0.3, "person": 0.7})


@pytest.mark.parametrize("shape", [(64, 128), (64, 128, 4), (0, 10, 3)])
def test_predictor_refuses_what_is_no_rgb_picture(tmp_path: Path, shape: tuple[int, ...]) -> None:
    write_run(tmp_path)
    with pytest.raises(ImageError):
        Predictor.load(tmp_path).predict(np.zeros(shape, np.uint8))


def describe(folder: Path, layout: str, output: dict[str, np.ndarray], **more: object) -> Path:
    constant_graph(folder / "own.onnx", output)
    path = folder / "own.json"
    value = {"model": "own.onnx", "classes": ["hat", "person"], "input_size": 64, "layout": layout, **more}
    path.write_text(json.dumps(value))
    return path


def yolov8_output() -> dict[str, np.ndarray]:
    rows = np.array([[16, 32, 16, 16, 0.1, 0.9], [42, 25, 4, 10, 0.02, 0.01]], np.float32)
    return {"output0": rows.T[None]}


def yolox_output() -> dict[str, np.ndarray]:
    raw = np.zeros((1, 64 + 16 + 4, 7), np.float32)
    # Cell (2, 4) of stride 8: centre at its corner (16, 32), sides exp(log 2) * 8 = 16.
    raw[0, 4 * 8 + 2] = [0, 0, np.log(2), np.log(2), 0.9, 0.1 / 0.9, 1.0]
    return {"output": raw}


@pytest.mark.parametrize(
    ("layout", "output"),
    [("ours", {"boxes": BOXES, "scores": SCORES}), ("yolov8", yolov8_output()), ("yolox", yolox_output())],
)
def test_own_detector_is_read_by_its_layout(
    tmp_path: Path, layout: str, output: dict[str, np.ndarray]
) -> None:
    detector = OnnxDetector.load(describe(tmp_path, layout, output))
    found = detector.predict_batch([PICTURE])[0].detections
    assert [(d.label, round(d.score, 2)) for d in found] == [("person", 0.9), ("hat", 0.1)]
    box = found[0].box
    assert (box.x1, box.y1, box.x2, box.y2) == pytest.approx((16, 16, 48, 48), abs=1e-3)


def test_top_left_fit_moves_boxes(tmp_path: Path) -> None:
    output = {"boxes": BOXES, "scores": SCORES}
    found = OnnxDetector.load(describe(tmp_path, "ours", output, fit="top-left")).predict(PICTURE)
    assert found.detections[0].box.y1 == pytest.approx(48)


@pytest.mark.parametrize(
    "change",
    [
        {"layout": "retina"}, {"classes": []}, {"input_size": 65}, {"model": "../own.onnx"}, {"mean": 3},
        {"model": "gone.onnx"}, {"sha256": "0" * 64}, {"classes": ["a", "b", "c"]}, {"layout": "ours"},
    ],
)  # fmt: skip
def test_description_that_does_not_fit_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = describe(tmp_path, "yolov8", yolov8_output())
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ManifestError):
        OnnxDetector.load(path).predict(PICTURE)


def test_pictures_are_upright_rgb_and_refused_when_broken(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("L", (20, 10)).save(tmp_path / "turned.jpg", exif=exif)
    assert picture_load(tmp_path / "turned.jpg").shape == (20, 10, 3)
    deep = Image.fromarray(np.linspace(1000, 3000, 64).astype(np.uint16).reshape(8, 8))
    deep.save(tmp_path / "deep.png")
    pixels = picture_load(tmp_path / "deep.png")
    assert (pixels.min(), pixels.max()) == (0, 255)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    for name in ("broken.jpg", "gone.jpg"):
        with pytest.raises(ImageError):
            picture_load(tmp_path / name)


def test_inference_and_evaluation_load_no_torch() -> None:
    names = (
        "cli.evaluate cli.predict inference.onnx_detector evaluation.bootstrap evaluation.score data.readers"
    )
    imports = "; ".join(f"import ml.{name}" for name in names.split())
    code = f"{imports}; import sys; sys.exit('torch' in sys.modules or 'django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120, check=False).returncode == 0
