"""Reading feeds, their events and captures, and the state of the whole loop."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.feeds.enums import FeedState
from backend.feeds.models import Capture, Feed, FeedEvent, Marking
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User

LOST_AFTER_S = 20


def feeds_of(project_id: uuid.UUID) -> QuerySet[Feed]:
    return Feed.objects.filter(project_id=project_id).select_related("camera", "asset").order_by("name")


def feed_get(*, actor: User, feed_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Feed:
    feed = Feed.objects.select_related("camera", "asset", "project").filter(pk=feed_id).first()
    if feed is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=feed.project_id, at_least=at_least)
    return feed


def markings_of(feed_id: uuid.UUID) -> QuerySet[Marking]:
    """Zones and lines of a feed, by name."""
    return Marking.objects.filter(feed_id=feed_id).order_by("name")


def marking_get(*, actor: User, marking_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Marking:
    marking = Marking.objects.select_related("feed__project").filter(pk=marking_id).first()
    if marking is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=marking.feed.project_id, at_least=at_least)
    return marking


def events_of(feed: Feed) -> QuerySet[FeedEvent]:
    return FeedEvent.objects.filter(feed=feed).order_by("-id")


def captures_of(feed: Feed) -> QuerySet[Capture]:
    return Capture.objects.filter(feed=feed).order_by("-id")


def feeds_visible(*, actor: User, feed_ids: list[uuid.UUID]) -> list[Feed]:
    """Those of the feeds that the person may watch; an id of somebody else's is not there."""
    visible = projects.projects_of(actor).values("id")
    return list(Feed.objects.filter(pk__in=feed_ids, project_id__in=visible))


def feed_counts(project_id: uuid.UUID) -> dict[str, int]:
    """Feeds, those online, and frames sent back in the last 24 hours."""
    feeds = Feed.objects.filter(project_id=project_id)
    return {
        "feeds": feeds.count(),
        "feeds_online": feeds.filter(state=FeedState.ONLINE, lease_expires_at__gt=Now()).count(),
        "captures_24h": Capture.objects.filter(
            feed__project_id=project_id, created_at__gt=Now() - timedelta(hours=24)
        ).count(),
    }


def leasable() -> QuerySet[Feed]:
    """Enabled feeds nobody holds, of living projects."""
    return Feed.objects.filter(enabled=True, project__archived_at=None).filter(
        Q(lease_expires_at=None) | Q(lease_expires_at__lt=Now())
    )
