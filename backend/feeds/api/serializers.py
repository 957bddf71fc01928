"""What feeds send and take."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from backend.feeds import selectors
from backend.feeds.domain.floor_message import FloorView
from backend.feeds.enums import CaptureReason, FeedEventKind, FeedState, SourceKind
from backend.feeds.models import Feed


class FeedSettingsSerializer(serializers.Serializer[Any]):
    """Settings to change; a key that is none is refused rather than dropped."""

    target_fps = serializers.FloatField(required=False)
    show_score = serializers.FloatField(required=False)
    capture_low = serializers.FloatField(required=False)
    capture_high = serializers.FloatField(required=False)
    capture_per_hour = serializers.IntegerField(required=False)
    capture_random_per_hour = serializers.IntegerField(required=False)
    capture_unsure_per_hour = serializers.IntegerField(required=False)
    capture_rare_per_hour = serializers.IntegerField(required=False)
    capture_disagreement_per_hour = serializers.IntegerField(required=False)
    capture_motion_per_hour = serializers.IntegerField(required=False)
    capture_gap_s = serializers.FloatField(required=False)
    loop = serializers.BooleanField(required=False)
    realtime = serializers.BooleanField(required=False)
    process_only = serializers.BooleanField(required=False)
    floor_label = serializers.CharField(required=False, max_length=120)
    limit_m = serializers.FloatField(required=False)
    show_circles = serializers.BooleanField(required=False)
    show_distances = serializers.BooleanField(required=False)
    show_speeds = serializers.BooleanField(required=False)
    motion_gate = serializers.BooleanField(required=False)

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(sorted(unknown), "Not a setting of a feed."))
        return super().to_internal_value(data)


class LatencySerializer(serializers.Serializer[Any]):
    p50 = serializers.FloatField()
    p95 = serializers.FloatField()


class FeedStatsSerializer(serializers.Serializer[Any]):
    frames = serializers.IntegerField(default=0)
    dropped = serializers.IntegerField(default=0)
    fps = serializers.FloatField(default=0.0)
    latency_ms = LatencySerializer(default={"p50": 0.0, "p95": 0.0})
    tracks = serializers.IntegerField(default=0)
    sent_back = serializers.IntegerField(default=0)
    seconds = serializers.FloatField(default=0.0)


class FeedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    name = serializers.CharField()
    source_kind = serializers.ChoiceField(choices=SourceKind.choices)
    source = serializers.CharField(allow_blank=True)
    has_secret = serializers.BooleanField(source="sealed_address")
    asset_id = serializers.UUIDField(allow_null=True)
    camera_id = serializers.UUIDField(allow_null=True)
    camera_name = serializers.CharField(source="camera.name", default="")
    enabled = serializers.BooleanField()
    state = serializers.ChoiceField(choices=FeedState.choices)
    state_detail = serializers.CharField(allow_blank=True)
    settings = FeedSettingsSerializer()
    version = serializers.IntegerField()
    stats = FeedStatsSerializer()
    last_frame_at = serializers.DateTimeField(allow_null=True)
    lease_expires_at = serializers.DateTimeField(allow_null=True)
    is_unwatched = serializers.SerializerMethodField()

    def get_is_unwatched(self, feed: Feed) -> bool:
        return selectors.is_unwatched(feed)


class FeedCreateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    source_kind = serializers.ChoiceField(choices=SourceKind.choices)
    source = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    asset_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    camera_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    settings = FeedSettingsSerializer(required=False)


class FeedUpdateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False)
    source = serializers.CharField(max_length=500, required=False)
    enabled = serializers.BooleanField(required=False)
    camera_id = serializers.UUIDField(required=False, allow_null=True)
    settings = FeedSettingsSerializer(required=False)


class SourceTestSerializer(serializers.Serializer[Any]):
    source_kind = serializers.ChoiceField(choices=[kind for kind in SourceKind if kind != SourceKind.ASSET])
    source = serializers.CharField(max_length=500)
    camera_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class SourceFoundSerializer(serializers.Serializer[Any]):
    """What a try at a source gave: a still (JPEG, base64), or why there is none."""

    ok = serializers.BooleanField()
    message = serializers.CharField(allow_blank=True)
    width = serializers.IntegerField(default=0)
    height = serializers.IntegerField(default=0)
    seconds = serializers.FloatField(default=0.0)
    jpeg = serializers.CharField(allow_blank=True, default="")


class FeedEventSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=FeedEventKind.choices)
    at = serializers.DateTimeField()
    source_time_s = serializers.FloatField(allow_null=True)
    model_version_id = serializers.UUIDField(allow_null=True)
    payload = serializers.DictField()


class FloorStatusSerializer(serializers.Serializer[Any]):
    """Counts of this moment. `near` and `closest_m` are null while no metre is told; `view` says why."""

    view = serializers.ChoiceField(choices=[view.value for view in FloorView])
    people = serializers.IntegerField()
    near = serializers.IntegerField(allow_null=True)
    closest_m = serializers.FloatField(allow_null=True)
    limit_m = serializers.FloatField()
    time_s = serializers.FloatField()


class CaptureSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    asset_id = serializers.UUIDField(allow_null=True)
    task_id = serializers.UUIDField(allow_null=True)
    reason = serializers.ChoiceField(choices=CaptureReason.choices)
    score = serializers.FloatField(allow_null=True)
    source_time_s = serializers.FloatField(allow_null=True)
    model_version_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class MissedSerializer(serializers.Serializer[Any]):
    """`time_s`: the source's time of the picture that was shown; the newest one without it."""

    time_s = serializers.FloatField(required=False, allow_null=True, default=None)


WINDOW = [
    OpenApiParameter("from", OpenApiTypes.DATETIME, description="From this time on."),
    OpenApiParameter("to", OpenApiTypes.DATETIME, description="Before this time."),
]


def window_of(request: Request) -> tuple[datetime | None, datetime | None]:
    """`from` and `to` of a list's address. Raises ValidationError for what is no time."""
    field = serializers.DateTimeField()
    found: list[datetime | None] = []
    for name in ("from", "to"):
        text = request.query_params.get(name)
        try:
            found.append(field.run_validation(text) if text else None)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({name: error.detail}) from error
    return found[0], found[1]


class StuckSerializer(serializers.Serializer[Any]):
    step = serializers.CharField()
    message = serializers.CharField()
    link = serializers.CharField()


class LoopModelSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    ap50 = serializers.FloatField(allow_null=True)


class LoopDatasetSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()


class OverviewSerializer(serializers.Serializer[Any]):
    assets = serializers.IntegerField()
    pending = serializers.IntegerField()
    refused = serializers.IntegerField()
    suggested = serializers.IntegerField()
    ready = serializers.IntegerField()
    labelled = serializers.IntegerField()
    in_review = serializers.IntegerField()
    approved = serializers.IntegerField()
    blind = serializers.IntegerField()
    dataset_version = LoopDatasetSerializer(allow_null=True)
    production_model = LoopModelSerializer(allow_null=True)
    candidate_model = LoopModelSerializer(allow_null=True)
    feeds = serializers.IntegerField()
    feeds_online = serializers.IntegerField()
    captures_24h = serializers.IntegerField()
    jobs_running = serializers.IntegerField()
    stuck = StuckSerializer(many=True)


class ProjectLoopSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_demo = serializers.BooleanField()
    my_role = serializers.CharField()
    overview = OverviewSerializer()


class HomeSerializer(serializers.Serializer[Any]):
    to_label = serializers.IntegerField()
    to_review = serializers.IntegerField()
    returned = serializers.IntegerField()
    projects = ProjectLoopSerializer(many=True)
