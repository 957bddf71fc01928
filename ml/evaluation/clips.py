"""Generated clips as a detector would see them: true boxes with stated jitter and misses, and what is true of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ml.contracts import Box, Prediction
from ml.errors import GeometryError
from ml.geometry.arrays import Floats
from ml.geometry.calibrate import CLICK_SIGMA_PX, calibrate_points
from ml.geometry.calibration import Calibration
from ml.geometry.camera import Camera
from ml.geometry.polygon import convex_hull
from ml.simulation.scene import build_scene, scene_truth
from ml.simulation.truth import HARD_HAT, K1_MIN, PERSON, SAFETY_VEST, ObjectTruth, SceneConfig, View

FRAMES_PER_S = 5.0
SECONDS = 16.0
PEOPLE = 7
CLICKS = (6, 8, 12)
# Box edges jitter by this share of the box's height (and half a pixel at least), independently in every frame.
EDGE_SHARE = 0.025
EDGE_MIN_PX = 0.5
# Objects that a frame's detector misses, and items it sees on somebody who wears none.
MISS_SHARE = 0.1
FALSE_ITEM_SHARE = 0.02
# No detector finds less of a body than this.
SEEN_MIN = 0.3
_VIEWS = (View.WALL, View.HIGH, View.WALL, View.EYE)
_STEPS = 8
_FLOOR_FAR_M = 18.0


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames as (time, objects); `calibration` was clicked with errors, `camera` is the truth."""

    name: str
    camera: Camera
    frames: tuple[tuple[float, tuple[ObjectTruth, ...]], ...]


def clip_config(seed: int, index: int) -> SceneConfig:
    """The scene of clip `index` of a series: k1 goes from 0 to -0.35 in eight steps, views take turns."""
    k1 = K1_MIN * ((5 * index) % _STEPS) / (_STEPS - 1)
    view = _VIEWS[index % len(_VIEWS)]
    return SceneConfig(seed=seed * 10_000 + index, people=PEOPLE, forklifts=0, k1=k1, view=view)


def clip_truth(seed: int, index: int) -> Clip:
    """Clip `index` of a series, see `clip_config`."""
    config = clip_config(seed, index)
    scene = build_scene(config, SECONDS + 2.0)
    times = [i / FRAMES_PER_S for i in range(int(SECONDS * FRAMES_PER_S))]
    frames = tuple((t, scene_truth(scene, t)) for t in times)
    return Clip(f"{config.view} k1 {config.k1:+.2f}", scene.camera, frames)


def visible_floor(camera: Camera, rng: np.random.Generator, count: int, far_m: float) -> Floats:
    """(count, 2) floor places in the picture, evenly over its pixels, up to `far_m` away along the floor."""
    found: list[Floats] = []
    for _ in range(400):
        pixels = rng.uniform((0.03, 0.05), (0.97, 0.98), (64, 2)) * (camera.width, camera.height)
        floor = camera.image_to_floor(pixels[camera.sees_floor(pixels)])
        off = floor - np.array(camera.position_m[:2])
        found.append(floor[np.hypot(off[:, 0], off[:, 1]) < far_m])
        if sum(len(part) for part in found) >= count:
            return np.concatenate(found)[:count]
    raise GeometryError("This camera sees no floor near enough.")


def click(camera: Camera, clicks: int, rng: np.random.Generator) -> Calibration:
    """A calibration as a person would make it: `clicks` known places, well spread, clicked with `CLICK_SIGMA_PX`."""
    best, area = np.zeros((0, 2)), 0.0
    for _ in range(20):
        floor = visible_floor(camera, rng, clicks, _FLOOR_FAR_M)
        x, y = convex_hull(camera.floor_to_image(floor)).T
        size = abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))
        if size > area:
            best, area = floor, size
    pixels = camera.floor_to_image(best) + rng.normal(0.0, CLICK_SIGMA_PX, best.shape)
    return calibrate_points(pixels, best, (camera.width, camera.height))


def detected(
    objects: Sequence[ObjectTruth], rng: np.random.Generator
) -> Iterator[tuple[Prediction, ObjectTruth | None]]:
    """What a detector finds in one frame, and the object each find is of (None for a false item)."""
    for item in objects:
        if item.visible < SEEN_MIN or rng.random() < MISS_SHARE:
            continue
        yield Prediction(item.label, 0.8, _jittered(item.box_px, rng)), item
    for person in [item for item in objects if item.label == PERSON]:
        for label, top, low in ((HARD_HAT, 0.0, 0.12), (SAFETY_VEST, 0.2, 0.5)):
            worn = any(o.parent_id == person.track_id and o.label == label for o in objects)
            if not worn and rng.random() < FALSE_ITEM_SHARE:
                box = person.box_px
                band = Box(box.x1, box.y1 + top * box.height, box.x2, box.y1 + low * box.height)
                yield Prediction(label, 0.5, band), None


def _jittered(box: Box, rng: np.random.Generator) -> Box:
    sigma = max(EDGE_SHARE * box.height, EDGE_MIN_PX)
    x1, y1, x2, y2 = np.array([box.x1, box.y1, box.x2, box.y2]) + rng.normal(0.0, sigma, 4)
    return Box(float(x1), float(y1), float(max(x2, x1 + 1.0)), float(max(y2, y1 + 1.0)))
