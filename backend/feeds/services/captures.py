"""Frames that come back: stored as pictures, made into tasks at the head of the queue."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from backend.annotation import services as annotation
from backend.annotation.contracts import TaskChoice
from backend.annotation.enums import SelectionReason
from backend.core import audit
from backend.core.errors import NotFound
from backend.feeds.contracts import FeedSettings
from backend.feeds.enums import BY_PEOPLE, CaptureReason, FeedEventKind
from backend.feeds.models import Capture, Feed
from backend.feeds.services.leases import event_record
from backend.feeds.services.stills import still_at
from backend.media import services as media

if TYPE_CHECKING:
    from backend.accounts.models import User

# Above any batch of selection: what a camera was unsure of is worth most while it is fresh.
CAPTURE_PRIORITY = 100_000.0
# Frames of one camera within this time are near-copies and must not straddle a split.
GROUP_BLOCK_S = 600
# The same picture, pressed again within this time: one task.
SAME_PRESS = timedelta(minutes=1)


def capture_store(
    *,
    feed: Feed,
    jpeg: bytes,
    reason: CaptureReason,
    score: float | None,
    source_time_s: float,
    model_version_id: uuid.UUID | None,
) -> Capture:
    """Take one frame into the project as a picture with a task. The same frame twice is one picture."""
    now = timezone.now()
    block = int(now.timestamp()) // GROUP_BLOCK_S
    asset = media.asset_register(
        project=feed.project,
        content=jpeg,
        name=f"{feed.name} {now:%Y-%m-%d %H.%M.%S}.{now.microsecond // 1000:03d}.jpg",
        actor=None,
        camera=feed.camera,
        captured_at=now,
        group_key=f"feed:{feed.pk}:{block}",
        metadata={"feed": feed.name, "capture": str(reason)},
        burned=True,
    )
    with transaction.atomic():
        task = annotation.tasks_create(
            project=feed.project, asset_ids=[asset.pk], reason=SelectionReason.FEED, priority=CAPTURE_PRIORITY
        )[0]
        annotation.tasks_prioritise(
            project_id=feed.project_id,
            choices=[TaskChoice(task.pk, CAPTURE_PRIORITY, SelectionReason.FEED, score=score)],
        )
        capture = Capture.objects.create(
            feed=feed,
            asset_id=asset.pk,
            task_id=task.pk,
            reason=reason,
            score=score,
            source_time_s=source_time_s,
            model_version_id=model_version_id,
        )
        event_record(
            feed=feed,
            kind=FeedEventKind.CAPTURE,
            payload={"task_id": str(task.pk), "reason": str(reason), "score": score},
            source_time_s=source_time_s,
            model_version_id=model_version_id,
        )
    return capture


def captures_last_hour(feed: Feed) -> list[tuple[float, CaptureReason]]:
    """(age in seconds, reason) of the frames this feed sent back by itself within the hour."""
    rows = Capture.objects.filter(feed=feed, created_at__gt=Now() - timedelta(hours=1)).exclude(
        reason__in=BY_PEOPLE
    )
    now = timezone.now()
    found = rows.values_list("created_at", "reason")
    return [((now - at).total_seconds(), CaptureReason(reason)) for at, reason in found]


def missed_store(*, actor: User, feed: Feed, time_s: float | None) -> Capture:
    """Make a task of the picture that somebody was shown at `time_s`, for what the model missed in it.

    Pressing twice at one picture is one task. Raises NotFound where there is no picture any more.
    """
    still = still_at(feed.pk, time_s)
    if still is None or FeedSettings.parse(feed.settings).process_only:
        raise NotFound("This feed has shown no picture lately.")
    at_s, jpeg = still
    done = Capture.objects.filter(feed=feed, reason=CaptureReason.MISSED, source_time_s=at_s)
    earlier = done.filter(created_at__gt=Now() - SAME_PRESS).first()
    if earlier is not None:
        return earlier
    capture = capture_store(
        feed=feed,
        jpeg=jpeg,
        reason=CaptureReason.MISSED,
        score=None,
        source_time_s=at_s,
        model_version_id=None,
    )
    audit.record(
        actor=actor,
        organisation_id=feed.project.organisation_id,
        action="feed.missed",
        object_type="feed",
        object_id=feed.pk,
        after={"capture_id": str(capture.pk), "time_s": at_s},
    )
    return capture
