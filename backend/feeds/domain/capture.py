"""Which frames come back to be labelled: at random, and where the model was unsure, within a quota."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

from backend.feeds.contracts import FeedSettings
from backend.feeds.enums import CaptureReason

HOUR_S = 3600.0


@dataclass(slots=True)
class CapturePolicy:
    """Decides frame by frame. Times are wall seconds that only rise; `chance` is seeded by the caller.

    A random frame is drawn by a rate set ahead, never by what the model said of it.
    """

    settings: FeedSettings
    chance: random.Random
    _taken_s: deque[float] = field(default_factory=deque)
    _random_s: deque[float] = field(default_factory=deque)
    _last_s: float = float("-inf")
    _seen_s: float | None = None

    def seed_history(self, taken_s: list[float]) -> None:
        """Count frames captured before this worker took the feed over, oldest first."""
        self._taken_s.extend(sorted(taken_s))

    def decide(self, now_s: float, scores: list[float]) -> tuple[CaptureReason, float | None] | None:
        """(reason, score nearest the middle of the band) or None. Counts the frame as taken when not None."""
        elapsed_s = 0.0 if self._seen_s is None else max(0.0, now_s - self._seen_s)
        self._seen_s = now_s
        for times in (self._taken_s, self._random_s):
            while times and now_s - times[0] >= HOUR_S:
                times.popleft()
        settings = self.settings
        if settings.process_only or len(self._taken_s) >= settings.capture_per_hour:
            return None
        if now_s - self._last_s < settings.capture_gap_s:
            return None
        rate = settings.capture_random_per_hour / HOUR_S
        if len(self._random_s) < settings.capture_random_per_hour and self.chance.random() < rate * elapsed_s:
            self._random_s.append(now_s)
            return self._take(now_s, CaptureReason.RANDOM, None)
        # Room for the random frames of this hour stays free, however unsure the model is.
        reserved = settings.capture_random_per_hour - len(self._random_s)
        if len(self._taken_s) + reserved >= settings.capture_per_hour:
            return None
        unsure = [score for score in scores if settings.capture_low <= score < settings.capture_high]
        if not unsure:
            return None
        middle = (settings.capture_low + settings.capture_high) / 2
        return self._take(now_s, CaptureReason.NEAR_THRESHOLD, min(unsure, key=lambda s: abs(s - middle)))

    def _take(
        self, now_s: float, reason: CaptureReason, score: float | None
    ) -> tuple[CaptureReason, float | None]:
        self._taken_s.append(now_s)
        self._last_s = now_s
        return reason, score
