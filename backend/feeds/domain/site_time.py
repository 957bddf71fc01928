"""Bins in a site's own time: quarters, hours and days whose ends are instants, so days of 23 and 25 hours come out right."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)


class BinSize(StrEnum):
    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a day begins at the site; the first moment of it where midnight is skipped."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def bin_edges(start: datetime, end: datetime, size: BinSize, zone: ZoneInfo, most: int) -> list[datetime]:
    """Rising instants (UTC) that hold `start` to `end` in whole bins. Raises ValueError for more than `most` bins."""
    at = _floor(start, size, zone)
    edges = [at]
    while at < end or len(edges) < 2:
        if len(edges) > most:
            raise ValueError(f"more than {most} bins")
        at = _next(at, size, zone)
        edges.append(at)
    return edges


def _floor(at: datetime, size: BinSize, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    if size is BinSize.DAY:
        return midnight(local.date(), zone)
    minutes = local.minute % 15 if size is BinSize.QUARTER else local.minute
    past = timedelta(minutes=minutes, seconds=local.second, microseconds=local.microsecond)
    return at.astimezone(UTC) - past


def _next(at: datetime, size: BinSize, zone: ZoneInfo) -> datetime:
    if size is BinSize.QUARTER:
        return at + QUARTER
    if size is BinSize.DAY:
        return midnight(at.astimezone(zone).date() + timedelta(days=1), zone)
    # Where clocks change by half an hour, a bin begins off the hour; the next one is shorter and sets it right.
    after = at + HOUR
    if after.astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset():
        return after
    return _floor(after, size, zone)
