"""The last seconds of a feed as pictures in memory: what was before something happened."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

RING_S = 30.0
# Thirty seconds of 960-pixel pictures at five a second take about 10 MB; busy ones are shortened instead of grown.
RING_MAX_BYTES = 24 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RingFrame:
    """A picture as it was shown (burned, heads hidden). `time_s` is the source's time, `at` the wall clock's."""

    time_s: float
    at: datetime
    jpeg: bytes


class Ring:
    """Oldest go first when time or room is over. One thread's."""

    def __init__(self, seconds: float = RING_S, max_bytes: int = RING_MAX_BYTES) -> None:
        self.seconds, self.max_bytes = seconds, max_bytes
        self.size_bytes = 0
        self._frames: deque[RingFrame] = deque()

    def add(self, frame: RingFrame) -> None:
        """Keep a picture. A time that runs backwards is a source begun anew: what was before goes."""
        if self._frames and frame.time_s < self._frames[-1].time_s:
            self.clear()
        self._frames.append(frame)
        self.size_bytes += len(frame.jpeg)
        while self._frames and (
            self.size_bytes > self.max_bytes or frame.time_s - self._frames[0].time_s > self.seconds
        ):
            self.size_bytes -= len(self._frames.popleft().jpeg)

    def since(self, seconds: float) -> list[RingFrame]:
        """Pictures of the last seconds of the source's time, oldest first; fewer where the ring holds fewer."""
        if not self._frames:
            return []
        first_s = self._frames[-1].time_s - seconds
        return [frame for frame in self._frames if frame.time_s >= first_s]

    def clear(self) -> None:
        self._frames.clear()
        self.size_bytes = 0
