"""What counts are asked with, and how they are answered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from rest_framework import serializers

from backend.feeds.domain.counting import Numbers
from backend.feeds.domain.site_time import BinSize
from backend.feeds.enums import CountPart, FeedState

IDS_MAX = 100
Measure = Callable[[Numbers | None], float | int | None]
# What a series tells of each bin.
MEASURES = (
    "exposure_s",
    "tracks",
    "mean",
    "peak",
    "stays",
    "dwell_s",
    "forward",
    "backward",
    "incidents",
    "near_misses",
    "speed_m_s",
    "speed_peak_m_s",
)


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
    measure = serializers.ListField(child=serializers.ChoiceField(choices=list(MEASURES)), default=list)
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
    """One part and label by bin; null where nobody watched. `mean` in view, `dwell_s` a stay, `speed_m_s` are means.

    A measure that was not asked for is an empty list.
    """

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


def columns(bins: Sequence[Numbers | None], asked: Collection[str] = ()) -> dict[str, list[Any]]:
    """Numbers by measure, all of `MEASURES` without `asked`; means only where there is something to take the mean of.

    Those not asked for are empty, and so cost nothing on the line.
    """
    return {
        name: [measure(n) for n in bins] if not asked or name in asked else []
        for name, measure in _MEASURES.items()
    }


def _ratio(top: float, under: float) -> float | None:
    return round(top / under, 3) if under else None


def _whole(name: str) -> Measure:
    return lambda n: getattr(n, name) if n else None


def _mean(top: str, under: str) -> Measure:
    return lambda n: _ratio(getattr(n, top), getattr(n, under)) if n else None


_MEASURES: dict[str, Measure] = {
    "exposure_s": lambda n: round(n.exposure_s, 1) if n else 0.0,
    **{
        name: _whole(name)
        for name in ("tracks", "peak", "stays", "forward", "backward", "incidents", "near_misses")
    },
    "mean": _mean("presence_s", "exposure_s"),
    "dwell_s": _mean("dwell_s", "stays"),
    "speed_m_s": _mean("speed_m", "speed_s"),
    "speed_peak_m_s": lambda n: round(n.speed_peak_m_s, 2) if n and n.speed_s else None,
}
