"""Pictures on a plane: PaCMAP (Wang, Huang, Rudin and Shaposhnik, JMLR 22, 2021) in NumPy, written from the paper.

Near pairs pull together, pairs at middle distance keep the large shape, random pairs push apart; which of them weigh
how much changes over three phases. Exact neighbours: for tens of thousands of rows no index is needed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Ints = NDArray[np.int64]

NEIGHBOURS, MID_NEAR, FURTHER = 10, 5, 20
# Candidates for neighbours beyond those kept: distances are scaled by how crowded a place is before the nearest count.
EXTRA = 50
# The scale of a row is its mean distance to these of its nearest.
SCALE_OF = slice(3, 6)
MID_NEAR_DRAWN = 6
STEPS = (100, 100, 250)
LEARNING_RATE = 1.0
BETAS, EPSILON = (0.9, 0.999), 1e-7
DIMS_MAX = 100
START_SCALE = 0.01
BLOCK = 1024
# Fewer rows have no neighbourhood to speak of; they are laid out by their main directions.
ROWS_MIN = 20


def on_plane(
    rows: NDArray[np.floating], seed: int = 0, tell: Callable[[float], None] = lambda _share: None
) -> NDArray[np.float32]:
    """(N, 2) places in 0..1 for (N, D) rows, alike ones near each other; both axes by one scale.

    The same rows and seed give the same places. `tell` is called with the share done and may raise to stop.
    """
    reduced = _main_directions(np.asarray(rows, dtype=np.float32))
    start = np.zeros((len(reduced), 2), dtype=np.float32)
    start[:, : min(2, reduced.shape[1])] = reduced[:, :2]
    if len(reduced) < ROWS_MIN or not reduced.any():
        return _in_unit_square(start)
    rng = np.random.default_rng(seed)
    near = _neighbours(reduced, tell)
    pairs = (near, _mid_near(reduced, rng), _further(len(reduced), near, rng))
    return _in_unit_square(_moved(START_SCALE * start, pairs, tell))


def neighbours_kept(rows: NDArray[np.floating], places: NDArray[np.floating], of: int = NEIGHBOURS) -> float:
    """Share of each row's `of` nearest that are among its `of` nearest on the plane too, 0..1; 0.0 for too few rows."""
    if len(rows) <= of:
        return 0.0
    before, after = (_nearest(np.asarray(r, dtype=np.float32), of)[0] for r in (rows, places))
    return float(np.mean([len(np.intersect1d(a, b)) / of for a, b in zip(before, after, strict=True)]))


def _main_directions(rows: Rows) -> Rows:
    if not rows.size:
        return rows
    centred = rows - rows.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T.astype(np.float64) @ centred)
    keep = np.argsort(values)[::-1][:DIMS_MAX]
    directions = vectors[:, keep]
    # An eigenvector's sign is the library's whim.
    directions *= np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(directions.shape[1])])
    reduced: Rows = (centred @ directions).astype(np.float32)
    return reduced


def _nearest(
    rows: Rows, count: int, tell: Callable[[float], None] = lambda _share: None
) -> tuple[Ints, Rows]:
    """(N, count) indices of the nearest other rows, nearest first, and their distances."""
    squared = (rows**2).sum(axis=1)
    found = np.empty((len(rows), count), dtype=np.int64)
    away = np.empty((len(rows), count), dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        tell(start / len(rows))
        block = slice(start, min(start + BLOCK, len(rows)))
        distance = squared[block, None] + squared - 2.0 * rows[block] @ rows.T
        distance[np.arange(len(distance)), np.arange(block.start, block.stop)] = np.inf
        part = np.argpartition(distance, count - 1, axis=1)[:, :count]
        values = np.take_along_axis(distance, part, axis=1)
        order = np.argsort(values, axis=1, kind="stable")
        found[block] = np.take_along_axis(part, order, axis=1)
        away[block] = np.sqrt(np.maximum(np.take_along_axis(values, order, axis=1), 0.0))
    return found, away


def _neighbours(rows: Rows, tell: Callable[[float], None]) -> Ints:
    """(N, k): nearest by distance squared over both rows' scales."""
    kept = min(NEIGHBOURS, len(rows) - 1)
    found, away = _nearest(rows, min(kept + EXTRA, len(rows) - 1), lambda share: tell(0.4 * share))
    scale = np.maximum(away[:, SCALE_OF].mean(axis=1), 1e-10)
    scaled = away**2 / scale[:, None] / scale[found]
    order = np.argsort(scaled, axis=1, kind="stable")[:, :kept]
    return np.take_along_axis(found, order, axis=1)


def _mid_near(rows: Rows, rng: np.random.Generator) -> Ints:
    """(N, 5): each the second nearest of six drawn at random."""
    picked = np.empty((len(rows), MID_NEAR), dtype=np.int64)
    here = np.arange(len(rows))
    for j in range(MID_NEAR):
        drawn = rng.integers(0, len(rows), (len(rows), MID_NEAR_DRAWN))
        distance = np.stack([((rows - rows[drawn[:, i]]) ** 2).sum(axis=1) for i in range(MID_NEAR_DRAWN)], 1)
        distance[drawn == here[:, None]] = np.inf
        second = np.argsort(distance, axis=1, kind="stable")[:, 1]
        picked[:, j] = drawn[here, second]
    return picked


def _further(count: int, near: Ints, rng: np.random.Generator) -> Ints:
    """(N, 20) drawn at random; one that is a neighbour is drawn once more."""
    drawn = rng.integers(0, count, (count, FURTHER))
    again = (drawn[:, :, None] == near[:, None, :]).any(axis=2)
    drawn[again] = rng.integers(0, count, int(again.sum()))
    return drawn


def _weights(step: int) -> tuple[float, float, float]:
    """Of near, mid-near and further pairs."""
    first, second, _ = STEPS
    if step < first:
        share = step / first
        return 2.0, (1.0 - share) * 1000.0 + share * 3.0, 1.0
    if step < first + second:
        return 3.0, 3.0, 1.0
    return 1.0, 0.0, 1.0


def _moved(places: Rows, pairs: tuple[Ints, Ints, Ints], tell: Callable[[float], None]) -> Rows:
    """Adam down the loss' gradient, 450 steps."""
    count = len(places)
    ends = [(np.repeat(np.arange(count), part.shape[1]), part.ravel()) for part in pairs]
    at = places.astype(np.float64)
    mean, variance = np.zeros_like(at), np.zeros_like(at)
    steps = sum(STEPS)
    for step in range(steps):
        if step % 10 == 0:
            tell(0.4 + 0.6 * step / steps)
        gradient = np.zeros_like(at)
        for kind, (weight, (one, other)) in enumerate(zip(_weights(step), ends, strict=True)):
            if weight:
                _pull(gradient, at, one, other, weight, kind)
        mean += (1.0 - BETAS[0]) * (gradient - mean)
        variance += (1.0 - BETAS[1]) * (gradient**2 - variance)
        rate = LEARNING_RATE * np.sqrt(1.0 - BETAS[1] ** (step + 1)) / (1.0 - BETAS[0] ** (step + 1))
        at -= rate * mean / (np.sqrt(variance) + EPSILON)
    return at.astype(np.float32)


def _pull(
    gradient: NDArray[np.float64],
    places: NDArray[np.float64],
    one: Ints,
    other: Ints,
    weight: float,
    kind: int,
) -> None:
    """Add one kind of pairs' gradient. With d = 1 + |a - b|^2 the losses are d / (10 + d), d / (10000 + d), 1 / (1 + d)."""
    apart = places[one] - places[other]
    d = 1.0 + (apart**2).sum(axis=1)
    if kind == 0:
        force = weight * 20.0 / (10.0 + d) ** 2
    elif kind == 1:
        force = weight * 20_000.0 / (10_000.0 + d) ** 2
    else:
        force = -weight * 2.0 / (1.0 + d) ** 2
    for axis in range(2):
        pull = force * apart[:, axis]
        gradient[:, axis] += np.bincount(one, pull, len(places)) - np.bincount(other, pull, len(places))


def _in_unit_square(places: Rows) -> Rows:
    if not len(places):
        return places
    low, high = places.min(axis=0), places.max(axis=0)
    span = float((high - low).max()) or 1.0
    margin = (1.0 - (high - low) / span) / 2.0
    placed: Rows = ((places - low) / span + margin).astype(np.float32)
    return placed
