"""Pictures and clips of the demo, rendered on the spot: nothing is downloaded, nothing is shipped."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2

from ml.simulation.clip import write_clip
from ml.simulation.scene import render_clip
from ml.simulation.truth import ObjectTruth, RenderedFrame, SceneConfig, View

JPEG_QUALITY = 90
# Frames of one scene this far apart show people elsewhere, and stay one group for the split.
STILL_GAP_S = 1.5


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


def _frames(spec: SceneSpec, seconds: float, fps: float) -> Iterator[RenderedFrame]:
    config = SceneConfig(seed=spec.seed, view=spec.view, people=spec.people, forklifts=spec.forklifts)
    return render_clip(config, seconds, fps)


def _jpeg(frame: RenderedFrame) -> bytes:
    picture = cv2.cvtColor(frame.image_rgb, cv2.COLOR_RGB2BGR)
    _done, buffer = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return bytes(buffer.tobytes())
