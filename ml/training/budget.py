"""How far a run is: by CPU time spent, or by steps where these are fixed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# Flat first, then cosine: a cosine from the start lost .09 AP50 on the trial set.
FLAT_SHARE = 0.5
FINAL_RATE_SHARE = 0.02
WARM_UP_STEPS = 60
# Share at the end without mosaic, on pictures as they will be seen.
PLAIN_SHARE = 0.15
# Export, parity check and the last evaluation are part of the budget.
RESERVE_S = 14.0
RESERVE_SHARE_MAX = 0.2


@dataclass(slots=True)
class Budget:
    """CPU seconds of this process and its threads, plus `carried_s` of earlier tries.

    `origin_s` is the clock's reading from which to count: 0 counts the whole process, imports included; a
    long-lived worker counts from the task's start. `reserve_s` are kept for the export and the last evaluation.
    """

    total_s: float
    max_steps: int = 0
    carried_s: float = 0.0
    origin_s: float = 0.0
    clock: Callable[[], float] = field(default=time.process_time)
    reserve_s: float = RESERVE_S

    def used_s(self) -> float:
        return self.carried_s + self.clock() - self.origin_s

    def share(self, step: int) -> float:
        """Progress 0..1 before `step` (0-based); by steps alone where `max_steps` is set, so that a run
        can be repeated exactly."""
        if self.max_steps:
            return min(step / self.max_steps, 1.0)
        return min(self.used_s() / max(self._trainable_s(), 1e-9), 1.0)

    def is_spent(self, step: int) -> bool:
        return self.share(step) >= 1.0

    def steps_planned(self, step: int, started_s: float) -> int:
        """Steps the whole run will take at the pace so far; `started_s` is `used_s()` at step 0."""
        if self.max_steps:
            return self.max_steps
        pace = max(self.used_s() - started_s, 1e-9) / max(step, 1)
        return step + max(0, round((self._trainable_s() - self.used_s()) / pace))

    def _trainable_s(self) -> float:
        return self.total_s - min(self.reserve_s, RESERVE_SHARE_MAX * self.total_s)


def rate_factor(share: float, step: int) -> float:
    """Learning-rate factor 0..1 at progress `share`, with a linear warm-up over the first steps."""
    warm = min(1.0, (step + 1) / WARM_UP_STEPS)
    if share <= FLAT_SHARE:
        return warm
    bend = (share - FLAT_SHARE) / (1 - FLAT_SHARE)
    cosine = 0.5 * (1 + math.cos(math.pi * min(bend, 1.0)))
    return warm * (FINAL_RATE_SHARE + (1 - FINAL_RATE_SHARE) * cosine)
