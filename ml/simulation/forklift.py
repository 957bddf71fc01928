"""A counterbalance forklift as a mesh, with cage, mast, forks, wheels and maybe a load."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.simulation.mesh import Colour, Mesh, boxes, limbs, mesh_join, stack

PART_TRUCK = 4
SEAT = (0.0, -0.25, 0.0)
_DARK: Colour = (0.10, 0.10, 0.11)
_STEEL: Colour = (0.32, 0.32, 0.33)
_BODIES: tuple[Colour, ...] = (
    (0.95, 0.68, 0.08),
    (0.90, 0.38, 0.08),
    (0.75, 0.12, 0.10),
    (0.16, 0.42, 0.24),
    (0.15, 0.30, 0.60),
    (0.75, 0.75, 0.72),
)


@dataclass(frozen=True, slots=True)
class Truck:
    """How a truck looks; drawn once per track."""

    colour: Colour
    scale: float
    lift_m: float
    mast_m: float
    loaded: bool
    load_colour: Colour
    load_m: float
    gas: bool
    driver: bool


def draw_truck(rng: np.random.Generator) -> Truck:
    """A random truck."""
    base = np.array(_BODIES[int(rng.integers(len(_BODIES)))]) * rng.uniform(0.8, 1.1)
    red, green, blue = np.clip(base + rng.normal(0, 0.02, 3), 0.02, 1)
    tone = np.array([0.66, 0.5, 0.34]) * rng.uniform(0.8, 1.15)
    return Truck(
        colour=(float(red), float(green), float(blue)),
        scale=float(rng.uniform(0.92, 1.12)),
        lift_m=float(rng.choice([0.08, 0.15, 0.3, 0.9], p=[0.3, 0.4, 0.2, 0.1])),
        mast_m=float(rng.uniform(2.05, 2.5)),
        loaded=bool(rng.random() < 0.5),
        load_colour=(float(tone[0]), float(tone[1]), float(tone[2])),
        load_m=float(rng.uniform(0.5, 1.2)),
        gas=bool(rng.random() < 0.45),
        driver=bool(rng.random() < 0.75),
    )


def _wheel(x: float, y: float, radius: float, width: float) -> Mesh:
    sides = 14
    low, high = np.array([[x - width / 2, y, radius]]), np.array([[x + width / 2, y, radius]])
    tyre = limbs(low, high, np.array([[radius, radius]]), sides, np.array([_DARK]) * 0.8, PART_TRUCK)
    hubs = limbs(
        low - [0.035, 0, 0],
        high + [0.035, 0, 0],
        np.array([[radius * 0.55, radius * 0.55]]),
        sides,
        np.array([[0.55, 0.54, 0.5]]),
        PART_TRUCK,
        0.02,
    )
    return mesh_join([tyre, hubs])


def _chassis(truck: Truck) -> list[Mesh]:
    paint = np.array(truck.colour)
    parts = [
        boxes([-0.50, -0.45, 0.28], [0.50, 0.62, 0.62], paint, PART_TRUCK, taper=0.03, gloss=0.3),
        boxes([-0.36, 0.10, 0.60], [0.36, 0.62, 0.64], _DARK, PART_TRUCK),
        boxes([-0.46, -0.80, 0.60], [0.46, -0.02, 0.98], paint * 0.92, PART_TRUCK, taper=0.1, gloss=0.3),
        boxes([-0.52, -1.15, 0.26], [0.52, -0.70, 0.86], paint * 0.5, PART_TRUCK, taper=0.06, gloss=0.2),
        boxes([-0.46, -1.12, 0.86], [0.46, -0.74, 1.06], paint, PART_TRUCK, taper=0.18, gloss=0.3),
        # Seat and its back, and the dashboard with the steering wheel's column.
        boxes([-0.25, -0.48, 0.98], [0.25, 0.02, 1.08], _DARK, PART_TRUCK, taper=0.1),
        boxes([-0.24, -0.56, 1.06], [0.24, -0.46, 1.52], _DARK, PART_TRUCK, taper=0.12),
        boxes([-0.40, 0.50, 0.62], [0.40, 0.66, 1.12], paint * 0.75, PART_TRUCK, taper=0.1),
        boxes([-0.18, 0.36, 1.14], [0.18, 0.40, 1.18], _DARK, PART_TRUCK),
    ]
    stripes = np.arange(8)
    x = -0.5 + stripes * 0.125
    colour = np.where((stripes % 2 == 0)[:, None], [[0.95, 0.80, 0.05]], [[0.06, 0.06, 0.06]])
    low = np.stack([x, np.full(8, -1.158), np.full(8, 0.42)], axis=1)
    parts.append(boxes(low, low + [0.125, 0.01, 0.11], colour, PART_TRUCK, lift=0.08))
    lamp = np.array([[-0.46, -1.16, 0.72], [0.38, -1.16, 0.72]])
    parts.append(boxes(lamp, lamp + [0.08, 0.012, 0.06], (0.85, 0.08, 0.06), PART_TRUCK, lift=0.09))
    if truck.gas:
        start, end = np.array([[-0.32, -0.92, 1.22]]), np.array([[0.32, -0.92, 1.22]])
        parts.append(
            limbs(start, end, np.array([[0.16, 0.16]]), 12, np.array([[0.72, 0.73, 0.72]]), PART_TRUCK)
        )
    return parts


def _cage(truck: Truck) -> list[Mesh]:
    corner = np.array([[-0.46, 0.60, 0.62], [0.46, 0.60, 0.62], [-0.46, -0.66, 0.95], [0.46, -0.66, 0.95]])
    top = np.array([[-0.43, 0.42, 2.08], [0.43, 0.42, 2.08], [-0.43, -0.60, 2.08], [0.43, -0.60, 2.08]])
    cuts = np.linspace(0, 1, 4)
    # Posts in short lengths: each is sorted by its own depth against the driver.
    start = np.concatenate([corner + (top - corner) * cut for cut in cuts[:-1]])
    end = np.concatenate([corner + (top - corner) * cut for cut in cuts[1:]])
    posts = limbs(
        start, end, np.full((len(start), 2), 0.038), 6, np.tile(np.array(_DARK), (len(start), 1)), PART_TRUCK
    )
    y = np.linspace(-0.58, 0.40, 8)
    low = np.stack([np.full(8, -0.42), y - 0.022, np.full(8, 2.06)], axis=1)
    slats = boxes(low, low + [0.84, 0.044, 0.05], np.array(_DARK) * 1.3, PART_TRUCK)
    sides = boxes(
        [[-0.46, -0.64, 2.04], [0.41, -0.64, 2.04]],
        [[-0.41, 0.46, 2.10], [0.46, 0.46, 2.10]],
        _DARK,
        PART_TRUCK,
    )
    beacon = stack(
        [[0.3, -0.45, 2.10, 0.05, 0.05], [0.3, -0.45, 2.2, 0.04, 0.04], [0.3, -0.45, 2.21, 0.01, 0.01]],
        8,
        (1.0, 0.55, 0.05),
        PART_TRUCK,
        gloss=0.5,
    )
    return [posts, slats, sides, beacon]


def _mast(truck: Truck) -> list[Mesh]:
    rise = np.linspace(0.10, truck.mast_m, 7)
    low, high = [], []
    for x in (-0.36, 0.28):
        for bottom, top in zip(rise[:-1], rise[1:], strict=True):
            low.append([x, 0.74, bottom])
            high.append([x + 0.08, 0.88, top])
    for z in (0.4, 1.3, truck.mast_m - 0.12):
        low.append([-0.36, 0.76, z])
        high.append([0.36, 0.84, z + 0.1])
    z = truck.lift_m
    low += [[-0.44, 0.90, z + 0.04], [-0.44, 0.90, z + 0.38]]
    high += [[0.44, 0.95, z + 0.14], [0.44, 0.95, z + 0.48]]
    for x in (-0.44, -0.22, 0.0, 0.22, 0.41):
        low.append([x, 0.91, z + 0.48])
        high.append([x + 0.03, 0.94, z + 1.0])
    low.append([-0.44, 0.91, z + 0.98])
    high.append([0.44, 0.94, z + 1.02])
    frame = boxes(np.array(low), np.array(high), np.array(_STEEL) * 0.8, PART_TRUCK, gloss=0.2)
    cuts = np.linspace(0.95, 2.0, 4)
    fork_low = [[x, start, z] for x in (-0.32, 0.2) for start in cuts[:-1]]
    fork_high = [[x + 0.12, end, z + 0.05] for x in (-0.32, 0.2) for end in cuts[1:]]
    forks = boxes(np.array(fork_low), np.array(fork_high), _STEEL, PART_TRUCK, gloss=0.2)
    return [frame, forks]


def _load(truck: Truck) -> list[Mesh]:
    z = truck.lift_m + 0.05
    wood = (0.60, 0.46, 0.30)
    boards = np.linspace(1.0, 1.88, 6)
    low = np.stack([np.full(6, -0.58), boards, np.full(6, z + 0.09)], axis=1)
    pallet = boxes(low, low + [1.16, 0.12, 0.03], wood, PART_TRUCK)
    blocks = np.array([[x, 1.0, z] for x in (-0.58, -0.06, 0.46)])
    feet = boxes(blocks, blocks + [0.12, 1.0, 0.09], np.array(wood) * 0.7, PART_TRUCK)
    rows = max(1, round(truck.load_m / 0.4))
    cartons_low, cartons_high, paint = [], [], []
    rng = np.random.default_rng(round(truck.load_m * 1e6))
    for i in range(2):
        for j in range(2):
            for k in range(rows):
                corner = np.array([-0.56 + i * 0.565, 1.01 + j * 0.47, z + 0.12 + k * 0.4])
                cartons_low.append(corner)
                cartons_high.append(corner + [0.55, 0.46, 0.39])
                paint.append(np.array(truck.load_colour) * rng.uniform(0.88, 1.1))
    load = boxes(np.array(cartons_low), np.array(cartons_high), np.array(paint), PART_TRUCK)
    return [pallet, feet, load]


def truck_mesh(truck: Truck) -> Mesh:
    """The truck in its own frame, over (0, 0), forks along +y, about 2.9 m long with the load."""
    parts = [
        *_chassis(truck),
        *_cage(truck),
        *_mast(truck),
        _wheel(-0.46, 0.55, 0.32, 0.2),
        _wheel(0.46, 0.55, 0.32, 0.2),
        _wheel(-0.42, -0.80, 0.25, 0.16),
        _wheel(0.42, -0.80, 0.25, 0.16),
    ]
    if truck.loaded:
        parts += _load(truck)
    mesh = mesh_join(parts)
    return Mesh(
        mesh.vertices * truck.scale, mesh.quads, mesh.colour, mesh.piece, mesh.lift, mesh.part, mesh.gloss
    )
