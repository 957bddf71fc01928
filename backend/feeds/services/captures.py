"""Frames that come back: stored as pictures, made into tasks at the head of the queue."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from backend.annotation import services as annotation
from backend.annotation.contracts import TaskChoice
from backend.annotation.enums import SelectionReason
from backend.feeds.enums import CaptureReason, FeedEventKind
from backend.feeds.models import Capture, Feed
from backend.feeds.services.leases import event_record
from backend.media import services as media

# Above any batch of selection: what a camera was unsure of is worth most while it is fresh.
CAPTURE_PRIORITY = 100_000.0
# Frames of one camera within this time are near-copies and must not straddle a split.
GROUP_BLOCK_S = 600


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


def captures_last_hour(feed: Feed) -> list[float]:
    """Ages in seconds of the frames this feed sent back within the hour."""
    rows = Capture.objects.filter(feed=feed, created_at__gt=Now() - timedelta(hours=1)).values_list(
        "created_at", flat=True
    )
    now = timezone.now()
    return [(now - at).total_seconds() for at in rows]
