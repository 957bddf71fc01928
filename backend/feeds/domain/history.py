"""A feed's day as a strip: online where frames came, and what was said of it where none did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ONLINE = "online"
# Nobody said why no frame came: no worker ran, or one was killed.
UNKNOWN = "unknown"
# Shorter pauses are the source starting over or a worker taking over.
JOIN = timedelta(seconds=15)

Time = tuple[datetime, datetime]
Told = tuple[datetime, str, str]


@dataclass(frozen=True, slots=True)
class Segment:
    """`state` is a feed's state or `unknown`."""

    started_at: datetime
    ended_at: datetime
    state: str
    detail: str = ""


def history(start: datetime, end: datetime, watched: Sequence[Time], told: Sequence[Told]) -> list[Segment]:
    """Segments from `start` to `end` without a hole. `watched` by beginning; `told` are (at, state, detail) by time,
    the first may lie before `start`."""
    out: list[Segment] = []
    at = start
    for begun, ended in _joined(watched):
        begun, ended = max(begun, start), min(ended, end)
        if ended <= at and ended != begun:
            continue
        out += _unwatched(at, begun, told)
        out.append(Segment(max(at, begun), ended, ONLINE))
        at = max(at, ended)
    out += _unwatched(at, end, told)
    return [each for each in out if each.ended_at > each.started_at]


def _joined(watched: Sequence[Time]) -> list[Time]:
    out: list[Time] = []
    for begun, ended in watched:
        if out and begun - out[-1][1] <= JOIN:
            out[-1] = (out[-1][0], max(out[-1][1], ended))
        else:
            out.append((begun, ended))
    return out


def _unwatched(start: datetime, end: datetime, told: Sequence[Told]) -> list[Segment]:
    """What was said of a time in which no frame came; an `online` said then is not believed."""
    if end <= start:
        return []
    before = [each for each in told if each[0] <= start]
    changes = [each for each in told if start < each[0] < end]
    state, detail = (before[-1][1], before[-1][2]) if before else (UNKNOWN, "")
    out, at = [], start
    for change_at, new_state, new_detail in [*changes, (end, "", "")]:
        shown = UNKNOWN if state in {ONLINE, ""} else state
        out.append(Segment(at, change_at, shown, "" if shown == UNKNOWN else detail))
        at, state, detail = change_at, new_state, new_detail
    return out
