"""Pallet racks in rows, and what lies on pallets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ml.simulation import texture as tx
from ml.simulation.backdrop import Backdrop, Texture
from ml.simulation.site import PALLET_M, Pallet, Site

Rng = np.random.Generator


def load_texture(rng: Rng) -> Texture:
    kind = rng.random()
    if kind < 0.75:
        return Texture(tx.carton_stack(rng))
    return Texture(tx.drums(rng) if kind < 0.88 else tx.tote(rng))


def rack_rows(site: Site, rng: Rng) -> list[float]:
    lines: list[float] = []
    pitch, first = float(rng.uniform(4.2, 6.2)), float(rng.uniform(-1.0, 1.0))
    start = float(rng.uniform(4.5, 8.0))
    rows = [first + (k + 0.5) * pitch for k in range(-3, 3)]
    keep = rng.random(len(rows)) < 0.85
    upright = Texture(
        tx.painted(rng, (0.14, 0.26, 0.55) if rng.random() < 0.7 else (0.35, 0.4, 0.38), holes=True)
    )
    beam = Texture(tx.painted(rng, (0.88, 0.42, 0.08) if rng.random() < 0.75 else (0.85, 0.72, 0.12)))
    loads = [load_texture(rng) for _ in range(8)]
    for x, kept in zip(rows, keep, strict=True):
        if not kept or abs(x) > 15:
            continue
        bays = int((site.depth_m - 2 - start) / 2.8)
        for bay in range(bays):
            site.pieces.append(_rack_bay(site, rng, x, start + bay * 2.8, upright, beam, loads))
        site.block(x, start + bays * 1.4, 0.55, bays * 1.4, margin=0.3)
        lines += [x - 0.75, x + 0.75]
    return lines


def _rack_bay(
    site: Site, rng: Rng, x: float, y: float, upright: Texture, beam: Texture, loads: list[Texture]
) -> Callable[[Backdrop], None]:
    levels = [0.0, *np.cumsum(rng.uniform(1.4, 1.9, int(rng.integers(2, 4))))]
    side, top = Texture(tx.pallet_side(rng)), Texture(tx.wood(rng, 7, 0.3))
    stored: list[tuple[float, float, float, Texture, int]] = []
    for level in levels:
        for slot in range(2):
            if rng.random() < 0.82:
                place = y + 0.15 + slot * 1.3
                stored.append(
                    (
                        place,
                        float(level),
                        float(rng.uniform(0.5, 1.15)),
                        loads[int(rng.integers(8))],
                        site.next_id,
                    )
                )
                site.pallets[site.next_id] = Pallet(
                    x, place + 0.6, (0.48, 0.6), float(level), PALLET_M[2], 0.0
                )
                site.next_id += 1
    height = float(levels[-1]) + 1.3

    def draw(drop: Backdrop) -> None:
        for end in (y, y + 2.74):
            for edge in (-0.5, 0.42):
                drop.box((x + edge, end, 0), (x + edge + 0.08, end + 0.06, height), upright)
            for brace in np.arange(0.5, height, 1.2):
                drop.box((x - 0.5, end + 0.02, brace), (x + 0.5, end + 0.04, brace + 0.05), upright)
        for level in levels[1:]:
            for edge in (-0.5, 0.45):
                drop.box((x + edge, y, level - 0.13), (x + edge + 0.05, y + 2.8, level), beam)
        for place, level, rise, load, ident in stored:
            z = level + PALLET_M[2]
            drop.box((x - 0.48, place, level), (x + 0.48, place + 1.2, z), side, top, ident=ident)
            drop.box((x - 0.45, place + 0.04, z), (x + 0.45, place + 1.14, z + rise), load, gain=0.96)

    return draw
