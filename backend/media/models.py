"""Pictures and videos: content, assets, frames, uploads, and which project uses them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from backend.core.models import Entity
from backend.media.enums import AssetKind, AssetState, ErasedKind, UploadState


class Blob(Entity):
    """Stored bytes, once per organisation and content hash (SHA-256 of the file as received)."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=60)
    storage_key = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "sha256"], name="blob_once")]

    def __str__(self) -> str:
        return self.sha256


class Asset(Entity):
    """One image or one video. Width and height are of the upright picture, in pixels."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE)
    blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="assets")
    kind = models.CharField(max_length=8, choices=AssetKind.choices)
    state = models.CharField(max_length=12, choices=AssetState.choices, default=AssetState.PENDING)
    refused_reason = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=300)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    duration_s = models.FloatField(null=True)
    frame_count = models.PositiveIntegerField(null=True)
    # Presentation times of a video's frames in seconds; frames are addressed by index into this list.
    frame_times_s = models.JSONField(null=True)
    # How to reach a frame in the file: `{"demuxer", "first_pts", "tick": [numerator, denominator], "strip"}`; the strip
    # of small pictures, None for those that came before there was one:
    # `{"key", "frames", "columns", "tile_width", "tile_height"}`.
    clip = models.JSONField(null=True)
    site = models.ForeignKey("sites.Site", null=True, blank=True, on_delete=models.SET_NULL)
    camera = models.ForeignKey("sites.Camera", null=True, blank=True, on_delete=models.SET_NULL)
    captured_at = models.DateTimeField(null=True)
    # Near-copies share a group: source photo, clip, or camera and time block. Splits follow it.
    group_key = models.CharField(max_length=200)
    metadata = models.JSONField(default=dict)
    quality = models.JSONField(default=dict)
    perceptual_hash = models.BigIntegerField(null=True)
    # The hash cut into bands (`domain.phash.bands`): near-copies share at least one.
    hash_bands = ArrayField(models.IntegerField(), default=list)
    display_key = models.CharField(max_length=200, blank=True)
    thumbnail_key = models.CharField(max_length=200, blank=True)
    # Of a large picture: `{"tile_px", "ending", "levels": [[width, height]], "prefix", "overview_key"}`.
    tiles = models.JSONField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # Without a pending list: every arrival looks its near-copies up at once.
            GinIndex(fields=["hash_bands"], name="asset_hash_bands", fastupdate=False),
            models.Index(fields=["camera", "captured_at"], name="asset_camera_time"),
            GinIndex(fields=["metadata"], name="asset_metadata", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class Erasure(Entity):
    """Proof that a picture was deleted by its camera's rule. Never changed but to say that its files are gone.

    Its row stays when picture, camera and person are gone: names are written out. The audit chain seals it.
    `asset_id` and `asset_name` are those of the incident or still where `kind` says so.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="+")
    camera_id = models.UUIDField()
    camera_name = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, choices=ErasedKind.choices, default=ErasedKind.ASSET)
    asset_id = models.UUIDField()
    asset_name = models.CharField(max_length=300)
    content_sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    taken_at = models.DateTimeField()
    rule_days = models.PositiveIntegerField()
    rule_set_by = models.CharField(max_length=200)
    rule_set_at = models.DateTimeField(null=True)
    # Keys to remove; empty where the same content is also another picture's, which the rule does not reach.
    files = models.JSONField(default=list)
    files_gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset_id", "kind"], name="erased_once_of_its_kind")]
        indexes = [
            models.Index(fields=["camera_id", "-id"], name="erasure_of_camera"),
            models.Index(fields=["id"], name="erasure_files", condition=models.Q(files_gone_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.asset_name} of {self.camera_name}"


class ProjectAsset(Entity):
    """An asset's place in a project; the same content is in a project once."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="project_assets")
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="project_assets")
    excluded_at = models.DateTimeField(null=True)
    excluded_reason = models.CharField(max_length=200, blank=True)
    # The first picture of the project that this one nearly repeats; a copy of a copy names the first too.
    near_copy_of = models.ForeignKey(Asset, null=True, on_delete=models.SET_NULL, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "asset"], name="project_asset_once")]
        indexes = [
            models.Index(fields=["project", "-id"], name="project_asset_newest"),
            models.Index(
                fields=["project", "near_copy_of"],
                name="project_asset_near",
                condition=models.Q(near_copy_of__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} in {self.project_id}"


class Upload(Entity):
    """A resumable upload: bytes arrive in order; `received_bytes` is where the browser goes on."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="uploads")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    filename = models.CharField(max_length=300)
    size_bytes = models.BigIntegerField()
    received_bytes = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=UploadState.choices, default=UploadState.OPEN)
    error = models.CharField(max_length=300, blank=True)
    options = models.JSONField(default=dict)
    report = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(received_bytes__lte=models.F("size_bytes")),
                name="upload_not_past_its_size",
            )
        ]

    def __str__(self) -> str:
        return self.filename
