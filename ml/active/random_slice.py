"""The uniform part of a batch: the only unbiased data for savings, calibration and drift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class RandomSlice:
    """Drawn ids, and the probability with which each id of the pool was in the draw."""

    ids: tuple[str, ...]
    inclusion_probability: float


def random_slice(ids: Sequence[str], count: int, seed: int) -> RandomSlice:
    """Draw `count` of `ids` uniformly without replacement.

    Depends on the set of ids and the seed alone: not on their order, which elsewhere may follow a score.
    """
    pool = sorted(set(ids))
    count = min(max(count, 0), len(pool))
    if not count:
        return RandomSlice((), 0.0)
    drawn = np.random.default_rng(seed).choice(len(pool), size=count, replace=False)
    return RandomSlice(tuple(pool[i] for i in drawn.tolist()), count / len(pool))
