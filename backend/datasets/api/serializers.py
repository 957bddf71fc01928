"""Shapes of datasets' requests and answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.annotation.api.fields import VideoPartSerializer
from backend.annotation.enums import RegionSource, SelectionReason, Shape, TaskState
from backend.datasets.enums import DatasetState, Split
from backend.datasets.models import DatasetItem, DatasetVersion, Slice
from backend.media.enums import AssetKind, AssetState
from backend.media.selectors import asset_urls


class PlaceRefSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class AssetPartSerializer(serializers.Serializer[Any]):
    """One of the tasks of a long video."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=TaskState.choices)
    part = VideoPartSerializer()
    assigned_to_id = serializers.UUIDField(allow_null=True)
    assigned_to_name = serializers.CharField(allow_blank=True)


class AssetTaskSerializer(serializers.Serializer[Any]):
    """The asset's task in this project. A blind task tells no score.

    Of a video in parts: the part that is furthest behind, with the sums over all of them.
    """

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=TaskState.choices)
    selection_reason = serializers.ChoiceField(choices=SelectionReason.choices, allow_blank=True)
    selection_why = serializers.CharField(allow_blank=True)
    region_count = serializers.IntegerField()
    label_ids = serializers.ListField(child=serializers.CharField())
    max_suggestion_score = serializers.FloatField(allow_null=True)
    open_suggestion_count = serializers.IntegerField()
    blind = serializers.BooleanField()
    assigned_to_id = serializers.UUIDField(allow_null=True)
    assigned_to_name = serializers.CharField(allow_blank=True)
    parts = AssetPartSerializer(many=True, help_text="Empty where one task is of the whole.")


class GridQualitySerializer(serializers.Serializer[Any]):
    sharpness = serializers.FloatField(required=False)
    brightness = serializers.FloatField(required=False)
    blurred = serializers.BooleanField(required=False)
    dark = serializers.BooleanField(required=False)


class AssetRowSerializer(serializers.Serializer[Any]):
    """One row of the data grid. Width and height are of the upright picture in pixels."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=AssetKind.choices)
    state = serializers.ChoiceField(choices=AssetState.choices)
    refused_reason = serializers.CharField(allow_blank=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    duration_s = serializers.FloatField(allow_null=True)
    frame_count = serializers.IntegerField(allow_null=True)
    group_key = serializers.CharField(allow_blank=True)
    camera = PlaceRefSerializer(allow_null=True)
    site = PlaceRefSerializer(allow_null=True)
    captured_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    metadata = serializers.DictField()
    quality = GridQualitySerializer()
    thumbnail_url = serializers.CharField(allow_null=True)
    image_url = serializers.CharField(allow_null=True)
    original_url = serializers.CharField(allow_null=True)
    near_copies = serializers.IntegerField()
    near_copy_of = serializers.UUIDField(allow_null=True)
    excluded_at = serializers.DateTimeField(allow_null=True)
    excluded_reason = serializers.CharField(allow_blank=True)
    task = AssetTaskSerializer(allow_null=True)


class AssetPageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = AssetRowSerializer(many=True)


class RegionAssetSerializer(serializers.Serializer[Any]):
    """What is needed to show the object as a crop of its picture."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    thumbnail_url = serializers.SerializerMethodField()
    image_url = serializers.SerializerMethodField()

    def get_thumbnail_url(self, asset: Any) -> str | None:
        return asset_urls(asset)["thumbnail_url"]

    def get_image_url(self, asset: Any) -> str | None:
        return asset_urls(asset)["image_url"]


class RegionRowSerializer(serializers.Serializer[Any]):
    """One object of an asset's current labels; `box` is xyxy in pixels of the upright picture."""

    id = serializers.IntegerField()
    task_id = serializers.UUIDField()
    label_id = serializers.UUIDField()
    shape = serializers.ChoiceField(choices=Shape.choices)
    source = serializers.ChoiceField(choices=RegionSource.choices)
    score = serializers.FloatField(allow_null=True)
    box = serializers.SerializerMethodField()
    asset = RegionAssetSerializer(source="task.asset")

    def get_box(self, row: Any) -> list[float]:
        return [row.x1, row.y1, row.x2, row.y2]


class FacetValueSerializer(serializers.Serializer[Any]):
    value = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()


class MetadataFacetSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    values = FacetValueSerializer(many=True)


class FacetsSerializer(serializers.Serializer[Any]):
    """Counts over the newest few thousand rows; `capped` says that there are more."""

    states = serializers.DictField(child=serializers.IntegerField())
    reasons = serializers.DictField(child=serializers.IntegerField())
    labels = serializers.DictField(child=serializers.IntegerField())
    kinds = serializers.DictField(child=serializers.IntegerField())
    cameras = FacetValueSerializer(many=True)
    sites = FacetValueSerializer(many=True)
    metadata = MetadataFacetSerializer(many=True)
    excluded = serializers.IntegerField()
    near_copies = serializers.IntegerField()
    capped = serializers.BooleanField()


class SliceCreateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    filters = serializers.DictField(required=False)


class SliceRenameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)


class SliceSerializer(serializers.ModelSerializer[Slice]):
    filters = serializers.DictField(read_only=True)
    created_by_name = serializers.SerializerMethodField()

    class Meta:
        model = Slice
        fields = ["id", "name", "filters", "created_by_name", "created_at"]

    def get_created_by_name(self, found: Slice) -> str:
        return found.created_by.get_full_name() if found.created_by is not None else ""


class DatasetCreateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    notes = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    filters = serializers.DictField(required=False)
    slice_id = serializers.UUIDField(required=False)


class LabelCountSerializer(serializers.Serializer[Any]):
    items = serializers.IntegerField()
    regions = serializers.IntegerField()


class SplitCountsSerializer(serializers.Serializer[Any]):
    items = serializers.IntegerField()
    regions = serializers.IntegerField()
    blind = serializers.IntegerField()
    empty = serializers.IntegerField()
    videos = serializers.IntegerField()
    groups = serializers.IntegerField()
    labels = serializers.DictField(child=LabelCountSerializer())


class DatasetCountsSerializer(serializers.Serializer[Any]):
    """Empty ({}) until the version is frozen."""

    items = serializers.IntegerField(required=False)
    regions = serializers.IntegerField(required=False)
    blind = serializers.IntegerField(required=False)
    empty = serializers.IntegerField(required=False)
    videos = serializers.IntegerField(required=False)
    groups = serializers.IntegerField(required=False)
    splits = serializers.DictField(child=SplitCountsSerializer(), required=False)


class DatasetLabelSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    color = serializers.CharField()


class DatasetSerializer(serializers.ModelSerializer[DatasetVersion]):
    state = serializers.ChoiceField(choices=DatasetState.choices, read_only=True)
    counts = DatasetCountsSerializer(read_only=True)
    filters = serializers.DictField(read_only=True)
    labels = DatasetLabelSerializer(source="ontology_version.labels", many=True, read_only=True)
    created_by_name = serializers.SerializerMethodField()

    class Meta:
        model = DatasetVersion
        fields = [
            "id",
            "project_id",
            "number",
            "name",
            "notes",
            "filters",
            "state",
            "error",
            "content_hash",
            "counts",
            "labels",
            "created_by_name",
            "created_at",
            "frozen_at",
        ]

    def get_created_by_name(self, version: DatasetVersion) -> str:
        return version.created_by.get_full_name() if version.created_by is not None else ""


class DatasetItemSerializer(serializers.ModelSerializer[DatasetItem]):
    """`gone` marks a tombstone: the picture was deleted after the version was frozen."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.SerializerMethodField()
    split = serializers.ChoiceField(choices=Split.choices, read_only=True)
    gone = serializers.SerializerMethodField()
    thumbnail_url = serializers.SerializerMethodField()

    class Meta:
        model = DatasetItem
        fields = [
            "id",
            "asset_id",
            "name",
            "revision_id",
            "asset_sha256",
            "labels_hash",
            "group_key",
            "split",
            "blind",
            "gone",
            "thumbnail_url",
        ]

    def get_name(self, item: DatasetItem) -> str:
        return item.asset.name if item.asset is not None and not self.get_gone(item) else ""

    def get_gone(self, item: DatasetItem) -> bool:
        return item.asset is None or item.asset.deleted_at is not None

    def get_thumbnail_url(self, item: DatasetItem) -> str | None:
        return None if self.get_gone(item) else f"/api/v1/assets/{item.asset_id}/thumbnail"


class DiffItemSerializer(serializers.Serializer[Any]):
    asset_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    split = serializers.ChoiceField(choices=Split.choices)
    revision_id = serializers.UUIDField(allow_null=True)
    labels_changed = serializers.BooleanField(required=False)
    split_before = serializers.CharField(required=False)


class DiffCountsSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class DatasetDiffSerializer(serializers.Serializer[Any]):
    """From the first version to the second; lists are cut at 500, counts are exact."""

    added = DiffItemSerializer(many=True)
    removed = DiffItemSerializer(many=True)
    changed = DiffItemSerializer(many=True)
    counts = DiffCountsSerializer()
