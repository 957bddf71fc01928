"""One batch: a random slice first, then typical pictures while labels are few, uncertain and diverse ones later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil

import numpy as np
import numpy.typing as npt

from ml.active.candidates import Candidate, Choice, Reason, SelectionConfig
from ml.active.caps import Caps
from ml.active.random_slice import random_slice
from ml.active.spread import (
    typical_first,
    uncertain_diverse,
    unit_rows,
    without_near_duplicates,
)
from ml.active.uncertainty import class_weights, margin_scores

FloatArray = npt.NDArray[np.float64]

# Choosing among more than this share of the pool would not be choosing by uncertainty any more.
UNCERTAIN_POOL_SHARE = 0.25
# Comparing all pairs beyond this many pictures would take longer than it helps; a random part stands for them.
TYPICAL_POOL_MAX = 5000


def select_batch(
    candidates: Sequence[Candidate],
    batch: int,
    labelled_per_class: Mapping[str, int],
    config: SelectionConfig,
    seed: int,
    labelled_embeddings: Sequence[Sequence[float]] = (),
) -> list[Choice]:
    """Choose up to `batch` of `candidates` (fewer where caps or the pool run out), in the order to label.

    `labelled_per_class` counts the labels there are, with 0 for a class of the ontology that has none. The
    random slice depends on ids, batch and seed only. `labelled_embeddings`, where given, keep typical pictures
    away from what is labelled already; of another length than the candidates', they are ignored. Raises ValueError for ids that repeat.
    """
    by_id = {c.id: c for c in candidates}
    if len(by_id) != len(candidates):
        raise ValueError("Two candidates have the same id.")
    if not candidates or batch <= 0:
        return []
    # A pool smaller than the batch must not become random almost whole.
    batch = min(batch, len(candidates))
    drawn = random_slice(list(by_id), ceil(config.random_fraction * batch), seed)
    choices = [Choice(i, Reason.RANDOM, drawn.inclusion_probability) for i in drawn.ids]
    caps = Caps(config)
    for choice in choices:
        caps.take(by_id[choice.id])
    taken = set(drawn.ids)
    rest = sorted((c for c in candidates if c.id not in taken), key=lambda c: c.id)
    wanted = batch - len(choices)
    rng = np.random.default_rng([seed, 1])
    if _labels_are_few(labelled_per_class, config) or all(c.prediction is None for c in rest):
        choices += _typical(rest, wanted, config, caps, rng, labelled_embeddings)
    else:
        choices += _uncertain(
            rest, wanted, class_weights(labelled_per_class, config.class_difficulty), config, caps, rng
        )
    # Mixed, so that people cannot tell the random slice from the rest by its place in the queue.
    return [choices[i] for i in rng.permutation(len(choices)).tolist()]


def _labels_are_few(labelled_per_class: Mapping[str, int], config: SelectionConfig) -> bool:
    """By the median class: one rare class must not hold the whole project at its first batch."""
    counts = list(labelled_per_class.values())
    return not counts or float(np.median(counts)) < config.few_labels_per_class


def _typical(
    rest: Sequence[Candidate],
    wanted: int,
    config: SelectionConfig,
    caps: Caps,
    rng: np.random.Generator,
    labelled: Sequence[Sequence[float]],
) -> list[Choice]:
    if len(rest) > TYPICAL_POOL_MAX:
        rest = [rest[i] for i in np.sort(rng.choice(len(rest), TYPICAL_POOL_MAX, replace=False)).tolist()]
    order: Iterator[int]
    unit = _embeddings(rest)
    if unit is None:
        order = _round_robin(rest, rng)
    else:
        kept = without_near_duplicates(unit, config.near_duplicate_cosine)
        known = [row for row in labelled if len(row) == unit.shape[1]]
        covered = unit_rows(np.asarray(known, dtype=np.float64).reshape(-1, unit.shape[1]))
        order = (int(kept[i]) for i in typical_first(unit[kept], wanted, rng, covered))
    return [Choice(c.id, Reason.TYPICAL, 1.0) for _, c in _within_caps(rest, order, wanted, caps)]


def _uncertain(
    rest: Sequence[Candidate],
    wanted: int,
    weights: Mapping[str, float],
    config: SelectionConfig,
    caps: Caps,
    rng: np.random.Generator,
) -> list[Choice]:
    scores = margin_scores([c.prediction for c in rest], weights)
    ranked = np.argsort(-scores, kind="stable")
    reach = min(config.pool_factor * wanted, max(wanted, ceil(UNCERTAIN_POOL_SHARE * len(rest))))
    pool = ranked[:reach]
    unit = _embeddings([rest[i] for i in pool.tolist()])
    if unit is None:
        order: Iterable[int] = pool.tolist()
    else:
        order = (int(pool[i]) for i in uncertain_diverse(unit, scores[pool], wanted, rng))
    picked = list(_within_caps(rest, order, wanted, caps))
    if len(picked) < wanted:
        tail = ranked[reach:].tolist()
        picked += _within_caps(rest, tail, wanted - len(picked), caps)
    return [Choice(c.id, Reason.MARGIN, 1.0, float(scores[i])) for i, c in picked]


def _within_caps(
    rest: Sequence[Candidate], order: Iterable[int], wanted: int, caps: Caps
) -> Iterator[tuple[int, Candidate]]:
    count = 0
    for i in order if wanted > 0 else ():
        if caps.allow(rest[i]):
            caps.take(rest[i])
            yield i, rest[i]
            count += 1
            if count == wanted:
                return


def _embeddings(candidates: Sequence[Candidate]) -> FloatArray | None:
    """(N, D) unit rows, or None unless every picture has one of the same length."""
    rows = [
        c.embedding if len(c.embedding) or c.prediction is None else c.prediction.embedding
        for c in candidates
    ]
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or 0 in lengths:
        return None
    return unit_rows(np.asarray(rows, dtype=np.float64))


def _round_robin(rest: Sequence[Candidate], rng: np.random.Generator) -> Iterator[int]:
    """Without embeddings: cameras (or clips) in turn, in random order within each."""
    queues: dict[tuple[str, str], list[int]] = {}
    for i in rng.permutation(len(rest)).tolist():
        queues.setdefault((rest[i].group, rest[i].clip), []).append(i)
    for depth in range(max(map(len, queues.values()), default=0)):
        for members in queues.values():
            if depth < len(members):
                yield members[depth]
