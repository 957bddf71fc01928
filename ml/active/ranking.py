"""One strategy's order over the candidates, best first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np

from ml.active.candidates import Candidate, Reason, SelectionConfig, Strategy
from ml.active.spread import (
    FloatArray,
    IndexArray,
    Pick,
    Rows,
    farthest_first,
    gradients_apart,
    projected,
    typical_first,
    uncertain_diverse,
    unit_rows,
    without_near_duplicates,
)
from ml.active.uncertainty import doubts, uncertainties

# Choosing among more than this share of the pool would not be choosing by uncertainty any more.
UNCERTAIN_POOL_SHARE = 0.25
# Comparing all pairs beyond this many pictures would take longer than it helps; a random part stands for them.
TYPICAL_POOL_MAX = 5000
# So many candidates are looked at for each one that is to be left once near-copies are dropped.
DUPLICATE_REACH = 4
# The pool's mean is taken over about this many pictures.
MEAN_ROWS = 2000
# Steps over all of a large pool go over this many numbers a row (distances within 18 %).
WALK_DIMS = 64
WALK_ROWS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place in the order: `index` into the candidates, and what spoke for it."""

    index: int
    reason: Reason
    score: float = 0.0
    evidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pool:
    """What there is to rank, and all that ranking needs to know."""

    rest: Sequence[Candidate]
    wanted: int
    config: SelectionConfig
    weights: Mapping[str, float]
    labels_are_few: bool
    labelled: Sequence[Sequence[float]]
    rng: np.random.Generator


def ranking(pool: Pool) -> Iterator[Ranked]:
    """Candidates best first, each once; near-copies last, or never where typical ones are asked for.

    A strategy that lacks what it needs (answers, embeddings) gives way to the next best.
    """
    strategy = pool.config.strategy
    answered = any(c.prediction is not None for c in pool.rest)
    if strategy is Strategy.HYBRID:
        return _typical(pool) if pool.labels_are_few or not answered else _margin_diverse(pool)
    if strategy is Strategy.CORESET:
        return _with_rest(pool, _coreset(pool))
    if strategy is Strategy.TYPICAL or not answered:
        return _typical(pool)
    if strategy is Strategy.BADGE:
        return _with_rest(pool, _badge(pool))
    return _with_rest(pool, _most_uncertain(pool))


def _with_rest(pool: Pool, order: Iterable[Ranked]) -> Iterator[Ranked]:
    """The near-copies that a strategy leaves out come after it, at random."""
    named = np.zeros(len(pool.rest), dtype=bool)
    last = Ranked(0, Reason.TYPICAL)
    for last in order:
        if not named[last.index]:
            named[last.index] = True
            yield last
    for i in pool.rng.permutation(np.flatnonzero(~named)).tolist():
        yield Ranked(i, last.reason, 0.0, {"leftover": 1.0})


def _typical(pool: Pool) -> Iterator[Ranked]:
    among = np.arange(len(pool.rest))
    if len(among) > TYPICAL_POOL_MAX:
        among = np.sort(pool.rng.choice(len(among), TYPICAL_POOL_MAX, replace=False))
    unit, known = _unit(pool, among)
    if unit is None:
        for i in _round_robin(pool.rest, pool.rng):
            yield Ranked(i, Reason.TYPICAL)
        return
    kept = without_near_duplicates(unit, pool.config.near_duplicate_cosine)
    for pick in typical_first(unit[kept], pool.wanted, pool.rng, known):
        yield Ranked(int(among[kept[pick.row]]), Reason.TYPICAL, 0.0, _alike(pick))
    for i in pool.rng.permutation(np.setdiff1d(np.arange(len(pool.rest)), among)).tolist():
        yield Ranked(i, Reason.TYPICAL, 0.0, {"leftover": 1.0})


def _margin_diverse(pool: Pool) -> Iterator[Ranked]:
    scores = uncertainties(pool.rest, pool.weights)
    ranked = np.argsort(-scores, kind="stable")
    share = max(pool.wanted, ceil(UNCERTAIN_POOL_SHARE * len(ranked)))
    reach = min(pool.config.pool_factor * pool.wanted, share)
    place = np.empty(len(ranked), dtype=np.intp)
    place[ranked] = np.arange(1, len(ranked) + 1)
    unit, known = _unit(pool, ranked[: DUPLICATE_REACH * reach])
    if unit is None:
        order: Iterable[Pick] = (Pick(int(i), 0) for i in range(len(ranked)))
        short: IndexArray = ranked
    else:
        kept = without_near_duplicates(unit, pool.config.near_duplicate_cosine, known, reach)
        short = ranked[: DUPLICATE_REACH * reach][kept]
        order = uncertain_diverse(unit[kept], scores[short], pool.wanted, pool.rng)
    named: set[int] = set()
    for pick in order:
        i = int(short[pick.row])
        yield Ranked(i, Reason.MARGIN, float(scores[i]), {**_place(place[i], ranked), **_alike(pick)})
        named.add(i)
    for i in ranked.tolist():
        if i not in named:
            yield Ranked(i, Reason.MARGIN, float(scores[i]), _place(place[i], ranked))


def _most_uncertain(pool: Pool) -> Iterator[Ranked]:
    by_entropy = pool.config.strategy is Strategy.ENTROPY
    scores = uncertainties(pool.rest, pool.weights, by_entropy)
    ranked = np.argsort(-scores, kind="stable")
    reason = Reason.ENTROPY if by_entropy else Reason.MARGIN
    order = _apart(pool, ranked.tolist(), *_unit(pool, np.arange(len(ranked))))
    for place, i in enumerate(order, 1):
        yield Ranked(i, reason, float(scores[i]), _place(place, ranked))


def _coreset(pool: Pool) -> Iterator[Ranked]:
    unit, known = _unit(pool, np.arange(len(pool.rest)))
    if unit is None:
        yield from _typical(pool)
        return
    rows, seen = _for_walking(unit, known)
    for place, i in enumerate(_apart(pool, farthest_first(rows, seen), unit, known), 1):
        yield Ranked(i, Reason.CORESET, 0.0, {"place": float(place)})


def _badge(pool: Pool) -> Iterator[Ranked]:
    unit, known = _unit(pool, np.arange(len(pool.rest)))
    if unit is None:
        yield from _most_uncertain(pool)
        return
    doubt = doubts(pool.rest)
    rows, _ = _for_walking(unit, known)
    length = np.sqrt((doubt**2).sum(axis=1))
    for i in _apart(pool, gradients_apart(doubt, rows, pool.rng), unit, known):
        yield Ranked(i, Reason.BADGE, float(length[i]), {"gradient": float(length[i])})


def _apart(pool: Pool, order: Iterable[int], unit: Rows | None, known: Rows) -> Iterator[int]:
    """`order` without what is a near-copy of a labelled row or of one named before."""
    if unit is None:
        yield from order
        return
    store = np.concatenate([known, np.empty((max(2 * pool.wanted, 64), unit.shape[1]), dtype=np.float32)])
    filled = len(known)
    for i in order:
        if filled and float((store[:filled] @ unit[i]).max()) > pool.config.near_duplicate_cosine:
            continue
        if filled == len(store):
            store = np.concatenate([store, np.empty_like(store)])
        store[filled] = unit[i]
        filled += 1
        yield i


def _for_walking(unit: Rows, known: Rows) -> tuple[Rows, Rows]:
    if len(unit) <= WALK_ROWS_MAX:
        return unit, known
    return projected(unit, WALK_DIMS, 0), projected(known, WALK_DIMS, 0)


def _unit(pool: Pool, among: IndexArray) -> tuple[Rows | None, Rows]:
    """(N, D) unit rows of those candidates and (M, D) of the labelled ones; None unless all have one of one length."""
    some = [pool.rest[i] for i in among.tolist()]
    rows = [c.embedding if len(c.embedding) or c.prediction is None else c.prediction.embedding for c in some]
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or 0 in lengths:
        return None, np.zeros((0, 0), dtype=np.float32)
    width = lengths.pop()
    known = [row for row in pool.labelled if len(row) == width]
    step = max(1, len(pool.rest) // MEAN_ROWS)
    sample = [row for c in pool.rest[::step] if len(row := _embedding(c)) == width]
    mean = np.asarray(sample, dtype=np.float32).mean(axis=0)
    both = [np.asarray(part, dtype=np.float32).reshape(-1, width) - mean for part in (rows, known)]
    return unit_rows(both[0]), unit_rows(both[1])


def _embedding(candidate: Candidate) -> Sequence[float]:
    if len(candidate.embedding) or candidate.prediction is None:
        return candidate.embedding
    return candidate.prediction.embedding


def _alike(pick: Pick) -> dict[str, float]:
    return {"alike": float(pick.alike), "labelled_alike": float(pick.labelled)} if pick.alike else {}


def _place(place: int, ranked: FloatArray | IndexArray) -> dict[str, float]:
    return {"place": float(place), "of": float(len(ranked))}


def _round_robin(rest: Sequence[Candidate], rng: np.random.Generator) -> Iterator[int]:
    """Without embeddings: cameras (or clips) in turn, in random order within each."""
    queues: dict[tuple[str, str], list[int]] = {}
    for i in rng.permutation(len(rest)).tolist():
        queues.setdefault((rest[i].group, rest[i].clip), []).append(i)
    for depth in range(max(map(len, queues.values()), default=0)):
        for members in queues.values():
            if depth < len(members):
                yield members[depth]
