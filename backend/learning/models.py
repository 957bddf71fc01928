"""Model versions, what their classes mean, training runs, gates, selection, savings, maps and picture vectors."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from pgvector.django import VectorField

from backend.core.models import Entity
from backend.learning.enums import (
    CheckpointState,
    EmbeddingNeed,
    EmbeddingState,
    ModelState,
    Provider,
    RunState,
    TaskKind,
)


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
    """A segment-anything checkpoint in the operator's models folder, and what was made of it.

    `size_bytes` and `changed_ns` tell whether the file is still the one that was hashed. `facts` of a ready one:
    `{"side", "shape": [C, h, w], "folder", "decoder_sha256", "decoder_bytes", "parity"}`.
    """

    file = models.CharField(max_length=200, unique=True)
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
