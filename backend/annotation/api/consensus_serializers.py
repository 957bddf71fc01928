"""What the endpoints of several people's answers take and give."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.annotation.api.fields import PersonSerializer, TaskRefusedSerializer
from backend.annotation.api.serializers import RegionSerializer
from backend.annotation.enums import MergeMethod
from backend.projects.contracts import PEOPLE_MAX


class PeopleSerializer(serializers.Serializer[Any]):
    task_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=5_000)
    people = serializers.IntegerField(min_value=1, max_value=PEOPLE_MAX)


class PeopleSetSerializer(serializers.Serializer[Any]):
    changed = serializers.IntegerField(help_text="Asked of another number of people now.")
    refused = TaskRefusedSerializer(many=True)


class AnswerRowSerializer(serializers.Serializer[Any]):
    """One person's answer; counts against what was put together, null where it came later."""

    revision_id = serializers.UUIDField()
    person = PersonSerializer(allow_null=True)
    submitted_at = serializers.DateTimeField()
    active_seconds = serializers.FloatField()
    objects = serializers.IntegerField()
    matched = serializers.IntegerField(allow_null=True)
    missed = serializers.IntegerField(allow_null=True)
    extra = serializers.IntegerField(allow_null=True)
    weight = serializers.FloatField(
        allow_null=True,
        help_text="What it counted, where people were weighed; the most is 1. Told to those who manage the project.",
    )


class FoundObjectSerializer(serializers.Serializer[Any]):
    """One object that somebody drew. `region` is there where it was left out."""

    region_id = serializers.UUIDField()
    label_id = serializers.UUIDField(help_text="The label most of them gave it.")
    votes = serializers.DictField(
        child=serializers.IntegerField(), help_text='People by label id, or by "missing": they drew nothing.'
    )
    kept = serializers.BooleanField()
    tied = serializers.BooleanField(help_text="Another label, or nothing, has as many.")
    agreement = serializers.FloatField(help_text="Mean IoU of those who drew it.")
    sources = serializers.DictField(
        child=serializers.UUIDField(),
        help_text="The object in each answer that has it, by the answer's revision.",
    )
    quality = serializers.FloatField(
        required=False, help_text="How sure people and model are together, where they were weighed."
    )
    region = RegionSerializer(required=False)


class FoundTagSerializer(serializers.Serializer[Any]):
    label_id = serializers.UUIDField()
    votes = serializers.IntegerField()
    kept = serializers.BooleanField()


class MergeSerializer(serializers.Serializer[Any]):
    revision_id = serializers.UUIDField()
    made_at = serializers.DateTimeField(source="created_at")
    asked_by = PersonSerializer(allow_null=True, help_text="Null: as soon as all answers were in.")
    objects = FoundObjectSerializer(source="objects_found", many=True)
    tags = FoundTagSerializer(source="tags_found", many=True)
    note = serializers.CharField(allow_blank=True)


class ConsensusSerializer(serializers.Serializer[Any]):
    """What several people's answers came to. Nothing is told of them while they come in."""

    people = serializers.IntegerField(help_text="Asked; 1: nobody else.")
    state = serializers.ChoiceField(choices=["collecting", "merging", "failed", "waiting", "decided"])
    failure = serializers.CharField(
        allow_blank=True, help_text="Why the last try to put them together failed."
    )
    answers = AnswerRowSerializer(many=True)
    merge = MergeSerializer(allow_null=True)
    is_chosen = serializers.BooleanField(help_text="The picture's labels are others than those put together.")
    method = serializers.ChoiceField(choices=MergeMethod.choices)
    quorum = serializers.FloatField()
    label_quorums = serializers.DictField(child=serializers.FloatField())


class UnmergedSerializer(serializers.Serializer[Any]):
    """A picture whose answers are all in, and that nobody puts together at the moment."""

    task_id = serializers.UUIDField(source="task.pk")
    picture = serializers.CharField(source="task.title")
    people = serializers.IntegerField(source="task.people")
    why = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True, help_text="When the last try ended; null without one.")


class MergeAgainSerializer(serializers.Serializer[Any]):
    method = serializers.ChoiceField(
        choices=MergeMethod.choices,
        default=MergeMethod.VOTE,
        help_text="vote: everybody counts the same; crowd: by how often they agree with others (CROWDLAB), no quorum.",
    )
    quorum = serializers.FloatField(max_value=1.0)
    label_quorums = serializers.DictField(child=serializers.FloatField(max_value=1.0), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        quorums = [attrs["quorum"], *attrs.get("label_quorums", {}).values()]
        if min(quorums) <= 0:
            raise serializers.ValidationError({"quorum": "Must be above 0 and at most 1."})
        return attrs


class TakeAnswerSerializer(serializers.Serializer[Any]):
    revision_id = serializers.UUIDField()
