"""What projects send and take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.core.enums import JobState, Role
from backend.projects import selectors
from backend.projects.contracts import MERGE_METHODS, STRATEGIES
from backend.projects.domain import ontology
from backend.projects.models import Project

SHAPES = [(shape, shape) for shape in ontology.SHAPES]
ATTRIBUTE_TYPES = [(kind, kind) for kind in ("select", "text", "number", "bool")]


class AttributeSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=80)
    type = serializers.ChoiceField(choices=ATTRIBUTE_TYPES)
    options = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, max_length=200
    )
    required = serializers.BooleanField(required=False, default=False)
    default = serializers.JSONField(required=False, allow_null=True, default=None)


class KeypointSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    x = serializers.FloatField(min_value=0, max_value=1, help_text="Share of the drawn box's width.")
    y = serializers.FloatField(min_value=0, max_value=1)


class SkeletonSerializer(serializers.Serializer[Any]):
    """A label's template: keypoints and which of them are joined (pairs of indices)."""

    points = KeypointSerializer(many=True)
    edges = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=2, max_length=2)
    )


class LabelSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=80)
    color = serializers.CharField(max_length=7, required=False, allow_blank=True)
    shortcut = serializers.CharField(max_length=1, required=False, allow_blank=True)
    shapes = serializers.ListField(child=serializers.ChoiceField(choices=SHAPES), required=False)
    attributes = AttributeSerializer(many=True, required=False)
    skeleton = SkeletonSerializer(required=False, allow_null=True)


class LabelFullSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    color = serializers.CharField()
    shortcut = serializers.CharField(allow_blank=True)
    shapes = serializers.ListField(child=serializers.ChoiceField(choices=SHAPES))
    attributes = AttributeSerializer(many=True)
    skeleton = SkeletonSerializer(required=False, allow_null=True)


class OntologySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    labels = LabelFullSerializer(many=True)


class ProjectSettingsSerializer(serializers.Serializer[Any]):
    random_fraction = serializers.FloatField(required=False)
    batch_size = serializers.IntegerField(required=False)
    review = serializers.ChoiceField(choices=[("all", "all"), ("none", "none")], required=False)
    allow_self_review = serializers.BooleanField(required=False)
    min_box_px = serializers.FloatField(required=False)
    prelabel = serializers.BooleanField(required=False)
    large_pictures = serializers.BooleanField(
        required=False,
        help_text="Take pictures of up to 256 megapixels; otherwise 64, or what the server says.",
    )
    max_overlap_iou = serializers.FloatField(
        required=False, help_text="IoU two upright boxes of one label may have; 1 allows any."
    )
    needed_labels = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="Labels that every picture must carry."
    )
    confirm_empty = serializers.BooleanField(
        required=False, help_text="A picture without labels must be confirmed as empty."
    )
    strategy = serializers.ChoiceField(
        choices=[(name, name) for name in STRATEGIES], required=False, help_text="How a batch is ranked."
    )
    cap_per_camera = serializers.IntegerField(required=False, help_text="Pictures of a batch; 0: any number.")
    cap_per_clip = serializers.IntegerField(required=False, help_text="Clip or other source; 0: any number.")
    min_gap_s = serializers.FloatField(required=False, help_text="Between pictures of one camera or clip.")
    label_quotas = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="Objects wanted of a batch by label id."
    )
    site_quotas = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="Pictures wanted of a batch by site id."
    )
    budget_boxes = serializers.FloatField(required=False, help_text="A batch may cost; 0: any number.")
    budget_minutes = serializers.FloatField(required=False, help_text="A person's, a batch may cost; 0: any.")
    part_frames = serializers.IntegerField(
        required=False, help_text="Videos of more frames become several tasks; 0: never."
    )
    part_overlap = serializers.IntegerField(
        required=False, help_text="Frames that neighbouring parts of a video share."
    )
    truth_share = serializers.FloatField(
        required=False,
        help_text="Of what annotators are handed, the part that is hidden ground truth; 0: none.",
    )
    truth_feedback = serializers.BooleanField(
        required=False, help_text="Tell a person about each hidden task once it is measured."
    )
    pause_below = serializers.FloatField(
        required=False, help_text="F1 on hidden tasks below which a person pauses; 0: nobody."
    )
    pause_over = serializers.IntegerField(
        required=False, help_text="Over so many of their last hidden tasks."
    )
    pause_retry = serializers.BooleanField(required=False, help_text="Paused people may go on by themselves.")
    consensus_people = serializers.IntegerField(
        required=False, help_text="People who label a picture, each on their own, where several do."
    )
    consensus_share = serializers.FloatField(
        required=False, help_text="Of the pictures that come, the part that several people label; 0: none."
    )
    consensus_quorum = serializers.FloatField(
        required=False,
        help_text="The part of them that must have drawn an object; 0.5: more than half of them.",
    )
    consensus_method = serializers.ChoiceField(
        choices=MERGE_METHODS,
        required=False,
        help_text="vote: everybody counts the same; crowd: by how often they agree with others (CROWDLAB).",
    )
    label_quorums = serializers.DictField(
        child=serializers.FloatField(), required=False, help_text="By label id where it is another part."
    )
    second_share = serializers.FloatField(
        required=False, help_text="Of what one reviewer approved, the part a second one looks at; 0: none."
    )


class SiteNameSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    time_zone = serializers.CharField()


class ProjectRowSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    organisation_id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    site = SiteNameSerializer(allow_null=True)
    is_demo = serializers.BooleanField()
    archived_at = serializers.DateTimeField(allow_null=True)
    queue_paused_at = serializers.DateTimeField(allow_null=True)
    my_role = serializers.SerializerMethodField()

    def get_my_role(self, project: Project) -> str:
        return selectors.project_role(actor=self.context["actor"], project=project) or ""


class ProjectSerializer(ProjectRowSerializer):
    guidelines = serializers.CharField(allow_blank=True)
    settings = ProjectSettingsSerializer()
    version = serializers.IntegerField()
    ontology = serializers.SerializerMethodField()

    def get_ontology(self, project: Project) -> dict[str, Any]:
        return OntologySerializer(selectors.ontology_current(project.pk)).data


ProjectSerializer.get_ontology.__annotations__["return"] = OntologySerializer


class ProjectCreateSerializer(serializers.Serializer[Any]):
    organisation_id = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=5_000, required=False, default="", allow_blank=True)
    template = serializers.CharField(max_length=40, required=False, default="blank")
    site_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    labels = LabelSerializer(many=True, required=False)


class ProjectUpdateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=5_000, required=False, allow_blank=True)
    guidelines = serializers.CharField(max_length=100_000, required=False, allow_blank=True)
    settings = ProjectSettingsSerializer(required=False)
    archived = serializers.BooleanField(required=False)
    queue_paused = serializers.BooleanField(required=False)


class OntologyReplaceSerializer(serializers.Serializer[Any]):
    labels = LabelSerializer(many=True)
    map = serializers.DictField(child=serializers.UUIDField(allow_null=True), required=False)


class TemplateSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    labels = LabelSerializer(many=True)


class ProjectMemberSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(choices=Role.choices)


class JobSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=JobState.choices)
    progress = serializers.FloatField()
    message = serializers.CharField(allow_blank=True)
    error = serializers.CharField(allow_blank=True)
    log = serializers.CharField(allow_blank=True)
    result = serializers.DictField()
    project_id = serializers.UUIDField(allow_null=True)
    created_by_name = serializers.CharField(source="created_by.name", default="")
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
