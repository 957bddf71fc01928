"""What stands about in a hall: pallets, machines, conveyors, furniture, columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ml.simulation import texture as tx
from ml.simulation.backdrop import Backdrop, Texture
from ml.simulation.racks import load_texture
from ml.simulation.site import PALLET_M, Pallet, Site

Rng = np.random.Generator
Maker = Callable[[Site, Rng, float, float], Callable[[Backdrop], None] | None]


def make_pallet(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    half = (PALLET_M[0] / 2, PALLET_M[1] / 2)
    if not site.free(x, y, 0.7, 0.7):
        return None
    site.block(x, y, 0.6, 0.6)
    ident = site.next_id
    site.next_id += 1
    side, top = Texture(tx.pallet_side(rng)), Texture(tx.wood(rng, 7, 0.3))
    turn = float(rng.normal(0, 0.12) + (np.pi / 2 if rng.random() < 0.5 else 0))
    layers = int(rng.integers(2, 9)) if rng.random() < 0.2 else 1
    load = load_texture(rng) if layers == 1 and rng.random() < 0.7 else None
    load_top, load_m = Texture(tx.carton(rng)), float(rng.uniform(0.35, 1.5))
    height = layers * PALLET_M[2]
    site.pallets[ident] = Pallet(x, y, half, 0.0, height, turn)

    def draw(drop: Backdrop) -> None:
        low, high = (x - half[0], y - half[1], 0.0), (x + half[0], y + half[1], height)
        drop.box(low, high, side, top, turn=turn, ident=ident, rows=layers)
        if load is not None:
            z = PALLET_M[2]
            low, high = (
                (x - half[0] + 0.04, y - half[1] + 0.04, z),
                (x + half[0] - 0.04, y + half[1] - 0.04, z + load_m),
            )
            drop.box(low, high, load, load_top, turn=turn)

    return draw


def make_machine(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    half = (float(rng.uniform(0.5, 1.6)), float(rng.uniform(0.5, 1.2)))
    if not site.free(x, y, half[0] + 0.4, half[1] + 0.4):
        return None
    site.block(x, y, *half)
    body, lid, foot = Texture(tx.machine(rng)), Texture(tx.machine(rng)), Texture(tx.hazard())
    height, tower = float(rng.uniform(0.8, 2.2)), float(rng.uniform(0.2, 0.7))

    def draw(drop: Backdrop) -> None:
        drop.box((x - half[0], y - half[1], 0.1), (x + half[0], y + half[1], height), body)
        drop.box(
            (x - half[0] * tower, y - half[1] * 0.7, height),
            (x + half[0] * 0.6, y + half[1] * 0.7, height + 0.5),
            lid,
        )
        drop.box(
            (x - half[0] - 0.05, y - half[1] - 0.05, 0), (x + half[0] + 0.05, y + half[1] + 0.05, 0.1), foot
        )

    return draw


def make_conveyor(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    half = (float(rng.uniform(1.5, 4.0)), 0.4)
    if not site.free(x, y, half[0], half[1] + 0.4):
        return None
    site.block(x, y, *half)
    top, side = (
        Texture(np.asarray(np.rot90(tx.rollers(rng))).copy()),
        Texture(tx.painted(rng, (0.2, 0.32, 0.5))),
    )
    goods = [
        (float(rng.uniform(-half[0], half[0] - 0.4)), Texture(tx.carton(rng)))
        for _ in range(int(half[0] * 1.5))
    ]

    def draw(drop: Backdrop) -> None:
        drop.box((x - half[0], y - half[1], 0.62), (x + half[0], y + half[1], 0.78), side, top)
        for leg in np.arange(-half[0], half[0], 1.2):
            for edge in (-half[1], half[1] - 0.06):
                drop.box((x + leg, y + edge, 0), (x + leg + 0.06, y + edge + 0.06, 0.62), side)
        for offset, box in goods:
            drop.box((x + offset, y - 0.22, 0.78), (x + offset + 0.45, y + 0.22, 1.1), box)

    return draw


def make_furniture(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    """A table, a bench or sofa to sit on, or a cabinet, in any colour."""
    half = (float(rng.uniform(0.4, 1.1)), float(rng.uniform(0.35, 0.55)))
    if not site.free(x, y, half[0], half[1]):
        return None
    site.block(x, y, *half, margin=0.15)
    cover, turn = Texture(tx.fabric(rng)), float(rng.integers(4)) * np.pi / 2 + float(rng.normal(0, 0.2))
    kind = rng.choice(["table", "sofa", "cabinet"], p=[0.3, 0.5, 0.2])
    if kind == "sofa":
        # People sit towards the front of the seat, back to the rest.
        site.seats.append((x - 0.05 * np.sin(turn), y - 0.05 * np.cos(turn), turn + np.pi, 0.42))

    def draw(drop: Backdrop) -> None:
        def part(low: tuple[float, float, float], high: tuple[float, float, float]) -> None:
            a = (x + low[0] * half[0], y + low[1] * half[1], low[2])
            b = (x + high[0] * half[0], y + high[1] * half[1], high[2])
            drop.box(a, b, cover, turn=turn, pivot=(x, y))

        if kind == "table":
            part((-1, -1, 0.70), (1, 1, 0.75))
            for sx, sy in ((-1.0, -1.0), (0.9, -1.0), (-1.0, 0.9), (0.9, 0.9)):
                part((sx, sy, 0), (sx + 0.1, sy + 0.1, 0.70))
        elif kind == "sofa":
            part((-1, -1, 0.05), (1, 0.6, 0.42))
            part((-1, 0.6, 0.05), (1, 1, 0.85))
            part((-1, -1, 0.05), (-0.85, 1, 0.6))
            part((0.85, -1, 0.05), (1, 1, 0.6))
        else:
            part((-1, -1, 0), (1, 1, 1.1))

    return draw


_COLUMNS = ((0.5, 0.5, 0.48), (0.62, 0.6, 0.56), (0.3, 0.34, 0.36), (0.45, 0.32, 0.24), (0.72, 0.72, 0.7))


def make_clutter(site: Site, rng: Rng, x: float, y: float) -> Callable[[Backdrop], None] | None:
    """A column with its guard, a bin or a marker post: upright clutter of a person's size and less."""
    half, height = float(rng.uniform(0.08, 0.25)), float(rng.choice([0.7, 1.0, 1.7, 8.0]))
    if not site.free(x, y, half, half):
        return None
    site.block(x, y, half, half, margin=0.2)
    plain = tx.painted(rng, _COLUMNS[int(rng.integers(len(_COLUMNS)))])
    skin = Texture(plain if height > 2 or rng.random() < 0.5 else tx.fabric(rng))
    guard = Texture(tx.hazard())

    def draw(drop: Backdrop) -> None:
        drop.box((x - half, y - half, 0), (x + half, y + half, height), skin)
        if height > 2:
            drop.box((x - half - 0.06, y - half - 0.06, 0), (x + half + 0.06, y + half + 0.06, 0.9), guard)

    return draw
