"""When a rule is at work: windows of the week in the site's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` on the named days (0 is Monday). An end at or before the start lies on the next day."""

    days: frozenset[int]
    start: time
    end: time


def is_at_work(windows: Sequence[Window], at: datetime, time_zone: str) -> bool:
    """Whether `at` (aware) lies in a window on the site's clock; no windows mean always.

    The clock on the wall decides: an hour that comes twice in autumn counts both times, one left out in spring never.
    """
    if not windows:
        return True
    local = at.astimezone(ZoneInfo(time_zone))
    today, yesterday = local.weekday(), (local - timedelta(days=1)).weekday()
    clock = local.time()
    for window in windows:
        if window.start < window.end:
            if today in window.days and window.start <= clock < window.end:
                return True
        elif (today in window.days and clock >= window.start) or (
            yesterday in window.days and clock < window.end
        ):
            return True
    return False
