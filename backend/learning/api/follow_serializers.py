"""What following an object takes and tells."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.annotation.api.fields import KeyframeSerializer
from backend.core.enums import JobState
from backend.learning.domain.following import CARRIED, DRAWN
from backend.learning.enums import FollowStop
from backend.learning.follow_models import Follow

SHAPES = tuple(dict.fromkeys((*CARRIED, *DRAWN)))


@extend_schema_field(KeyframeSerializer)
class KeyframeField(serializers.JSONField):
    """Typed in the schema; what it must look like is checked with the rest of the track."""

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            raise serializers.ValidationError("A keyframe is an object with a frame and a geometry.")
        return value


class FollowStartSerializer(serializers.Serializer[Any]):
    region_id = serializers.UUIDField(help_text="The track in the document that asks.")
    label_id = serializers.UUIDField()
    of = serializers.ChoiceField(choices=SHAPES, default="box")
    by = serializers.ChoiceField(
        choices=["tracker", "segmenter"],
        default="tracker",
        help_text="`tracker` carries the shape along; `segmenter` draws masks and polygons anew in every frame.",
    )
    start = KeyframeField(help_text="Where the object is, at the frame to follow it from.")
    goal = KeyframeField(
        allow_null=True, default=None, help_text="A person's next keyframe on the way, which it ends at."
    )
    to_frame = serializers.IntegerField(
        min_value=0,
        help_text="Before the start's frame it is followed backwards. 3,000 frames at most at once.",
    )


class FollowSerializer(serializers.Serializer[Any]):
    """Keyframes in the order in which they were reached, from index `first` of all there are.

    `tail` is the newest frame, which is no keyframe yet. `edition` rises when keyframes told before were changed: then all are
    told again. `stop` says why it went no further, and is empty until then.
    """

    id = serializers.UUIDField()
    job_id = serializers.UUIDField(allow_null=True)
    region_id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=JobState.choices)
    progress = serializers.FloatField()
    error = serializers.CharField(allow_blank=True)
    first = serializers.IntegerField()
    keyframes = serializers.ListField(child=KeyframeField())
    tail = KeyframeField(allow_null=True)
    edition = serializers.IntegerField()
    reached = serializers.IntegerField(allow_null=True, help_text="The last frame it was followed to.")
    stop = serializers.ChoiceField(choices=FollowStop.choices, allow_blank=True)


class FollowedSoFarSerializer(serializers.Serializer[Any]):
    """What the asking page has."""

    after = serializers.IntegerField(min_value=0, default=0, help_text="Keyframes it has of that edition.")
    edition = serializers.IntegerField(min_value=0, default=0)


def follow_row(follow: Follow, *, after: int = 0, edition: int = 0) -> dict[str, Any]:
    """What `FollowSerializer` tells a page that has `after` keyframes of an edition."""
    first = min(after, len(follow.keyframes)) if edition == follow.edition else 0
    job = follow.job
    return {
        "id": follow.pk,
        "job_id": job and job.pk,
        "region_id": follow.region_id,
        "state": job.state if job else JobState.FAILED,
        "progress": job.progress if job else 1.0,
        "error": job.error if job else "",
        "first": first,
        "keyframes": follow.keyframes[first:],
        "tail": follow.tail,
        "edition": follow.edition,
        "reached": follow.reached,
        "stop": follow.stop,
    }
