"""What a look for drift tells."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.learning.enums import TaskKind
from ml.drift.finding import Measure, Verdict


def _choices(of: type[Measure] | type[Verdict]) -> list[tuple[str, str]]:
    return [(str(each), str(each)) for each in of]


class DriftBarsSerializer(serializers.Serializer[Any]):
    """Shares of both sides by bar; `edges` are one more than bars."""

    edges = serializers.ListField(child=serializers.FloatField())
    reference = serializers.ListField(child=serializers.FloatField())
    now = serializers.ListField(child=serializers.FloatField())


class DriftMeasureSerializer(serializers.Serializer[Any]):
    measure = serializers.ChoiceField(choices=_choices(Measure))
    verdict = serializers.ChoiceField(choices=_choices(Verdict))
    n_reference = serializers.IntegerField()
    n_now = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    threshold = serializers.FloatField(allow_null=True, help_text="Drifting above it.")
    before = serializers.FloatField(allow_null=True, help_text="The middle of the reference.")
    after = serializers.FloatField(allow_null=True)
    unit = serializers.ChoiceField(
        choices=[("", ""), ("hour", "hour"), ("picture", "picture")],
        help_text="Of a rate: objects in an hour watched, or in a picture.",
    )
    bars = DriftBarsSerializer(allow_null=True)
    since = serializers.DateTimeField(allow_null=True, help_text="It drifts since then.")


class DriftSideSerializer(serializers.Serializer[Any]):
    pictures = serializers.IntegerField()
    wanted = serializers.IntegerField()
    first = serializers.DateTimeField(allow_null=True)
    last = serializers.DateTimeField(allow_null=True)


class DriftSourceSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(allow_blank=True, help_text="The camera's id; empty: pictures of no camera.")
    name = serializers.CharField(allow_blank=True)
    arrived = serializers.IntegerField(help_text="Pictures that came since the model was chosen.")
    is_full = serializers.BooleanField(help_text="Whether the reference is complete.")
    reference = DriftSideSerializer()
    now = DriftSideSerializer()
    recent = serializers.ListField(child=serializers.UUIDField(), help_text="Newest pictures, newest first.")
    measures = DriftMeasureSerializer(many=True)


class DriftStateSerializer(serializers.Serializer[Any]):
    model_id = serializers.UUIDField(source="model.pk")
    model_number = serializers.IntegerField(source="model.number")
    kind = serializers.ChoiceField(source="model.kind", choices=TaskKind.choices)
    since = serializers.DateTimeField(help_text="When the model came into production.")
    looked_at = serializers.DateTimeField(allow_null=True)
    sources = DriftSourceSerializer(many=True)
