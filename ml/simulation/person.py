"""A person as a mesh: skeleton from a pose, dressed from an outfit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ml.geometry.arrays import Floats
from ml.simulation.mesh import Colour, Mesh, boxes, limbs, lofts, mesh_join
from ml.simulation.outfit import Outfit
from ml.simulation.poses import Pose
from ml.simulation.skeleton import RIGHT, Skeleton, skeleton

PART_BODY = 1
PART_VEST = 2
PART_HELMET = 3
# Carried things hide the person but are no part of them.
PART_OTHER = 9

_SILVER: Colour = (0.82, 0.84, 0.86)


def _trunk(
    sk: Skeleton,
    rows: Floats,
    scale: float,
    girth: float,
    sides: int,
    colour: ArrayLike,
    part: int,
    lift: float,
) -> Mesh:
    """A loft along the spine; rows are (height over pelvis, half width, half depth, forward)."""
    rows = rows * scale
    centres = sk.pelvis + rows[:, :1] * sk.up + rows[:, 3:] * sk.front
    across = rows[:, 1:2] * girth * RIGHT
    along = rows[:, 2:3] * girth * sk.front
    # The rings rise along `up`; right x front points up.
    return lofts(centres[None], across[None], along[None], sides, colour, part, lift=lift)


_TORSO = np.array(
    [
        [-0.10, 0.09, 0.07, 0.0],
        [-0.04, 0.158, 0.105, -0.01],
        [0.10, 0.150, 0.100, 0.0],
        [0.26, 0.172, 0.118, 0.012],
        [0.38, 0.186, 0.112, 0.0],
        [0.44, 0.178, 0.100, -0.003],
        [0.48, 0.135, 0.080, -0.005],
        [0.51, 0.065, 0.060, 0.0],
    ]
)
_VEST = np.array(
    [
        [-0.05, 0.168, 0.122, 0.0],
        [0.03, 0.168, 0.122, 0.0],
        [0.08, 0.168, 0.122, 0.0],
        [0.17, 0.176, 0.128, 0.004],
        [0.22, 0.181, 0.131, 0.008],
        [0.38, 0.193, 0.125, 0.0],
        [0.445, 0.183, 0.112, -0.003],
        [0.488, 0.140, 0.090, -0.004],
        [0.505, 0.085, 0.070, 0.0],
    ]
)


def _vest_paint(colour: Colour, sides: int) -> Floats:
    """(1, rings - 1, sides, 3): two bands round the belly and braces over the shoulders."""
    paint = np.empty((1, len(_VEST) - 1, sides, 3))
    paint[:] = colour
    paint[:, 1] = _SILVER
    paint[:, 3] = _SILVER
    angle = (np.arange(sides) + 1.0) * 2 * np.pi / sides
    braces = np.abs(np.abs(np.cos(angle)) - 0.55) < 0.16
    paint[:, 4:7, braces] = _SILVER
    return paint


def _dome(
    sk: Skeleton,
    rows: Floats,
    scale: float,
    sides: int,
    colour: ArrayLike,
    part: int,
    lift: float,
    gloss: float,
) -> Mesh:
    """A loft round the head's axis; rows as in `_trunk`, from the middle of the head."""
    rows = rows * scale
    centres = sk.head + rows[:, :1] * sk.head_up + rows[:, 3:] * sk.head_front
    return lofts(
        centres[None],
        (rows[:, 1:2] * RIGHT)[None],
        (rows[:, 2:3] * sk.head_front)[None],
        sides,
        colour,
        part,
        lift=lift,
        gloss=gloss,
    )


_HEAD = np.array(
    [
        [-0.130, 0.030, 0.035, 0.025],
        [-0.095, 0.058, 0.066, 0.020],
        [-0.030, 0.076, 0.092, 0.006],
        [0.035, 0.079, 0.100, 0.0],
        [0.090, 0.066, 0.084, 0.0],
        [0.125, 0.022, 0.030, 0.0],
    ]
)
_HAIR_CAP = np.array(
    [
        [-0.06, 0.068, 0.060, -0.045],
        [0.00, 0.083, 0.076, -0.036],
        [0.05, 0.086, 0.088, -0.022],
        [0.085, 0.078, 0.096, -0.006],
        [0.11, 0.062, 0.078, -0.004],
        [0.138, 0.026, 0.034, -0.004],
    ]
)
_LONG_HAIR = np.array(
    [[-0.24, 0.060, 0.035, -0.075], [-0.14, 0.085, 0.055, -0.060], [0.02, 0.086, 0.08, -0.03]]
)
_HELMET = np.array(
    [
        [0.022, 0.104, 0.135, 0.014],
        [0.034, 0.108, 0.128, 0.006],
        [0.070, 0.104, 0.122, 0.0],
        [0.115, 0.086, 0.102, 0.0],
        [0.150, 0.050, 0.062, 0.0],
        [0.162, 0.014, 0.018, 0.0],
    ]
)
_CAP = np.array(
    [
        [0.038, 0.084, 0.140, 0.045],
        [0.05, 0.086, 0.106, 0.0],
        [0.10, 0.076, 0.094, 0.0],
        [0.14, 0.03, 0.04, 0.0],
    ]
)


def _head(sk: Skeleton, outfit: Outfit, scale: float, sides: int) -> list[Mesh]:
    parts = [_dome(sk, _HEAD, scale, sides, outfit.skin, PART_BODY, 0.0, 0.05)]
    neck = np.stack([sk.pelvis + sk.up * 0.47 * scale, sk.head - sk.head_up * 0.07 * scale])
    parts.append(
        limbs(
            neck[:1], neck[1:], np.array([[0.055, 0.05]]) * scale, 8, np.array([outfit.skin]) * 0.9, PART_BODY
        )
    )
    if outfit.hair is not None:
        parts.append(_dome(sk, _HAIR_CAP, scale, sides, outfit.hair, PART_BODY, 0.03, 0.1))
        if outfit.long_hair:
            parts.append(_dome(sk, _LONG_HAIR, scale, sides, outfit.hair, PART_BODY, 0.02, 0.1))
    if outfit.helmet is not None:
        parts.append(_dome(sk, _HELMET, scale, sides, outfit.helmet, PART_HELMET, 0.12, 0.55))
    elif outfit.cap is not None:
        parts.append(_dome(sk, _CAP, scale, sides, outfit.cap, PART_BODY, 0.1, 0.05))
    return parts


def _legs(sk: Skeleton, outfit: Outfit, scale: float, girth: float) -> list[Mesh]:
    start = np.concatenate([sk.hip, sk.knee])
    end = np.concatenate([sk.knee, sk.ankle])
    radius = np.array([[0.1, 0.07], [0.1, 0.07], [0.068, 0.055], [0.068, 0.055]]) * scale * girth
    paint = np.tile(np.array(outfit.trousers), (4, 1))
    parts = [limbs(start, end, radius, 8, paint, PART_BODY)]
    if outfit.reflective_trousers:
        low = sk.ankle * 0.58 + sk.knee * 0.42
        high = sk.ankle * 0.54 + sk.knee * 0.46
        band = np.full((2, 2), 0.062 * scale * girth)
        parts.append(limbs(high, low, band, 8, np.tile(np.array(_SILVER), (2, 1)), PART_BODY, 0.02))
    # Feet follow the shin: heel under the ankle, toes forward, tipped while the leg swings back.
    shin = (sk.ankle - sk.knee) / np.linalg.norm(sk.ankle - sk.knee, axis=1, keepdims=True)
    toe = np.stack([np.zeros(2), -shin[:, 2], np.minimum(shin[:, 1], 0.25) * 0.8], axis=1)
    heel = sk.ankle - toe * 0.05 * scale + np.array([0, 0, -0.05 * scale])
    tip = sk.ankle + toe * 0.15 * scale + np.array([0, 0, -0.055 * scale])
    shoes = np.tile(np.array(outfit.shoes), (2, 1))
    parts.append(limbs(heel, tip, np.tile([0.048, 0.04], (2, 1)) * scale, 8, shoes, PART_BODY))
    return parts


def _arms(sk: Skeleton, outfit: Outfit, scale: float, girth: float) -> list[Mesh]:
    hand = sk.wrist + (sk.wrist - sk.elbow) * 0.42
    start = np.concatenate([sk.shoulder, sk.elbow, sk.wrist])
    end = np.concatenate([sk.elbow, sk.wrist, hand])
    radius = np.repeat([[0.066, 0.052], [0.05, 0.04], [0.04, 0.034]], 2, axis=0) * scale
    radius[:4] *= 0.5 + 0.5 * girth
    fore = outfit.top if outfit.sleeve_long else outfit.skin
    paint = np.repeat(np.array([outfit.top, fore, outfit.skin]), 2, axis=0)
    return [limbs(start, end, radius, 8, paint, PART_BODY)]


def person_mesh(outfit: Outfit, pose: Pose, detail: int = 12) -> Mesh:
    """The dressed body in its own frame, standing over (0, 0) and looking along +y."""
    scale = outfit.height_m / 1.75
    sk = skeleton(pose, outfit.height_m)
    torso_paint = np.tile(np.array(outfit.top), (1, len(_TORSO) - 1, detail, 1))
    torso_paint[:, 0] = outfit.trousers
    parts = [
        *_legs(sk, outfit, scale, outfit.girth),
        _trunk(sk, _TORSO, scale, outfit.girth, detail, torso_paint, PART_BODY, 0.0),
        *_arms(sk, outfit, scale, outfit.girth),
        *_head(sk, outfit, scale, detail),
    ]
    if outfit.vest is not None:
        paint = _vest_paint(outfit.vest, detail)
        parts.append(_trunk(sk, _VEST, scale, outfit.girth, detail, paint, PART_VEST, 0.05))
    if outfit.backpack is not None:
        pack = np.array([[0.02, 0.12, 0.07, -0.17], [0.2, 0.15, 0.1, -0.18], [0.42, 0.12, 0.06, -0.16]])
        parts.append(_trunk(sk, pack, scale, 1.0, 8, outfit.backpack, PART_BODY, 0.0))
    if pose.carries:
        middle = sk.wrist.mean(axis=0) + sk.front * 0.16 * scale + np.array([0, 0, 0.06])
        half = np.array([0.21, 0.15, 0.14]) * scale
        parts.append(boxes(middle - half, middle + half, (0.66, 0.5, 0.33), PART_OTHER, lift=0.05))
    return mesh_join(parts)
