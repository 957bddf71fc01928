"""Which frames come back to be labelled: at random, and where the model was unsure, within a quota."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from backend.feeds.contracts import FeedSettings
from backend.feeds.enums import CaptureReason
from ml.contracts import Prediction
from ml.evaluation.agreement import ious
from ml.evaluation.matching import IOU_MATCH_MIN

HOUR_S = 3600.0
Key = TypeVar("Key")


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one frame gives reason to send it back for. Scores are 0..1.

    `scores`: of every box found. `rare`: the best score of a label that is rare here. `disagrees`: the score of what one
    look is sure of and another does not see. `moved`: share of the picture that moves without anything being found.
    """

    scores: Sequence[float] = ()
    rare: float | None = None
    disagrees: float | None = None
    moved: float | None = None


Decision = tuple[CaptureReason, float | None]


@dataclass(slots=True)
class CapturePolicy:
    """Decides frame by frame. Times are seconds of a `CaptureClock`; `chance` is seeded by the caller.

    A random frame is drawn by a rate set ahead and before the model speaks: neither what it says of this frame nor what
    it said of others keeps one out. Every other reason has a quota of its own an hour inside the whole one.
    """

    settings: FeedSettings
    chance: random.Random
    _taken_s: deque[float] = field(default_factory=deque)
    _reason_s: dict[CaptureReason, deque[float]] = field(default_factory=dict)
    _last_s: float = float("-inf")
    _seen_s: float | None = None
    _drawn: bool = False

    def seed_history(self, taken: Sequence[tuple[float, CaptureReason]] | Sequence[float]) -> None:
        """Count frames captured before this worker took the feed over: (time, reason), or times alone."""
        for each in sorted(taken, key=lambda one: one[0] if isinstance(one, tuple) else one):
            at_s, reason = each if isinstance(each, tuple) else (each, CaptureReason.NEAR_THRESHOLD)
            self._taken_s.append(at_s)
            self._reason_s.setdefault(reason, deque()).append(at_s)

    def draw(self, now_s: float) -> bool:
        """Whether this frame comes back at random; once a frame, before anything is known of it."""
        if self._seen_s == now_s:
            return self._drawn
        elapsed_s = 0.0 if self._seen_s is None else max(0.0, now_s - self._seen_s)
        self._seen_s = now_s
        for times in (self._taken_s, *self._reason_s.values()):
            while times and now_s - times[0] >= HOUR_S:
                times.popleft()
        settings = self.settings
        quota = settings.capture_random_per_hour
        open_ = not settings.process_only and len(self._taken_s) < settings.capture_per_hour
        drawn = self.chance.random() < quota / HOUR_S * elapsed_s
        self._drawn = drawn and open_ and self._count(CaptureReason.RANDOM) < quota
        return self._drawn

    def decide(self, now_s: float, evidence: Evidence) -> Decision | None:
        """Why this frame comes back, and a score that goes with it, or None. Counts the frame as taken when not None."""
        if self.draw(now_s):
            return self._take(now_s, CaptureReason.RANDOM, None)
        settings = self.settings
        if settings.process_only or now_s - self._last_s < settings.capture_gap_s:
            return None
        # Room for the random frames of this hour stays free, however much there is to ask about.
        reserved = settings.capture_random_per_hour - self._count(CaptureReason.RANDOM)
        if len(self._taken_s) + max(0, reserved) >= settings.capture_per_hour:
            return None
        for reason, score, quota in self._reasons(evidence):
            if score is not None and self._count(reason) < quota:
                return self._take(now_s, reason, score)
        return None

    def wants(self, reason: CaptureReason) -> bool:
        """Whether there is room for a frame of this reason: what is dear to find out is not asked in vain."""
        quota = self._quotas()[reason]
        return not self.settings.process_only and self._count(reason) < quota

    def _quotas(self) -> dict[CaptureReason, int]:
        settings = self.settings
        return {
            CaptureReason.RANDOM: settings.capture_random_per_hour,
            CaptureReason.RARE: settings.capture_rare_per_hour,
            CaptureReason.DISAGREEMENT: settings.capture_disagreement_per_hour,
            CaptureReason.MOTION: settings.capture_motion_per_hour,
            CaptureReason.NEAR_THRESHOLD: settings.capture_unsure_per_hour,
        }

    def _reasons(self, evidence: Evidence) -> Iterator[tuple[CaptureReason, float | None, int]]:
        """By how seldom they come, the most seldom first."""
        quotas = self._quotas()
        for reason, score in (
            (CaptureReason.RARE, evidence.rare),
            (CaptureReason.DISAGREEMENT, evidence.disagrees),
            (CaptureReason.NEAR_THRESHOLD, self._unsure(evidence.scores)),
            (CaptureReason.MOTION, evidence.moved),
        ):
            yield reason, score, quotas[reason]

    def _unsure(self, scores: Sequence[float]) -> float | None:
        low, high = self.settings.capture_low, self.settings.capture_high
        unsure = [score for score in scores if low <= score < high]
        return min(unsure, key=lambda score: abs(score - (low + high) / 2)) if unsure else None

    def _count(self, reason: CaptureReason) -> int:
        return len(self._reason_s.get(reason, ()))

    def _take(self, now_s: float, reason: CaptureReason, score: float | None) -> Decision:
        self._taken_s.append(now_s)
        self._reason_s.setdefault(reason, deque()).append(now_s)
        if reason is not CaptureReason.RANDOM:
            self._last_s = now_s
        self._drawn = False
        return reason, score


# Judged from so many labels or objects on; and rare below this share of them.
RARE_LEAST, RARE_SHARE = 100, 0.03


def rare_labels(approved: Mapping[Key, int], seen: Mapping[Key, int], known: Collection[Key]) -> set[Key]:
    """Labels the model knows that are rare among the project's approved ones, or among what this camera saw lately."""
    rare: set[Key] = set()
    for counts in (approved, seen):
        whole = sum(counts.get(label, 0) for label in known)
        if whole >= RARE_LEAST:
            rare |= {label for label in known if counts.get(label, 0) < RARE_SHARE * whole}
    return rare


def disagreement(
    first: Sequence[Prediction], second: Sequence[Prediction], *, sure: float, seen: float
) -> float | None:
    """The best score of what one of two looks is `sure` of and the other does not see with a score of `seen`."""
    found = [
        _unmatched([p for p in ours if p.score >= sure], [p for p in theirs if p.score >= seen])
        for ours, theirs in ((first, second), (second, first))
    ]
    return max((score for score in found if score is not None), default=None)


def _unmatched(sure: Sequence[Prediction], seen: Sequence[Prediction]) -> float | None:
    same = ious(sure, seen) >= IOU_MATCH_MIN
    alone = [
        one.score
        for one, matches in zip(sure, same, strict=True)
        if not any(hit and each.label == one.label for hit, each in zip(matches, seen, strict=True))
    ]
    return max(alone, default=None)
