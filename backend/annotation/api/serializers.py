"""What the annotation endpoints take and give."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.annotation.api.fields import (
    GeometryField,
    PersonSerializer,
    TaskAssetSerializer,
    TaskRowSerializer,
    VideoPartSerializer,
)
from backend.annotation.domain.states import ASSIGNMENT_STATES, TASK_STATES
from backend.annotation.enums import AssignmentKind, SelectionReason
from backend.annotation.models import Assignment, Comment, ReviewDecision, Revision
from backend.annotation.selectors import OpenTask

OPS_MAX = 2_000
Z_INDEX_MAX = 1_000_000
DRAWN_SHAPES = ["box", "polygon", "polyline", "points", "ellipse", "cuboid", "skeleton", "mask", "track"]
ALL_SHAPES = [*DRAWN_SHAPES, "tag"]
SOURCES = ["person", "model", "import"]
SUGGESTION_STATES = ["open", "accepted", "fixed", "rejected", "superseded"]


class RegionSerializer(serializers.Serializer[Any]):
    """One object. `source`, `score` are the server's to say: what a client sends there is not believed."""

    region_id = serializers.UUIDField()
    label_id = serializers.UUIDField()
    shape = serializers.ChoiceField(choices=DRAWN_SHAPES)
    geometry = GeometryField()
    attributes = serializers.DictField(required=False, default=dict, help_text="Values by attribute id.")
    source = serializers.ChoiceField(choices=SOURCES, required=False, default="person")
    suggestion_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    score = serializers.FloatField(required=False, allow_null=True, default=None)
    z_index = serializers.IntegerField(
        required=False, default=0, min_value=-Z_INDEX_MAX, max_value=Z_INDEX_MAX
    )
    occluded = serializers.BooleanField(
        required=False, default=False, help_text="Partly hidden by something."
    )
    group_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class LabelsSerializer(serializers.Serializer[Any]):
    regions = RegionSerializer(many=True)
    tags = serializers.ListField(child=serializers.UUIDField(), help_text="Label ids of the whole picture.")


class AssignmentSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    kind = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=ASSIGNMENT_STATES)
    lease_expires_at = serializers.DateTimeField(allow_null=True)
    draft_version = serializers.IntegerField(help_text="What If-Match must carry.")
    draft_saved_at = serializers.DateTimeField(allow_null=True)
    active_seconds = serializers.FloatField(help_text="The total so far.")
    return_reason = serializers.CharField(allow_blank=True)

    @extend_schema_field(serializers.ChoiceField(choices=["label", "review"]))
    def get_kind(self, assignment: Assignment) -> str:
        """A hidden task is labelling like any other."""
        return "label" if assignment.kind == AssignmentKind.TRUTH else assignment.kind


class RevisionRefSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.IntegerField()


class SuggestionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    label_id = serializers.UUIDField()
    shape = serializers.ChoiceField(choices=ALL_SHAPES)
    geometry = GeometryField()
    score = serializers.FloatField()
    model_name = serializers.CharField()
    state = serializers.ChoiceField(choices=SUGGESTION_STATES)


class CommentReplySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    author = PersonSerializer(allow_null=True)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class CommentSerializer(serializers.Serializer[Any]):
    """A remark with the replies to it, the oldest first."""

    id = serializers.UUIDField()
    author = PersonSerializer(allow_null=True)
    text = serializers.CharField()
    x = serializers.FloatField(allow_null=True)
    y = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True, help_text="Settled: closed for replies.")
    replies = serializers.SerializerMethodField()

    @extend_schema_field(CommentReplySerializer(many=True))
    def get_replies(self, comment: Comment) -> list[dict[str, Any]]:
        rows = sorted(comment.replies.all(), key=lambda each: each.pk)
        return list(CommentReplySerializer(rows, many=True).data)


class ProgressSerializer(serializers.Serializer[Any]):
    left = serializers.IntegerField(help_text="In the queue for this person; counting stops at 1000.")
    done_today = serializers.IntegerField(help_text="Submitted by this person since midnight at the site.")
    seconds_today = serializers.IntegerField(help_text="This person's seconds on what they saved today.")


def maker_name(revision: Revision) -> str:
    """Whose work a reviewer sees: a person's name, the policy's, how many people's together, or "" for nobody's."""
    if revision.policy_id is not None:
        return "Auto-approval"
    if hasattr(revision, "merge"):
        return f"{len(revision.merge.answers)} people"
    return revision.author.get_full_name() if revision.author else ""


class _WaitingSerializer(serializers.Serializer[Any]):
    """What is told of any revision that waits for a reviewer's word."""

    author_name = serializers.SerializerMethodField()
    second_look = serializers.SerializerMethodField(
        help_text="Approved already, and drawn for another reviewer to look at too."
    )

    def get_author_name(self, revision: Revision) -> str:
        return maker_name(revision)

    def get_second_look(self, revision: Revision) -> bool:
        return not revision.pending


class PendingReviewSerializer(_WaitingSerializer):
    """The revision that waits for a reviewer's word."""

    revision_id = serializers.UUIDField(source="id")
    number = serializers.IntegerField()
    late = serializers.BooleanField()
    submitted_at = serializers.DateTimeField(source="created_at")


class OpenTaskSerializer(serializers.Serializer[OpenTask]):
    """A task as its editor needs it. `mode`: label and review may save, read may not."""

    id = serializers.UUIDField(source="task.id")
    project_id = serializers.UUIDField(source="task.project_id")
    state = serializers.ChoiceField(source="task.state", choices=TASK_STATES)
    mode = serializers.ChoiceField(choices=["label", "review", "read"])
    locked_by = serializers.CharField(allow_null=True, help_text="Who has it open, where that is another.")
    blind = serializers.BooleanField(source="task.blind")
    people = serializers.IntegerField(source="task.people", help_text="Who label it, each on their own.")
    selection_reason = serializers.CharField(source="task.selection_reason", allow_blank=True)
    selection_why = serializers.SerializerMethodField(help_text="A sentence; empty where nobody selected it.")
    inclusion_probability = serializers.FloatField(source="task.inclusion_probability", allow_null=True)
    due_at = serializers.DateTimeField(source="task.due_at", allow_null=True)
    assigned_to = PersonSerializer(source="task.assigned_to", allow_null=True)
    asset = TaskAssetSerializer(source="task.asset")
    part = VideoPartSerializer(source="task.part", allow_null=True, help_text="Null: of the whole.")
    assignment = AssignmentSerializer(allow_null=True)
    labels = LabelsSerializer()
    base_revision = RevisionRefSerializer(allow_null=True)
    suggestions = SuggestionSerializer(many=True)
    suggestions_left_out = serializers.SerializerMethodField(
        help_text="So many more were proposed than a task holds: the surest are kept."
    )
    comments = CommentSerializer(many=True)
    progress = ProgressSerializer()
    review = PendingReviewSerializer(allow_null=True)
    undone_reason = serializers.CharField(
        allow_blank=True, help_text="What one returned it for oneself, and took back."
    )
    correctable = serializers.BooleanField(
        help_text="Only to look at, but one's own submit that still waits: `open` as `correct` takes it back."
    )

    def get_suggestions_left_out(self, opened: OpenTask) -> int:
        return opened.task.suggestions_left_out if opened.suggestions else 0

    def get_selection_why(self, opened: OpenTask) -> str:
        return str(opened.task.selection_evidence.get("why", ""))


class NextRequestSerializer(serializers.Serializer[Any]):
    exclude_task_ids = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=100,
        help_text="Tasks the editor already has open, when it fetches the one after.",
    )


class OpenRequestSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        # `as` is a word of Python's own.
        choices = ["label", "review", "correct"]
        return {"as": serializers.ChoiceField(choices=choices, required=False, default="label")}


class DraftSavedSerializer(serializers.Serializer[Any]):
    draft_version = serializers.IntegerField()
    saved_at = serializers.DateTimeField(allow_null=True)


class SkipSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=200)


class DecisionSerializer(serializers.Serializer[Any]):
    suggestion_id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=["accepted", "fixed", "rejected"])


class SubmitSerializer(serializers.Serializer[Any]):
    base_revision_id = serializers.UUIDField(allow_null=True, required=False, default=None)
    decisions = DecisionSerializer(many=True, required=False, default=list)
    active_seconds = serializers.FloatField(
        required=False, min_value=0, max_value=1e7, default=None, allow_null=True
    )
    approve = serializers.BooleanField(
        required=False, default=False, help_text="A reviewer's edit: approve it at once."
    )
    nothing_here = serializers.BooleanField(
        required=False, default=False, help_text="The person's word that an empty picture is empty."
    )


class RevisionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    number = serializers.IntegerField()
    author = PersonSerializer(allow_null=True)
    source = serializers.ChoiceField(choices=SOURCES)
    base_revision_id = serializers.UUIDField(source="base_id", allow_null=True)
    policy_id = serializers.UUIDField(
        allow_null=True, help_text="The auto-approval policy that made it; null: a person or an import did."
    )
    merged_of = serializers.SerializerMethodField(
        help_text="How many people's answers were put together in it; null: it is one person's or a model's."
    )
    late = serializers.BooleanField()
    pending = serializers.BooleanField(help_text="Waits for a reviewer's word.")
    active_seconds = serializers.FloatField()
    created_at = serializers.DateTimeField()

    def get_merged_of(self, revision: Revision) -> int | None:
        return len(revision.merge.answers) if hasattr(revision, "merge") else None


class SubmittedSerializer(serializers.Serializer[Any]):
    revision = RevisionSerializer()
    task_state = serializers.ChoiceField(source="task.state", choices=TASK_STATES)
    progress = ProgressSerializer()


class RecentTaskSerializer(serializers.Serializer[Any]):
    """A picture somebody worked on lately, and whether they may still correct it."""

    id = serializers.UUIDField(source="task.id")
    state = serializers.ChoiceField(source="task.state", choices=TASK_STATES)
    asset = TaskAssetSerializer(source="task.asset")
    part = VideoPartSerializer(source="task.part", allow_null=True)
    work_state = serializers.ChoiceField(choices=ASSIGNMENT_STATES)
    worked_at = serializers.DateTimeField()
    correctable = serializers.BooleanField(help_text="Opening it lets this person change it.")


class ReviewDecisionSerializer(serializers.Serializer[ReviewDecision]):
    id = serializers.UUIDField()
    verdict = serializers.ChoiceField(choices=["approve", "return"])
    reason = serializers.CharField(allow_blank=True)
    reviewer = PersonSerializer(allow_null=True)
    created_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class RevisionRowSerializer(RevisionSerializer):
    """One entry of a task's history."""

    region_count = serializers.IntegerField(source="region_total")
    decisions = ReviewDecisionSerializer(many=True)
    of_test = serializers.BooleanField(
        source="beside",
        help_text="The reader's own answer to the picture as a hidden task: its labels are others.",
    )


class ChangesSerializer(serializers.Serializer[Any]):
    """Objects by what became of them since the revision compared with; one with another label counts as that only."""

    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    changed = serializers.IntegerField()
    relabelled = serializers.IntegerField()
    tags_added = serializers.IntegerField()
    tags_removed = serializers.IntegerField()


class HistoryEntrySerializer(RevisionRowSerializer):
    """One entry of a task's history with what it changed."""

    changes = ChangesSerializer()
    against_number = serializers.IntegerField(
        allow_null=True, help_text="The revision it is compared with; null: nothing was there before."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        changes = {
            "changes": ChangesSerializer(instance.changes).data,
            "against_number": instance.against_number,
        }
        return {**RevisionRowSerializer(instance.revision).data, **changes}


class TabSerializer(serializers.Serializer[Any]):
    tab = serializers.UUIDField(help_text="One open page; made by the page, the same while it lives.")


class PresentSerializer(serializers.Serializer[Any]):
    """One open page of a task."""

    tab = serializers.UUIDField()
    user_id = serializers.UUIDField()
    name = serializers.CharField()
    mode = serializers.ChoiceField(choices=["label", "review", "read"])
    seconds_left = serializers.FloatField(
        help_text="Until it counts as gone, unless it says that it is there."
    )


class PresenceSerializer(serializers.Serializer[Any]):
    present = PresentSerializer(many=True)


class RevisionDetailSerializer(RevisionSerializer):
    labels = LabelsSerializer()


class DecideSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(choices=["approve", "return"])
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=2_000, help_text="Needed to return."
    )


class DecidedSerializer(serializers.Serializer[Any]):
    decision = ReviewDecisionSerializer()
    revision_id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    task_state = serializers.ChoiceField(choices=TASK_STATES)


class UndoneSerializer(serializers.Serializer[Any]):
    revision_id = serializers.UUIDField()
    task_id = serializers.UUIDField()
    task_state = serializers.ChoiceField(choices=TASK_STATES)


class ReviewRowSerializer(_WaitingSerializer):
    revision = RevisionSerializer(source="*")
    task = TaskRowSerializer()
    own = serializers.SerializerMethodField(help_text="Made by oneself: another must decide, unless allowed.")

    def get_own(self, revision: Revision) -> bool:
        return bool(revision.is_own)  # type: ignore[attr-defined]


class GridSuggestionSerializer(SuggestionSerializer):
    """A crop to decide at a glance."""

    task_id = serializers.UUIDField()
    asset_id = serializers.UUIDField(source="task.asset_id")
    asset = TaskAssetSerializer(source="task.asset")


class GridFilterSerializer(serializers.Serializer[Any]):
    label_id = serializers.UUIDField(required=False)
    min_score = serializers.FloatField(required=False, min_value=0, max_value=1)
    shape = serializers.ChoiceField(choices=ALL_SHAPES, required=False)
    state = serializers.ChoiceField(choices=["open", "accepted", "rejected"], required=False, default="open")


class TaskFilterSerializer(serializers.Serializer[Any]):
    state = serializers.ListField(child=serializers.ChoiceField(choices=TASK_STATES), required=False)
    assigned_to = serializers.ChoiceField(choices=["me"], required=False)
    reason = serializers.ChoiceField(choices=SelectionReason.values, required=False)
    blind = serializers.BooleanField(required=False, default=None, allow_null=True)


class GridItemSerializer(serializers.Serializer[Any]):
    suggestion_id = serializers.UUIDField()
    decision = serializers.ChoiceField(choices=["accepted", "rejected"])


class GridDecideSerializer(serializers.Serializer[Any]):
    project_id = serializers.UUIDField()
    items = GridItemSerializer(many=True, max_length=500)
    complete_task_ids = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=500,
        help_text="Pictures that hold everything there is: approved as they stand after this.",
    )


class GridUndoSerializer(serializers.Serializer[Any]):
    suggestion_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500)


class GridSkippedSerializer(serializers.Serializer[Any]):
    suggestion_id = serializers.UUIDField()
    reason = serializers.CharField()


class GridTaskSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=TASK_STATES)
    open_suggestion_count = serializers.IntegerField()
    region_count = serializers.IntegerField()


class GridResultSerializer(serializers.Serializer[Any]):
    decided = serializers.ListField(child=serializers.UUIDField())
    skipped = GridSkippedSerializer(many=True)
    tasks = GridTaskSerializer(many=True)


class CommentCreateSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4_000)
    x = serializers.FloatField(required=False, allow_null=True, default=None)
    y = serializers.FloatField(required=False, allow_null=True, default=None)


class CommentReplyCreateSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4_000)


class CommentResolveSerializer(serializers.Serializer[Any]):
    resolved = serializers.BooleanField()


class AssignSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField(allow_null=True, help_text="Null takes the pictures back from everybody.")
    task_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=5_000
    )
    asset_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=5_000
    )
    due_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class AssignedSerializer(serializers.Serializer[Any]):
    assigned = serializers.IntegerField()


class VideoPartsSetSerializer(serializers.Serializer[Any]):
    """Lengths in frames."""

    frames = serializers.IntegerField(help_text="The most a part may have; 0: one task for the whole video.")
    overlap = serializers.IntegerField(
        required=False, default=50, help_text="What neighbours share; a fourth of `frames` at most."
    )


class QuarantineSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class TaskStatusSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=TASK_STATES)


class TaskCountsSerializer(serializers.Serializer[Any]):
    new = serializers.IntegerField()
    ready = serializers.IntegerField()
    in_work = serializers.IntegerField()
    in_review = serializers.IntegerField()
    approved = serializers.IntegerField()
    auto_approved = serializers.IntegerField()
    quarantined = serializers.IntegerField()
    suggested = serializers.IntegerField()
    blind = serializers.IntegerField()


class PersonSavesSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    name = serializers.CharField()
    tasks = serializers.IntegerField()
    revisions = serializers.IntegerField()


class WorkSummarySerializer(serializers.Serializer[Any]):
    counts = TaskCountsSerializer()
    late = serializers.IntegerField(help_text="Late revisions that wait for a reviewer.")
    returned = serializers.IntegerField(help_text="Returned work its authors have not opened yet.")
    people = PersonSavesSerializer(many=True, help_text="By name; to managers all, to others themselves.")


class PersonWorkQuerySerializer(serializers.Serializer[Any]):
    days = serializers.ChoiceField(choices=["7", "30", "90"], default="30", help_text="Today among them.")


class WorkDaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField(help_text="By the site's clock.")
    pictures = serializers.IntegerField()
    objects = serializers.IntegerField(help_text="In the person's last save of each picture.")
    seconds = serializers.FloatField(help_text="With the editor open and in use.")


class ReturnedSerializer(serializers.Serializer[Any]):
    task_id = serializers.UUIDField()
    picture = serializers.CharField()
    reason = serializers.CharField()
    at = serializers.DateTimeField()


class PersonWorkSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    name = serializers.CharField()
    days = WorkDaySerializer(many=True)
    seconds_a_picture = serializers.ListField(
        child=serializers.FloatField(),
        min_length=3,
        max_length=3,
        allow_null=True,
        help_text="First quartile, median, third quartile; null below three pictures.",
    )
    approved = serializers.IntegerField(help_text="As they were saved.")
    changed = serializers.IntegerField(help_text="By the reviewer.")
    returned = serializers.IntegerField(help_text="At least once, whatever came of them later.")
    waiting = serializers.IntegerField(help_text="For a reviewer.")
    returns = ReturnedSerializer(many=True, help_text="The newest 20.")
