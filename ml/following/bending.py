"""Followed boxes bent so that they end where a person says the object is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.contracts import Box


def bent(boxes: Sequence[Box], goal: Box) -> list[Box]:
    """Boxes of rising distance from the start, the last of them at the goal's frame, which it then equals.

    What following was off by in the end grew on the way: each takes its share of it.
    """
    if not boxes:
        return []
    rows = np.array([b.xyxy for b in boxes])
    off = np.array(goal.xyxy) - rows[-1]
    share = np.arange(1, len(rows) + 1)[:, None] / len(rows)
    return [Box(*row) for row in (rows + share * off).tolist()]
