"""Who is in the scene: people and trucks with their looks, ways and poses over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.geometry.arrays import Bytes, Floats
from ml.geometry.camera import Camera
from ml.simulation.forklift import PART_TRUCK, SEAT, Truck, draw_truck, truck_mesh
from ml.simulation.mesh import Mesh, mesh_join
from ml.simulation.motion import Moment, Motion, standing, wander
from ml.simulation.outfit import Outfit, draw_outfit
from ml.simulation.person import PART_BODY, PART_HELMET, PART_VEST, person_mesh
from ml.simulation.poses import DRIVING, SITTING, STANDING, Pose, cycle_m, walking
from ml.simulation.site import Site
from ml.simulation.texture import noise_crop
from ml.simulation.truth import FORKLIFT, HARD_HAT, PERSON, SAFETY_VEST, SceneConfig

_MOVING_MIN_M_S = 0.15
_WALK_SHARE = 0.6
_SIDES_NEAR = 16
_SIDES_FAR = 10
_NEAR_M = 6.0


@dataclass(frozen=True, slots=True)
class Member:
    """One labelled thing of an actor: its track, class, the parts that are it, the wearer's track."""

    track_id: int
    label: str
    parts: tuple[int, ...]
    parent_id: int | None = None
    pose: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or a truck with its driver. `ids` are those of body, vest, helmet, truck, by part."""

    motion: Motion
    ids: dict[int, int]
    grain: Bytes
    outfit: Outfit | None
    pose: Pose
    phase: float
    truck: Truck | None = None
    truck_shape: Mesh | None = None
    carries: bool = False
    seated: bool = False

    def pose_at(self, moment: Moment) -> Pose:
        """The body's pose at a moment of its way."""
        if self.outfit is None or moment.speed_m_s < _MOVING_MIN_M_S or self.truck is not None:
            return self.pose
        phase = self.phase + 2 * np.pi * moment.walked_m / cycle_m(moment.cruise_m_s, self.outfit.height_m)
        return walking(phase, moment.speed_m_s, self.carries)

    def mesh_at(self, moment: Moment, camera: Camera) -> Mesh:
        """The shape in the world."""
        distance = float(np.hypot(moment.x - camera.position_m[0], moment.y - camera.position_m[1]))
        sides = _SIDES_NEAR if distance < _NEAR_M else _SIDES_FAR
        shapes: list[Mesh] = []
        if self.truck_shape is not None:
            shapes.append(self.truck_shape)
        if self.outfit is not None:
            body = person_mesh(self.outfit, self.pose_at(moment), sides)
            shapes.append(body if self.truck is None else body.moved(SEAT, 0.0))
        return mesh_join(shapes).moved((moment.x, moment.y, 0.0), moment.heading)

    def members(self, moment: Moment) -> list[Member]:
        """The labelled things, wearer before what is worn."""
        found: list[Member] = []
        if PART_TRUCK in self.ids:
            found.append(Member(self.ids[PART_TRUCK], FORKLIFT, (PART_TRUCK,)))
        if self.outfit is not None:
            wearer = self.ids[PART_BODY]
            pose = self.pose_at(moment).name
            found.append(Member(wearer, PERSON, (PART_BODY, PART_VEST, PART_HELMET), None, pose))
            if self.outfit.helmet is not None:
                found.append(Member(self.ids[PART_HELMET], HARD_HAT, (PART_HELMET,), wearer))
            if self.outfit.vest is not None:
                found.append(Member(self.ids[PART_VEST], SAFETY_VEST, (PART_VEST,), wearer))
        return found


def visible_floor(rng: np.random.Generator, camera: Camera, site: Site, count: int = 400) -> Floats:
    """(N, 2) free floor points that the camera sees, near ones and far ones alike."""
    pixels = np.column_stack(
        [rng.uniform(0.02, 0.98, count) * camera.width, rng.uniform(0.02, 1.0, count) * camera.height]
    )
    pixels = pixels[camera.sees_floor(pixels)]
    if len(pixels) == 0:
        return np.zeros((0, 2))
    points = camera.image_to_floor(pixels)
    keep = [site.free(float(x), float(y), 0.2, 0.2) for x, y in points]
    points = points[np.array(keep, dtype=bool)]
    offset = points - np.array(camera.position_m[:2])
    distance = np.hypot(np.hypot(offset[:, 0], offset[:, 1]), camera.position_m[2] - 1.0)
    return np.asarray(points[(distance > 2.2) & (distance < 30.0)])


def draw_actors(
    rng: np.random.Generator, config: SceneConfig, camera: Camera, site: Site, seconds: float
) -> list[Actor]:
    """Everybody and every truck of the scene."""
    targets = visible_floor(rng, camera, site)
    taken: list[tuple[float, float, float]] = []
    actors: list[Actor] = []
    trucks = (
        config.forklifts if config.forklifts is not None else int(rng.choice([0, 1, 2], p=[0.35, 0.45, 0.2]))
    )
    for _ in range(trucks):
        spot = _spot(rng, targets, taken, 1.6, site, 0.9)
        if spot is not None:
            actors.append(_draw_truck_actor(rng, config, site, spot, seconds, targets))
    people = config.people if config.people is not None else int(rng.integers(1, 10))
    cluster: tuple[float, float] | None = None
    for _ in range(people):
        if site.seats and rng.random() < 0.6:
            actors.append(_draw_sitter(rng, config, site))
            continue
        spot = _spot(rng, targets, taken, 0.35, site, 0.2, cluster)
        if spot is not None:
            actors.append(_draw_person(rng, config, site, spot, seconds, targets))
            # People gather: every third stands by the one before.
            cluster = spot if rng.random() < 0.35 else None
    return actors


def _spot(
    rng: np.random.Generator,
    targets: Floats,
    taken: list[tuple[float, float, float]],
    radius: float,
    site: Site,
    half: float,
    cluster: tuple[float, float] | None = None,
) -> tuple[float, float] | None:
    for _ in range(40 if len(targets) else 0):
        x, y = (float(v) for v in targets[int(rng.integers(len(targets)))])
        if cluster is not None:
            x, y = cluster[0] + float(rng.normal(0, 0.8)), cluster[1] + float(rng.normal(0, 0.8))
        if not site.free(x, y, half, half):
            continue
        if all(np.hypot(x - a, y - b) > radius + r for a, b, r in taken):
            taken.append((x, y, radius))
            return x, y
    return None


def _grain(rng: np.random.Generator, strength: float) -> Bytes:
    return np.asarray(np.clip(128 + strength * noise_crop(rng, 96, 64, 8), 60, 190), dtype=np.uint8)


def _person_ids(site: Site, outfit: Outfit) -> dict[int, int]:
    ids = {PART_BODY: site.next_id}
    site.next_id += 1
    for part, worn in ((PART_VEST, outfit.vest), (PART_HELMET, outfit.helmet)):
        if worn is not None:
            ids[part] = site.next_id
            site.next_id += 1
    return ids


def _draw_person(
    rng: np.random.Generator,
    config: SceneConfig,
    site: Site,
    spot: tuple[float, float],
    seconds: float,
    targets: Floats,
) -> Actor:
    outfit = draw_outfit(rng, config.helmet_share, config.vest_share)
    heading = float(rng.uniform(-np.pi, np.pi))
    walks = rng.random() < _WALK_SHARE
    pose = STANDING[int(rng.integers(len(STANDING)))]
    motion = standing(spot[0], spot[1], heading)
    if walks:
        pose = STANDING[0]
        speed = float(np.clip(rng.normal(1.25, 0.25), 0.6, 2.2))
        motion = wander(rng, site, spot, seconds, speed, 0.2, targets)
    return Actor(
        motion=motion,
        ids=_person_ids(site, outfit),
        grain=_grain(rng, 13.0),
        outfit=outfit,
        pose=pose,
        phase=float(rng.uniform(0, 2 * np.pi)),
        carries=bool(walks and rng.random() < 0.15),
    )


def _draw_sitter(rng: np.random.Generator, config: SceneConfig, site: Site) -> Actor:
    x, y, heading, _ = site.seats.pop(int(rng.integers(len(site.seats))))
    outfit = draw_outfit(rng, config.helmet_share * 0.4, config.vest_share * 0.5)
    return Actor(
        motion=standing(x, y, heading + float(rng.normal(0, 0.25))),
        ids=_person_ids(site, outfit),
        grain=_grain(rng, 13.0),
        outfit=outfit,
        pose=SITTING[int(rng.integers(len(SITTING)))],
        phase=0.0,
        seated=True,
    )


def _draw_truck_actor(
    rng: np.random.Generator,
    config: SceneConfig,
    site: Site,
    spot: tuple[float, float],
    seconds: float,
    targets: Floats,
) -> Actor:
    truck = draw_truck(rng)
    ids = {PART_TRUCK: site.next_id}
    site.next_id += 1
    outfit = None
    motion = standing(spot[0], spot[1], float(rng.uniform(-np.pi, np.pi)))
    if truck.driver:
        outfit = draw_outfit(rng, config.helmet_share, config.vest_share)
        ids |= _person_ids(site, outfit)
        if rng.random() < 0.7:
            motion = wander(rng, site, spot, seconds, float(rng.uniform(0.8, 2.6)), 0.9, targets)
    return Actor(
        motion=motion,
        ids=ids,
        grain=_grain(rng, 5.0),
        outfit=outfit,
        pose=DRIVING,
        phase=0.0,
        truck=truck,
        truck_shape=truck_mesh(truck),
    )
