"""Writing counts: each flush of a worker is added once, whatever happens to its answer."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from psycopg2.extras import execute_values

from backend.feeds.counted import zone_of
from backend.feeds.domain.counting import (
    FIELDS,
    HIGHEST,
    NIL,
    Bins,
    CountKey,
    Numbers,
    Span,
    bins_daily,
    bins_hourly,
    quarter_of,
)
from backend.feeds.enums import CountPart
from backend.feeds.models import CountBin, CountDay, CountHour, CountQuarter, Feed, WatchSpan

_KEYS = ("feed_id", "part", "part_id", "label_id", "at")
_SPAN_SQL = """
    INSERT INTO {table} AS t (feed_id, owner, number, flush, started_at, ended_at, present)
    VALUES (%s, %s, %s, %s, %s, %s, %s::jsonb)
    ON CONFLICT (feed_id, owner, number) DO UPDATE
    SET flush = EXCLUDED.flush, ended_at = GREATEST(t.ended_at, EXCLUDED.ended_at), present = EXCLUDED.present
    WHERE t.flush < EXCLUDED.flush
    RETURNING id
"""


@transaction.atomic
def counts_add(
    *,
    feed_id: uuid.UUID,
    owner: str,
    flush: int,
    spans: Sequence[Span],
    present: Mapping[uuid.UUID, int],
    bins: Bins,
    only_if_held: bool = False,
) -> bool:
    """Add a worker's counts to the bins; False when this flush is in them already, or may not be.

    `flush` rises with each call of one lease's `owner`. `spans` are in order; the last one carries the flush's number.
    `only_if_held`: drop what was seen since the lease was last known to be the owner's, when it has moved on.
    """
    feeds = Feed.objects.select_related("camera__site", "project__site").filter(pk=feed_id)
    if only_if_held:
        # Locked, so that nobody leases the feed before these counts are in.
        feeds = feeds.filter(lease_owner=owner).select_for_update(of=("self",))
    feed = feeds.first()
    if not spans or feed is None:
        return False
    view = json.dumps({str(label_id): count for label_id, count in present.items()})
    with connection.cursor() as cursor:
        for span in reversed(spans):
            given: list[Any] = [feed_id, owner, span.number, flush, span.started_at, span.ended_at, view]
            cursor.execute(_SPAN_SQL.format(table=WatchSpan._meta.db_table), given)
            if cursor.fetchone() is None:
                return False
        _add(cursor, feed, bins)
    return True


def _add(cursor: Any, feed: Feed, bins: Bins) -> None:
    """Into every table of bins, always in this order."""
    _upsert(cursor, CountQuarter, feed.pk, bins)
    _upsert(cursor, CountHour, feed.pk, bins_hourly(bins))
    _upsert(cursor, CountDay, feed.pk, bins_daily(bins, zone_of(feed)))


def _upsert(cursor: Any, model: type[CountBin], feed_id: uuid.UUID, bins: Bins) -> None:
    if not bins:
        return
    sums = ", ".join(
        f"{name} = GREATEST(t.{name}, EXCLUDED.{name})"
        if name in HIGHEST
        else f"{name} = t.{name} + EXCLUDED.{name}"
        for name in FIELDS
    )
    # In one order everywhere: two workers that write the same bins wait for each other and never in a circle.
    rows = sorted(
        bins.items(), key=lambda item: (item[0].part, item[0].part_id, item[0].label_id, item[0].at)
    )
    execute_values(
        cursor,
        f"INSERT INTO {model._meta.db_table} AS t ({', '.join((*_KEYS, *FIELDS))}) VALUES %s "  # noqa: S608
        f"ON CONFLICT ({', '.join(_KEYS)}) DO UPDATE SET {sums}",
        [
            (feed_id, str(key.part), key.part_id, key.label_id, key.at)
            + tuple(getattr(numbers, name) for name in FIELDS)
            for key, numbers in rows
        ],
    )


def incident_add(*, feed: Feed, rule_id: uuid.UUID, at: datetime, near_miss: bool) -> None:
    """Count an incident that opened `at`; in the transaction that makes its row, so that each is counted once."""
    numbers = Numbers(incidents=1, near_misses=int(near_miss))
    bins: Bins = {
        CountKey(quarter_of(at), part, part_id, NIL): numbers
        for part, part_id in ((CountPart.RULE, rule_id), (CountPart.VIEW, NIL))
    }
    with transaction.atomic(), connection.cursor() as cursor:
        _add(cursor, feed, bins)


def last_watched(feed_id: uuid.UUID) -> tuple[datetime | None, dict[uuid.UUID, int]]:
    """When a worker last saw a frame of the feed, and what was in view then, by label."""
    span = WatchSpan.objects.filter(feed_id=feed_id).order_by("-ended_at").first()
    if span is None:
        return None, {}
    return span.ended_at, {uuid.UUID(label_id): count for label_id, count in span.present.items()}


def counts_prune(*, now: datetime, quarters_days: int, hours_days: int) -> int:
    """Remove bins and spans past their time; how many rows."""
    gone = 0
    for rows in (
        CountQuarter.objects.filter(at__lt=now - timedelta(days=quarters_days)),
        CountHour.objects.filter(at__lt=now - timedelta(days=hours_days)),
        CountDay.objects.filter(at__lt=now - timedelta(days=hours_days)),
        WatchSpan.objects.filter(ended_at__lt=now - timedelta(days=hours_days)),
    ):
        gone += rows.delete()[0]
    return gone
