"""What planning sends and takes."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers

from backend.annotation.domain.planning import DAYS_MAX, KINDS, MINUTES_A_DAY_MAX
from backend.annotation.enums import PlanState
from backend.annotation.selectors.open_work import WorkPerson
from backend.core.enums import Role
from backend.projects.api.serializers import JobSerializer
from ml.quality.work import Cause

LABELS_MAX = 500
KIND_CHOICES = [(kind, kind) for kind in KINDS]


class PlanningPersonSerializer(serializers.Serializer[WorkPerson]):
    """Somebody who may label here. A person's own pace is used for planning and told nobody."""

    user_id = serializers.UUIDField(source="member.user.pk")
    name = serializers.CharField(source="member.user.get_full_name")
    role = serializers.ChoiceField(source="member.role", choices=Role.choices)
    minutes_per_day = serializers.IntegerField(source="colleague.minutes_per_day")
    label_ids = serializers.SerializerMethodField(help_text="Set up for these; null: for all there are.")
    is_paused = serializers.BooleanField(
        source="colleague.is_paused", help_text="Nothing to label meanwhile."
    )
    version = serializers.IntegerField(help_text="What If-Match must carry.")
    is_default = serializers.BooleanField(help_text="Nobody has set anything for them.")
    in_hand = serializers.IntegerField(help_text="Pictures that are theirs already.")
    in_hand_minutes = serializers.FloatField(source="colleague.in_hand_minutes")

    def get_label_ids(self, person: WorkPerson) -> list[uuid.UUID] | None:
        ids = person.colleague.label_ids
        return None if ids is None else [uuid.UUID(each) for each in sorted(ids)]


class CapacitySerializer(serializers.Serializer[Any]):
    minutes_per_day = serializers.IntegerField(min_value=0, max_value=MINUTES_A_DAY_MAX)
    label_ids = serializers.ListField(
        child=serializers.UUIDField(), allow_null=True, max_length=LABELS_MAX, help_text="Null: all labels."
    )


class KindOfWorkSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    pictures = serializers.IntegerField()
    minutes = serializers.FloatField()
    seconds_a_picture = serializers.FloatField()
    measured = serializers.IntegerField(help_text="Pictures that told it; 0: it is assumed.")


class PlanPersonSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    name = serializers.CharField()
    label = serializers.IntegerField()
    review = serializers.IntegerField()
    planned = serializers.FloatField(help_text="Minutes of the plan's pictures.")
    in_hand = serializers.FloatField(help_text="Minutes of work that was theirs already.")
    minutes = serializers.FloatField(help_text="All their time in the plan's days.")
    until = serializers.DateField(allow_null=True)


class UndoneSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    cause = serializers.ChoiceField(choices=[(str(each), str(each)) for each in Cause])
    turns = serializers.IntegerField()
    minutes = serializers.FloatField()
    words = serializers.CharField()
    help = serializers.CharField()


class RefusalSerializer(serializers.Serializer[Any]):
    picture = serializers.CharField()
    name = serializers.CharField()
    reason = serializers.CharField()


class PlanSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="plan.pk")
    state = serializers.ChoiceField(source="plan.state", choices=PlanState.choices)
    made_at = serializers.DateTimeField(source="plan.created_at")
    made_by = serializers.CharField(source="plan.made_by.get_full_name", default="")
    decided_at = serializers.DateTimeField(source="plan.decided_at", allow_null=True)
    decided_by = serializers.CharField(source="plan.decided_by.get_full_name", default="")
    first_day = serializers.DateField(source="plan.first_day")
    last_day = serializers.DateField(source="plan.last_day")
    again = serializers.BooleanField(source="plan.again")
    method = serializers.ChoiceField(source="plan.method", choices=["optimised", "greedy"])
    gap = serializers.FloatField(
        source="plan.gap",
        allow_null=True,
        help_text="The most by which a better plan could cost less; 0.01: 1 %.",
    )
    left_out = serializers.IntegerField(source="plan.left_out")
    people = PlanPersonSerializer(many=True)
    undone = UndoneSerializer(source="plan.undone", many=True)
    late = serializers.IntegerField(help_text="Pictures planned after the day they are due.")
    given = serializers.IntegerField()
    refused = serializers.IntegerField()
    refusals = RefusalSerializer(many=True, help_text="The first 20.")


class FinishSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=["done", "few", "still", "far", "told"])
    open = serializers.IntegerField(help_text="Pictures not approved yet.")
    days = serializers.IntegerField(help_text="Days counted.")
    wanted = serializers.IntegerField(help_text="Days needed to tell.")
    approved = serializers.IntegerField(help_text="Pictures approved in the days counted.")
    with_weekends = serializers.BooleanField()
    early = serializers.DateField(allow_null=True, help_text="8 of 10 such forecasts end from here …")
    likely = serializers.DateField(allow_null=True)
    late = serializers.DateField(allow_null=True, help_text="… to here.")


class PlanningSerializer(serializers.Serializer[Any]):
    people = PlanningPersonSerializer(many=True)
    work = KindOfWorkSerializer(many=True)
    plan = PlanSerializer(allow_null=True, help_text="The newest that was not thrown away.")
    job = JobSerializer(allow_null=True, help_text="The one that makes a plan now.")
    finish = FinishSerializer()


class PlanRequestSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(min_value=1, max_value=DAYS_MAX)
    weekends = serializers.BooleanField(required=False, default=False)
    again = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Share out again what earlier plans gave out and nobody has begun.",
    )


class OwnPartSerializer(serializers.Serializer[Any]):
    project_id = serializers.UUIDField()
    project_name = serializers.CharField()
    day = serializers.DateField(allow_null=True, help_text="By its end; null: with no date.")
    label = serializers.IntegerField()
    review = serializers.IntegerField()
