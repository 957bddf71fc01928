"""What a rule asks for: conditions that must hold of one object at the same time, how long, and what follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

from backend.feeds.domain.schedule import Window
from ml.scene.gear import Gear, Worn

LABELS_MAX = 20
ZONES_MAX = 20
WINDOWS_MAX = 14
NEAR_MAX_M = 50.0
SPEED_MAX_M_S = 30.0
SECONDS_MAX = 24 * 3600.0
COUNT_MAX = 100


class Direction(StrEnum):
    FORWARD = "forward"
    BACKWARD = "backward"
    EITHER = "either"


class CountIs(StrEnum):
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class GearWanted:
    """`item` in that state; `label` is the class that shows the item worn."""

    item: Gear
    state: Worn
    label: str


@dataclass(frozen=True, slots=True)
class Condition:
    """All that is set must hold of one object at once. Labels are ids when stored and names when at work.

    `zones`: in any of them, on the foot point. `dwell_s`: so long in one zone without leaving it. `near_m`: nearer than
    that to an object of `near_labels`, where the distance is sure. `speed_m_s`: faster. `line`: goes over it; such a
    rule asks for a moment, not a state. `lasts_s`: so long without a break. `count`: so many such objects at once.
    """

    labels: tuple[str, ...]
    zones: tuple[str, ...] = ()
    line: str = ""
    direction: Direction = Direction.EITHER
    near_m: float | None = None
    near_labels: tuple[str, ...] = ()
    speed_m_s: float | None = None
    dwell_s: float | None = None
    gear: tuple[GearWanted, ...] = ()
    count_is: CountIs = CountIs.AT_LEAST
    count: int = 1
    lasts_s: float = 0.0

    @property
    def needs_floor(self) -> bool:
        return self.near_m is not None or self.speed_m_s is not None


def condition_parse(
    given: Mapping[str, Any],
    *,
    labels: Collection[str],
    zones: Collection[str],
    lines: Collection[str],
) -> tuple[Condition, dict[str, str]]:
    """The condition, and a problem by field where it cannot be used: labels, zones and lines must be those there are."""
    gear = tuple(
        GearWanted(Gear(g["item"]), Worn(g["state"]), str(g["label"])) for g in given.get("gear", ())
    )
    condition = Condition(
        labels=tuple(str(v) for v in given.get("labels", ())),
        zones=tuple(str(v) for v in given.get("zones", ())),
        line=str(given.get("line") or ""),
        direction=Direction(given.get("direction") or Direction.EITHER),
        near_m=given.get("near_m"),
        near_labels=tuple(str(v) for v in given.get("near_labels", ())),
        speed_m_s=given.get("speed_m_s"),
        dwell_s=given.get("dwell_s"),
        gear=gear,
        count_is=CountIs(given.get("count_is") or CountIs.AT_LEAST),
        count=int(given.get("count", 1)),
        lasts_s=float(given.get("lasts_s", 0.0)),
    )
    return condition, _problems(condition, set(labels), set(zones), set(lines))


def condition_record(condition: Condition) -> dict[str, Any]:
    """The condition as JSON, the reverse of `condition_parse`."""
    return {
        "labels": list(condition.labels),
        "zones": list(condition.zones),
        "line": condition.line or None,
        "direction": str(condition.direction),
        "near_m": condition.near_m,
        "near_labels": list(condition.near_labels),
        "speed_m_s": condition.speed_m_s,
        "dwell_s": condition.dwell_s,
        "gear": [{"item": str(g.item), "state": str(g.state), "label": g.label} for g in condition.gear],
        "count_is": str(condition.count_is),
        "count": condition.count,
        "lasts_s": condition.lasts_s,
    }


def _problems(rule: Condition, labels: set[str], zones: set[str], lines: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    if not rule.labels:
        found["labels"] = "Choose at least one kind of object."
    elif not set(rule.labels) <= labels:
        found["labels"] = "One of these is no label of the project any more."
    if not set(rule.zones) <= zones:
        found["zones"] = "One of these zones is not there any more."
    if rule.line and rule.line not in lines:
        found["line"] = "This line is not there any more."
    if rule.line and (rule.zones or rule.lasts_s or rule.dwell_s or rule.count > 1):
        found["line"] = "Going over a line is a moment: it cannot be joined with a zone, a time or a number."
    if rule.near_m is not None and not 0.1 <= rule.near_m <= NEAR_MAX_M:
        found["near_m"] = f"Between 0.1 and {NEAR_MAX_M:g} m."
    if rule.near_m is not None and not (rule.near_labels and set(rule.near_labels) <= labels):
        found["near_labels"] = "Choose what it must not come near to."
    if rule.speed_m_s is not None and not 0.1 <= rule.speed_m_s <= SPEED_MAX_M_S:
        found["speed_m_s"] = f"Between 0.1 and {SPEED_MAX_M_S:g} m/s."
    if rule.dwell_s is not None and not rule.zones:
        found["dwell_s"] = "A stay needs a zone to stay in."
    if rule.dwell_s is not None and not 0.5 <= rule.dwell_s <= SECONDS_MAX:
        found["dwell_s"] = "Between half a second and a day."
    if not 0.0 <= rule.lasts_s <= SECONDS_MAX:
        found["lasts_s"] = "Between 0 seconds and a day."
    least = 1 if rule.count_is is CountIs.AT_LEAST else 0
    if not least <= rule.count <= COUNT_MAX:
        found["count"] = f"Between {least} and {COUNT_MAX}."
    if any(wanted.state is Worn.CANNOT_TELL for wanted in rule.gear):
        found["gear"] = "A rule can ask for worn or missing; what cannot be told never opens an incident."
    elif not {wanted.label for wanted in rule.gear} <= labels:
        found["gear"] = "Choose the label that shows the item."
    is_any = not (rule.zones or rule.line or rule.needs_floor or rule.gear)
    if is_any and rule.count_is is CountIs.AT_MOST and not rule.lasts_s:
        found["lasts_s"] = "Say how long, or one picture without anybody opens an incident."
    return found


def schedule_parse(given: Any) -> tuple[tuple[Window, ...], str]:
    """Windows from JSON [{days, start, end}], and a problem in words."""
    try:
        windows = tuple(
            Window(
                frozenset(int(day) for day in row["days"]),
                time.fromisoformat(row["start"]),
                time.fromisoformat(row["end"]),
            )
            for row in given
        )
    except (KeyError, TypeError, ValueError):
        return (), "Each window needs days and two times such as 06:00."
    if len(windows) > WINDOWS_MAX:
        return (), f"At most {WINDOWS_MAX} windows."
    if any(not window.days or not window.days <= set(range(7)) for window in windows):
        return (), "Days are 0 (Monday) to 6."
    return windows, ""
