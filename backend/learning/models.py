"""Model versions, their classes, trainings, gates, rollout, retraining, selection, savings, drift, vectors, auto-approval."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from pgvector.django import VectorField

from backend.core.models import Entity
from backend.learning.enums import (
    CheckpointPurpose,
    CheckpointState,
    EmbeddingNeed,
    EmbeddingState,
    ModelState,
    PictureFate,
    PolicyScope,
    PolicyState,
    Provider,
    RetrainReason,
    RolloutEvent,
    RunState,
    SuspendCause,
    TaskKind,
    TriggerState,
)

# Tables of their own file: Django looks for them here.
from backend.learning.finding_models import LabelFinding, LabelLook  # noqa: F401
from backend.learning.follow_models import Follow  # noqa: F401


class ModelVersion(Entity):
    """Weights with their manifest and the dataset version, configuration and metrics that made them.

    `artifact_prefix` is the storage prefix of the RUN folder (model.onnx, manifest.json, …).
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="model_versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=TaskKind.choices)
    provider = models.CharField(max_length=10, choices=Provider.choices, default=Provider.SITELOOP)
    architecture = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=ModelState.choices, default=ModelState.CANDIDATE)
    artifact_prefix = models.CharField(max_length=200, blank=True)
    artifact_sha256 = models.CharField(max_length=64, blank=True)
    endpoint_url = models.URLField(blank=True, max_length=500)
    manifest = models.JSONField(default=dict)
    metrics = models.JSONField(default=dict)
    config = models.JSONField(default=dict)
    code_version = models.CharField(max_length=64, blank=True)
    dataset_version = models.ForeignKey(
        "datasets.DatasetVersion", null=True, on_delete=models.PROTECT, related_name="model_versions"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Share (0..1) of cameras and pictures a canary answers for.
    canary_share = models.FloatField(default=0.0)
    promoted_at = models.DateTimeField(null=True)
    promoted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="model_number_once"),
            models.UniqueConstraint(
                fields=["project", "kind"],
                condition=models.Q(state="production"),
                name="one_production_model_per_kind",
            ),
            models.UniqueConstraint(
                fields=["project", "kind"],
                condition=models.Q(state__in=["shadow", "canary"]),
                name="one_rollout_per_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"model {self.number} ({self.state})"


class ModelBinding(Entity):
    """What a model's classes mean in a project: `mapping` is `{class: {"label_id", "threshold"}}`."""

    model_version = models.OneToOneField(ModelVersion, on_delete=models.CASCADE, related_name="binding")
    mapping = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"binding of {self.model_version_id}"


class TrainingRun(Entity):
    """One training: its dataset version, configuration, live curve and what it made."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="training_runs")
    dataset_version = models.ForeignKey("datasets.DatasetVersion", on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("core.JobRun", null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=10, choices=TaskKind.choices)
    config = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.QUEUED)
    error = models.TextField(blank=True)
    curve = models.JSONField(default=list)
    model_version = models.OneToOneField(
        ModelVersion, null=True, on_delete=models.SET_NULL, related_name="training_run"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"training {self.id} {self.state}"


class GateReport(Entity):
    """Candidate against production on one frozen test set, with the verdict and why."""

    candidate = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="gate_reports")
    production = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    dataset_version = models.ForeignKey(
        "datasets.DatasetVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    passed = models.BooleanField()
    reason = models.TextField()
    report = models.JSONField(default=dict)
    # Both models' errors with examples, for the page that compares them; large, so read only there.
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return "passed" if self.passed else "refused"


class RolloutChange(Entity):
    """One step of a model towards or out of production, and whose act it was.

    `number` rises by one for every step of a project's models of one kind: If-Match carries it. `replaced` is the
    model that left production for this one. A `note` says why a model was taken back by what somebody did to another.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="rollout_changes")
    kind = models.CharField(max_length=10, choices=TaskKind.choices)
    number = models.PositiveIntegerField()
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="rollout_changes")
    event = models.CharField(max_length=10, choices=RolloutEvent.choices)
    from_state = models.CharField(max_length=12, choices=ModelState.choices)
    to_state = models.CharField(max_length=12, choices=ModelState.choices)
    share = models.FloatField(default=0.0)
    replaced = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "number"], name="rollout_change_once")
        ]

    def __str__(self) -> str:
        return f"{self.from_state} to {self.to_state}"


class ShadowAnswer(models.Model):
    """What a model on its way said beside production, of one picture or one live frame.

    A picture's answers are in `ImageScore`; a frame's are kept here as `{"candidate", "production"}`, dumped.
    `per_label`: `{label name: [matched, only candidate, only production]}`. `error` is set where it gave none.
    """

    id = models.BigAutoField(primary_key=True)
    candidate = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="shadow_answers")
    production = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    asset = models.ForeignKey("media.Asset", null=True, on_delete=models.CASCADE, related_name="+")
    feed_id = models.UUIDField(null=True)
    camera_id = models.UUIDField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    agreed = models.BooleanField()
    matched = models.PositiveIntegerField(default=0)
    only_candidate = models.PositiveIntegerField(default=0)
    only_production = models.PositiveIntegerField(default=0)
    iou_sum = models.FloatField(default=0.0)
    per_label = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "production", "asset"], name="shadow_answer_once")
        ]
        indexes = [models.Index(fields=["candidate", "production", "-id"], name="shadow_newest")]

    def __str__(self) -> str:
        return f"{self.matched} of {self.matched + self.only_candidate + self.only_production}"


class RetrainPolicy(Entity):
    """When a project trains anew by itself; a null condition is off. It never promotes.

    `minutes` of CPU a training may take. `version` rises with every change: If-Match carries it. Work is started
    in the name of whoever changed it last.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="retrain_policies")
    kind = models.CharField(max_length=10, choices=TaskKind.choices)
    enabled = models.BooleanField(default=False)
    new_labels = models.PositiveIntegerField(null=True)
    every_days = models.PositiveIntegerField(null=True)
    # Where pictures of a camera have drifted away from what the production model was chosen on.
    on_drift = models.BooleanField(default=False)
    minutes = models.FloatField(default=10.0)
    version = models.PositiveIntegerField(default=1)
    enabled_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "kind"], name="retrain_policy_once")]

    def __str__(self) -> str:
        return f"retraining of {self.project_id}"


class RetrainTrigger(Entity):
    """A policy's condition that was met, and what came of it. `key` names the reason: each counts once."""

    policy = models.ForeignKey(RetrainPolicy, on_delete=models.CASCADE, related_name="triggers")
    reason = models.CharField(max_length=10, choices=RetrainReason.choices)
    key = models.CharField(max_length=200)
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=TriggerState.choices, default=TriggerState.FREEZING)
    error = models.TextField(blank=True)
    dataset_version = models.ForeignKey(
        "datasets.DatasetVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    training = models.ForeignKey(TrainingRun, null=True, on_delete=models.SET_NULL, related_name="triggers")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "key"], name="retrain_reason_once"),
            models.UniqueConstraint(
                fields=["policy"],
                condition=models.Q(state__in=["freezing", "training"]),
                name="one_retraining_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.state})"


class SelectionRun(Entity):
    """One drawing of a batch: how many were chosen for which reason, with what settings, by which job.

    `outcome`: `{"planner", "missed": {quota: how far}, "boxes", "seconds"}`, the last two as the model expects.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="selection_runs")
    model_version = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    config = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    # A job draws once, however often it is started.
    job = models.OneToOneField("core.JobRun", null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"selection {self.id}"


class SavingsReport(Entity):
    """What selection saved against the random slice, as `ml.evaluation.savings` measured it at a time."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="savings_reports")
    model_version = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    report = models.JSONField(default=dict)
    job = models.OneToOneField("core.JobRun", null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"savings of {self.project_id}"


class ProjectMap(Entity):
    """A project's pictures on a plane, alike ones near each other.

    `layout` is `{"assets": [ids], "x": [0..1], "y": [0..1]}`, columns of one length; `facts` tell how it was made.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="maps")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    layout = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    job = models.OneToOneField("core.JobRun", null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"map of {self.project_id}"


class ImageVector(models.Model):
    """A picture's vector by one model version. Vectors of different models are never compared."""

    id = models.BigAutoField(primary_key=True)
    asset = models.ForeignKey("media.Asset", on_delete=models.CASCADE, related_name="vectors")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="vectors")
    dim = models.PositiveIntegerField()
    vector = VectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "model_version"], name="image_vector_once")]

    def __str__(self) -> str:
        return f"{self.dim} of {self.asset_id}"


class ImageScore(models.Model):
    """What a model said of a picture, kept for selection: uncertainty, and the raw predictions."""

    id = models.BigAutoField(primary_key=True)
    asset = models.ForeignKey("media.Asset", on_delete=models.CASCADE, related_name="scores")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="scores")
    uncertainty = models.FloatField()
    predictions = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "model_version"], name="image_score_once")]

    def __str__(self) -> str:
        return f"{self.uncertainty:.3f} of {self.asset_id}"


class Checkpoint(Entity):
    """A checkpoint in the operator's models folder (segment-anything's, or weights for a detector), and what was made of it.

    `size_bytes` and `changed_ns` tell whether the file is still the one that was hashed. `facts` of a ready one:
    `{"side", "shape": [C, h, w], "folder", "decoder_sha256", "decoder_bytes", "parity"}`, of detector weights
    `{"classes", "parameters"}`.
    """

    file = models.CharField(max_length=200, unique=True)
    purpose = models.CharField(
        max_length=10, choices=CheckpointPurpose.choices, default=CheckpointPurpose.ASSIST
    )
    size_bytes = models.BigIntegerField()
    changed_ns = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    # An operator vouched for this hash; published ones need nobody's word.
    allowed_sha256 = models.CharField(max_length=64, blank=True)
    architecture = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=CheckpointState.choices, default=CheckpointState.FOUND)
    error = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    # Of the last pictures, newest weighing most; null until one was encoded.
    encode_s = models.FloatField(null=True)
    # Of several ready ones the last chosen serves.
    chosen_at = models.DateTimeField(null=True)

    @property
    def named_classes(self) -> list[str]:
        """Names of the classes that a detector's weights know; none where nobody said them."""
        return [str(name) for name in self.facts.get("classes", ()) if name]

    def __str__(self) -> str:
        return f"{self.file} ({self.state})"


class Embedding(Entity):
    """A picture's features by one checkpoint: asked for, being made, or stored as raw float16 under its key.

    `key` is a hash of organisation, content, checkpoint and preprocessing, never of an asset: the same picture
    in two projects is encoded once. `asset_id` is the asset it was last asked for.
    """

    key = models.CharField(max_length=64, unique=True)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.CASCADE, related_name="embeddings")
    asset_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=EmbeddingState.choices, default=EmbeddingState.WAITING)
    need = models.SmallIntegerField(choices=EmbeddingNeed.choices, default=EmbeddingNeed.AHEAD)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    used_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    lease_expires_at = models.DateTimeField(null=True)
    size_bytes = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["state", "-need", "-asked_at"], name="embedding_queue"),
            models.Index(fields=["used_at"], name="embedding_used"),
        ]

    def __str__(self) -> str:
        return f"embedding {self.key[:12]} ({self.state})"


class DefectReport(Entity):
    """A look for what good pictures of a project do not look like, where good ones lack a label.

    `report`: see `jobs/defects.py`.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="defect_reports")
    label_id = models.CharField(max_length=36)
    model_version = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    report = models.JSONField(default=dict)
    job = models.OneToOneField("core.JobRun", null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"defects of {self.project_id}"


class DriftLook(Entity):
    """How far what a production model is shown has moved since it was chosen, by camera; see `domain/drift.py`."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="drift_looks")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="drift_looks")
    report = models.JSONField(default=dict)
    job = models.ForeignKey("core.JobRun", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "model_version"], name="drift_look_once")]

    def __str__(self) -> str:
        return f"drift of {self.model_version_id}"


class WatchedHour(models.Model):
    """What a model found on a feed within one clock hour: objects that came into view, in so many seconds watched."""

    id = models.BigAutoField(primary_key=True)
    model_version = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="watched_hours")
    feed_id = models.UUIDField()
    camera_id = models.UUIDField(null=True)
    hour = models.DateTimeField()
    seconds = models.FloatField(default=0.0)
    objects_seen = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model_version", "feed_id", "hour"], name="watched_hour_once")
        ]
        indexes = [models.Index(fields=["model_version", "camera_id", "hour"], name="watched_by_camera")]

    def __str__(self) -> str:
        return f"{self.objects_seen} in {self.seconds:.0f} s"


class BlindDraw(models.Model):
    """The place of a picture of a project's random slice in the order of the draw: fixed before it is looked at."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="+")
    task = models.OneToOneField("annotation.Task", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"draw {self.id}"


class ApprovalPolicy(Entity):
    """What a model may approve in a project without a person's look, under which promise, and how far the proof is.

    `label_ids` sorted; of a `boxes` policy one. `plan` (`ml.quality.stored_plan`) is made once of the first
    `plan["fit_units"]` units and never again while it tests; `threshold` is the laxest ever unlocked. The first
    `known_units` units were looked at before, and may shape the plan but prove nothing. `version` rises with every
    step: If-Match carries it.
    """

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="approval_policies"
    )
    model_version = models.ForeignKey(
        ModelVersion, on_delete=models.CASCADE, related_name="approval_policies"
    )
    scope = models.CharField(max_length=8, choices=PolicyScope.choices)
    label_ids = models.JSONField(default=list)
    alpha = models.FloatField()
    missed_alpha = models.FloatField()
    delta = models.FloatField()
    audit_rate = models.FloatField()
    state = models.CharField(max_length=10, choices=PolicyState.choices, default=PolicyState.COLLECTING)
    cause = models.CharField(max_length=8, choices=SuspendCause.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    # What the model's classes meant when the policy was made: another mapping makes other suggestions.
    binding_version = models.PositiveIntegerField()
    known_units = models.PositiveIntegerField(default=0)
    plan = models.JSONField(null=True)
    threshold = models.FloatField(null=True)
    # What `jobs/judging.py` said last.
    verdict = models.JSONField(default=dict)
    # Approved pictures that wait to be taken back.
    takes_back = models.BooleanField(default=False)
    # Checks settled before this moment belong to an earlier run of the policy.
    watch_from = models.DateTimeField(null=True)
    # Reasons of drift that stood when the evidence was begun: what was drawn under them is proof for them.
    drift_known = models.JSONField(default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model_version", "scope", "label_ids"],
                condition=~models.Q(state="retired"),
                name="one_live_approval_policy",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["shadow", "active"]) | models.Q(threshold__isnull=False),
                name="approval_policy_acts_on_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} policy ({self.state})"


class PolicyUnit(models.Model):
    """One blind picture as evidence, as it was when it was counted: later edits of its labels change no proof.

    `scores` and `correct` of the model's suggestions of the policy's labels, `missed` objects that had none.
    """

    id = models.BigAutoField(primary_key=True)
    policy = models.ForeignKey(ApprovalPolicy, on_delete=models.CASCADE, related_name="units")
    task_id = models.UUIDField()
    group_key = models.CharField(max_length=200, blank=True)
    camera_id = models.UUIDField(null=True)
    scores = models.JSONField(default=list)
    correct = models.JSONField(default=list)
    missed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "task_id"], name="policy_unit_once")]

    def __str__(self) -> str:
        return f"unit {self.id}"


class PolicyPicture(models.Model):
    """What a policy did with one picture, or would have done, and what a person said of it since.

    `boxes`: `[{"label_id", "shape", "box", "score"}]` of what was approved. `wrong` and `missed` are null until a
    person has finished the picture.
    """

    id = models.BigAutoField(primary_key=True)
    policy = models.ForeignKey(ApprovalPolicy, on_delete=models.CASCADE, related_name="pictures")
    task = models.ForeignKey("annotation.Task", on_delete=models.CASCADE, related_name="+")
    fate = models.CharField(max_length=10, choices=PictureFate.choices)
    boxes = models.JSONField(default=list)
    wrong = models.PositiveIntegerField(null=True)
    missed = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "task"], name="policy_picture_once")]
        indexes = [models.Index(fields=["policy", "fate", "settled_at"], name="policy_picture_fate")]

    def __str__(self) -> str:
        return f"{self.fate} {self.task_id}"
