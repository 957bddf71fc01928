"""Which worker holds which feed: rows with a lease on the database's clock."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from backend.core import events
from backend.feeds import selectors
from backend.feeds.enums import FeedEventKind, FeedState
from backend.feeds.models import Feed, FeedEvent

# A killed worker's feeds are free again after this, and watched again within ten seconds; renewed every second.
LEASE_S = 6
# A shorter gap is a source opened again.
GAP_TOLD_S = 5.0


@transaction.atomic
def feeds_lease(*, owner: str, room: int) -> list[Feed]:
    """Take up to `room` feeds that nobody holds and that are not over.

    Each lease gets an owner of its own: a thread whose lease ended never renews the one that followed it,
    even in the same worker.
    """
    rows = list(
        selectors.leasable()
        .exclude(state=FeedState.ENDED)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("project", "camera", "asset__blob")
        .order_by("id")[: max(0, room)]
    )
    for feed in rows:
        feed.lease_owner = f"{owner}:{uuid.uuid4().hex}"
        Feed.objects.filter(pk=feed.pk).update(
            lease_owner=feed.lease_owner, lease_expires_at=Now() + timedelta(seconds=LEASE_S)
        )
    return rows


def lease_renew(*, feed_id: uuid.UUID, owner: str, stats: dict[str, Any] | None = None) -> bool:
    """Keep a feed for another lease; False when it was paused, changed, removed or taken.

    `stats` comes with a frame: without them the feed is held, but nothing was seen.
    """
    fields: dict[str, Any] = {"lease_expires_at": Now() + timedelta(seconds=LEASE_S)}
    if stats is not None:
        fields |= {"stats": stats, "last_frame_at": Now()}
    return bool(Feed.objects.filter(pk=feed_id, lease_owner=owner, enabled=True).update(**fields))


def leases_renew(*, owners: Collection[str]) -> None:
    """Keep the feeds of threads at work: one of them may wait longer for a frame than a lease lasts."""
    Feed.objects.filter(lease_owner__in=list(owners), enabled=True).update(
        lease_expires_at=Now() + timedelta(seconds=LEASE_S)
    )


def lease_end(*, feed_id: uuid.UUID, owner: str) -> None:
    Feed.objects.filter(pk=feed_id, lease_owner=owner).update(lease_owner="", lease_expires_at=None)


@transaction.atomic
def state_set(
    *,
    feed: Feed,
    owner: str,
    state: FeedState,
    detail: str = "",
    stats: dict[str, Any] | None = None,
    gap_s: float | None = None,
) -> bool:
    """Write a feed's state, and an event when it changed or nothing was seen for long before (`gap_s`).

    False when another worker holds the feed by now.
    """
    held = Feed.objects.select_for_update().filter(pk=feed.pk, lease_owner=owner).first()
    if held is None:
        return False
    changed = held.state != state or held.state_detail != detail[:300]
    held.state, held.state_detail = state, detail[:300]
    if stats is not None:
        held.stats = stats
    held.save(update_fields=["state", "state_detail", "stats", "updated_at"])
    if changed or (gap_s is not None and gap_s > GAP_TOLD_S):
        payload = {"state": state, "detail": detail}
        event_record(
            feed=feed,
            kind=FeedEventKind.STATE,
            payload=payload if gap_s is None else {**payload, "gap_s": round(gap_s, 1)},
        )
    return True


def event_record(
    *,
    feed: Feed,
    kind: FeedEventKind,
    payload: dict[str, Any],
    source_time_s: float | None = None,
    model_version_id: uuid.UUID | None = None,
) -> None:
    """Keep an event and tell open pages."""
    FeedEvent.objects.create(
        feed=feed,
        kind=kind,
        at=timezone.now(),
        source_time_s=source_time_s,
        model_version_id=model_version_id,
        payload=payload,
    )
    events.publish(
        organisation_id=feed.project.organisation_id,
        project_id=feed.project_id,
        kind="feed",
        data={"id": str(feed.pk), "event": kind, **payload},
    )
