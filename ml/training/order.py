"""Which pictures and which random numbers a step uses: a function of the seed and the step alone."""

from __future__ import annotations

import numpy as np


class StepOrder:
    """Shuffled epochs over `count` pictures, `size` a step; no state, so a resume needs none and threads may share it.

    Of `processes` that train together each (`rank`) has its own `size` of every step: as one with them all would.
    """

    def __init__(self, count: int, size: int, seed: int, rank: int = 0, processes: int = 1) -> None:
        self._count, self._size, self._seed = count, size, seed
        self._first, self._step = rank * size, size * processes
        # Replaced as a whole: several threads may ask at once.
        self._known = (-1, np.arange(count))

    def indices(self, step: int) -> list[int]:
        """Picture numbers of `step`; an epoch's end may fall inside a step."""
        start = step * self._step + self._first
        return [self._at(start + i) for i in range(self._size)]

    def rng(self, step: int, slot: int) -> np.random.Generator:
        """A generator for augmentation, of the picture at `slot` of this process's part of the step."""
        return np.random.default_rng([self._seed, 1, step, self._first + slot])

    def _at(self, position: int) -> int:
        epoch, offset = divmod(position, self._count)
        known, shuffled = self._known
        if epoch != known:
            shuffled = np.random.default_rng([self._seed, 0, epoch]).permutation(self._count)
            self._known = (epoch, shuffled)
        return int(shuffled[offset])
