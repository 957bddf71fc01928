"""What counts are asked with, and how they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from rest_framework import serializers

from backend.feeds.domain.counting import Numbers
from backend.feeds.domain.site_time import BinSize
from backend.feeds.enums import CountPart, FeedState

IDS_MAX = 100


class WhenField(serializers.Field[date | datetime, str, str, Any]):
    """A date (of the site) or a time in ISO 8601."""

    def to_internal_value(self, data: str) -> date | datetime:
        try:
            found = parse_date(data) or parse_datetime(data)
        except ValueError:
            found = None
        if found is None or not 1970 < found.year < 2200:
            raise serializers.ValidationError("A date like 2026-11-26, or a time like 2026-11-26T08:00:00Z.")
        return found

    def to_representation(self, value: Any) -> str:
        return str(value.isoformat())


class QuestionSerializer(serializers.Serializer[Any]):
    bin = serializers.ChoiceField(choices=[size.value for size in BinSize], default=BinSize.HOUR.value)
    part = serializers.ChoiceField(choices=CountPart.choices, default=CountPart.VIEW)
    part_id = serializers.ListField(child=serializers.UUIDField(), max_length=IDS_MAX, default=list)
    label_id = serializers.ListField(child=serializers.UUIDField(), max_length=IDS_MAX, default=list)
    format = serializers.ChoiceField(choices=["csv", "parquet"], default="csv")

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python, so these two cannot be class attributes.
        return {
            **super().get_fields(),
            "from": WhenField(source="start", required=False, default=None),
            "to": WhenField(source="end", required=False, default=None),
        }


class BinSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    seconds = serializers.FloatField()


def _column(child: serializers.Field[Any, Any, Any, Any]) -> serializers.ListField:
    return serializers.ListField(child=child)


class CountSeriesSerializer(serializers.Serializer[Any]):
    """One part and label by bin; null where nobody watched. `mean` in view, `dwell_s` a stay, `speed_m_s` are means."""

    part = serializers.ChoiceField(choices=CountPart.choices)
    part_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    label_id = serializers.UUIDField(allow_null=True)
    label = serializers.CharField(allow_blank=True)
    color = serializers.CharField(allow_blank=True)
    exposure_s = _column(serializers.FloatField())
    tracks = _column(serializers.IntegerField(allow_null=True))
    mean = _column(serializers.FloatField(allow_null=True))
    peak = _column(serializers.IntegerField(allow_null=True))
    stays = _column(serializers.IntegerField(allow_null=True))
    dwell_s = _column(serializers.FloatField(allow_null=True))
    forward = _column(serializers.IntegerField(allow_null=True))
    backward = _column(serializers.IntegerField(allow_null=True))
    incidents = _column(serializers.IntegerField(allow_null=True))
    near_misses = _column(serializers.IntegerField(allow_null=True))
    speed_m_s = _column(serializers.FloatField(allow_null=True))
    speed_peak_m_s = _column(serializers.FloatField(allow_null=True))


class CountsSerializer(serializers.Serializer[Any]):
    """`seconds` of a bin times `feeds` is the exposure of one watched without a pause."""

    time_zone = serializers.CharField()
    bin = serializers.ChoiceField(choices=[size.value for size in BinSize])
    feeds = serializers.IntegerField()
    bins = BinSerializer(many=True)
    series = CountSeriesSerializer(many=True)


class SegmentSerializer(serializers.Serializer[Any]):
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=[*FeedState.values, "unknown"])
    detail = serializers.CharField(allow_blank=True)


class SiteFeedSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    camera_id: Any = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=FeedState.choices)


def columns(bins: Sequence[Numbers | None]) -> dict[str, list[Any]]:
    """Numbers by measure; means only where there is something to take the mean of."""
    whole = ("tracks", "peak", "stays", "forward", "backward", "incidents", "near_misses")
    found: dict[str, list[Any]] = {name: [getattr(n, name) if n else None for n in bins] for name in whole}
    found["exposure_s"] = [round(n.exposure_s, 1) if n else 0.0 for n in bins]
    for name, top, under in (
        ("mean", "presence_s", "exposure_s"),
        ("dwell_s", "dwell_s", "stays"),
        ("speed_m_s", "speed_m", "speed_s"),
    ):
        found[name] = [_ratio(getattr(n, top), getattr(n, under)) if n else None for n in bins]
    found["speed_peak_m_s"] = [round(n.speed_peak_m_s, 2) if n and n.speed_s else None for n in bins]
    return found


def _ratio(top: float, under: float) -> float | None:
    return round(top / under, 3) if under else None
