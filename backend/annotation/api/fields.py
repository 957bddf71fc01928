"""Pieces of the API's shapes that several serializers share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.annotation.domain.geometry.tracks import KEYFRAME_SOURCES, TRACK_SHAPES
from backend.annotation.domain.states import TASK_STATES
from backend.annotation.models import Task
from backend.media.api.serializers import ShownAssetSerializer

Numbers = serializers.ListField


class MaskSerializer(serializers.Serializer[Any]):
    """A crop box in whole pixels; `counts` are COCO's compressed run lengths of the crop, column-major."""

    x = serializers.IntegerField()
    y = serializers.IntegerField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    counts = serializers.CharField()


class StillGeometrySerializer(serializers.Serializer[Any]):
    """Pixels of the upright picture.

    Box: `box`, `rotation`; polygon: `points`, `holes`; polyline and points: `points`; ellipse: `center`,
    `radii`, `rotation`; cuboid: `front`, `back`; skeleton: `keypoints`; mask: `mask`.
    """

    box = serializers.ListField(
        child=serializers.FloatField(), required=False, help_text="x1, y1, x2, y2 (half-open)."
    )
    rotation = serializers.FloatField(required=False, help_text="Degrees, clockwise, about the centre.")
    points = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()), required=False
    )
    holes = serializers.ListField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.FloatField())),
        required=False,
    )
    center = serializers.ListField(child=serializers.FloatField(), required=False)
    radii = serializers.ListField(child=serializers.FloatField(), required=False)
    front = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()), required=False)
    back = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()), required=False)
    keypoints = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        required=False,
        help_text="x, y and 0 (absent), 1 (covered) or 2 (visible), in the order of the label's template.",
    )
    mask = MaskSerializer(required=False)


class KeyframeSerializer(StillGeometrySerializer):
    """A track's place at one frame: the fields of the track's shape, and what holds from here on."""

    frame = serializers.IntegerField(help_text="Index into the video's frames, from 0.")
    outside = serializers.BooleanField(help_text="Not in the picture until the next keyframe.")
    occluded = serializers.BooleanField()
    attributes = serializers.DictField(
        required=False, help_text="Values by attribute id that hold from here on; null takes one back."
    )
    by = serializers.ChoiceField(
        choices=KEYFRAME_SOURCES, required=False, help_text="Who set it; a person where it is missing."
    )
    confidence = serializers.FloatField(required=False, min_value=0, max_value=1)


class GeometrySerializer(StillGeometrySerializer):
    """Pixels of the upright picture.

    Box: `box`, `rotation`; polygon: `points`, `holes`; polyline and points: `points`; ellipse: `center`,
    `radii`, `rotation`; cuboid: `front`, `back`; skeleton: `keypoints`; mask: `mask`; track: `of`, `keyframes`.
    """

    of = serializers.ChoiceField(
        choices=TRACK_SHAPES,
        required=False,
        help_text="The shape of a track, box where it is missing; a track of tag says over which frames a tag holds.",
    )
    keyframes = KeyframeSerializer(many=True, required=False)


@extend_schema_field(GeometrySerializer)
class GeometryField(serializers.JSONField):
    """Typed in the schema, passed as it is: thousands of points through nested fields would cost the save.

    What a geometry must look like is checked at submit, by `domain/shapes.py`.
    """

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if not isinstance(value, dict) or set(value) - set(GEOMETRY_KEYS):
            raise serializers.ValidationError(f"A geometry is an object with {', '.join(GEOMETRY_KEYS)}.")
        return value


GEOMETRY_KEYS = tuple(GeometrySerializer._declared_fields)


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(source="get_full_name")


class VideoPartSerializer(serializers.Serializer[Any]):
    """A task's part of a long video: `number` of `count`, from 1; frames from 0, `frame_end` is the first behind it."""

    number = serializers.IntegerField()
    count = serializers.IntegerField()
    frame_start = serializers.IntegerField()
    frame_end = serializers.IntegerField()


class TaskAssetSerializer(ShownAssetSerializer):
    """The picture or video of a task, and where to fetch it."""

    kind = serializers.ChoiceField(choices=["image", "video"])
    frame_count = serializers.IntegerField(allow_null=True)
    duration_s = serializers.FloatField(allow_null=True)


class TaskRefusedSerializer(serializers.Serializer[Any]):
    """One of the tasks named with which nothing was done, and why."""

    task_id = serializers.UUIDField()
    reason = serializers.CharField()


class TaskRowSerializer(serializers.Serializer[Any]):
    """A task in a list. Of blind tasks nothing about suggestions is told."""

    id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=TASK_STATES)
    priority = serializers.FloatField()
    selection_reason = serializers.CharField(allow_blank=True)
    selection_evidence = serializers.DictField(help_text="`why`, a sentence, and the figures behind it.")
    inclusion_probability = serializers.FloatField(allow_null=True)
    blind = serializers.BooleanField()
    people = serializers.IntegerField(help_text="Who label it, each on their own.")
    quarantine_reason = serializers.CharField(allow_blank=True)
    assigned_to = PersonSerializer(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    region_count = serializers.IntegerField()
    open_suggestion_count = serializers.SerializerMethodField()
    max_suggestion_score = serializers.SerializerMethodField()
    asset = TaskAssetSerializer()
    part = VideoPartSerializer(allow_null=True, help_text="Null: of the whole picture or video.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_open_suggestion_count(self, task: Task) -> int:
        return 0 if task.blind else task.open_suggestion_count

    def get_max_suggestion_score(self, task: Task) -> float | None:
        return None if task.blind else task.max_suggestion_score
