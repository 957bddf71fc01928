"""What the endpoints of ground truth, checks and pauses take and give."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.annotation.api.fields import PersonSerializer, TaskAssetSerializer, TaskRefusedSerializer
from backend.annotation.domain.states import TASK_STATES


class AgreedSerializer(serializers.Serializer[Any]):
    """How far labels agree. Null where there is nothing to compare."""

    f1_50 = serializers.FloatField(
        allow_null=True, help_text="2 pairs / all objects, at IoU 0.5 and with the same label."
    )
    f1_75 = serializers.FloatField(allow_null=True, help_text="The same at IoU 0.75.")
    matched_iou = serializers.FloatField(allow_null=True, help_text="Mean overlap of the pairs at IoU 0.5.")
    objects = serializers.IntegerField(help_text="Of both sides.")
    missed = serializers.IntegerField(help_text="Of the first side (the truth), without a partner.")
    extra = serializers.IntegerField(help_text="Of the second side, without a partner.")


class LabelCheckSerializer(serializers.Serializer[Any]):
    label_id = serializers.UUIDField()
    name = serializers.CharField()
    color = serializers.CharField()
    agreed = AgreedSerializer()


class CheckedPictureSerializer(serializers.Serializer[Any]):
    task_id = serializers.UUIDField()
    picture = serializers.CharField()
    at = serializers.DateTimeField()
    agreed = AgreedSerializer()


class PauseSerializer(serializers.Serializer[Any]):
    """Nothing new is handed to this person."""

    score = serializers.FloatField(help_text="F1 at IoU 0.5 over the pictures below.")
    limit = serializers.FloatField()
    pictures = serializers.IntegerField()
    since = serializers.DateTimeField(source="created_at")


class PersonChecksSerializer(serializers.Serializer[Any]):
    checked = serializers.IntegerField(help_text="Hidden tasks measured in these days.")
    overall = AgreedSerializer()
    labels = LabelCheckSerializer(many=True)
    pictures = CheckedPictureSerializer(
        many=True, help_text="The newest 50; to the person only where the project gives feedback."
    )
    recent = serializers.FloatField(allow_null=True, help_text="What pausing goes by: F1 at IoU 0.5.")
    recent_pictures = serializers.IntegerField()
    pause = PauseSerializer(allow_null=True)
    may_resume = serializers.BooleanField(help_text="Whether the asker may let this person go on.")


class AgreementQuerySerializer(serializers.Serializer[Any]):
    days = serializers.ChoiceField(choices=["30", "90", "365"], default="90", help_text="Today among them.")


class LabelAgreementSerializer(LabelCheckSerializer):
    alpha = serializers.FloatField(
        allow_null=True, help_text="Krippendorff's: it, something else, or nothing?"
    )
    words = serializers.ListField(child=serializers.CharField())


class PairSerializer(serializers.Serializer[Any]):
    first = PersonSerializer(allow_null=True)
    second = PersonSerializer(allow_null=True)
    pictures = serializers.IntegerField()
    agreed = AgreedSerializer()
    kappa = serializers.FloatField(allow_null=True, help_text='Cohen\'s, with "nothing there" as an answer.')
    words = serializers.ListField(child=serializers.CharField())


class WeekSerializer(serializers.Serializer[Any]):
    week = serializers.DateField(help_text="Its Monday, by the site's clock.")
    pictures = serializers.IntegerField()
    agreed = AgreedSerializer()


class AgreementSerializer(serializers.Serializer[Any]):
    """How far people agree on the same pictures."""

    told = serializers.BooleanField(help_text="False: too few people were compared for you to see figures.")
    people = serializers.IntegerField()
    pictures = serializers.IntegerField()
    comparisons = serializers.IntegerField()
    agreed = AgreedSerializer()
    alpha = serializers.FloatField(
        allow_null=True, help_text='Krippendorff\'s over all objects, with "nothing there" as an answer.'
    )
    words = serializers.ListField(child=serializers.CharField(), help_text="The figures in plain words.")
    labels = LabelAgreementSerializer(many=True)
    weeks = WeekSerializer(many=True)
    pairs = PairSerializer(many=True, allow_null=True, help_text="By name; null to all but managers.")


class SecondAgreedSerializer(serializers.Serializer[Any]):
    """What second reviewers said of what a first one approved."""

    looks = serializers.IntegerField()
    agreed = serializers.IntegerField()
    corrected = serializers.IntegerField(help_text="Approved with other labels.")
    returned = serializers.IntegerField(help_text="To their author.")
    share = serializers.FloatField(allow_null=True, help_text="That agreed; null without any.")
    low = serializers.FloatField(allow_null=True, help_text="The true share is between this and `high`,")
    high = serializers.FloatField(allow_null=True, help_text="in 95 of 100 cases (Clopper and Pearson).")


class FirstReviewerSerializer(serializers.Serializer[Any]):
    user = PersonSerializer(allow_null=True, help_text="Who approved first; null: somebody who left.")
    found = SecondAgreedSerializer()


class DifferingSerializer(serializers.Serializer[Any]):
    task_id = serializers.UUIDField()
    picture = serializers.CharField()
    first = PersonSerializer(allow_null=True)
    outcome = serializers.ChoiceField(choices=["corrected", "returned"])
    reason = serializers.CharField(allow_blank=True, help_text="Why it was returned.")
    at = serializers.DateTimeField()


class SecondFiguresSerializer(serializers.Serializer[Any]):
    """How often a second reviewer agrees with the first."""

    looks = serializers.IntegerField(help_text="Decided in these days.")
    waiting = serializers.IntegerField(help_text="Now, whenever they were drawn.")
    overall = SecondAgreedSerializer(
        allow_null=True, help_text="Null to all but managers where fewer than three people were looked at."
    )
    people = FirstReviewerSerializer(many=True, help_text="By name; to managers all, to others themselves.")
    differing = DifferingSerializer(
        many=True, help_text="The newest 50 that did not agree; to managers all, to others their own."
    )


class TruthTasksSerializer(serializers.Serializer[Any]):
    task_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=5_000)


class TruthMarkedSerializer(serializers.Serializer[Any]):
    marked = serializers.IntegerField(help_text="That were not ground truth before.")
    refused = TaskRefusedSerializer(many=True)


class TruthUnmarkedSerializer(serializers.Serializer[Any]):
    unmarked = serializers.IntegerField()


class TruthRowSerializer(serializers.Serializer[Any]):
    task_id = serializers.UUIDField(source="truth.task_id")
    task_state = serializers.ChoiceField(source="truth.task.state", choices=TASK_STATES)
    asset = TaskAssetSerializer(source="truth.task.asset")
    region_count = serializers.IntegerField(source="truth.task.region_count")
    marked_by = PersonSerializer(source="truth.marked_by", allow_null=True)
    marked_at = serializers.DateTimeField(source="truth.created_at")
    answers = serializers.IntegerField(help_text="Hidden tasks on it that were measured.")
    agreed = AgreedSerializer(allow_null=True, help_text="Over all answers; null below three.")


class TruthStateSerializer(serializers.Serializer[Any]):
    is_truth = serializers.BooleanField()
    usable = serializers.IntegerField(
        help_text="Pictures of the project that can be handed out as hidden tasks."
    )
