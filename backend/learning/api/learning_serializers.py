"""What selection, savings and the map send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.learning.enums import TaskKind
from ml.active.stopping import StopReason


class RoundSerializer(serializers.Serializer[Any]):
    model_id = serializers.UUIDField()
    number = serializers.IntegerField()
    labels = serializers.IntegerField(help_text="Pictures it learned from.")
    boxes = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True, help_text="On blind pictures.")
    kappa = serializers.FloatField(allow_null=True, help_text="Agreement with the model before.")
    compared = serializers.IntegerField(help_text="Pictures that both were asked.")


class VerdictSerializer(serializers.Serializer[Any]):
    """`reason` is null while it is worth going on; `why` says so either way."""

    reason = serializers.ChoiceField(choices=[(str(r), str(r)) for r in StopReason], allow_null=True)
    why = serializers.CharField()


class LearningStateSerializer(serializers.Serializer[Any]):
    pool = serializers.IntegerField(help_text="Pictures nobody has touched or chosen.")
    waiting = serializers.IntegerField(help_text="Chosen pictures nobody has begun.")
    labelled = serializers.IntegerField(help_text="Approved pictures.")
    has_model = serializers.BooleanField(help_text="Whether a model in production scores pictures.")
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    rounds = RoundSerializer(many=True)
    verdict = VerdictSerializer()
