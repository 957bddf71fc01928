"""The shipped assist network loads, fits its limits and outlines things in scenes it was not trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import ml
from ml.cli.weights_assist import FOREIGN, LEARNT, NAME
from ml.geometry.masks import rle_to_mask
from ml.inference.assist_segmenter import AssistSegmenter
from ml.inference.segmenter import Prompts
from ml.simulation.scene import render_image
from ml.simulation.truth import FORKLIFT, PERSON, SceneConfig, View

FOLDER = Path(ml.__file__).parent / "weights" / NAME
MAX_MODEL_BYTES = 8_000_000


@pytest.fixture(scope="module")
def segmenter() -> AssistSegmenter:
    return AssistSegmenter.load(FOLDER, 1)


def test_folder_is_complete_and_small() -> None:
    assert (FOLDER / "model.onnx").stat().st_size <= MAX_MODEL_BYTES
    for name in ("manifest.json", "weights.safetensors", "trained.txt", "card.md", "NOTICE"):
        assert (FOLDER / name).stat().st_size > 0
    notice = (FOLDER / "NOTICE").read_text(encoding="utf-8")
    assert "CC BY 4.0" in notice
    for name in LEARNT:
        assert f'"{name}"' in notice


def test_it_learnt_from_no_set_without_a_licence(segmenter: AssistSegmenter) -> None:
    learnt = segmenter.manifest.config["data"]
    assert isinstance(learnt, list)
    assert not set(learnt) & {*FOREIGN, "neu_det"}
    assert set(learnt) == {"scenes", *LEARNT}


def test_boxes_round_people_and_trucks_of_unseen_scenes(segmenter: AssistSegmenter) -> None:
    scores, boxes = [], []
    for seed in range(7101, 7104):
        frame = render_image(SceneConfig(seed=seed, width=640, height=480, people=5, view=View.WALL))
        features = segmenter.encode(frame.image_rgb)
        for item in frame.objects:
            if item.label not in (PERSON, FORKLIFT) or item.visible < 0.9 or item.box_px.height < 60:
                continue
            truth = rle_to_mask(item.mask)
            mask = segmenter.decode(features, Prompts(box=item.box_px)).masks[0]
            scores.append(float((mask & truth).sum() / (mask | truth).sum()))
            boxes.append(truth.sum() / item.box_px.area)
    assert len(scores) >= 4
    assert np.mean(scores) > 0.7
    assert np.mean(scores) > np.mean(boxes) + 0.1
