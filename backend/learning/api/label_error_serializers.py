"""What looks for label errors take and give."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.learning.enums import FindingKind, FindingState, FindingVerdict, LookWay
from backend.learning.finding_models import LabelFinding
from backend.learning.label_errors import SHOWN_STATES, STALE
from backend.learning.services.label_errors import MINUTES, MINUTES_RANGE
from backend.media.api.serializers import ShownAssetSerializer
from backend.projects.api.serializers import JobSerializer


class BoxField(serializers.ListField):
    """x1, y1, x2, y2 in picture pixels."""

    child = serializers.FloatField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=4, max_length=4, **kwargs)


class LookFactsSerializer(serializers.Serializer[Any]):
    pictures = serializers.IntegerField()
    objects = serializers.IntegerField()
    learned = serializers.IntegerField(help_text="Left out: the model was trained on them.")
    blind = serializers.IntegerField(help_text="Left out: models are judged by them.")
    unread = serializers.IntegerField(help_text="Left out: the model has no word on them.")
    weaker = serializers.IntegerField(help_text="Findings that were too many to keep.")


class LabelLookSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    way = serializers.ChoiceField(choices=LookWay.choices)
    at = serializers.DateTimeField(source="created_at")
    model_number = serializers.IntegerField(source="model_version.number", default=None, allow_null=True)
    dataset_number = serializers.IntegerField(source="dataset_version.number", default=None, allow_null=True)
    minutes = serializers.FloatField(allow_null=True)
    facts = LookFactsSerializer()


class AskableSerializer(serializers.Serializer[Any]):
    """Approved pictures that can be looked at, and why others cannot."""

    pictures = serializers.SerializerMethodField()
    learned = serializers.IntegerField()
    blind = serializers.IntegerField()
    needed = serializers.IntegerField(help_text="How many more it takes.")

    def get_pictures(self, row: Any) -> int:
        return len(row.images)


class KindCountsSerializer(serializers.Serializer[Any]):
    overlooked = serializers.IntegerField()
    bad_box = serializers.IntegerField()
    swapped = serializers.IntegerField()


class StateCountsSerializer(serializers.Serializer[Any]):
    open = serializers.IntegerField()
    fixed = serializers.IntegerField()
    fine = serializers.IntegerField()
    stale = serializers.IntegerField()


class LabelErrorStateSerializer(serializers.Serializer[Any]):
    model_id = serializers.UUIDField(source="model.pk", default=None, allow_null=True)
    model_number = serializers.IntegerField(source="model.number", default=None, allow_null=True)
    by_production = AskableSerializer()
    dataset_number = serializers.IntegerField(
        source="version.number",
        default=None,
        allow_null=True,
        help_text="The frozen version that two models made for a look would learn from.",
    )
    by_folds = AskableSerializer()
    look = LabelLookSerializer(allow_null=True)
    job = JobSerializer(allow_null=True, help_text="The look that was asked for last, ended or not.")
    counts = KindCountsSerializer(help_text="Open findings.")
    states = StateCountsSerializer()


class LabelFindingSerializer(serializers.Serializer[Any]):
    """A probable label error. Of an overlooked object, label and box are those proposed and `region_id` is null."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(help_text="What If-Match of a decision carries.")
    kind = serializers.ChoiceField(choices=FindingKind.choices)
    state = serializers.SerializerMethodField()
    rank = serializers.IntegerField()
    score = serializers.FloatField(help_text="How probable the error is, 0 to 1.")
    sure = serializers.FloatField(help_text="The model's own score of what it proposes.")
    task_id = serializers.UUIDField()
    asset = ShownAssetSerializer(source="task.asset")
    label_id = serializers.UUIDField()
    region_id = serializers.UUIDField(allow_null=True)
    box = BoxField(help_text="x1, y1, x2, y2 in picture pixels.")
    proposed_label_id = serializers.UUIDField()
    proposed_box = BoxField()
    decided_by = serializers.CharField(source="decided_by.name", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=[(each, each) for each in SHOWN_STATES]))
    def get_state(self, row: LabelFinding) -> str:
        return STALE if getattr(row, "is_stale", False) else row.state


class LabelLookAskSerializer(serializers.Serializer[Any]):
    way = serializers.ChoiceField(
        choices=LookWay.choices,
        required=False,
        default=LookWay.PRODUCTION.value,
        help_text="By the production model, or by two models trained for it (needs the role of a scientist).",
    )
    minutes = serializers.FloatField(
        required=False,
        default=MINUTES,
        min_value=MINUTES_RANGE[0],
        max_value=MINUTES_RANGE[1],
        help_text="CPU minutes for each of the two models.",
    )


class FindingFilterSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=FindingKind.choices, required=False)
    label = serializers.UUIDField(required=False, help_text="There, or proposed.")
    state = serializers.ChoiceField(
        choices=[(each, each) for each in SHOWN_STATES], required=False, default=FindingState.OPEN.value
    )


class FindingDecideSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=FindingVerdict.choices)
