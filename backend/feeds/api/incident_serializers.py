"""What incidents, alert channels and deliveries send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.feeds.enums import NoteKind, Severity
from backend.notify.enums import ChannelKind, DeliveryState


class InvolvedSerializer(serializers.Serializer[Any]):
    track_id = serializers.IntegerField()
    label = serializers.CharField()
    box = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class PeakSerializer(serializers.Serializer[Any]):
    """Figures are [value, half the 95 % band]."""

    count = serializers.IntegerField()
    near_m = serializers.ListField(child=serializers.FloatField(), required=False)
    speed_m_s = serializers.ListField(child=serializers.FloatField(), required=False)
    dwell_s = serializers.FloatField(required=False)


class IncidentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    feed_id = serializers.UUIDField()
    feed_name = serializers.CharField(source="feed.name")
    camera_name = serializers.CharField(source="feed.camera.name", default="")
    site_name = serializers.CharField(source="feed.camera.site.name", default="")
    rule_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    opened_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    involved = InvolvedSerializer(many=True)
    peak = PeakSerializer()
    model_version_id = serializers.UUIDField(allow_null=True)
    calibration_id = serializers.UUIDField(allow_null=True)
    has_snapshot = serializers.SerializerMethodField()
    has_clip = serializers.SerializerMethodField()
    muted = serializers.BooleanField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by_name = serializers.CharField(source="acknowledged_by.name", default="")
    escalated_at = serializers.DateTimeField(allow_null=True)
    wrong_at = serializers.DateTimeField(allow_null=True)
    task_id = serializers.UUIDField(allow_null=True)
    held_at = serializers.DateTimeField(allow_null=True)
    held_by_name = serializers.CharField(source="held_by.name", default="")
    evidence_erased_at = serializers.DateTimeField(allow_null=True)

    def get_has_snapshot(self, incident: Any) -> bool:
        return bool(incident.snapshot_key)

    def get_has_clip(self, incident: Any) -> bool:
        return bool(incident.clip_key)


class NoteSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=NoteKind.choices)
    author_name = serializers.CharField(source="author.name", default="")
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class CommentSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=2_000)


class HoldSerializer(serializers.Serializer[Any]):
    held = serializers.BooleanField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ChannelSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ChannelKind.choices)
    name = serializers.CharField()
    target = serializers.CharField()
    enabled = serializers.BooleanField()
    least_rank = serializers.IntegerField()
    escalations_only = serializers.BooleanField()
    version = serializers.IntegerField()


class ChannelWriteSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ChannelKind.choices)
    name = serializers.CharField(max_length=80)
    target = serializers.CharField(max_length=500)
    enabled = serializers.BooleanField(required=False)
    least_rank = serializers.IntegerField(min_value=0, max_value=2, required=False)
    escalations_only = serializers.BooleanField(required=False)


class ChannelSecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField()


class DeliverySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    event = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=DeliveryState.choices)
    attempts = serializers.IntegerField()
    problem = serializers.CharField()
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
