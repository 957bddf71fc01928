"""Batches prepared ahead of their step: a GPU is done with one before a single thread has drawn the next."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from torch import Tensor

from ml.training.crew import Crew

Batch = dict[str, Tensor]

MAX_THREADS = 8
# Waiting batches for each thread: one in work, one done.
DEPTH = 2


class BatchesAhead:
    """Draws the batches of coming steps in `threads` threads while this one trains; with 0, each when it is asked for.

    `draw(step, plain)` must be a function of its arguments alone, and safe to be called from several threads.
    """

    def __init__(self, draw: Callable[[int, bool], Batch], threads: int) -> None:
        self._draw, self._depth = draw, threads * DEPTH
        self._pool = ThreadPoolExecutor(threads, "batch") if threads else None
        self._coming: dict[tuple[int, bool], Future[Batch]] = {}

    def __enter__(self) -> BatchesAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def take(self, step: int, plain: bool) -> Batch:
        """The batch of `step`; begins those after it. Raises what drawing it raised."""
        if self._pool is None:
            return self._draw(step, plain)
        wanted = [(step + i, plain) for i in range(self._depth + 1)]
        # Where the last part of a run begins by the clock, what was drawn for the part before is not used.
        for key in self._coming.keys() - set(wanted):
            self._coming.pop(key).cancel()
        for key in wanted:
            if key not in self._coming:
                self._coming[key] = self._pool.submit(self._draw, *key)
        return self._coming.pop(wanted[0]).result()


def threads_ahead(crew: Crew) -> int:
    """Threads to draw batches with: none on a CPU, whose cores the network needs; else this process's part of the machine."""
    if crew.device.type != "cuda":
        return 0
    return max(min(MAX_THREADS, (os.cpu_count() or 1) // crew.beside), 1)
