"""Meshes of quads grown from lofts (stacks of ellipses) and boxes; the stuff people and trucks are of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ml.geometry.arrays import Floats, Ints

Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Mesh:
    """`vertices` (V, 3) metres; `quads` (Q, 4) counter-clockwise seen from outside; per quad a `colour`
    (Q, 3) in 0..1, the convex `piece` it belongs to (sorted as a whole, by depth less `lift`), the `part`
    written to the id mask, and `gloss` 0..1.
    """

    vertices: Floats
    quads: Ints
    colour: Floats
    piece: Ints
    lift: Floats
    part: Ints
    gloss: Floats

    def moved(self, origin: ArrayLike, heading: float) -> Mesh:
        """Turned by `heading` (clockwise from +y seen from above, radians), then shifted."""
        sin, cos = np.sin(heading), np.cos(heading)
        turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
        vertices = self.vertices @ turn + np.asarray(origin, dtype=np.float64)
        return Mesh(vertices, self.quads, self.colour, self.piece, self.lift, self.part, self.gloss)


def mesh_join(meshes: Sequence[Mesh]) -> Mesh:
    """One mesh of several; pieces stay apart."""
    vertex = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    piece = np.cumsum([0, *(int(mesh.piece.max(initial=-1)) + 1 for mesh in meshes)])
    return Mesh(
        vertices=np.concatenate([mesh.vertices for mesh in meshes]),
        quads=np.concatenate([mesh.quads + vertex[i] for i, mesh in enumerate(meshes)]),
        colour=np.concatenate([mesh.colour for mesh in meshes]),
        piece=np.concatenate([mesh.piece + piece[i] for i, mesh in enumerate(meshes)]),
        lift=np.concatenate([mesh.lift for mesh in meshes]),
        part=np.concatenate([mesh.part for mesh in meshes]),
        gloss=np.concatenate([mesh.gloss for mesh in meshes]),
    )


def cross_rows(a: Floats, b: Floats) -> Floats:
    """Cross products of rows (N, 3); `np.cross` spends most of its time on choosing axes."""
    result = np.empty(np.broadcast_shapes(a.shape, b.shape))
    result[..., 0] = a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1]
    result[..., 1] = a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2]
    result[..., 2] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return result


@lru_cache(maxsize=64)
def _loft_quads(pieces: int, rings: int, sides: int) -> Ints:
    ring, side = np.meshgrid(np.arange(rings - 1), np.arange(sides), indexing="ij")
    here = (ring * sides + side).ravel()
    right = (ring * sides + (side + 1) % sides).ravel()
    one = np.stack([here, right, right + sides, here + sides], axis=1)
    return np.concatenate([one + piece * rings * sides for piece in range(pieces)])


@lru_cache(maxsize=32)
def _circle(sides: int) -> Floats:
    angle = (np.arange(sides) + 0.5) * 2 * np.pi / sides
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def lofts(
    centres: Floats,
    across: Floats,
    along: Floats,
    sides: int,
    colour: ArrayLike,
    part: int,
    *,
    lift: ArrayLike = 0.0,
    gloss: float = 0.0,
) -> Mesh:
    """P lofts of R rings: `centres`, and half-axes `across` and `along`, all (P, R, 3).

    Rings go up: `across` x `along` points the way the rings follow. `colour` broadcasts to
    (P, R - 1, sides, 3); `lift` to (P,).
    """
    pieces, rings, _ = centres.shape
    circle = _circle(sides)
    points = (
        centres[:, :, None]
        + circle[None, None, :, :1] * across[:, :, None]
        + circle[None, None, :, 1:] * along[:, :, None]
    )
    per_piece = (rings - 1) * sides
    count = pieces * per_piece
    paint = np.broadcast_to(np.asarray(colour, dtype=np.float64), (pieces, rings - 1, sides, 3))
    return Mesh(
        vertices=points.reshape(-1, 3),
        quads=_loft_quads(pieces, rings, sides),
        colour=paint.reshape(-1, 3),
        piece=np.repeat(np.arange(pieces), per_piece),
        lift=np.repeat(np.broadcast_to(np.asarray(lift, dtype=np.float64), (pieces,)), per_piece),
        part=np.full(count, part),
        gloss=np.full(count, gloss),
    )


def limbs(
    start: Floats,
    end: Floats,
    radius: NDArray[np.float64],
    sides: int,
    colour: ArrayLike,
    part: int,
    lift: ArrayLike = 0.0,
) -> Mesh:
    """P tapered, rounded segments from `start` to `end` (P, 3) with radii (P, 2); `colour` (P, 3)."""
    axis = end - start
    length = np.maximum(np.linalg.norm(axis, axis=1, keepdims=True), 1e-6)
    axis = axis / length
    helper = np.where(np.abs(axis[:, 1:2]) < 0.9, [[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])
    across = cross_rows(helper, axis)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    along = cross_rows(axis, across)
    first, last = radius[:, :1], radius[:, 1:]
    centres = np.stack([start - axis * first * 0.75, start, end, end + axis * last * 0.75], axis=1)
    sizes = np.stack([first * 0.45, first, last, last * 0.45], axis=1)
    paint = np.asarray(colour, dtype=np.float64)[:, None, None, :]
    return lofts(centres, across[:, None] * sizes, along[:, None] * sizes, sides, paint, part, lift=lift)


def stack(
    rings: ArrayLike, sides: int, colour: ArrayLike, part: int, *, lift: float = 0.0, gloss: float = 0.0
) -> Mesh:
    """One upright loft from rows (x, y, z, half width, half depth), rising z."""
    rows = np.asarray(rings, dtype=np.float64)
    nil = np.zeros(len(rows))
    across = np.stack([rows[:, 3], nil, nil], axis=1)
    along = np.stack([nil, rows[:, 4], nil], axis=1)
    return lofts(rows[None, :, :3], across[None], along[None], sides, colour, part, lift=lift, gloss=gloss)


_BOX_QUADS = np.array([[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]])


def boxes(
    low: ArrayLike,
    high: ArrayLike,
    colour: ArrayLike,
    part: int,
    *,
    taper: float = 0.0,
    lift: float = 0.0,
    gloss: float = 0.0,
) -> Mesh:
    """N axis-aligned boxes from corners (N, 3); `colour` broadcasts to (N, 3); `taper` narrows the top."""
    a, b = np.atleast_2d(np.asarray(low, dtype=np.float64)), np.atleast_2d(np.asarray(high, dtype=np.float64))
    count = len(a)
    middle = (a + b) / 2
    half = (b - a) / 2
    sign = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    points = np.zeros((count, 8, 3))
    for top in (0, 1):
        scale = 1.0 - taper * top
        points[:, 4 * top : 4 * top + 4, :2] = middle[:, None, :2] + sign[None] * half[:, None, :2] * scale
        points[:, 4 * top : 4 * top + 4, 2] = (b if top else a)[:, None, 2]
    paint = np.broadcast_to(np.asarray(colour, dtype=np.float64), (count, 3))
    return Mesh(
        vertices=points.reshape(-1, 3),
        quads=np.concatenate([_BOX_QUADS + 8 * i for i in range(count)]),
        colour=np.repeat(paint, 6, axis=0),
        piece=np.repeat(np.arange(count), 6),
        lift=np.full(count * 6, lift),
        part=np.full(count * 6, part),
        gloss=np.full(count * 6, gloss),
    )
