"""What looking for defects sends and takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class DefectLabelSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="label.id")
    name = serializers.CharField(source="label.name")
    color = serializers.CharField(source="label.color")
    good = serializers.IntegerField(help_text="Approved pictures without it.")
    known = serializers.IntegerField(help_text="Approved pictures with it.")
    good_needed = serializers.IntegerField(help_text="More good ones, at least, before one can look.")


class TellingSerializer(serializers.Serializer[Any]):
    """AUROC of pictures with a known defect against good ones, with its 95 % interval."""

    auroc = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class SuspectSerializer(serializers.Serializer[Any]):
    """`heat` is base64 of a byte a cell, row by row; 128 is the threshold, 255 twice that or more."""

    asset_id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    score = serializers.FloatField(help_text="The hottest place, in thresholds.")
    heat = serializers.CharField()
    columns = serializers.IntegerField()
    rows = serializers.IntegerField()
    boxes = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()), help_text="x1, y1, x2, y2, score."
    )


class DefectFindingsSerializer(serializers.Serializer[Any]):
    remembered = serializers.IntegerField(help_text="Good pictures that were remembered.")
    aside = serializers.IntegerField(help_text="Good ones that set the threshold.")
    known = serializers.IntegerField(help_text="Pictures with a known defect it was tried on.")
    looked = serializers.IntegerField(help_text="Waiting pictures looked at.")
    left_out = serializers.IntegerField(help_text="Waiting ones beyond what one look takes.")
    encoder = serializers.ChoiceField(choices=[("model", "model"), ("filters", "filters")])
    telling = TellingSerializer(allow_null=True)
    suspects = SuspectSerializer(many=True)


class DefectStateSerializer(serializers.Serializer[Any]):
    labels = DefectLabelSerializer(many=True)
    label_id = serializers.UUIDField(source="report.label_id", allow_null=True, default=None)
    made_at = serializers.DateTimeField(source="report.created_at", allow_null=True, default=None)
    model_number = serializers.IntegerField(
        source="report.model_version.number", allow_null=True, default=None
    )
    findings = DefectFindingsSerializer(source="report.report", allow_null=True, default=None)


class DefectLookSerializer(serializers.Serializer[Any]):
    label_id = serializers.UUIDField()


class DefectSuggestedSerializer(serializers.Serializer[Any]):
    pictures = serializers.IntegerField()
