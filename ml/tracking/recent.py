"""The last second or so of one track: how far its looks lie off a straight line, against what their noise was said to be."""

from __future__ import annotations

from collections import deque

import numpy as np

from ml.geometry.arrays import Floats

WINDOW_S = 1.2
# A window that spans less than this tells no noise from a turn.
SPAN_MIN_S = 1.0
# A look further off than this many sigmas counts as this many: it is a jump, not noise.
SIGMAS_MAX = 3.0


class RecentLooks:
    """The looks of one track within the window. Not thread-safe."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._looks: deque[tuple[float, Floats, Floats]] = deque()

    def add(self, time_s: float, xy_m: Floats, noise_m2: Floats) -> None:
        """A look: place (2,) with covariance (2, 2)."""
        self._looks.append((time_s, xy_m, noise_m2))
        while time_s - self._looks[0][0] > self._window_s + 1e-9:
            self._looks.popleft()

    def misfit(self) -> tuple[float, float]:
        """Sum of squares, in stated variances, by which the newest look leaves a line through all, and how many squares
        that is; (0, 0) where the window is too short to tell."""
        if len(self._looks) < 3 or self._looks[-1][0] - self._looks[0][0] < SPAN_MIN_S - 1e-9:
            return 0.0, 0.0
        times, xy, noise = (np.array(part) for part in zip(*self._looks, strict=True))
        lever = times - times.mean()
        off = xy[-1] - xy.mean(axis=0) - lever[-1] * (lever @ xy) / (lever @ lever)
        free = float(1.0 - 1.0 / len(times) - lever[-1] ** 2 / (lever @ lever))
        if free < 0.05:
            return 0.0, 0.0
        return min(float(off @ np.linalg.solve(noise[-1], off)) / free, SIGMAS_MAX**2), 2.0
