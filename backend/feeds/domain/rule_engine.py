"""Rules at work on one feed: from frames to incidents that open once, are kept up to date and close.

Times are seconds of the scene's `clock_s`. Nothing here knows rows or walls: what changed is handed back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from backend.feeds.domain.measures import Measures
from backend.feeds.domain.rules import Condition, CountIs, Direction
from backend.feeds.domain.scene import SceneFrame
from ml.scene.lines import Direction as Crossing

# A detector misses an object for moments: what held before and after held between.
BLINK_S = 1.0
# An incident taken over from another worker waits so long for its people to be found again.
RESUME_S = 10.0
# A track that is lost from sight while it met the condition may come back under another number for so long.
TAKE_OVER_S = 3.0
# Somebody of an incident whose distance, speed or gear cannot be told for a while (feet behind a pallet, head behind a
# rack) neither goes on with it nor ends it: it waits so long for a surer look.
UNSURE_S = 10.0
# Going over a line is over at once; what is shown of it lasts this long.
CROSSING_S = 2.0
UPDATE_EVERY_S = 2.0
INVOLVED_MAX = 50


class Change(StrEnum):
    OPEN = "open"
    UPDATE = "update"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as the engine takes it. `clear_s`: it must be over for so long before it closes. `cooldown_s`: after that
    no new one opens for so long."""

    id: str
    condition: Condition
    clear_s: float = 3.0
    cooldown_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Peak:
    """The worst seen so far, each with half its 95 % band: nearest metres, fastest m/s, longest stay, most at once."""

    near_m: tuple[float, float] | None = None
    speed_m_s: tuple[float, float] | None = None
    dwell_s: float | None = None
    count: int = 0

    def worse(self, other: Peak) -> Peak:
        near = [value for value in (self.near_m, other.near_m) if value is not None]
        speed = [value for value in (self.speed_m_s, other.speed_m_s) if value is not None]
        stay = [value for value in (self.dwell_s, other.dwell_s) if value is not None]
        return Peak(
            min(near, default=None),
            max(speed, default=None),
            max(stay, default=None),
            max(self.count, other.count),
        )


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """`since_s`: when it began. `seen_s`: when it was last so; of a closed one its end. `involved`: label by track id."""

    rule_id: str
    change: Change
    since_s: float
    seen_s: float
    involved: Mapping[int, str]
    peak: Peak


@dataclass(slots=True)
class _Hold:
    since_s: float
    last_s: float
    label: str


@dataclass(slots=True)
class _Open:
    since_s: float
    last_s: float
    told_s: float
    involved: dict[int, str] = field(default_factory=dict)
    peak: Peak = Peak()
    # When each was last seen to meet the condition.
    met_s: dict[int, float] = field(default_factory=dict)
    # Set while people of an incident taken over are looked for.
    resumed_until_s: float | None = None
    # When it last could not be told whether it goes on.
    unsure_s: float = float("-inf")


class RuleWatcher:
    """One rule on one feed. Not thread-safe."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._holds: dict[int, _Hold] = {}
        self._group_since_s: float | None = None
        self._group_last_s = float("-inf")
        self._crossed: dict[int, tuple[float, str]] = {}
        self._open: _Open | None = None
        self._not_before_s = float("-inf")

    @property
    def is_open(self) -> bool:
        return self._open is not None

    def resume(self, since_s: float, now_s: float, peak: Peak = Peak()) -> None:  # noqa: B008 - frozen
        """Go on with an incident that another worker opened at `since_s`."""
        self._open = _Open(since_s, now_s, now_s, {}, peak, {}, now_s + RESUME_S)

    def wait_until(self, not_before_s: float) -> None:
        """Open nothing before that time: a cool-down that began before this worker."""
        self._not_before_s = max(self._not_before_s, not_before_s)

    def forget_tracks(self) -> None:
        """The source begins anew and its track ids with it; an open incident looks for its people again."""
        self._holds, self._crossed = {}, {}
        self._group_since_s = None
        if self._open is not None:
            self._open.resumed_until_s = self._open.last_s + RESUME_S

    def update(self, scene: SceneFrame, measures: Measures, at_work: bool) -> list[IncidentChange]:
        """Take one frame; tell what changed. `at_work`: the schedule and mutes let it open, and stay open."""
        now_s = scene.clock_s
        met, eased = self._met(scene, measures)
        self._hold(now_s, met)
        if not at_work:
            self._holds, self._group_since_s = {}, None
            return self._end(now_s) if self._open is not None else []
        active, on = self._active(now_s)
        if self._open is not None:
            return self._go_on(now_s, active, on, eased, measures)
        if not on or now_s < self._not_before_s:
            return []
        since_s = self._began_s(active, now_s)
        peak = self._peak(measures, active)
        self._open = _Open(since_s, now_s, now_s, active, peak, dict.fromkeys(active, now_s))
        return [IncidentChange(self.rule.id, Change.OPEN, since_s, now_s, dict(active), peak)]

    def close(self, now_s: float) -> list[IncidentChange]:
        """The source is over: so is what was open."""
        return self._end(now_s) if self._open is not None else []

    # --- one frame

    def _met(self, scene: SceneFrame, measures: Measures) -> tuple[dict[int, str], dict[int, str]]:
        """Labels by track id of those of whom all holds now, and of those for whom an open incident goes on."""
        condition = self.rule.condition
        if condition.line:
            for event in scene.line_events:
                if event.line_id == condition.line and _wanted(condition.direction, event.direction):
                    label = measures.label_of(event.track_id)
                    if label in condition.labels and measures.holds(condition, event.track_id, eased=False):
                        self._crossed[event.track_id] = (scene.clock_s, label)
            return {i: label for i, (at_s, label) in self._crossed.items() if scene.clock_s - at_s <= 0.0}, {}
        ids = measures.of_labels(condition.labels)
        met = {i: label for i, label in ids.items() if measures.holds(condition, i, eased=False)}
        eased = {i: label for i, label in ids.items() if i in met or measures.holds(condition, i, eased=True)}
        return met, eased

    def _hold(self, now_s: float, met: Mapping[int, str]) -> None:
        for track_id, label in met.items():
            hold = self._holds.get(track_id)
            if hold is None or now_s - hold.last_s > BLINK_S:
                self._holds[track_id] = _Hold(now_s, now_s, label)
            else:
                hold.last_s = now_s
        self._holds = {i: hold for i, hold in self._holds.items() if now_s - hold.last_s <= BLINK_S}
        self._crossed = {i: c for i, c in self._crossed.items() if now_s - c[0] <= CROSSING_S}

    def _active(self, now_s: float) -> tuple[dict[int, str], bool]:
        """Those who have met the condition for as long as asked, and whether their number opens an incident."""
        condition = self.rule.condition
        if condition.line:
            crossed = {i: label for i, (_, label) in self._crossed.items()}
            return crossed, bool(crossed)
        if condition.count_is is CountIs.AT_LEAST and condition.count == 1:
            active = {
                i: hold.label
                for i, hold in self._holds.items()
                if hold.last_s - hold.since_s >= condition.lasts_s
            }
            return active, bool(active)
        # Of a group the number lasts, not each of its people.
        people = {i: hold.label for i, hold in self._holds.items()}
        many = (
            len(people) >= condition.count
            if condition.count_is is CountIs.AT_LEAST
            else len(people) <= condition.count
        )
        if many:
            if self._group_since_s is None:
                self._group_since_s = now_s
            self._group_last_s = now_s
        elif now_s - self._group_last_s > BLINK_S:
            self._group_since_s = None
        since_s = self._group_since_s
        return people, since_s is not None and now_s - since_s >= condition.lasts_s

    def _began_s(self, active: Mapping[int, str], now_s: float) -> float:
        condition = self.rule.condition
        if condition.line:
            return max((at_s for at_s, _ in self._crossed.values()), default=now_s)
        if condition.count_is is CountIs.AT_LEAST and condition.count == 1:
            return min((self._holds[i].since_s for i in active), default=now_s)
        return now_s if self._group_since_s is None else self._group_since_s

    # --- an open incident

    def _go_on(
        self,
        now_s: float,
        active: dict[int, str],
        on: bool,
        eased: Mapping[int, str],
        measures: Measures,
    ) -> list[IncidentChange]:
        state = self._open
        assert state is not None
        present = dict(active) if on else {}
        # Their people, eased; and whoever takes the place of one who is lost from sight: a track broken in two is
        # not a new incident.
        takes_over = state.resumed_until_s is not None or any(
            not measures.is_seen(track_id) and now_s - met_s <= TAKE_OVER_S
            for track_id, met_s in state.met_s.items()
        )
        if self.rule.condition.count_is is CountIs.AT_LEAST and not self.rule.condition.line:
            stay = {i: label for i, label in eased.items() if i in state.involved or takes_over}
            if len(stay) >= self.rule.condition.count:
                present |= stay
                on = True
        if on:
            state.last_s = max(state.last_s, self._last_s(present, eased, now_s))
            state.resumed_until_s = None
            if state.last_s == now_s or self.rule.condition.line:
                return self._told(now_s, present, measures)
            return []
        if state.resumed_until_s is not None and now_s <= state.resumed_until_s:
            return []
        if self._may_go_on(state, eased, measures):
            state.unsure_s = now_s
        if now_s - state.unsure_s < self._clear_s() and now_s - state.last_s <= UNSURE_S:
            return []
        return self._end(state.last_s) if now_s - state.last_s >= self._clear_s() else []

    def _may_go_on(self, state: _Open, eased: Collection[int], measures: Measures) -> bool:
        condition = self.rule.condition
        if condition.line or condition.count_is is not CountIs.AT_LEAST:
            return False
        seen = measures.of_labels(condition.labels)
        perhaps = {
            i for i in state.involved if i in seen and measures.holds(condition, i, eased=True, unsure=True)
        }
        return len(perhaps.union(eased)) >= condition.count and not perhaps.issubset(eased)

    def _last_s(self, present: Collection[int], eased: Collection[int], now_s: float) -> float:
        """When it was last so in a picture: a blink goes on, but says nothing."""
        condition = self.rule.condition
        if condition.line:
            return max(at_s for at_s, _ in self._crossed.values())
        if any(track_id in eased for track_id in present) and condition.count_is is CountIs.AT_LEAST:
            return now_s
        if condition.count_is is CountIs.AT_LEAST and condition.count == 1:
            return max((self._holds[i].last_s for i in present if i in self._holds), default=now_s)
        return self._group_last_s

    def _told(self, now_s: float, present: Mapping[int, str], measures: Measures) -> list[IncidentChange]:
        state = self._open
        assert state is not None
        more = {i: label for i, label in present.items() if i not in state.involved}
        if len(state.involved) < INVOLVED_MAX:
            state.involved |= more
        state.met_s |= dict.fromkeys(present, now_s)
        state.peak = state.peak.worse(self._peak(measures, present))
        if not more and now_s - state.told_s < UPDATE_EVERY_S:
            return []
        state.told_s = now_s
        return [
            IncidentChange(
                self.rule.id, Change.UPDATE, state.since_s, now_s, dict(state.involved), state.peak
            )
        ]

    def _end(self, at_s: float) -> list[IncidentChange]:
        state = self._open
        assert state is not None
        self._open = None
        self._not_before_s = at_s + self.rule.cooldown_s
        return [
            IncidentChange(self.rule.id, Change.CLOSE, state.since_s, at_s, dict(state.involved), state.peak)
        ]

    def _clear_s(self) -> float:
        return 0.0 if self.rule.condition.line else self.rule.clear_s

    def _peak(self, measures: Measures, ids: Collection[int]) -> Peak:
        condition = self.rule.condition
        near = [m for i in ids if (m := measures.nearest(i, condition.near_labels)) is not None]
        speed = [m for i in ids if (m := measures.speed(i)) is not None]
        stay = [seconds for i in ids if (seconds := measures.dwell(i, condition.zones)) is not None]
        return Peak(
            min(near, default=None) if condition.near_m is not None else None,
            max(speed, default=None),
            max(stay, default=None),
            len(ids),
        )


def _wanted(direction: Direction, crossing: Crossing) -> bool:
    return direction is Direction.EITHER or direction.value == crossing.value
