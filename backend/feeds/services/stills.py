"""The newest still of each feed, kept an hour in Redis for dialogs and pages that open."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable

import redis
from django.db.models import F

from backend.core import events
from backend.feeds.models import Feed
from backend.media import selectors as media

log = logging.getLogger(__name__)

STILL_TTL_S = 3_600


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


def still_keep(feed_id: object, jpeg: bytes) -> None:
    """Replace a feed's still. Raises RedisError."""
    events.client().set(snapshot_key(feed_id), jpeg, ex=STILL_TTL_S)


def still_get(feed_id: object) -> bytes | None:
    found = events.client().get(snapshot_key(feed_id))
    return bytes(found) if isinstance(found, bytes) else None


def stills_forget(feed_ids: Iterable[uuid.UUID]) -> None:
    """Remove stills that show what may no longer be seen; a running feed brings a new one with its next frame."""
    keys = [key(feed_id) for feed_id in feed_ids for key in (snapshot_key, full_still_key)]
    try:
        if keys:
            events.client().delete(*keys)
    except redis.RedisError:
        log.warning("stills of %d feeds stay up to an hour: Redis did not answer", len(keys))


def camera_still(camera_id: uuid.UUID) -> bytes | None:
    """The still of a feed of that camera, the newest first; else its newest stored picture made small. JPEG."""
    feeds = Feed.objects.filter(camera_id=camera_id).order_by(F("last_frame_at").desc(nulls_last=True))
    for feed_id in feeds.values_list("id", flat=True)[:20]:
        if (found := still_get(feed_id)) is not None:
            return found
    return media.camera_thumbnail(camera_id)
