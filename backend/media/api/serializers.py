"""Shapes of media's requests and answers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.core.api.serializers import TilesSerializer
from backend.media.enums import AssetKind, AssetState, ErasedKind, UploadState
from backend.media.models import Asset, Upload
from backend.media.selectors import asset_urls, tiles_shown
from backend.media.uploads import PURPOSES

EXCLUDE_MAX = 5_000


class ShownAssetSerializer(serializers.Serializer[Any]):
    """A picture, and where to fetch it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    width = serializers.IntegerField(help_text="Pixels of the upright picture.")
    height = serializers.IntegerField()
    image_url = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()
    tiles = serializers.SerializerMethodField()

    def get_image_url(self, asset: Any) -> str:
        return f"/api/v1/assets/{asset.pk}/image"

    def get_thumbnail_url(self, asset: Any) -> str:
        return f"/api/v1/assets/{asset.pk}/thumbnail"

    @extend_schema_field(TilesSerializer(allow_null=True))
    def get_tiles(self, asset: Any) -> dict[str, object] | None:
        """How to draw a large picture, of which `image_url` is a smaller copy; null: draw that."""
        return tiles_shown(asset)


class UploadOptionsSerializer(serializers.Serializer[Any]):
    camera_id = serializers.UUIDField(required=False)
    group_by = serializers.ChoiceField(choices=["name", "folder", "time"], required=False)
    captured_at = serializers.DateTimeField(required=False)
    purpose = serializers.ChoiceField(choices=PURPOSES, required=False)


class UploadCreateSerializer(serializers.Serializer[Any]):
    filename = serializers.CharField(max_length=1000)
    size_bytes = serializers.IntegerField(min_value=1)
    options = UploadOptionsSerializer(required=False)


class RefusedFileSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    reason = serializers.CharField()


class UploadReportSerializer(serializers.Serializer[Any]):
    """What became of the files; empty until the first was looked at."""

    added = serializers.IntegerField(default=0)
    duplicates = serializers.IntegerField(default=0)
    skipped = serializers.IntegerField(default=0)
    refused_count = serializers.IntegerField(default=0)
    refused = RefusedFileSerializer(many=True, default=list)


class UploadSerializer(serializers.ModelSerializer[Upload]):
    state = serializers.ChoiceField(choices=UploadState.choices, read_only=True)
    report = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = [
            "id",
            "project_id",
            "filename",
            "size_bytes",
            "received_bytes",
            "state",
            "error",
            "report",
            "created_at",
        ]

    def get_report(self, upload: Upload) -> UploadReportSerializer:
        return UploadReportSerializer(upload.report).data  # type: ignore[return-value]


class PlaceSerializer(serializers.Serializer[Any]):
    """A camera or a site, by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class QualitySerializer(serializers.Serializer[Any]):
    sharpness = serializers.FloatField(required=False)
    brightness = serializers.FloatField(required=False)
    blurred = serializers.BooleanField(required=False)
    dark = serializers.BooleanField(required=False)


class AssetSerializer(serializers.ModelSerializer[Asset]):
    """One picture or video. Width and height are of the upright picture in pixels."""

    kind = serializers.ChoiceField(choices=AssetKind.choices, read_only=True)
    state = serializers.ChoiceField(choices=AssetState.choices, read_only=True)
    camera = PlaceSerializer(allow_null=True, read_only=True)
    site = PlaceSerializer(allow_null=True, read_only=True)
    quality = QualitySerializer(read_only=True)
    metadata = serializers.DictField(read_only=True)
    thumbnail_url = serializers.SerializerMethodField()
    image_url = serializers.SerializerMethodField()
    original_url = serializers.SerializerMethodField()
    tiles = serializers.SerializerMethodField()

    class Meta:
        model = Asset
        fields = [
            "id",
            "name",
            "kind",
            "state",
            "refused_reason",
            "width",
            "height",
            "duration_s",
            "frame_count",
            "group_key",
            "camera",
            "site",
            "captured_at",
            "created_at",
            "metadata",
            "quality",
            "thumbnail_url",
            "image_url",
            "original_url",
            "tiles",
        ]

    def get_thumbnail_url(self, asset: Asset) -> str | None:
        return asset_urls(asset)["thumbnail_url"]

    def get_image_url(self, asset: Asset) -> str | None:
        """The whole upright picture; of a video, its first frame."""
        return asset_urls(asset)["image_url"]

    def get_original_url(self, asset: Asset) -> str | None:
        return asset_urls(asset)["original_url"]

    @extend_schema_field(TilesSerializer(allow_null=True))
    def get_tiles(self, asset: Asset) -> dict[str, object] | None:
        return tiles_shown(asset)


class AssetDetailSerializer(AssetSerializer):
    """With the projects that use it (those are all its viewer's organisation's)."""

    size_bytes = serializers.IntegerField(source="blob.size_bytes", default=None, allow_null=True)
    media_type = serializers.CharField(source="blob.media_type", default="")
    sha256 = serializers.CharField(source="blob.sha256", default="")

    class Meta(AssetSerializer.Meta):
        fields = [*AssetSerializer.Meta.fields, "size_bytes", "media_type", "sha256"]


class FilmstripSerializer(serializers.Serializer[Any]):
    """Small pictures of a video, row by row in one file; `frames` are the indices of theirs, rising."""

    url = serializers.CharField()
    frames = serializers.ListField(child=serializers.IntegerField())
    columns = serializers.IntegerField()
    tile_width = serializers.IntegerField(help_text="Pixels.")
    tile_height = serializers.IntegerField()


class FrameTimesSerializer(serializers.Serializer[Any]):
    """Seconds since the first frame, one per frame index, rising; they are not evenly spaced in every video."""

    times_s = serializers.ListField(child=serializers.FloatField())
    frame_count = serializers.IntegerField()
    duration_s = serializers.FloatField(allow_null=True)
    strip = FilmstripSerializer(allow_null=True, help_text="Null for videos that came before there was one.")


class AssetIdsSerializer(serializers.Serializer[Any]):
    asset_ids = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=EXCLUDE_MAX
    )


class AssetsExcludeSerializer(AssetIdsSerializer):
    reason = serializers.CharField(max_length=200)


class ChangedSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField()


class NearCopySerializer(serializers.Serializer[Any]):
    asset = AssetSerializer()
    distance_bits = serializers.IntegerField()
    excluded_at = serializers.DateTimeField(allow_null=True)


class NearCopiesSerializer(serializers.Serializer[Any]):
    results = NearCopySerializer(many=True)


class ErasureSerializer(serializers.Serializer[Any]):
    """Proof of a deletion: what (name, content hash, size), when, and by whose rule."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ErasedKind.choices)
    asset_id = serializers.UUIDField(help_text="Of the incident or still where `kind` says so.")
    asset_name = serializers.CharField()
    content_sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField()
    taken_at = serializers.DateTimeField()
    erased_at = serializers.DateTimeField(source="created_at")
    files_gone_at = serializers.DateTimeField(allow_null=True)
    rule_days = serializers.IntegerField()
    rule_set_by = serializers.CharField(allow_blank=True)
    rule_set_at = serializers.DateTimeField(allow_null=True)
