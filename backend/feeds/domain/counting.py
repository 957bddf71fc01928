"""Adds up what a feed's frames show, by quarters of an hour in UTC, zone, line, rule and label."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.feeds.domain.site_time import midnight
from backend.feeds.enums import CountPart

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
NIL = uuid.UUID(int=0)
# A track unseen for longer was away; a shorter gap is a blink of the detector, as in the tracker.
BLINK_S = 2.0
# Tracks are known so long after they were last seen: one that only the tracker still saw is not counted anew.
KNOWN_S = 600.0
# Whoever stands in view when another worker takes over (or a source is opened again) was counted already, if the
# pause was short: for the first moments, as many new tracks a label go uncounted as were in view before.
CARRY_WITHIN = timedelta(seconds=30)
CARRY_FOR_S = 2.0


@dataclass(frozen=True, slots=True)
class CountKey:
    """What numbers are of: a quarter (or hour) that begins `at`, a part of the picture, a label (`NIL`: everything)."""

    at: datetime
    part: CountPart
    part_id: uuid.UUID
    label_id: uuid.UUID


@dataclass(slots=True)
class Numbers:
    """Sums of one bin, and two highest values (`HIGHEST`). Seconds are the source's own.

    `tracks`: objects that came into view, or into the zone; `presence_s`: object-seconds in it; `stays` ended with
    `dwell_s` altogether; `speed_m` metres over `speed_s` object-seconds of known speed.
    """

    exposure_s: float = 0.0
    tracks: int = 0
    presence_s: float = 0.0
    peak: int = 0
    stays: int = 0
    dwell_s: float = 0.0
    forward: int = 0
    backward: int = 0
    incidents: int = 0
    near_misses: int = 0
    speed_m: float = 0.0
    speed_s: float = 0.0
    speed_peak_m_s: float = 0.0

    def add(self, other: Numbers) -> None:
        for name in FIELDS:
            mine, theirs = getattr(self, name), getattr(other, name)
            setattr(self, name, max(mine, theirs) if name in HIGHEST else mine + theirs)


FIELDS: tuple[str, ...] = tuple(each.name for each in fields(Numbers))
HIGHEST = frozenset({"peak", "speed_peak_m_s"})

Bins = dict[CountKey, Numbers]


def bins_merge(into: Bins, more: Bins) -> None:
    """Add `more` to `into`, in place."""
    for key, numbers in more.items():
        into.setdefault(key, Numbers()).add(numbers)


def bins_hourly(quarters: Bins) -> Bins:
    """The same numbers by clock hour of UTC."""
    hours: Bins = {}
    for key, numbers in quarters.items():
        at = key.at.replace(minute=0)
        hours.setdefault(CountKey(at, key.part, key.part_id, key.label_id), Numbers()).add(numbers)
    return hours


def bins_daily(quarters: Bins, zone: ZoneInfo) -> Bins:
    """The same numbers by day of a site; a bin begins at its midnight."""
    days: Bins = {}
    for key, numbers in quarters.items():
        at = midnight(key.at.astimezone(zone).date(), zone)
        days.setdefault(CountKey(at, key.part, key.part_id, key.label_id), Numbers()).add(numbers)
    return days


@dataclass(slots=True)
class Span:
    """A time without a pause in which frames came, by wall clock; `number` counts those of one worker's lease."""

    number: int
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """A track that came into a zone (`dwell_s` None) or left it after so many seconds."""

    zone_id: uuid.UUID
    track_id: int
    dwell_s: float | None


@dataclass(frozen=True, slots=True)
class Crossing:
    line_id: uuid.UUID
    track_id: int
    forward: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame shows: labels of the confirmed tracks in it, and what zones, lines and the floor say of them.

    `labels` are those the model can find at all; None while no model answers, so that nothing is counted.
    `inside`: tracks by zone, every zone that is watched has its (maybe empty) set. `lines`: every line watched; `rules`: every
    rule at work.
    `speeds_m_s`: of those tracks whose speed is known.
    """

    labels: Collection[uuid.UUID] | None
    tracks: Mapping[int, uuid.UUID]
    inside: Mapping[uuid.UUID, Collection[int]] = field(default_factory=dict)
    stays: Collection[Stay] = ()
    lines: Collection[uuid.UUID] = ()
    crossings: Collection[Crossing] = ()
    speeds_m_s: Mapping[int, float] = field(default_factory=dict)
    rules: Collection[uuid.UUID] = ()


@dataclass(slots=True)
class _Track:
    label_id: uuid.UUID
    seen_s: float


class Tally:
    """One lease's counts until they are taken out. Not thread-safe."""

    def __init__(self, gap_max_s: float) -> None:
        """`gap_max_s`: a longer gap between two frames was not watched."""
        self._gap_max_s = gap_max_s
        self._tracks: dict[int, _Track] = {}
        self._zoned: dict[tuple[uuid.UUID, int], float] = {}
        self._clock_s: float | None = None
        self._opened_s: float | None = None
        self._carry: Counter[uuid.UUID] = Counter()
        self._span: Span | None = None
        self._spans: dict[int, Span] = {}
        self._numbers: Bins = {}
        self._number = 0
        self._last_at: datetime | None = None
        self.present: Counter[uuid.UUID] = Counter()

    def opened(self, at: datetime, last_at: datetime | None, present: Mapping[uuid.UUID, int]) -> None:
        """The source is open (again): time until now was not watched. `present` were in view `last_at`."""
        self._clock_s = self._opened_s = self._span = None
        self._tracks, self._zoned = {}, {}
        fresh = last_at is not None and at - last_at <= CARRY_WITHIN
        self._carry = Counter(present) if fresh else Counter()

    @property
    def last(self) -> tuple[datetime | None, Mapping[uuid.UUID, int]]:
        """When the last frame came, and what was in view."""
        return self._last_at, self.present

    def take(self) -> tuple[Bins, list[Span]]:
        """What was counted since the last call; it is the caller's now."""
        bins, spans = self._numbers, list(self._spans.values())
        self._numbers = {}
        self._spans = {self._span.number: self._span} if self._span else {}
        return bins, [Span(each.number, each.started_at, each.ended_at) for each in spans]

    def frame(self, at: datetime, clock_s: float, seen: Seen) -> None:
        """A frame at wall time `at` (UTC) and source time `clock_s`, which never runs backwards."""
        if self._opened_s is None:
            self._opened_s = clock_s
        gap_s = 0.0 if self._clock_s is None else clock_s - self._clock_s
        watched_s = gap_s if 0.0 < gap_s <= self._gap_max_s else 0.0
        self._watch(at, watched_s)
        self._clock_s, self._last_at = clock_s, at
        self.present = Counter(seen.tracks.values())
        if seen.labels is None:
            return
        labels = {NIL, *seen.labels}
        self._expose(at, watched_s, seen, labels)
        self._view(at, clock_s, watched_s, seen)
        self._zones(at, watched_s, seen)
        for crossing in seen.crossings:
            label_id = self._label_of(crossing.track_id, seen)
            for numbers in self._both(at, CountPart.LINE, crossing.line_id, label_id):
                numbers.forward += crossing.forward
                numbers.backward += not crossing.forward

    def _watch(self, at: datetime, watched_s: float) -> None:
        if self._span is None or watched_s == 0.0 or at < self._span.ended_at:
            self._number += 1
            self._span = Span(self._number, at, at)
        self._span.ended_at = at
        self._spans[self._span.number] = self._span

    def _expose(self, at: datetime, watched_s: float, seen: Seen, labels: set[uuid.UUID]) -> None:
        parts = [(CountPart.VIEW, NIL)]
        parts += [(CountPart.ZONE, zone_id) for zone_id in seen.inside]
        parts += [(CountPart.LINE, line_id) for line_id in seen.lines]
        if watched_s == 0.0:
            return
        for bin_at, share in quarters_between(at - timedelta(seconds=watched_s), at):
            for part, part_id in parts:
                for label_id in labels:
                    self._of(bin_at, part, part_id, label_id).exposure_s += watched_s * share
            for rule_id in seen.rules:
                self._of(bin_at, CountPart.RULE, rule_id, NIL).exposure_s += watched_s * share

    def _view(self, at: datetime, clock_s: float, watched_s: float, seen: Seen) -> None:
        for track_id, label_id in seen.tracks.items():
            known = self._tracks.get(track_id)
            if known is None:
                self._tracks[track_id] = _Track(label_id, clock_s)
                if self._is_new(label_id, clock_s):
                    for numbers in self._both(at, CountPart.VIEW, NIL, label_id):
                        numbers.tracks += 1
                continue
            gap_s, known.seen_s = clock_s - known.seen_s, clock_s
            if 0.0 < gap_s <= max(BLINK_S, self._gap_max_s):
                self._spread(at, gap_s, CountPart.VIEW, NIL, label_id, "presence_s", gap_s)
            speed = seen.speeds_m_s.get(track_id)
            if speed is not None and watched_s > 0.0:
                for numbers in self._both(at, CountPart.VIEW, NIL, label_id):
                    numbers.speed_m += speed * watched_s
                    numbers.speed_s += watched_s
                    numbers.speed_peak_m_s = max(numbers.speed_peak_m_s, speed)
        self._peaks(at, CountPart.VIEW, NIL, self.present)
        if len(self._tracks) > len(seen.tracks):
            self._tracks = {i: t for i, t in self._tracks.items() if clock_s - t.seen_s <= KNOWN_S}

    def _is_new(self, label_id: uuid.UUID, clock_s: float) -> bool:
        if (
            self._opened_s is not None
            and clock_s - self._opened_s <= CARRY_FOR_S
            and self._carry[label_id] > 0
        ):
            self._carry[label_id] -= 1
            return False
        return True

    def _zones(self, at: datetime, watched_s: float, seen: Seen) -> None:
        for zone_id, track_ids in seen.inside.items():
            inside = Counter(self._label_of(track_id, seen) for track_id in track_ids)
            for label_id, count in inside.items():
                if watched_s > 0.0:
                    self._spread(
                        at, watched_s, CountPart.ZONE, zone_id, label_id, "presence_s", watched_s * count
                    )
            self._peaks(at, CountPart.ZONE, zone_id, inside)
        for stay in seen.stays:
            label_id = self._label_of(stay.track_id, seen)
            for numbers in self._both(at, CountPart.ZONE, stay.zone_id, label_id):
                if stay.dwell_s is None:
                    numbers.tracks += 1
                else:
                    numbers.stays += 1
                    numbers.dwell_s += stay.dwell_s

    def _label_of(self, track_id: int, seen: Seen) -> uuid.UUID:
        """The label of a track that may be out of view by now."""
        known = self._tracks.get(track_id)
        return seen.tracks.get(track_id) or (known.label_id if known else NIL)

    def _peaks(self, at: datetime, part: CountPart, part_id: uuid.UUID, counts: Counter[uuid.UUID]) -> None:
        if not counts:
            return
        for label_id, count in [*counts.items(), (NIL, counts.total())]:
            numbers = self._of(at, part, part_id, label_id)
            numbers.peak = max(numbers.peak, count)

    def _spread(
        self,
        at: datetime,
        seconds: float,
        part: CountPart,
        part_id: uuid.UUID,
        label_id: uuid.UUID,
        name: str,
        amount: float,
    ) -> None:
        """Share `amount` out over the quarters of the last `seconds`."""
        for bin_at, share in quarters_between(at - timedelta(seconds=seconds), at):
            for numbers in self._both(bin_at, part, part_id, label_id):
                setattr(numbers, name, getattr(numbers, name) + amount * share)

    def _both(self, at: datetime, part: CountPart, part_id: uuid.UUID, label_id: uuid.UUID) -> list[Numbers]:
        """The numbers of a label and those of everything."""
        every = self._of(at, part, part_id, NIL)
        return [every] if label_id == NIL else [every, self._of(at, part, part_id, label_id)]

    def _of(self, at: datetime, part: CountPart, part_id: uuid.UUID, label_id: uuid.UUID) -> Numbers:
        return self._numbers.setdefault(CountKey(quarter_of(at), part, part_id, label_id), Numbers())


def quarter_of(at: datetime) -> datetime:
    """The beginning of the quarter of an hour of UTC in which `at` lies."""
    utc = at.astimezone(UTC)
    return utc.replace(minute=utc.minute - utc.minute % 15, second=0, microsecond=0)


def quarters_between(start: datetime, end: datetime) -> Iterator[tuple[datetime, float]]:
    """(beginning of a quarter, its share 0..1 of the time from `start` to `end`); shares add up to 1."""
    length_s = (end - start).total_seconds()
    at = quarter_of(start)
    if length_s <= 0.0 or end <= at + QUARTER:
        yield at, 1.0
        return
    while at < end:
        covered = min(end, at + QUARTER) - max(start, at)
        yield at, covered.total_seconds() / length_s
        at += QUARTER
