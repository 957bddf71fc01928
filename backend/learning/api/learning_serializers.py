"""What selection, savings and the map send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.learning.enums import TaskKind
from backend.learning.services.reports import QUEUED_MAX
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


class ShareSerializer(serializers.Serializer[Any]):
    """A value with its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class SavingsPointSerializer(serializers.Serializer[Any]):
    """Figures (mean AUROC) after so many labelled pictures, and what those cost."""

    pictures = serializers.IntegerField()
    random = ShareSerializer()
    chosen = ShareSerializer()
    random_boxes = serializers.FloatField()
    random_seconds = serializers.FloatField()
    chosen_boxes = serializers.FloatField()
    chosen_seconds = serializers.FloatField()


class MeasuredSerializer(serializers.Serializer[Any]):
    """`needed` chosen pictures do as well (`goal`) as `at` random ones. `too_few` tells how many more are needed."""

    status = serializers.ChoiceField(choices=[("measured", "measured"), ("too_few", "too_few")])
    of_random = serializers.IntegerField(required=False, help_text="Random pictures there were then.")
    random_more = serializers.IntegerField(required=False)
    chosen_more = serializers.IntegerField(required=False)
    why = serializers.CharField(required=False)
    at = serializers.FloatField(required=False)
    goal = serializers.FloatField(required=False)
    needed = serializers.FloatField(required=False)
    pictures = ShareSerializer(required=False)
    boxes = ShareSerializer(required=False, allow_null=True)
    seconds = ShareSerializer(required=False, allow_null=True)
    curve = SavingsPointSerializer(many=True, required=False)
    labels = serializers.ListField(child=serializers.CharField(), required=False)


class LabelCountsSerializer(serializers.Serializer[Any]):
    """Approved pictures and objects: drawn by people, suggested and corrected, taken as suggested, brought along."""

    pictures = serializers.IntegerField()
    blind_pictures = serializers.IntegerField()
    human = serializers.IntegerField()
    corrected = serializers.IntegerField()
    machine = serializers.IntegerField()
    imported = serializers.IntegerField()
    seconds = serializers.FloatField(help_text="Of people, over all pictures.")


class SavingsSerializer(serializers.Serializer[Any]):
    counts = LabelCountsSerializer()
    random = serializers.IntegerField(help_text="Approved pictures drawn at random.")
    chosen = serializers.IntegerField(help_text="Approved pictures chosen by a strategy.")
    random_needed = serializers.IntegerField(help_text="More of them, at least, before anything can be said.")
    chosen_needed = serializers.IntegerField()
    has_model = serializers.BooleanField()
    measured = MeasuredSerializer(source="report.report", allow_null=True, default=None)
    measured_at = serializers.DateTimeField(source="report.created_at", allow_null=True, default=None)
    model_number = serializers.IntegerField(source="measured_by.number", allow_null=True, default=None)


class MapLabelSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    color = serializers.CharField()


class MapFactsSerializer(serializers.Serializer[Any]):
    pictures = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Too many for one map, or not seen by the model.")
    cpu_seconds = serializers.FloatField()
    neighbours_kept = serializers.FloatField(
        help_text="Of each picture's ten nearest, how many are so here, 0..1."
    )


class MapColumnsSerializer(serializers.Serializer[Any]):
    """Columns of one length, a picture each; places in 0..1, y downwards."""

    assets = serializers.ListField(child=serializers.UUIDField())
    x = serializers.ListField(child=serializers.FloatField())
    y = serializers.ListField(child=serializers.FloatField())
    state = serializers.ListField(child=serializers.CharField(allow_blank=True))
    labels = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="Places in `label_names`."
    )
    label_names = MapLabelSerializer(many=True)
    split = serializers.ListField(child=serializers.CharField(allow_blank=True))
    uncertainty = serializers.ListField(child=serializers.FloatField(allow_null=True))
    camera = serializers.ListField(child=serializers.CharField(allow_blank=True))


class MapSerializer(serializers.Serializer[Any]):
    has_model = serializers.BooleanField()
    made_at = serializers.DateTimeField(source="columns.row.created_at", allow_null=True, default=None)
    model_number = serializers.IntegerField(
        source="columns.row.model_version.number", allow_null=True, default=None
    )
    facts = MapFactsSerializer(source="columns.row.facts", allow_null=True, default=None)
    columns = MapColumnsSerializer(allow_null=True, help_text="Null where no map was made yet.")


class MapQueueSerializer(serializers.Serializer[Any]):
    asset_ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=QUEUED_MAX)


class QueuedSerializer(serializers.Serializer[Any]):
    queued = serializers.IntegerField(
        help_text="Pictures put first; those begun, labelled or drawn blind stay as they are."
    )
