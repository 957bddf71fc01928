"""Limits that keep one camera or one clip from filling a batch."""

from __future__ import annotations

from collections import Counter, defaultdict

from ml.active.candidates import Candidate, SelectionConfig


class Caps:
    """Counts what was taken and says whether one more may be."""

    def __init__(self, config: SelectionConfig) -> None:
        self._config = config
        self._per_group: Counter[str] = Counter()
        self._per_clip: Counter[str] = Counter()
        self._times_s: defaultdict[str, list[float]] = defaultdict(list)

    def allow(self, candidate: Candidate) -> bool:
        """Whether taking this one keeps every limit."""
        config = self._config
        group, clip, time_s = candidate.group, candidate.clip, candidate.time_s
        if config.cap_per_group and group and self._per_group[group] >= config.cap_per_group:
            return False
        if config.cap_per_clip and clip and self._per_clip[clip] >= config.cap_per_clip:
            return False
        if time_s is None or not candidate.clock:
            return True
        return all(abs(time_s - t) >= config.min_gap_s for t in self._times_s[candidate.clock])

    def take(self, candidate: Candidate) -> None:
        """Count this one, allowed or not (the random slice is counted, never refused)."""
        self._per_group[candidate.group] += 1
        self._per_clip[candidate.clip] += 1
        if candidate.time_s is not None and candidate.clock:
            self._times_s[candidate.clock].append(candidate.time_s)
