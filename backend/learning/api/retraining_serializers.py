"""What retraining reads and takes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.learning import selectors
from backend.learning.enums import RetrainReason, RunState, TaskKind, TriggerState
from backend.learning.models import RetrainTrigger
from backend.learning.services.retraining import DAYS_RANGE, MINUTES_RANGE, NEW_LABELS_RANGE


class RetrainPolicySerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(help_text="0: nobody has made one.")
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    enabled = serializers.BooleanField()
    new_labels = serializers.IntegerField(allow_null=True)
    every_days = serializers.IntegerField(allow_null=True)
    on_drift = serializers.BooleanField()
    minutes = serializers.FloatField()
    changed_by = serializers.CharField(source="changed_by.name", default=None, allow_null=True)


class RetrainOutlookSerializer(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=RetrainReason.choices)
    share = serializers.FloatField()
    words = serializers.CharField()
    met = serializers.BooleanField()


class RetrainTriggerSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reason = serializers.ChoiceField(choices=RetrainReason.choices)
    words = serializers.CharField()
    state = serializers.ChoiceField(choices=TriggerState.choices)
    error = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(source="created_at")
    dataset_version_id = serializers.UUIDField(allow_null=True)
    dataset_number = serializers.IntegerField(source="dataset_version.number", default=None, allow_null=True)
    job_id = serializers.UUIDField(source="training.job_id", default=None, allow_null=True)
    run_state = serializers.SerializerMethodField()
    model_id = serializers.UUIDField(source="training.model_version_id", default=None, allow_null=True)
    model_number = serializers.IntegerField(
        source="training.model_version.number", default=None, allow_null=True
    )

    @extend_schema_field(serializers.ChoiceField(choices=RunState.choices, allow_null=True))
    def get_run_state(self, trigger: RetrainTrigger) -> str | None:
        return selectors.training_outcome(trigger.training)[0] if trigger.training else None


class RetrainStateSerializer(serializers.Serializer[Any]):
    policy = RetrainPolicySerializer()
    outlook = RetrainOutlookSerializer(many=True)
    paused = serializers.CharField(allow_blank=True, help_text="Why nothing starts now.")
    triggers = RetrainTriggerSerializer(many=True)


class RetrainPolicyUpdateSerializer(serializers.Serializer[Any]):
    """What is left out stays; null switches a condition off."""

    enabled = serializers.BooleanField(required=False)
    new_labels = serializers.IntegerField(
        required=False, allow_null=True, min_value=NEW_LABELS_RANGE[0], max_value=NEW_LABELS_RANGE[1]
    )
    every_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=DAYS_RANGE[0], max_value=DAYS_RANGE[1]
    )
    on_drift = serializers.BooleanField(required=False)
    minutes = serializers.FloatField(required=False, min_value=MINUTES_RANGE[0], max_value=MINUTES_RANGE[1])
