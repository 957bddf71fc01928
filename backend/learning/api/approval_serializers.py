"""What auto-approval reads and takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.learning.enums import PictureFate, PolicyEvent, PolicyScope, PolicyState, SuspendCause
from backend.learning.services.approval_policies import ALPHA_RANGE, AUDIT_RANGE, DELTA_RANGE, MISSED_RANGE

PERSONS_EVENTS = [event for event in PolicyEvent if event != PolicyEvent.UNLOCK]


class ErrorPointSerializer(serializers.Serializer[Any]):
    threshold = serializers.FloatField(help_text="Suggestions with at least this score.")
    probability = serializers.FloatField(
        help_text="Share of right ones at that score, as the first reviews say."
    )
    coverage = serializers.FloatField(help_text="Share of all suggestions at or above it.")
    error = serializers.FloatField(help_text="Share of wrong ones among those.")
    bound = serializers.FloatField(help_text="What that share is below, with the policy's confidence.")


class TallySerializer(serializers.Serializer[Any]):
    """Pictures, and what people said of those they have finished since (`settled`)."""

    pictures = serializers.IntegerField()
    settled = serializers.IntegerField()
    boxes = serializers.IntegerField(help_text="Boxes and tags on settled pictures.")
    wrong = serializers.IntegerField()
    missed = serializers.IntegerField(help_text="Settled pictures on which something was missed.")


class PolicyStepSerializer(serializers.Serializer[Any]):
    event = serializers.ChoiceField(choices=PERSONS_EVENTS)
    allowed = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)


class PolicyExampleSerializer(serializers.Serializer[Any]):
    task_id = serializers.UUIDField()
    asset_id = serializers.UUIDField()
    name = serializers.CharField()
    fate = serializers.ChoiceField(choices=PictureFate.choices)
    boxes = serializers.IntegerField()
    wrong = serializers.IntegerField(allow_null=True)
    missed = serializers.IntegerField(allow_null=True)


class ApprovalPolicySerializer(serializers.Serializer[Any]):
    """A policy. Figures are null until there is evidence for them."""

    id = serializers.UUIDField(source="policy.id")
    version = serializers.IntegerField(source="policy.version", help_text="What If-Match of a step carries.")
    name = serializers.CharField(help_text="The label, or whole pictures.")
    scope = serializers.ChoiceField(source="policy.scope", choices=PolicyScope.choices)
    model_id = serializers.UUIDField(source="policy.model_version_id")
    model_number = serializers.IntegerField(source="policy.model_version.number")
    state = serializers.ChoiceField(source="policy.state", choices=PolicyState.choices)
    cause = serializers.ChoiceField(
        source="policy.cause", choices=SuspendCause.choices, allow_blank=True, help_text="Why it was stopped."
    )
    note = serializers.CharField(source="policy.note", allow_blank=True)
    alpha = serializers.FloatField(source="policy.alpha")
    missed_alpha = serializers.FloatField(source="policy.missed_alpha")
    delta = serializers.FloatField(source="policy.delta")
    audit_rate = serializers.FloatField(source="policy.audit_rate")
    threshold = serializers.FloatField(
        source="policy.threshold", allow_null=True, help_text="The one of the curve's that is in use."
    )
    taking_back = serializers.BooleanField(source="policy.takes_back")
    created_at = serializers.DateTimeField(source="policy.created_at")
    created_by = serializers.CharField(source="policy.created_by.name", default=None, allow_null=True)
    words = serializers.CharField(source="proof.words")
    units = serializers.IntegerField(source="proof.units", help_text="Blind reviews counted.")
    holds_back = serializers.IntegerField(
        source="proof.holds_back",
        help_text="Finished blind pictures that wait for an unfinished one drawn before them.",
    )
    with_boxes = serializers.IntegerField(source="proof.with_boxes")
    fit_wanted = serializers.IntegerField(source="proof.fit_wanted", allow_null=True)
    tested = serializers.IntegerField(source="proof.tested", help_text="Those that prove something.")
    more = serializers.IntegerField(
        source="proof.more",
        allow_null=True,
        help_text="Null: out of reach as things look, or not counted yet.",
    )
    coverage = serializers.FloatField(source="proof.coverage", allow_null=True)
    error = serializers.FloatField(source="proof.error", allow_null=True)
    curve = ErrorPointSerializer(source="proof.curve", many=True)
    would = TallySerializer()
    approved = TallySerializer()
    audits = TallySerializer()
    taken_back = serializers.IntegerField()
    steps = PolicyStepSerializer(many=True)
    examples = PolicyExampleSerializer(many=True)


class OfferLabelSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


class ApprovalOfferSerializer(serializers.Serializer[Any]):
    model_id = serializers.UUIDField(source="model.id")
    model_number = serializers.IntegerField(source="model.number")
    labels = OfferLabelSerializer(many=True)


class ProjectApprovalSerializer(serializers.Serializer[Any]):
    blind_done = serializers.IntegerField()
    blind_waiting = serializers.IntegerField()
    offers = ApprovalOfferSerializer(many=True)
    policies = ApprovalPolicySerializer(many=True)


class ApprovalPolicyCreateSerializer(serializers.Serializer[Any]):
    model_id = serializers.UUIDField()
    scope = serializers.ChoiceField(choices=PolicyScope.choices)
    label_id = serializers.CharField(required=False, allow_null=True, default=None, max_length=36)
    alpha = serializers.FloatField(
        min_value=ALPHA_RANGE[0], max_value=ALPHA_RANGE[1], help_text="Share of wrong boxes at most."
    )
    missed_alpha = serializers.FloatField(
        required=False,
        default=0.05,
        min_value=MISSED_RANGE[0],
        max_value=MISSED_RANGE[1],
        help_text="Share of whole pictures on which something is missed, at most.",
    )
    delta = serializers.FloatField(
        required=False,
        default=0.05,
        min_value=DELTA_RANGE[0],
        max_value=DELTA_RANGE[1],
        help_text="Risk that the promise does not hold.",
    )
    audit_rate = serializers.FloatField(
        required=False, default=0.05, min_value=AUDIT_RANGE[0], max_value=AUDIT_RANGE[1]
    )


class ApprovalStepSerializer(serializers.Serializer[Any]):
    event = serializers.ChoiceField(choices=PERSONS_EVENTS)
    take_back = serializers.BooleanField(
        required=False,
        default=False,
        help_text="With a suspension: what it approved and nobody has seen goes back to the queue.",
    )
