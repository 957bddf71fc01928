"""What learning sends and takes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.learning import selectors
from backend.learning.enums import ModelState, Provider, RunState, TaskKind
from backend.learning.models import ModelVersion, TrainingRun
from backend.projects.contracts import STRATEGIES


class BoundClassSerializer(serializers.Serializer[Any]):
    label_id = serializers.UUIDField(allow_null=True)
    threshold = serializers.FloatField(min_value=0.0, max_value=1.0)


class BindingSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    mapping = serializers.DictField(child=BoundClassSerializer())


class BindingUpdateSerializer(serializers.Serializer[Any]):
    mapping = serializers.DictField(child=BoundClassSerializer())


class GateSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    passed = serializers.BooleanField()
    reason = serializers.CharField()
    report = serializers.DictField()
    production_id = serializers.UUIDField(allow_null=True)
    dataset_version_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class ModelRowSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    provider = serializers.ChoiceField(choices=Provider.choices)
    architecture = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=ModelState.choices)
    metrics = serializers.DictField()
    dataset_version_id = serializers.UUIDField(allow_null=True)
    dataset_number = serializers.IntegerField(source="dataset_version.number", default=None, allow_null=True)
    created_at = serializers.DateTimeField()
    promoted_at = serializers.DateTimeField(allow_null=True)
    gate = serializers.SerializerMethodField()

    @extend_schema_field(GateSerializer(allow_null=True))
    def get_gate(self, model: ModelVersion) -> dict[str, Any] | None:
        gate = selectors.latest_gate(model)
        return GateSerializer(gate).data if gate else None


class TrainingSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    dataset_version_id = serializers.UUIDField()
    dataset_number = serializers.IntegerField(source="dataset_version.number")
    kind = serializers.ChoiceField(choices=TaskKind.choices)
    config = serializers.DictField()
    state = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    curve = serializers.ListField(child=serializers.DictField())
    model_version_id = serializers.UUIDField(allow_null=True)
    job_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(choices=RunState.choices))
    def get_state(self, run: TrainingRun) -> str:
        return selectors.training_outcome(run)[0]

    def get_error(self, run: TrainingRun) -> str:
        return selectors.training_outcome(run)[1]


class ModelSerializer(ModelRowSerializer):
    manifest = serializers.DictField()
    config = serializers.DictField()
    artifact_sha256 = serializers.CharField(allow_blank=True)
    endpoint_url = serializers.CharField(allow_blank=True)
    binding = BindingSerializer()
    suggestions = serializers.SerializerMethodField()
    training = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_suggestions(self, model: ModelVersion) -> dict[str, int]:
        return selectors.suggestion_counts(model)

    @extend_schema_field(TrainingSerializer(allow_null=True))
    def get_training(self, model: ModelVersion) -> dict[str, Any] | None:
        run = selectors.training_of(model)
        return TrainingSerializer(run).data if run else None


class ModelCreateSerializer(serializers.Serializer[Any]):
    """`endpoint_url` for an HTTP model; `upload_id` of a finished upload for an ONNX detector."""

    name = serializers.CharField(max_length=120)
    classes = serializers.ListField(
        child=serializers.CharField(max_length=80), allow_empty=False, max_length=500
    )
    endpoint_url = serializers.URLField(required=False, default="", allow_blank=True, max_length=500)
    upload_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    input_size = serializers.IntegerField(required=False, default=640)
    layout = serializers.ChoiceField(
        choices=[("yolov8", "yolov8"), ("yolox", "yolox"), ("ours", "ours")], required=False, default="yolov8"
    )


class TrainingCreateSerializer(serializers.Serializer[Any]):
    dataset_version_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=TaskKind.choices, default=TaskKind.DETECT)
    minutes = serializers.FloatField(default=10.0)
    init = serializers.ChoiceField(
        choices=[
            ("production", "production"),
            ("scratch", "scratch"),
            ("sam", "sam"),
            ("weights", "weights"),
        ],
        default="production",
        help_text="`sam`: the mask decoder of the installed Segment Anything, for an assist. "
        "`weights`: an operator's, for a detector.",
    )
    weights_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Which weights, where `init` is `weights`."
    )
    seed = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)
    input_size = serializers.IntegerField(default=0)
    max_steps = serializers.IntegerField(default=0, help_text="Steps instead of minutes, where above 0.")


class StartingWeightsSerializer(serializers.Serializer[Any]):
    """An operator's weights that a detector's training may go on from."""

    id = serializers.UUIDField()
    file = serializers.CharField()
    architecture = serializers.CharField()
    bytes = serializers.IntegerField(source="size_bytes")
    classes = serializers.ListField(
        child=serializers.CharField(),
        source="named_classes",
        help_text="Names known; of these the training keeps what it can.",
    )


class SelectionOutcomeSerializer(serializers.Serializer[Any]):
    """What the batch is expected to cost, and by how much quotas could not be met."""

    planner = serializers.CharField(required=False)
    missed = serializers.DictField(child=serializers.FloatField(), required=False)
    boxes = serializers.FloatField(required=False)
    seconds = serializers.FloatField(required=False)


class SelectionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    config = serializers.DictField()
    counts = serializers.DictField(child=serializers.IntegerField())
    outcome = SelectionOutcomeSerializer()
    job_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()


class SelectionCreateSerializer(serializers.Serializer[Any]):
    """What is left out is taken from the project's settings."""

    batch = serializers.IntegerField(
        min_value=1, max_value=5_000, required=False, allow_null=True, default=None
    )
    strategy = serializers.ChoiceField(
        choices=[(name, name) for name in STRATEGIES], required=False, allow_null=True, default=None
    )
    budget_boxes = serializers.FloatField(
        min_value=0, max_value=1e6, required=False, allow_null=True, default=None
    )
    budget_minutes = serializers.FloatField(
        min_value=0, max_value=1e5, required=False, allow_null=True, default=None
    )


class CurvePointSerializer(serializers.Serializer[Any]):
    model_id = serializers.UUIDField()
    number = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.CharField()
    images = serializers.IntegerField()
    boxes = serializers.IntegerField()
    figure = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
