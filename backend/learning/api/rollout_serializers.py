"""What the rollout of a model reads and takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.learning.domain.rollout import SHARE_MAX, SHARE_MIN
from backend.learning.enums import ModelState, RolloutEvent


class NamedModelSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=ModelState.choices)


class RolloutStepSerializer(serializers.Serializer[Any]):
    event = serializers.ChoiceField(choices=RolloutEvent.choices)
    allowed = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True, help_text="Why it is refused.")


class RolloutChangeSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    at = serializers.DateTimeField(source="created_at")
    by = serializers.CharField(source="created_by.name", default=None, allow_null=True)
    event = serializers.ChoiceField(choices=RolloutEvent.choices)
    from_state = serializers.ChoiceField(choices=ModelState.choices)
    to_state = serializers.ChoiceField(choices=ModelState.choices)
    share = serializers.FloatField()
    note = serializers.CharField(allow_blank=True)
    model = NamedModelSerializer(source="model_version")
    replaced = NamedModelSerializer(allow_null=True)


class CameraShareSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    answered = serializers.BooleanField()


class ShadowLabelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    matched = serializers.IntegerField()
    only_candidate = serializers.IntegerField()
    only_production = serializers.IntegerField()


class ShadowPlaceSerializer(serializers.Serializer[Any]):
    camera_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    answers = serializers.IntegerField()
    agreed = serializers.IntegerField()


class DisagreementSerializer(serializers.Serializer[Any]):
    asset_id = serializers.UUIDField()
    name = serializers.CharField()
    image_url = serializers.SerializerMethodField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    candidate = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    production = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    matched = serializers.IntegerField()
    only_candidate = serializers.IntegerField()
    only_production = serializers.IntegerField()

    def get_image_url(self, row: Any) -> str:
        return f"/api/v1/assets/{row.asset_id}/image"


class ShadowReportSerializer(serializers.Serializer[Any]):
    """The newest answers beside production's. A look is one picture or one live frame."""

    pictures = serializers.IntegerField()
    frames = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Looks of which it gave no answer.")
    error = serializers.CharField(allow_blank=True)
    agreed = serializers.IntegerField(help_text="Looks where neither sees what the other does not.")
    matched = serializers.IntegerField()
    only_candidate = serializers.IntegerField()
    only_production = serializers.IntegerField()
    mean_iou = serializers.FloatField(allow_null=True)
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()
    labels = ShadowLabelSerializer(many=True)
    places = ShadowPlaceSerializer(many=True)
    examples = DisagreementSerializer(many=True)


class RolloutSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ModelState.choices)
    share = serializers.FloatField(help_text="Of cameras and pictures, while it is a canary.")
    production = NamedModelSerializer(allow_null=True)
    on_its_way = NamedModelSerializer(allow_null=True)
    former = NamedModelSerializer(allow_null=True, help_text="What a rollback brings back.")
    steps = RolloutStepSerializer(many=True)
    history = RolloutChangeSerializer(many=True)
    cameras = CameraShareSerializer(many=True)
    shadow = ShadowReportSerializer(allow_null=True)


class RolloutStepTakeSerializer(serializers.Serializer[Any]):
    """`share` of cameras and pictures is of a canary."""

    event = serializers.ChoiceField(choices=RolloutEvent.choices)
    share = serializers.FloatField(min_value=SHARE_MIN, max_value=SHARE_MAX, required=False, default=0.1)
