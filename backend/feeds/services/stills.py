"""The newest stills of each feed, kept in Redis: one for an hour, for pages that open; the last few for a click on one."""

from __future__ import annotations

import logging
import struct
import uuid
from collections.abc import Iterable
from typing import Any

import redis
from django.db.models import F

from backend.core import events
from backend.feeds.models import Feed
from backend.media import selectors as media

log = logging.getLogger(__name__)

STILL_TTL_S = 3_600
# A person presses within seconds of what they saw: three seconds of a usual feed, about a megabyte.
RECENT_MAX, RECENT_TTL_S = 16, 20


def snapshot_key(feed_id: object) -> str:
    return f"live:snapshot:{feed_id}"


def full_still_key(feed_id: object) -> str:
    return f"live:still:{feed_id}"


def full_still_keep(feed_id: object, jpeg: bytes) -> None:
    """Replace a feed's still in its full size, which its camera is calibrated on. Raises RedisError."""
    events.client().set(full_still_key(feed_id), jpeg, ex=STILL_TTL_S)


def full_still_get(feed_id: object) -> bytes | None:
    found = events.client().get(full_still_key(feed_id))
    return bytes(found) if isinstance(found, bytes) else None


def recent_key(feed_id: object) -> str:
    return f"live:recent:{feed_id}"


def still_keep(feed_id: object, jpeg: bytes, time_s: float) -> None:
    """Replace a feed's still, and keep it with its time among the last few. Raises RedisError."""
    pipe = events.client().pipeline()
    pipe.set(snapshot_key(feed_id), jpeg, ex=STILL_TTL_S)
    pipe.lpush(recent_key(feed_id), struct.pack("<d", round(time_s, 3)) + jpeg)
    pipe.ltrim(recent_key(feed_id), 0, RECENT_MAX - 1)
    pipe.expire(recent_key(feed_id), RECENT_TTL_S)
    pipe.execute()


def still_at(feed_id: object, time_s: float | None) -> tuple[float, bytes] | None:
    """(time, JPEG) of the picture nearest to `time_s` of the source among the last few, or the newest of them."""
    rows: list[Any] = events.client().lrange(recent_key(feed_id), 0, RECENT_MAX - 1)
    found = [(struct.unpack("<d", row[:8])[0], row[8:]) for row in rows]
    if not found:
        return None
    return found[0] if time_s is None else min(found, key=lambda one: abs(one[0] - time_s))


def still_get(feed_id: object) -> bytes | None:
    found = events.client().get(snapshot_key(feed_id))
    return bytes(found) if isinstance(found, bytes) else None


def stills_forget(feed_ids: Iterable[uuid.UUID]) -> None:
    """Remove stills that show what may no longer be seen; a running feed brings a new one with its next frame."""
    kinds = (snapshot_key, full_still_key, recent_key)
    keys = [key(feed_id) for feed_id in feed_ids for key in kinds]
    try:
        if keys:
            events.client().delete(*keys)
    except redis.RedisError:
        log.warning("stills of %d feeds stay up to an hour: Redis did not answer", len(keys) // len(kinds))


def camera_still(camera_id: uuid.UUID) -> bytes | None:
    """The still of a feed of that camera, the newest first; else its newest stored picture made small. JPEG."""
    feeds = Feed.objects.filter(camera_id=camera_id).order_by(F("last_frame_at").desc(nulls_last=True))
    for feed_id in feeds.values_list("id", flat=True)[:20]:
        if (found := still_get(feed_id)) is not None:
            return found
    return media.camera_thumbnail(camera_id)
