"""Model versions, what their classes mean, training runs, gates, selection and picture vectors."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from pgvector.django import VectorField

from backend.core.models import Entity
from backend.learning.enums import ModelState, Provider, RunState, TaskKind


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

    def __str__(self) -> str:
        return "passed" if self.passed else "refused"


class SelectionRun(Entity):
    """One drawing of a batch: how many were chosen for which reason, and with what settings."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="selection_runs")
    model_version = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    config = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"selection {self.id}"


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
