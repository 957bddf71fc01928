"""Builds a scene once and renders any moment of it, with the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ml.geometry.arrays import Bytes, Floats, Ints, Singles
from ml.geometry.camera import Camera
from ml.simulation.actors import Actor, draw_actors
from ml.simulation.backdrop import Backdrop, Texture
from ml.simulation.hall import make_site
from ml.simulation.labels import Drawn, Standing, dynamic_truth, pallet_truth, pallets_in_view
from ml.simulation.mesh import Mesh
from ml.simulation.motion import Moment
from ml.simulation.raster import Light, Sprite, sprite_blur, sprite_draw
from ml.simulation.sensor import Sensor, draw_sensor, sensor_apply
from ml.simulation.shadow import floor_mask, shadow_map
from ml.simulation.site import ORIGIN_M, SIDE_M
from ml.simulation.truth import ObjectTruth, RenderedFrame, SceneConfig, SceneError
from ml.simulation.viewpoint import draw_camera, draw_view

# A person must be this much nearer than a rack's face to be in front of it: bodies are drawn as upright
# planes through their middle, so their depth is only good to about half a body.
_DEPTH_SLACK = 1.03
# A camera set to few frames a second still exposes like one at 25.
_LONGEST_EXPOSURE_S = 0.04


@dataclass(frozen=True, slots=True)
class Scene:
    """A hall with its camera, still picture, people and trucks. Render with `scene_frame`."""

    config: SceneConfig
    camera: Camera
    pallets: tuple[Standing, ...]
    actors: tuple[Actor, ...]
    still_rgb: Bytes
    inv_depth: Singles
    still_ids: Ints
    floor_share: Singles
    light: Light
    shadow: float
    sensor: Sensor


def build_scene(config: SceneConfig, seconds: float = 4.0) -> Scene:
    """Everything that stays the same through a clip of `seconds`; the same config gives the same scene."""
    layout, looks, optics = (np.random.default_rng([config.seed, part]) for part in range(3))
    view = draw_view(layout, config)
    camera = draw_camera(layout, config, view)
    site = make_site(layout, config.pallets, camera.position_m[2] + 0.6)
    drop = Backdrop.empty(camera)
    drop.floor(Texture(site.floor), SIDE_M, ORIGIN_M)
    for piece in site.pieces:
        piece(drop)
    slant = looks.normal(0, 0.55, 2)
    toward = np.array([slant[0], slant[1], 1.0])
    tint = 1.0 + looks.normal(0, 0.03, 3)
    return Scene(
        config=config,
        camera=camera,
        pallets=pallets_in_view(site.pallets, camera),
        actors=tuple(draw_actors(looks, config, camera, site, seconds)),
        still_rgb=np.clip(drop.colour * tint.astype(np.float32), 0, 255).astype(np.uint8),
        inv_depth=drop.inv_depth,
        still_ids=drop.ids,
        floor_share=floor_mask(drop.inv_depth),
        light=Light(
            toward / np.linalg.norm(toward),
            float(looks.uniform(0.38, 0.5)),
            float(looks.uniform(0.5, 0.7)),
            tint,
        ),
        shadow=float(looks.uniform(0.15, 0.42)),
        sensor=draw_sensor(optics, config.width, config.height, config.noise),
    )


def scene_frame(scene: Scene, time_s: float, index: int = 0, frame_s: float = 0.04) -> RenderedFrame:
    """The picture and truth at a time; `frame_s` is the time between frames, for motion blur."""
    moments = [actor.motion.at(time_s) for actor in scene.actors]
    meshes = [actor.mesh_at(m, scene.camera) for actor, m in zip(scene.actors, moments, strict=True)]
    picture = scene.still_rgb.copy()
    dark = shadow_map(meshes, scene.camera, scene.light.direction, scene.shadow, scene.floor_share)
    if dark is not None:
        picture = np.asarray(cv2.multiply(picture, dark, scale=1 / 255), dtype=np.uint8)
    ids = scene.still_ids.copy()
    drawn: list[Drawn] = []
    for actor, moment, mesh in _far_to_near(scene, moments, meshes):
        sprite = sprite_draw(mesh, scene.camera, scene.light, 1.0, actor.grain)
        if sprite is None:
            continue
        shift = _shift_px(scene, actor, moment, frame_s)
        _compose(scene, picture, ids, sprite, actor, shift)
        drawn.append(Drawn(actor, moment, mesh, sprite))
    objects: list[ObjectTruth] = dynamic_truth(drawn, ids, scene.camera)
    objects += pallet_truth(scene.pallets, ids, scene.camera)
    noise = np.random.default_rng([scene.config.seed, 3, index])
    return RenderedFrame(
        image_rgb=sensor_apply(scene.sensor, picture, noise),
        ids=ids,
        objects=tuple(objects),
        camera=scene.camera,
        time_s=time_s,
        index=index,
    )


def scene_truth(scene: Scene, time_s: float) -> tuple[ObjectTruth, ...]:
    """What is true of people and trucks at a time, without the picture: half the work of `scene_frame`."""
    moments = [actor.motion.at(time_s) for actor in scene.actors]
    meshes = [actor.mesh_at(m, scene.camera) for actor, m in zip(scene.actors, moments, strict=True)]
    ids = scene.still_ids.copy()
    drawn: list[Drawn] = []
    for actor, moment, mesh in _far_to_near(scene, moments, meshes):
        sprite = sprite_draw(mesh, scene.camera, scene.light, 1.0, actor.grain)
        if sprite is not None:
            _compose(scene, None, ids, sprite, actor, (0.0, 0.0))
            drawn.append(Drawn(actor, moment, mesh, sprite))
    return tuple(dynamic_truth(drawn, ids, scene.camera))


def _far_to_near(scene: Scene, moments: list[Moment], meshes: list[Mesh]) -> list[tuple[Actor, Moment, Mesh]]:
    forward = scene.camera.rotation[2]
    eye = np.asarray(scene.camera.position_m)
    depth = [float((np.array([m.x, m.y, 0.0]) - eye) @ forward) for m in moments]
    order = sorted(range(len(depth)), key=lambda i: -depth[i])
    return [(scene.actors[i], moments[i], meshes[i]) for i in order]


def _shift_px(scene: Scene, actor: Actor, moment: Moment, frame_s: float) -> tuple[float, float]:
    """How far the object moves over the picture while the shutter is open."""
    if moment.speed_m_s <= 0:
        return (0.0, 0.0)
    step = moment.speed_m_s * min(frame_s, _LONGEST_EXPOSURE_S) * scene.sensor.shutter / 2
    way = np.array([np.sin(moment.heading), np.cos(moment.heading), 0.0]) * step
    middle = np.array([moment.x, moment.y, 0.9])
    pixels, depth = scene.camera.project(np.stack([middle - way, middle + way]))
    if float(depth.min()) < 0.5:
        return (0.0, 0.0)
    return float(pixels[1, 0] - pixels[0, 0]), float(pixels[1, 1] - pixels[0, 1])


def _compose(
    scene: Scene, picture: Bytes | None, ids: Ints, sprite: Sprite, actor: Actor, shift: tuple[float, float]
) -> None:
    """Put an actor into the picture, where there is one, and into the ids."""
    height, width = sprite.parts.shape
    top, left = max(0, -sprite.top), max(0, -sprite.left)
    bottom = min(height, scene.camera.height - sprite.top)
    right = min(width, scene.camera.width - sprite.left)
    if bottom <= top or right <= left:
        return
    inner = (slice(top, bottom), slice(left, right))
    outer = (
        slice(top + sprite.top, bottom + sprite.top),
        slice(left + sprite.left, right + sprite.left),
    )
    ahead = sprite.inv_depth[top:bottom, None] * _DEPTH_SLACK > scene.inv_depth[outer]
    if picture is not None:
        rgba = sprite_blur(sprite.rgba, shift)[inner]
        if not ahead.all():
            rgba = rgba * ahead[..., None].astype(np.uint8)
        keep = cv2.merge([255 - rgba[..., 3]] * 3)
        picture[outer] = cv2.add(cv2.multiply(picture[outer], keep, scale=1 / 255), rgba[..., :3])
    parts = sprite.parts[inner]
    table = np.zeros(256, dtype=np.int64)
    for part, ident in actor.ids.items():
        table[part] = ident
    np.copyto(ids[outer], table[parts], where=(parts > 0) & ahead)


def render_image(config: SceneConfig) -> RenderedFrame:
    """One picture of a scene of its own."""
    return scene_frame(build_scene(config), 0.0)


def render_clip(config: SceneConfig, seconds: float, fps: float) -> Iterator[RenderedFrame]:
    """Frames `1 / fps` s apart, `time_s` from 0. Raises SceneError for no frames or a strange rate."""
    if not 0.5 <= fps <= 120 or seconds * fps < 1:
        raise SceneError("A clip needs at least one frame, at 0.5 to 120 frames a second.")
    scene = build_scene(config, seconds)
    for index in range(round(seconds * fps)):
        yield scene_frame(scene, index / fps, index, 1.0 / fps)


def floor_homography(camera: Camera) -> Floats:
    """(3, 3) from ideal (undistorted) pixels to floor metres."""
    return camera.ideal_to_floor
