"""The loop without hands, small: the same command people use, on generated pictures and a generated clip."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ml.simulation.clip import write_clip
from ml.simulation.scene import render_clip, render_image
from ml.simulation.truth import SceneConfig

REPO = Path(__file__).resolve().parents[2]
# One picture a scene: pictures of one still camera are near-copies and share a side of the split.
SCENES = 24


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A YOLO folder of small scenes."""
    import cv2

    folder = tmp_path_factory.mktemp("truth")
    for name in ("images", "labels"):
        (folder / name).mkdir()
    (folder / "data.yaml").write_text('train: images\nval: images\nnc: 2\nnames: ["person", "forklift"]\n')
    for scene in range(SCENES):
        config = SceneConfig(seed=300 + scene, width=480, height=270, people=4, forklifts=1)
        frame = render_image(config)
        picture = cv2.cvtColor(frame.image_rgb, cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(folder / "images" / f"scene{scene}.jpg"), picture)
        rows = [
            f"{('person', 'forklift').index(o.label)} {(b.x1 + b.x2) / 960} {(b.y1 + b.y2) / 540} "
            f"{b.width / 480} {b.height / 270}"
            for o in frame.objects
            if o.label in ("person", "forklift") and not o.ignore and (b := o.box_px)
        ]
        (folder / "labels" / f"scene{scene}.txt").write_text("\n".join(rows) + "\n")
    return folder


def test_the_whole_loop_runs_without_hands(data: Path, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    write_clip(render_clip(SceneConfig(seed=9, width=480, height=270, people=4), 4.0, 5.0), clip, 5.0, 9)
    report = tmp_path / "report.json"
    command = [
        sys.executable, "manage.py", "simulate_loop", "--data", str(data), "--clip", str(clip), "--rounds", "1",
        "--batch", "20", "--random-fraction", "0.45", "--train-minutes", "0.15", "--report", str(report),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(report.read_text())
    first = found["rounds"][0]
    assert first["labels"] >= 20
    assert first["boxes"] > 20
    assert first["suggestions"] == first["accepted"] + first["fixed"] + first["rejected"]
    assert first["suggestions"] > 0
    assert first["model_version"] == 2
    assert 0.0 <= first["ap50"] <= 1.0
    assert found["clip"]["frames"] > 0
    assert found["clip"]["sent_back"] >= 1
