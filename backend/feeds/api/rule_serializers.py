"""What rules and their trials send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.feeds.domain.rules import LABELS_MAX, WINDOWS_MAX, ZONES_MAX, CountIs, Direction
from backend.feeds.enums import Severity
from ml.scene.gear import Gear, Worn


class GearWantedSerializer(serializers.Serializer[Any]):
    item = serializers.ChoiceField(choices=[str(item) for item in Gear])
    state = serializers.ChoiceField(choices=[str(Worn.WORN), str(Worn.MISSING)])
    label = serializers.UUIDField(help_text="The label that shows the item worn.")


def _ids(most: int) -> serializers.ListField:
    return serializers.ListField(child=serializers.UUIDField(), max_length=most, required=False)


class ConditionSerializer(serializers.Serializer[Any]):
    labels = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=LABELS_MAX)
    zones = _ids(ZONES_MAX)
    line = serializers.UUIDField(required=False, allow_null=True)
    direction = serializers.ChoiceField(choices=[str(d) for d in Direction], required=False)
    near_m = serializers.FloatField(required=False, allow_null=True)
    near_labels = _ids(LABELS_MAX)
    speed_m_s = serializers.FloatField(required=False, allow_null=True)
    dwell_s = serializers.FloatField(required=False, allow_null=True)
    gear = GearWantedSerializer(many=True, required=False, max_length=4)
    count_is = serializers.ChoiceField(choices=[str(c) for c in CountIs], required=False)
    count = serializers.IntegerField(required=False)
    lasts_s = serializers.FloatField(required=False)


class WindowSerializer(serializers.Serializer[Any]):
    days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), min_length=1, max_length=7
    )
    start = serializers.RegexField(r"^([01]\d|2[0-3]):[0-5]\d$")
    end = serializers.RegexField(r"^([01]\d|2[0-3]):[0-5]\d$")


class RuleSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    feed_id = serializers.UUIDField()
    feed_name = serializers.CharField(source="feed.name")
    name = serializers.CharField()
    enabled = serializers.BooleanField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    condition = ConditionSerializer()
    schedule = WindowSerializer(many=True)
    clear_s = serializers.FloatField()
    cooldown_s = serializers.FloatField()
    escalate_after_s = serializers.IntegerField(allow_null=True)
    muted_until = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class RuleWriteSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    enabled = serializers.BooleanField(required=False)
    severity = serializers.ChoiceField(choices=Severity.choices, required=False)
    condition = ConditionSerializer()
    schedule = WindowSerializer(many=True, required=False, max_length=WINDOWS_MAX)
    clear_s = serializers.FloatField(min_value=0.0, max_value=3600.0, required=False)
    cooldown_s = serializers.FloatField(min_value=0.0, max_value=86_400.0, required=False)
    escalate_after_s = serializers.IntegerField(
        min_value=10, max_value=86_400, required=False, allow_null=True
    )


class TrialSerializer(serializers.Serializer[Any]):
    condition = ConditionSerializer()
    clear_s = serializers.FloatField(min_value=0.0, max_value=3600.0, required=False, default=3.0)
    cooldown_s = serializers.FloatField(min_value=0.0, max_value=86_400.0, required=False, default=30.0)
    asset_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class MuteSerializer(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=0, max_value=10_080)
