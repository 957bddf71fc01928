"""Which detection belongs to which track: the assignment of most overlap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

# A pair that may not match costs more than any sum of real costs of one row could save.
FORBIDDEN_COST = 1e3


def match(gain: FloatArray, least: float) -> tuple[IndexArray, IndexArray]:
    """Pairs (rows, columns) that make the sum of `gain` (N, M) greatest, each pair's gain above `least`."""
    if gain.size == 0:
        none = np.zeros(0, dtype=np.intp)
        return none, none
    allowed = gain > least
    rows, columns = linear_sum_assignment(np.where(allowed, 1.0 - gain, FORBIDDEN_COST))
    kept = allowed[rows, columns]
    return rows[kept], columns[kept]
