"""Speed of one track: a robust straight line through the places of the last second or so.

Frame differences are unusable (a box jitters by decimetres); a line over `WINDOW_S` is not, and a look that jumps is
weighed down (Huber 1964).
"""

from __future__ import annotations

from collections import deque

import numpy as np

from ml.geometry.arrays import Floats

WINDOW_S = 1.2
# Speed is told when the line spans this long.
REPORT_AFTER_S = 1.0
HUBER_SIGMAS = 1.5
_ROUNDS = 2
# Unmodelled acceleration within the window, m/s²: people change pace about this fast, on average over a walk.
ACCELERATION_M_S2 = 0.25


class SpeedLine:
    """The looks of one track within the window. Not thread-safe."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._looks: deque[tuple[float, Floats, Floats]] = deque()

    def add(self, time_s: float, xy_m: Floats, noise_m2: Floats) -> None:
        """A look: place (2,) with covariance (2, 2)."""
        self._looks.append((time_s, xy_m, noise_m2))
        while time_s - self._looks[0][0] > self._window_s + 1e-9:
            self._looks.popleft()

    @property
    def span_s(self) -> float:
        return self._looks[-1][0] - self._looks[0][0] if self._looks else 0.0

    @property
    def full(self) -> bool:
        """Whether the speed may be told."""
        return len(self._looks) >= 3 and self.span_s >= REPORT_AFTER_S - 1e-9

    def velocity(self) -> tuple[Floats, Floats]:
        """(2,) m/s and its (2, 2) covariance. Only when `full`."""
        times, xy, noise = self._arrays()
        weight = 1.0 / np.maximum(np.trace(noise, axis1=1, axis2=2) / 2.0, 1e-9)
        base = weight.copy()
        slope = np.zeros(2)
        for _ in range(_ROUNDS):
            middle = weight @ times / weight.sum()
            lever = weight * (times - middle)
            slope = lever @ xy / (lever @ (times - middle))
            off = xy - weight @ xy / weight.sum() - (times - middle)[:, None] * slope
            sigmas = np.hypot(off[:, 0], off[:, 1]) * np.sqrt(base / 2.0)
            weight = base * np.minimum(1.0, HUBER_SIGMAS / np.maximum(sigmas, 1e-9))
        share = lever / (lever @ (times - middle))
        lag = ACCELERATION_M_S2 * self.span_s / 2.0
        return slope, np.einsum("n,nij->ij", share**2, noise) + lag**2 * np.eye(2)

    def misfit(self) -> tuple[float, float]:
        """Sum of squares (in stated variances) of what the newest look leaves off a line through all, and its looks."""
        times, xy, noise = self._arrays()
        lever = times - times.mean()
        slope = lever @ xy / (lever @ lever)
        off = xy[-1] - xy.mean(axis=0) - lever[-1] * slope
        free = 1.0 - 1.0 / len(times) - lever[-1] ** 2 / (lever @ lever)
        if free < 0.05:
            return 0.0, 0.0
        size = float(off @ np.linalg.solve(noise[-1], off)) / free
        return min(size, 2.0 * HUBER_SIGMAS**4), 2.0

    def _arrays(self) -> tuple[Floats, Floats, Floats]:
        times, xy, noise = zip(*self._looks, strict=True)
        return np.array(times), np.stack(xy), np.stack(noise)
