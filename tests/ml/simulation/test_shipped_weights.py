"""The shipped detector loads, fits its limits and sees people and helmets in a scene it was not trained on."""

from __future__ import annotations

from pathlib import Path

import pytest

import ml
from ml.cli.weights import CLASSES, NAME
from ml.geometry.boxes import box_iou
from ml.inference.predictor import Predictor
from ml.simulation.scene import render_image
from ml.simulation.truth import PERSON, SceneConfig, View

FOLDER = Path(ml.__file__).parent / "weights" / NAME
MAX_MODEL_BYTES = 6_000_000


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor.load(FOLDER, 1)


def test_folder_is_complete_and_small() -> None:
    assert (FOLDER / "model.onnx").stat().st_size <= MAX_MODEL_BYTES
    for name in ("manifest.json", "weights.safetensors", "card.md", "NOTICE"):
        assert (FOLDER / name).stat().st_size > 0
    assert "CC BY 4.0" in (FOLDER / "NOTICE").read_text(encoding="utf-8")


def test_manifest_names_the_classes(predictor: Predictor) -> None:
    assert predictor.manifest.name == NAME
    assert predictor.classes == CLASSES


def test_most_large_people_of_unseen_scenes_are_found(predictor: Predictor) -> None:
    found = total = 0
    for seed in range(7001, 7007):
        config = SceneConfig(seed=seed, width=640, height=480, people=5, view=View.WALL)
        frame = render_image(config)
        people = [o.box_px for o in frame.objects if o.label == PERSON and o.visible > 0.9]
        truth = [[b.x1, b.y1, b.x2, b.y2] for b in people if b.height > 90]
        result = predictor.predict(frame.image_rgb, predictor.manifest.score_hint)
        boxes = [d.box for d in result.detections if d.label == PERSON]
        table = box_iou(truth, [[b.x1, b.y1, b.x2, b.y2] for b in boxes])
        total += len(truth)
        found += int((table.max(axis=1, initial=0.0) >= 0.5).sum())
    assert total >= 8
    assert found / total >= 0.6
