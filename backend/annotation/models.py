"""Tasks, who works on them, what was saved, what models suggest, what reviewers decided."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.annotation.contracts import VideoPart
from backend.annotation.enums import (
    AssignmentKind,
    AssignmentState,
    LinkKind,
    MergeMethod,
    PlanState,
    RegionSource,
    SecondLookState,
    SelectionReason,
    Shape,
    SuggestionState,
    TaskState,
    TurnState,
    Verdict,
)
from backend.core.models import Entity


class Task(Entity):
    """One asset, or one part of a long video, to be labelled. The state is derived; nothing but `services` writes it."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="tasks")
    asset = models.ForeignKey("media.Asset", on_delete=models.CASCADE, related_name="tasks")
    state = models.CharField(max_length=16, choices=TaskState.choices, default=TaskState.READY)
    # Higher first. Computed ahead by selection; "next task" only reads it.
    priority = models.FloatField(default=0.0)
    selection_reason = models.CharField(max_length=12, choices=SelectionReason.choices, blank=True)
    inclusion_probability = models.FloatField(null=True)
    selection_score = models.FloatField(null=True)
    # `{"why": a sentence, and the figures behind it}`; empty where nobody selected.
    selection_evidence = models.JSONField(default=dict)
    # Drawn at random before scores were read: suggestions are never sent for it.
    blind = models.BooleanField(default=False)
    quarantine_reason = models.CharField(max_length=300, blank=True)
    resolved_revision = models.ForeignKey("Revision", null=True, on_delete=models.SET_NULL, related_name="+")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="assigned_tasks"
    )
    due_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    region_count = models.PositiveIntegerField(default=0)
    # Of suggestions still open: how many, and the best score among them.
    open_suggestion_count = models.PositiveIntegerField(default=0)
    max_suggestion_score = models.FloatField(null=True)
    prelabelled_by_id = models.UUIDField(null=True)  # model version whose suggestions are shown
    # How many people label it, each on their own; above 1 their answers are merged (`ConsensusMerge`).
    people = models.PositiveSmallIntegerField(default=1, db_default=1)
    # Of a long video that several tasks share: which one of how many, from 1, and its frames, from 0 and half-open.
    # All 0: the whole asset. Read as `part`.
    part_number = models.PositiveSmallIntegerField(default=0, db_default=0)
    part_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    frame_start = models.PositiveIntegerField(default=0, db_default=0)
    frame_end = models.PositiveIntegerField(default=0, db_default=0)
    # What a model proposed beyond the most that a task holds.
    suggestions_left_out = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index(fields=["project", "state", "-priority", "id"], name="task_queue"),
            models.Index(fields=["project", "-id"], name="task_project"),
            models.Index(fields=["project", "-max_suggestion_score", "-id"], name="task_score"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "asset", "part_number"], name="task_once_per_part"),
            models.CheckConstraint(
                condition=models.Q(part_number=0, part_count=0, frame_start=0, frame_end=0)
                | models.Q(
                    part_number__gte=1,
                    part_number__lte=models.F("part_count"),
                    frame_start__lt=models.F("frame_end"),
                ),
                name="task_part_range",
            ),
            models.CheckConstraint(
                condition=models.Q(inclusion_probability=None)
                | (models.Q(inclusion_probability__gt=0) & models.Q(inclusion_probability__lte=1)),
                name="task_inclusion_probability_range",
            ),
            models.CheckConstraint(condition=models.Q(people__gte=1), name="task_people_range"),
        ]

    def __str__(self) -> str:
        return f"task {self.id} {self.state}"

    @property
    def part(self) -> VideoPart | None:
        """Its part of a long video; None where it is of the whole asset."""
        if self.part_number == 0:
            return None
        return VideoPart(self.part_number, self.part_count, self.frame_start, self.frame_end)

    @property
    def title(self) -> str:
        """The asset's name, and which part of it."""
        return self.asset.name if self.part is None else f"{self.asset.name}, {self.part}"


class Assignment(Entity):
    """One person's work on one task, with its lease and its draft.

    `draft` is `{"regions": {region_id: region}, "tags": [label ids]}`; `draft_version` rises with each PATCH;
    `applied_ops` keeps the last client operation ids so that a replay is harmless.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignments")
    kind = models.CharField(max_length=8, choices=AssignmentKind.choices, default=AssignmentKind.LABEL)
    state = models.CharField(max_length=12, choices=AssignmentState.choices, default=AssignmentState.OFFERED)
    lease_expires_at = models.DateTimeField(null=True)
    draft = models.JSONField(null=True)
    draft_version = models.PositiveIntegerField(default=0)
    draft_saved_at = models.DateTimeField(null=True)
    applied_ops = models.JSONField(default=list)
    base_revision = models.ForeignKey("Revision", null=True, on_delete=models.SET_NULL, related_name="+")
    active_seconds = models.FloatField(default=0.0)
    return_reason = models.TextField(blank=True)
    skip_reason = models.CharField(max_length=200, blank=True)
    submitted_at = models.DateTimeField(null=True)
    # Of a hidden task alone: what its person is told of it instead of the truth; see `selectors/cover.py`.
    cover = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "state"], name="assignment_user_state"),
            models.Index(fields=["state", "lease_expires_at"], name="assignment_lease"),
        ]
        constraints = [models.UniqueConstraint(fields=["task", "user", "kind"], name="assignment_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.task_id} by {self.user_id}: {self.state}"


class RegionVersion(models.Model):
    """One immutable state of one object; rows with equal content are the same row (`content_hash`).

    `geometry`: box `{"box": [x1, y1, x2, y2], "rotation"?}`; polygon `{"points": [[x, y]…], "holes"?}`;
    polyline and points `{"points"}`; ellipse `{"center", "radii": [rx, ry], "rotation"?}`;
    cuboid `{"front": [nw, ne, se, sw], "back"}`; skeleton `{"keypoints": [[x, y, v]…]}` (COCO's v);
    mask `{"mask": {"x", "y", "width", "height", "counts"}}` (COCO's compressed runs of that crop);
    track `{"of": the shape in each frame, "keyframes": [{"frame", "outside", "occluded", "attributes"?, "by"?,
    "confidence"?, and that shape's fields}…]}`; see `backend.core.tracks`. Pixels of the upright picture.
    """

    id = models.BigAutoField(primary_key=True)
    region_id = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    label_id = models.UUIDField()
    shape = models.CharField(max_length=8, choices=Shape.choices)
    geometry = models.JSONField()
    attributes = models.JSONField(default=dict)
    source = models.CharField(max_length=8, choices=RegionSource.choices, default=RegionSource.PERSON)
    suggestion_id = models.UUIDField(null=True)
    model_version_id = models.UUIDField(null=True)
    score = models.FloatField(null=True)
    z_index = models.IntegerField(default=0)
    # Partly hidden by something else in the picture.
    occluded = models.BooleanField(default=False)
    # Objects of one picture that belong together share it.
    group_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region_id", "content_hash"], name="region_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.shape} {self.region_id}"


class Revision(Entity):
    """One immutable, numbered saved state of a task's labels."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="revisions"
    )
    base = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    ontology_version = models.ForeignKey("projects.OntologyVersion", on_delete=models.PROTECT)
    regions = models.ManyToManyField(RegionVersion, related_name="revisions")
    tags = models.JSONField(default=list)  # label ids of the whole picture
    source = models.CharField(max_length=8, choices=RegionSource.choices, default=RegionSource.PERSON)
    active_seconds = models.FloatField(default=0.0)
    late = models.BooleanField(default=False)
    # Whose assignment it was submitted under; imports and grid decisions have none.
    assignment = models.ForeignKey(
        Assignment, null=True, on_delete=models.SET_NULL, related_name="submitted_revisions"
    )
    # Waits for a reviewer's word. The words themselves are `ReviewDecision` rows.
    pending = models.BooleanField(default=False)
    # Made by an auto-approval policy, by nobody's hand: its id.
    policy_id = models.UUIDField(null=True)
    # An answer beside the task's labels: of a hidden task, or of one of several people asked (`Task.people`). It never
    # becomes them by itself, and no reviewer is asked.
    beside = models.BooleanField(default=False, db_default=False)
    # An import's own key, so that the same import twice makes one revision.
    import_key = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=models.Q(pending=True), name="revision_pending"),
            models.Index(fields=["author", "-id"], name="revision_author"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(policy_id=None) | models.Q(author=None, source="model"),
                name="revision_of_policy_or_person",
            ),
            models.UniqueConstraint(fields=["task", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["task", "import_key"],
                condition=~models.Q(import_key=""),
                name="revision_once_per_import",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.task_id}"


class RegionProjection(models.Model):
    """The resolved revision's objects as flat rows, for search, statistics and training."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="projected_regions")
    region_version = models.ForeignKey(RegionVersion, on_delete=models.CASCADE, related_name="+")
    label_id = models.UUIDField()
    shape = models.CharField(max_length=8, choices=Shape.choices)
    source = models.CharField(max_length=8, choices=RegionSource.choices)
    author_id = models.UUIDField(null=True)
    score = models.FloatField(null=True)
    x1 = models.FloatField(default=0.0)
    y1 = models.FloatField(default=0.0)
    x2 = models.FloatField(default=0.0)
    y2 = models.FloatField(default=0.0)

    class Meta:
        indexes = [
            models.Index(fields=["project", "label_id", "task"], name="region_label"),
            models.Index(fields=["project", "score"], name="region_score"),
        ]

    def __str__(self) -> str:
        return f"{self.shape} of {self.task_id}"


class Suggestion(Entity):
    """What a model proposes for a task, and what a person made of it. Never changes a person's work."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="suggestions")
    model_version_id = models.UUIDField()
    model_name = models.CharField(max_length=120)
    label_id = models.UUIDField()
    shape = models.CharField(max_length=8, choices=Shape.choices)
    geometry = models.JSONField(default=dict)
    score = models.FloatField()
    uncertainty = models.FloatField(null=True)
    state = models.CharField(max_length=12, choices=SuggestionState.choices, default=SuggestionState.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["task", "state"], name="suggestion_task"),
            models.Index(fields=["label_id", "state", "-score"], name="suggestion_label"),
            models.Index(fields=["model_version_id", "state"], name="suggestion_model"),
        ]

    def __str__(self) -> str:
        return f"{self.shape} {self.score:.2f} {self.state}"


class ReviewDecision(Entity):
    """A reviewer's word on a revision."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="decisions")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    reason = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.verdict} {self.revision_id}"


class SecondLook(Entity):
    """A picture that somebody approved, drawn for another reviewer to look at too.

    Once drawn it stays drawn until a second person has looked, whatever becomes of the labels meanwhile: it waits while
    its picture is approved, for what its labels say then. `first` is who approved the whole picture last.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="second_looks")
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=SecondLookState.choices, default=SecondLookState.WAITING)
    # The second reviewer's word, on what they saw or on what they made of it; None while it waits.
    decision = models.OneToOneField(
        ReviewDecision, null=True, on_delete=models.SET_NULL, related_name="second_look"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["task", "-id"], name="second_look_task"),
            models.Index(
                fields=["-decided_at"],
                condition=models.Q(decided_at__isnull=False),
                name="second_look_decided",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(state="waiting"), name="second_look_waits_once"
            )
        ]

    def __str__(self) -> str:
        return f"second look at {self.task_id}: {self.state}"


class Comment(Entity):
    """A remark on a task, pinned to a place of the picture where `x` and `y` are given (pixels), or a reply to one."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The remark this is a reply to. Replies have no place and are not settled by themselves: their thread is.
    thread = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="replies")
    text = models.TextField()
    x = models.FloatField(null=True)
    y = models.FloatField(null=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(thread=None) | models.Q(x=None, y=None, resolved_at=None),
                name="comment_reply_without_place",
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]


class WorkCapacity(Entity):
    """What a manager said of one person in one project; who has no row goes by the defaults of `domain/planning.py`."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    minutes_per_day = models.PositiveIntegerField()
    # Labels the person is set up for; None: all there are, later ones too.
    label_ids = models.JSONField(null=True)
    # Rises with every change; If-Match carries it.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="capacity_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.project_id}: {self.minutes_per_day} min a day"


class WorkPlan(Entity):
    """A proposal of who does what, for a manager to apply or throw away.

    `people` is `[{"user_id", "minutes": in all its days, "in_hand": minutes of them for work they have}…]`; `undone` is
    `[{"kind", "cause", "turns", "minutes", "words", "help"}…]`. `gap`: see `ml.quality.work.Plan`.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.PROPOSED)
    first_day = models.DateField()
    last_day = models.DateField()
    # Whether it shares out again what earlier plans gave out and nobody has begun.
    again = models.BooleanField()
    # "optimised", or "greedy" where the solver had nothing better in time.
    method = models.CharField(max_length=10)
    gap = models.FloatField(null=True)
    # Open pictures that were too many to be planned at once.
    left_out = models.PositiveIntegerField(default=0)
    people = models.JSONField()
    undone = models.JSONField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(state="proposed"), name="plan_proposed_once"
            )
        ]

    def __str__(self) -> str:
        return f"plan of {self.project_id}: {self.state}"


class PlanTurn(Entity):
    """One picture for one person to label or review, by the end of a day at the site."""

    plan = models.ForeignKey(WorkPlan, on_delete=models.CASCADE, related_name="turns")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="plan_turns")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=AssignmentKind.choices)
    # What is to be reviewed.
    revision = models.ForeignKey(Revision, null=True, on_delete=models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    minutes = models.FloatField()
    state = models.CharField(max_length=10, choices=TurnState.choices, default=TurnState.PROPOSED)
    refusal = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["user", "kind", "due_at"], condition=models.Q(state="given"), name="turn_of_person"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "task", "user", "kind"], name="turn_once"),
            models.UniqueConstraint(
                fields=["task", "user", "kind"], condition=models.Q(state="given"), name="turn_given_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.task_id} for {self.user_id}: {self.state}"


class GroundTruth(Entity):
    """A picture whose approved labels people are measured against. What its task says now is the truth."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="ground_truth")
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="truth_project")]

    def __str__(self) -> str:
        return f"truth of {self.task_id}"


class Comparison(Entity):
    """Two people's labels of one picture, compared once and kept.

    `labels` is `{label id: [pairs at IoU 0.5, pairs at 0.75, sum of IoU at 0.5, drawn pairs, regions of the first,
    of the second]}`: tags count as regions and pairs, but have no IoU. `votes` is `[[first's label or "missing",
    second's, objects]…]`. With `against_truth`, `first` is the picture's truth.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="comparisons")
    first = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    first_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    second_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    against_truth = models.BooleanField(default=False)
    labels = models.JSONField()
    votes = models.JSONField()

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="comparison_project"),
            models.Index(fields=["second_user", "project", "-id"], name="comparison_person"),
        ]
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="comparison_once")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class ConsensusMerge(Entity):
    """Several people's answers on one picture put together; the answers stay, so it can be done again or taken back.

    `method`: everybody counts the same, or by how often they agree with others (`domain/crowd.py`). `quorum` is the share of those asked who must have drawn an object with its label, of `label_quorums` where its label
    is there. `answers` is `[{"revision_id", "user_id", "weight", "matched", "missed", "extra"}…]` against the merged labels.
    `objects_found` is `[{"region_id", "label_id", "votes": {label id or "missing": people}, "kept", "tied", "agreement",
    "sources": {answer's revision id: region id}, "said": {answer's revision id: label id or "missing"}, "model"?: [what
    it said, score], "quality"?, "region"?}…]`; `region`, as drafts spell it, of those left out.
    `tags_found` is `[{"label_id", "votes", "kept"}…]`.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="merges")
    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="merge")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    method = models.CharField(
        max_length=8, choices=MergeMethod.choices, default=MergeMethod.VOTE, db_default=MergeMethod.VOTE
    )
    quorum = models.FloatField()
    label_quorums = models.JSONField(default=dict)
    answers = models.JSONField()
    objects_found = models.JSONField()
    tags_found = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["task", "-id"], name="merge_task")]

    def __str__(self) -> str:
        return f"merge of {self.task_id}"


class TrackLink(Entity):
    """What a person said of two tracks on either side of the seam between two neighbouring parts of a video.

    Regions keep their id over revisions, but one that was imported has it in several parts: a track is its region in its
    part's task. A link whose tracks are not in the approved labels, or unlike by now, stays and has no effect.
    """

    earlier_task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="links_on")
    later_task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="links_back")
    earlier_region = models.UUIDField()
    later_region = models.UUIDField()
    kind = models.CharField(max_length=8, choices=LinkKind.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["earlier_task", "later_task", "earlier_region", "later_region"],
                name="track_link_once",
            ),
            # A track goes on as one other at most, and is what one other came to.
            models.UniqueConstraint(
                fields=["earlier_task", "earlier_region"],
                condition=models.Q(kind="together"),
                name="track_joined_on_once",
            ),
            models.UniqueConstraint(
                fields=["later_task", "later_region"],
                condition=models.Q(kind="together"),
                name="track_joined_back_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earlier_region} and {self.later_region}: {self.kind}"


class LabelPause(Entity):
    """A person is handed nothing new in a project until somebody lets them go on; open work can be finished.

    `score`: F1 at IoU 0.5 over their last `pictures` hidden ones, below the project's `limit`.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    limit = models.FloatField()
    pictures = models.PositiveIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], condition=models.Q(ended_at=None), name="pause_once"
            )
        ]

    def __str__(self) -> str:
        return f"pause of {self.user_id} in {self.project_id}"
