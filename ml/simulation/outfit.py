"""How somebody looks: height, clothes, skin and hair, helmet and vest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.simulation.mesh import Colour

_SKIN: tuple[Colour, ...] = (
    (0.93, 0.76, 0.66),
    (0.87, 0.68, 0.55),
    (0.76, 0.56, 0.42),
    (0.60, 0.41, 0.29),
    (0.42, 0.28, 0.20),
    (0.30, 0.20, 0.15),
)
_HAIR: tuple[Colour, ...] = (
    (0.08, 0.07, 0.07),
    (0.18, 0.12, 0.08),
    (0.34, 0.22, 0.12),
    (0.62, 0.48, 0.28),
    (0.55, 0.54, 0.53),
)
_TOPS: tuple[Colour, ...] = (
    (0.13, 0.17, 0.28),
    (0.20, 0.32, 0.52),
    (0.10, 0.10, 0.11),
    (0.36, 0.37, 0.38),
    (0.85, 0.85, 0.83),
    (0.55, 0.12, 0.12),
    (0.22, 0.36, 0.24),
    (0.52, 0.44, 0.30),
    (0.30, 0.45, 0.62),
    (0.72, 0.68, 0.58),
    (0.75, 0.38, 0.12),
    (0.45, 0.20, 0.38),
)
_TROUSERS: tuple[Colour, ...] = (
    (0.11, 0.13, 0.20),
    (0.22, 0.28, 0.40),
    (0.09, 0.09, 0.10),
    (0.30, 0.30, 0.30),
    (0.45, 0.38, 0.28),
    (0.25, 0.27, 0.20),
    (0.60, 0.56, 0.48),
)
_HELMETS: tuple[Colour, ...] = (
    (0.93, 0.93, 0.91),
    (0.96, 0.80, 0.10),
    (0.95, 0.45, 0.08),
    (0.12, 0.32, 0.72),
    (0.80, 0.10, 0.10),
    (0.15, 0.50, 0.25),
)
_VESTS: tuple[Colour, ...] = ((0.86, 0.96, 0.16), (1.0, 0.45, 0.08), (0.98, 0.28, 0.12))


@dataclass(frozen=True, slots=True)
class Outfit:
    """How somebody looks; drawn once per track."""

    height_m: float
    girth: float
    skin: Colour
    hair: Colour | None
    long_hair: bool
    top: Colour
    sleeve_long: bool
    trousers: Colour
    shoes: Colour
    helmet: Colour | None
    cap: Colour | None
    vest: Colour | None
    backpack: Colour | None
    reflective_trousers: bool


def _pick(rng: np.random.Generator, palette: tuple[Colour, ...], spread: float = 0.05) -> Colour:
    base = np.array(palette[int(rng.integers(len(palette)))])
    red, green, blue = np.clip(base * rng.uniform(0.85, 1.15) + rng.normal(0, spread, 3) * 0.5, 0.02, 1.0)
    return (float(red), float(green), float(blue))


def draw_outfit(rng: np.random.Generator, helmet_share: float, vest_share: float) -> Outfit:
    """A random person. Helmet and vest go together more often than chance, as on real sites."""
    helmet = rng.random() < helmet_share
    vest = rng.random() < (vest_share * 1.25 if helmet else vest_share * 0.6)
    top = _pick(rng, _TOPS)
    return Outfit(
        height_m=float(np.clip(rng.normal(1.74, 0.08), 1.5, 1.98)),
        girth=float(np.clip(rng.normal(1.0, 0.1), 0.8, 1.3)),
        skin=_pick(rng, _SKIN, 0.02),
        hair=None if rng.random() < 0.08 else _pick(rng, _HAIR, 0.02),
        long_hair=bool(rng.random() < 0.25),
        top=top,
        sleeve_long=bool(rng.random() < 0.7),
        trousers=top if rng.random() < 0.18 else _pick(rng, _TROUSERS, 0.03),
        shoes=_pick(rng, ((0.08, 0.07, 0.07), (0.25, 0.17, 0.1), (0.6, 0.6, 0.58)), 0.02),
        helmet=_pick(rng, _HELMETS, 0.02) if helmet else None,
        cap=_pick(rng, _TOPS) if not helmet and rng.random() < 0.2 else None,
        vest=_pick(rng, _VESTS, 0.02) if vest else None,
        backpack=_pick(rng, _TOPS) if not vest and rng.random() < 0.08 else None,
        reflective_trousers=bool(vest and rng.random() < 0.3),
    )
