"""Live sources, what happened on them, and the frames that went back to be labelled."""

from __future__ import annotations

from django.db import models

from backend.core.models import Entity
from backend.feeds.enums import (
    CaptureReason,
    FeedEventKind,
    FeedState,
    MarkingKind,
    MarkingSpace,
    SourceKind,
)


class Feed(Entity):
    """A camera's live source, leased by one worker at a time.

    `settings` keys: see `backend.feeds.contracts.FeedSettings`. `stats` is the worker's last report.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="feeds")
    camera = models.ForeignKey(
        "sites.Camera", null=True, blank=True, on_delete=models.SET_NULL, related_name="feeds"
    )
    name = models.CharField(max_length=120)
    source_kind = models.CharField(max_length=8, choices=SourceKind.choices)
    source = models.CharField(max_length=500, blank=True)
    asset = models.ForeignKey(
        "media.Asset", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    enabled = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=FeedState.choices, default=FeedState.STARTING)
    state_detail = models.CharField(max_length=300, blank=True)
    settings = models.JSONField(default=dict)
    # Rises with every change a person makes, not with a worker's reports; If-Match carries it.
    version = models.PositiveIntegerField(default=1)
    stats = models.JSONField(default=dict)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    last_frame_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="feed_name_once")]

    def __str__(self) -> str:
        return self.name


class FeedEvent(Entity):
    """Something that happened on a feed. `at` is wall time; `source_time_s` the source's own clock."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=FeedEventKind.choices)
    at = models.DateTimeField()
    source_time_s = models.FloatField(null=True)
    model_version_id = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["feed", "-id"], name="feed_event")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.feed_id}"


class Capture(Entity):
    """A frame a feed sent back, why, and the asset it became."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="captures")
    asset = models.ForeignKey("media.Asset", null=True, on_delete=models.SET_NULL, related_name="+")
    task_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=16, choices=CaptureReason.choices)
    score = models.FloatField(null=True)
    source_time_s = models.FloatField(null=True)
    model_version_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["feed", "-created_at"], name="capture_quota")]

    def __str__(self) -> str:
        return f"{self.reason} from {self.feed_id}"


class Marking(Entity):
    """A zone (polygon) or a directed line (two ends) drawn on a feed; `points` are [[x, y], ...] in its space.

    A line's direction `forward` is from the left to the right of whoever goes from its first to its second end.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="markings")
    kind = models.CharField(max_length=8, choices=MarkingKind.choices)
    name = models.CharField(max_length=80)
    space = models.CharField(max_length=8, choices=MarkingSpace.choices, default=MarkingSpace.PICTURE)
    points = models.JSONField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "name"], name="marking_name_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"
