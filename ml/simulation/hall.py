"""Lays out a hall: walls, racks or machines or furniture, then the floor under them."""

from __future__ import annotations

import numpy as np

from ml.simulation import texture as tx
from ml.simulation.backdrop import Backdrop, Texture
from ml.simulation.fittings import (
    Maker,
    make_clutter,
    make_conveyor,
    make_furniture,
    make_machine,
    make_pallet,
)
from ml.simulation.floor import floor_picture
from ml.simulation.racks import rack_rows
from ml.simulation.site import CELLS, Site

Rng = np.random.Generator


def make_site(rng: Rng, pallets: int | None, roof_m: float) -> Site:
    """A hall drawn from the generator: racks, production, open or furnished; the roof is at least `roof_m` high."""
    depth_m = float(rng.uniform(16, 29))
    site = Site(
        floor=np.zeros((1, 1, 3), dtype=np.uint8),
        blocked=np.zeros((CELLS, CELLS), dtype=np.float32),
        depth_m=depth_m,
    )
    kind = rng.choice(["racks", "production", "open", "lounge"], p=[0.45, 0.2, 0.2, 0.15])
    aisles = []
    _walls(site, rng, roof_m)
    if kind == "racks":
        aisles = rack_rows(site, rng)
    elif kind == "production":
        _scatter(site, rng, int(rng.integers(4, 9)), make_machine)
        _scatter(site, rng, int(rng.integers(1, 4)), make_conveyor)
    elif kind == "lounge":
        _scatter(site, rng, int(rng.integers(10, 24)), make_furniture)
    _scatter(site, rng, pallets if pallets is not None else int(rng.integers(2, 9)), make_pallet)
    _scatter(site, rng, int(rng.integers(0, 5)), make_furniture)
    _scatter(site, rng, int(rng.integers(1, 6)), make_clutter)
    site.floor = floor_picture(site, rng, aisles)
    return site


def _walls(site: Site, rng: Rng, roof_m: float) -> None:
    panel = Texture(tx.wall(rng))
    height = max(float(rng.uniform(5.0, 9.0)), roof_m)
    back, gain = site.depth_m, float(rng.uniform(0.75, 1.0))
    doors = [(float(x), Texture(tx.door(rng))) for x in rng.uniform(-12, 12, int(rng.integers(0, 4)))]
    signs = [
        (float(rng.uniform(-12, 12)), float(rng.uniform(1.6, 3.2)), Texture(tx.fabric(rng))) for _ in range(4)
    ]
    roof = Texture(tx.painted(rng, (0.42, 0.43, 0.45)))

    def draw(drop: Backdrop) -> None:
        for x in np.arange(-20, 20, 5.0):
            drop.face(
                np.array([x, back, 0]),
                np.array([5.0, 0, 0]),
                np.array([0, 0, height]),
                panel,
                gain,
                repeat=(2, 1),
            )
            drop.face(
                np.array([x, -4.0, height]),
                np.array([5.0, 0, 0]),
                np.array([0, back + 4, 0]),
                roof,
                gain * 0.7,
                repeat=(4, 5),
            )
        for side in (-18.0, 18.0):
            for y in np.arange(-4, back, 5.0):
                drop.face(
                    np.array([side, y, 0]),
                    np.array([0, 5.0, 0]),
                    np.array([0, 0, height]),
                    panel,
                    gain * 0.85,
                    repeat=(2, 1),
                )
        for x, leaf in doors:
            drop.face(np.array([x, back - 0.04, 0]), np.array([3.2, 0, 0]), np.array([0, 0, 3.6]), leaf, gain)
        for x, z, sign in signs:
            drop.face(np.array([x, back - 0.05, z]), np.array([0.8, 0, 0]), np.array([0, 0, 0.6]), sign, gain)

    site.pieces.append(draw)


def _scatter(site: Site, rng: Rng, count: int, maker: Maker) -> None:
    placed = 0
    for _ in range(count * 12):
        if placed == count:
            return
        x, y = float(rng.uniform(-10, 10)), float(rng.uniform(1.5, site.depth_m - 1.5))
        draw = maker(site, rng, x, y)
        if draw is not None:
            site.pieces.append(draw)
            placed += 1
