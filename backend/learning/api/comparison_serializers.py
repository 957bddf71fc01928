"""What the page that compares two models reads."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.learning.enums import TaskKind
from backend.learning.models import GateReport

SIDES = ("candidate", "production")


class ConfusionCellSerializer(serializers.Serializer[Any]):
    actual = serializers.CharField(allow_blank=True, help_text="Empty: nothing is there.")
    predicted = serializers.CharField(allow_blank=True, help_text="Empty: nothing was found.")
    count = serializers.IntegerField()


class PrecisionCurveSerializer(serializers.Serializer[Any]):
    """At recalls 0, 0.02, … 1: the precision, and the score from which on it is reached."""

    precision = serializers.ListField(child=serializers.FloatField())
    score = serializers.ListField(child=serializers.FloatField())


class ScoreBinSerializer(serializers.Serializer[Any]):
    score = serializers.FloatField(help_text="Mean score of the predictions in it.")
    right = serializers.FloatField(help_text="Share of them that was right.")
    count = serializers.IntegerField()


class ComparisonSizeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    found = serializers.IntegerField()
    of = serializers.IntegerField()


class ComparisonSideSerializer(serializers.Serializer[Any]):
    thresholds = serializers.DictField(child=serializers.FloatField())
    confusion = ConfusionCellSerializer(many=True)
    curves = serializers.DictField(child=PrecisionCurveSerializer())
    calibration = ScoreBinSerializer(many=True)
    calibration_error = serializers.FloatField()
    sizes = ComparisonSizeSerializer(many=True)
    ms_median = serializers.FloatField()
    ms_p95 = serializers.FloatField()


class ComparisonSliceSerializer(serializers.Serializer[Any]):
    """The kind's figure on some of the pictures; the difference with its 95 % interval."""

    by = serializers.ChoiceField(choices=["site", "camera", "light", "crowd"])
    name = serializers.CharField()
    pictures = serializers.IntegerField()
    objects = serializers.IntegerField()
    candidate = serializers.FloatField()
    production = serializers.FloatField(allow_null=True)
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=TaskKind.choices, source="details.kind")
    production_id = serializers.UUIDField(allow_null=True)
    production_number = serializers.IntegerField(source="production.number", default=None, allow_null=True)
    passed = serializers.BooleanField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    pictures = serializers.IntegerField(source="details.pictures")
    classes = serializers.ListField(child=serializers.CharField(), source="details.classes")
    candidate = ComparisonSideSerializer(source="details.candidate")
    production = serializers.SerializerMethodField()
    slices = ComparisonSliceSerializer(many=True, source="details.slices")

    @extend_schema_field(ComparisonSideSerializer(allow_null=True))
    def get_production(self, gate: GateReport) -> dict[str, Any] | None:
        side = gate.details["production"]
        return ComparisonSideSerializer(side).data if side else None


class ComparedAssetSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ComparisonCaseSerializer(serializers.Serializer[Any]):
    """Corners are x1, y1, x2, y2 in pixels of the upright picture."""

    asset = ComparedAssetSerializer()
    image_url = serializers.SerializerMethodField()
    actual = serializers.CharField(allow_blank=True)
    predicted = serializers.CharField(allow_blank=True)
    truth = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    found = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    score = serializers.FloatField(allow_null=True)

    def get_image_url(self, case: dict[str, Any]) -> str:
        base = f"/api/v1/assets/{case['asset_id']}"
        return f"{base}/image" if case["frame"] is None else f"{base}/frames/{case['frame']}.jpg"


class CasesQuerySerializer(serializers.Serializer[Any]):
    side = serializers.ChoiceField(choices=[(side, side) for side in SIDES], default=SIDES[0])
    actual = serializers.CharField(allow_blank=True, max_length=120, default="")
    predicted = serializers.CharField(allow_blank=True, max_length=120, default="")
