"""Pictures and clips of the demo, rendered on the spot: nothing is downloaded, nothing is shipped."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ml.geometry.arrays import Floats
from ml.simulation.clip import write_clip
from ml.simulation.scene import build_scene, render_clip, scene_frame
from ml.simulation.truth import ObjectTruth, RenderedFrame, SceneConfig, View

JPEG_QUALITY = 90
# Frames of one scene this far apart show people elsewhere, and stay one group for the split.
STILL_GAP_S = 1.5
# Floor marks of a live camera, far enough from the picture's edges to be seen and clicked.
MARKS, MARK_NEAR_M, MARK_FAR_M, MARK_MARGIN_PX = 10, 2.0, 22.0, 12


@dataclass(frozen=True, slots=True)
class Still:
    """One picture with its truth; `scene` groups the pictures of one camera and hour."""

    name: str
    scene: str
    camera: str
    jpeg: bytes
    objects: tuple[ObjectTruth, ...]


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """One camera at one time of day."""

    camera: str
    seed: int
    view: View
    people: int
    forklifts: int


STILL_SCENES = (
    SceneSpec("Dock 3", 101, View.WALL, 5, 1),
    SceneSpec("Dock 3", 102, View.WALL, 4, 1),
    SceneSpec("Aisle 9", 103, View.HIGH, 6, 1),
    SceneSpec("Aisle 9", 104, View.HIGH, 4, 0),
    SceneSpec("Yard gate", 105, View.WALL, 3, 2),
    SceneSpec("Yard gate", 106, View.EYE, 4, 1),
    SceneSpec("Dock 3", 107, View.HIGH, 5, 1),
    SceneSpec("Aisle 9", 108, View.WALL, 6, 0),
    SceneSpec("Yard gate", 109, View.HIGH, 4, 2),
    SceneSpec("Dock 3", 110, View.EYE, 3, 1),
    SceneSpec("Aisle 9", 111, View.WALL, 5, 1),
    SceneSpec("Yard gate", 112, View.WALL, 6, 1),
)
LIVE_SCENES = (
    SceneSpec("Dock 3", 3, View.WALL, 5, 1),
    SceneSpec("Aisle 9", 21, View.HIGH, 6, 1),
)


def stills(per_scene: int) -> Iterator[Still]:
    """`per_scene` pictures of each scene, scene by scene."""
    for spec in STILL_SCENES:
        for index, frame in enumerate(_frames(spec, per_scene * STILL_GAP_S, 1.0 / STILL_GAP_S)):
            if index == per_scene:
                break
            name = f"{spec.camera.lower().replace(' ', '-')}-{spec.seed}-{index + 1}.jpg"
            yield Still(name, f"scene-{spec.seed}", spec.camera, _jpeg(frame), tuple(frame.objects))


@contextmanager
def live_clip(spec: SceneSpec, seconds: float, fps: float) -> Iterator[Path]:
    """An MP4 of one scene, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="siteloop-demo-") as folder:
        path = Path(folder) / f"{spec.camera.lower().replace(' ', '-')}.mp4"
        write_clip(_frames(spec, seconds, fps), path, fps, spec.seed)
        yield path


@dataclass(frozen=True, slots=True)
class FloorSurvey:
    """A live camera's picture, and places on its floor whose metres are known as a tape would have told them."""

    jpeg: bytes
    size_px: tuple[int, int]
    pixels: Floats
    floor_m: Floats


def floor_survey(spec: SceneSpec, seconds: float) -> FloorSurvey:
    """Whole metres on the visible floor of `live_clip`'s camera, spread over its picture."""
    scene = build_scene(_config(spec), seconds)
    camera = scene.camera
    x, y = np.meshgrid(np.arange(-20.0, 21.0), np.arange(-5.0, 35.0))
    floor = np.column_stack([x.ravel(), y.ravel()])
    pixels, depth = camera.project(np.column_stack([floor, np.zeros(len(floor))]))
    size = np.array([camera.width, camera.height])
    seen = (depth > MARK_NEAR_M) & (depth < MARK_FAR_M)
    seen &= ((pixels > MARK_MARGIN_PX) & (pixels < size - MARK_MARGIN_PX)).all(axis=1)
    floor, pixels = floor[seen], pixels[seen]
    at = pixels.astype(int)
    # The depth buffer is empty where nothing stands on the floor.
    bare = scene.inv_depth[at[:, 1], at[:, 0]] <= 0
    floor, pixels = floor[bare], pixels[bare]
    chosen = _spread(pixels, MARKS)
    # To a tenth of a pixel, which no hand clicks finer.
    return FloorSurvey(
        _jpeg(scene_frame(scene, 0.0)),
        (camera.width, camera.height),
        np.round(pixels[chosen], 1),
        floor[chosen],
    )


def _spread(pixels: Floats, count: int) -> list[int]:
    """Rows of `count` of the places, each as far as can be from those before it; the lowest first."""
    chosen = [int(pixels[:, 1].argmax())]
    while len(chosen) < min(count, len(pixels)):
        away = np.hypot(*(pixels[:, None] - pixels[chosen]).transpose(2, 0, 1)).min(axis=1)
        chosen.append(int(away.argmax()))
    return chosen


def _config(spec: SceneSpec) -> SceneConfig:
    return SceneConfig(seed=spec.seed, view=spec.view, people=spec.people, forklifts=spec.forklifts)


def _frames(spec: SceneSpec, seconds: float, fps: float) -> Iterator[RenderedFrame]:
    return render_clip(_config(spec), seconds, fps)


def _jpeg(frame: RenderedFrame) -> bytes:
    picture = cv2.cvtColor(frame.image_rgb, cv2.COLOR_RGB2BGR)
    _done, buffer = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return bytes(buffer.tobytes())
