"""What zones and lines send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.feeds.domain.markings import POINTS_MAX
from backend.feeds.enums import MarkingKind, MarkingSpace


def _points(**given: Any) -> serializers.ListField:
    pair = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    return serializers.ListField(child=pair, min_length=2, max_length=POINTS_MAX, **given)


class MarkingSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    feed_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=MarkingKind.choices)
    name = serializers.CharField()
    space = serializers.ChoiceField(choices=MarkingSpace.choices)
    points = _points()
    version = serializers.IntegerField()


class MarkingCreateSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=MarkingKind.choices)
    name = serializers.CharField(max_length=80)
    space = serializers.ChoiceField(
        choices=MarkingSpace.choices, required=False, default=MarkingSpace.PICTURE
    )
    points = _points()


class MarkingUpdateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, required=False)
    space = serializers.ChoiceField(choices=MarkingSpace.choices, required=False)
    points = _points(required=False)
