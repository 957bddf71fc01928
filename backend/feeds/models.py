"""Live sources, what happened on them, and the frames that went back to be labelled."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.models import Entity
from backend.feeds.enums import (
    CaptureReason,
    CountPart,
    FeedEventKind,
    FeedState,
    MarkingKind,
    MarkingSpace,
    NoteKind,
    Severity,
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
    # As anybody may read it: of an address, without names and passwords.
    source = models.CharField(max_length=500, blank=True)
    # The whole address with its secrets, sealed (`core.sealing`); empty where `source` says it all.
    sealed_address = models.TextField(blank=True)
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


class WatchSpan(models.Model):
    """A time without a pause in which one lease's worker saw frames of a feed.

    `flush` is the number of the last writing that was added to the bins: the same one comes twice when its answer was
    lost, and is added once. `present` are the objects in view at the end, by label: they are not new to whoever goes on.
    """

    id = models.BigAutoField(primary_key=True)
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="watch_spans")
    owner = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    flush = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    present = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "owner", "number"], name="watch_span_once")]
        indexes = [models.Index(fields=["feed", "-ended_at"], name="watch_span_end")]

    def __str__(self) -> str:
        return f"{self.started_at} to {self.ended_at}"


class CountBin(models.Model):
    """What was counted in one bin that begins `at` (UTC); see `backend.feeds.domain.counting.Numbers`.

    A bin nobody watched has no row. `part_id` and `label_id` are nil for the whole picture and for every label.
    """

    pk = models.CompositePrimaryKey("feed_id", "part", "part_id", "label_id", "at")
    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+", db_index=False)
    part = models.CharField(max_length=4, choices=CountPart.choices)
    part_id = models.UUIDField()
    label_id = models.UUIDField()
    at = models.DateTimeField()
    exposure_s = models.FloatField(default=0.0)
    tracks = models.PositiveIntegerField(default=0)
    presence_s = models.FloatField(default=0.0)
    peak = models.PositiveIntegerField(default=0)
    stays = models.PositiveIntegerField(default=0)
    dwell_s = models.FloatField(default=0.0)
    forward = models.PositiveIntegerField(default=0)
    backward = models.PositiveIntegerField(default=0)
    incidents = models.PositiveIntegerField(default=0)
    near_misses = models.PositiveIntegerField(default=0)
    speed_m = models.FloatField(default=0.0)
    speed_s = models.FloatField(default=0.0)
    speed_peak_m_s = models.FloatField(default=0.0)

    class Meta:
        abstract = True


class CountQuarter(CountBin):
    """A quarter of an hour."""

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} of {self.feed_id}: {self.tracks}"


class CountHour(CountBin):
    """A clock hour of UTC: the sum of its quarters, kept longer and read faster."""

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H} of {self.feed_id}: {self.tracks}"


class CountDay(CountBin):
    """A day of the feed's site as its clock was when it was counted: a year of many cameras in one look."""

    def __str__(self) -> str:
        return f"day from {self.at:%Y-%m-%d %H:%M} of {self.feed_id}: {self.tracks}"


class CalibrationStill(Entity):
    """A camera's picture that floor points are placed on; kept with the versions made on it.

    `storage_key` is empty once the camera's retention deleted the picture: points and sizes stay.
    """

    camera = models.ForeignKey("sites.Camera", on_delete=models.CASCADE, related_name="calibration_stills")
    feed = models.ForeignKey(Feed, null=True, on_delete=models.SET_NULL, related_name="+")
    storage_key = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"still of {self.camera_id}"


class CalibrationVersion(Entity):
    """What a camera's pixels mean in floor metres, from `valid_from` until `valid_to` (null: until further notice).

    `given`: what a person placed (see `backend.feeds.domain.calibrating.FloorDraft`); `solved`: `Calibration.to_json`
    of `ml.geometry.calibration`. `reference` is the still the camera is compared with to see whether it moved.
    """

    camera = models.ForeignKey("sites.Camera", on_delete=models.CASCADE, related_name="calibrations")
    number = models.PositiveIntegerField()
    still = models.ForeignKey(CalibrationStill, on_delete=models.RESTRICT, related_name="versions")
    reference = models.ForeignKey(CalibrationStill, on_delete=models.RESTRICT, related_name="+")
    given = models.JSONField()
    solved = models.JSONField()
    k1 = models.FloatField()
    reprojection_cm = models.FloatField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Since when the camera seems to look elsewhere; no metre is shown until a person has looked.
    doubted_at = models.DateTimeField(null=True)
    doubt_shift_px = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["camera", "number"], name="calibration_number_once"),
            models.UniqueConstraint(
                fields=["camera"], condition=models.Q(valid_to=None), name="calibration_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"calibration {self.number} of {self.camera_id}"


class Rule(Entity):
    """What must not happen on a feed. `condition`: see `domain.rules.condition_record`, labels by id; `schedule`: windows
    `{days, start, end}` on the site's clock, none for always.

    `clear_s`: so long over before an incident closes. `escalate_after_s`: unacknowledged for so long, it is escalated.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="rules")
    name = models.CharField(max_length=120)
    enabled = models.BooleanField(default=True)
    severity = models.CharField(max_length=8, choices=Severity.choices, default=Severity.MEDIUM)
    condition = models.JSONField()
    schedule = models.JSONField(default=list)
    clear_s = models.FloatField(default=3.0)
    cooldown_s = models.FloatField(default=30.0)
    escalate_after_s = models.PositiveIntegerField(null=True)
    muted_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "name"], name="rule_name_once")]

    def __str__(self) -> str:
        return self.name


class Incident(Entity):
    """A rule broken on a feed, from its opening to its end; times are wall time.

    `asked`: the rule as it stood then. `involved`: `{track_id, label, box}`, the number of the worker's run that day and
    the place in 0..1 of the snapshot where it was in it. `peak`: the worst seen, figures with half their 95 % band.
    """

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="incidents")
    rule = models.ForeignKey(Rule, null=True, on_delete=models.SET_NULL, related_name="incidents")
    name = models.CharField(max_length=120)
    severity = models.CharField(max_length=8, choices=Severity.choices)
    asked = models.JSONField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    involved = models.JSONField(default=list)
    peak = models.JSONField(default=dict)
    model_version_id = models.UUIDField(null=True)
    calibration_id = models.UUIDField(null=True)
    source_time_s = models.FloatField(null=True)
    snapshot_key = models.CharField(max_length=200, blank=True)
    clip_key = models.CharField(max_length=200, blank=True)
    muted = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    escalated_at = models.DateTimeField(null=True)
    wrong_at = models.DateTimeField(null=True)
    task_id = models.UUIDField(null=True)
    # Since when its evidence is kept against the camera's retention.
    held_at = models.DateTimeField(null=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    evidence_erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # What a second worker would open is the one that is open.
            models.UniqueConstraint(
                fields=["rule"], condition=models.Q(closed_at=None), name="incident_open_once_per_rule"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | models.Q(closed_at__gte=models.F("opened_at")),
                name="incident_ends_after_it_began",
            ),
        ]
        indexes = [
            models.Index(fields=["feed", "-id"], name="incident_feed"),
            models.Index(fields=["closed_at"], condition=models.Q(closed_at=None), name="incident_open"),
        ]

    def __str__(self) -> str:
        return f"{self.name} on {self.feed_id}"


class IncidentNote(Entity):
    """A line of an incident's history: by a person, or by the system where there is no author."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=12, choices=NoteKind.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.incident_id}"
