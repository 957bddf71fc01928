"""Which frames come back to be labelled: at random, and where the model was unsure, within a quota."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

from backend.feeds.contracts import FeedSettings
from backend.feeds.enums import CaptureReason

HOUR_S = 3600.0


@dataclass(slots=True)
class CaptureClock:
    """The time quotas and gaps count in: a camera's is the machine's, a file's is the clip's own.

    A clip scored faster than it was filmed still spaces its captures by what it shows. The clock goes on from
    one opening of the source to the next and never runs backwards.
    """

    now_s: float
    _live: bool = True
    _origin_s: float = 0.0

    def source_opened(self, *, live: bool, monotonic_s: float) -> None:
        """Times of the frames that follow start at 0 (a file) or are not used (a live source)."""
        self._live = live
        self._origin_s = self.now_s = max(self.now_s, monotonic_s)

    def tick(self, source_time_s: float, monotonic_s: float) -> float:
        """The clock at a frame."""
        now_s = monotonic_s if self._live else self._origin_s + source_time_s
        self.now_s = max(self.now_s, now_s)
        return self.now_s


@dataclass(slots=True)
class CapturePolicy:
    """Decides frame by frame. Times are seconds of a `CaptureClock`; `chance` is seeded by the caller.

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
