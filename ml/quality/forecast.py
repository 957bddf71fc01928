"""When the work will be done, with a band: the past days drawn again and again until nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Fewer days say too little about a bad one.
DAYS_MIN = 5
_DRAWS = 1000
_DAYS_MAX = 3650


@dataclass(frozen=True, slots=True)
class Forecast:
    """Working days from now: as likely earlier as later, and the band in which 8 of 10 such forecasts end."""

    days: int
    early_days: int
    late_days: int


def forecast_finish(
    remaining: float, per_day: Sequence[float], returned_share: float = 0.0, seed: int = 0
) -> Forecast | None:
    """Days until `remaining` tasks (or minutes) are done, from what the last working days finished each.

    `returned_share` of what is handed in comes back and is done again. The history is itself one draw of many: each run
    first draws it anew, so that a short one gives a wide band. None where there are fewer than DAYS_MIN days, nothing was
    ever done, or the end is past ten years.
    """
    history = np.asarray(per_day, dtype=np.float64)
    if remaining <= 0:
        return Forecast(0, 0, 0)
    if len(history) < DAYS_MIN or history.sum() <= 0 or not 0.0 <= returned_share < 1.0:
        return None
    todo = remaining / (1.0 - returned_share)
    horizon = int(min(_DAYS_MAX, np.ceil(8.0 * todo / history.mean()) + 60))
    rng = np.random.default_rng(seed)
    past = history[rng.integers(0, len(history), (_DRAWS, len(history)))]
    done = np.take_along_axis(past, rng.integers(0, len(history), (_DRAWS, horizon)), axis=1).cumsum(axis=1)
    days = (done < todo - 1e-9).sum(axis=1) + 1
    early, middle, late = np.quantile(days, [0.1, 0.5, 0.9], method="inverted_cdf").astype(int).tolist()
    if late > _DAYS_MAX or late > horizon:
        return None
    return Forecast(middle, early, late)
