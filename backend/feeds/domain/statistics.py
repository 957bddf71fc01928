"""What a feed's worker reports of itself."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

# The last minute of a usual feed.
LATENCIES_KEPT = 300


@dataclass(slots=True)
class FeedStatistics:
    """Counts since the worker opened the source. Latency runs from a frame's capture to its decision."""

    started_s: float
    frames: int = 0
    dropped: int = 0
    sent_back: int = 0
    tracks: set[int] = field(default_factory=set)
    latencies_ms: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))

    def frame(self, latency_ms: float, track_ids: list[int]) -> None:
        self.frames += 1
        self.latencies_ms.append(latency_ms)
        self.tracks.update(track_ids)

    def fps(self, now_s: float) -> float:
        return round(self.frames / max(1e-6, now_s - self.started_s), 2)

    def report(self, now_s: float) -> dict[str, Any]:
        """Plain values for the feed's row."""
        elapsed_s = max(1e-6, now_s - self.started_s)
        return {
            "frames": self.frames,
            "dropped": self.dropped,
            "fps": self.fps(now_s),
            "latency_ms": {"p50": self._latency(0.5), "p95": self._latency(0.95)},
            "tracks": len(self.tracks),
            "sent_back": self.sent_back,
            "seconds": round(elapsed_s, 2),
        }

    def _latency(self, quantile: float) -> float:
        if not self.latencies_ms:
            return 0.0
        ordered = sorted(self.latencies_ms)
        return round(ordered[min(len(ordered) - 1, int(quantile * len(ordered)))], 2)
