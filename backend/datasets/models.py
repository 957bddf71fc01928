"""Saved slices and frozen dataset versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.models import Entity
from backend.datasets.enums import DatasetState, Split


class Slice(Entity):
    """A named filter over a project's data; `filters` are the data grid's allow-listed keys."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="slices")
    name = models.CharField(max_length=120)
    filters = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="slice_name_once")]

    def __str__(self) -> str:
        return self.name


class DatasetVersion(Entity):
    """A frozen list of approved labels with its split. `content_hash` covers items, labels and split."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="dataset_versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120, blank=True)
    notes = models.TextField(blank=True)
    filters = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=DatasetState.choices, default=DatasetState.FREEZING)
    error = models.CharField(max_length=300, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    ontology_version = models.ForeignKey("projects.OntologyVersion", on_delete=models.PROTECT)
    counts = models.JSONField(default=dict)
    manifest_key = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="dataset_number_once")]

    def __str__(self) -> str:
        return f"v{self.number}"


class DatasetItem(models.Model):
    """One picture of a version, with the revision whose labels it stands for."""

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="items")
    asset = models.ForeignKey("media.Asset", null=True, on_delete=models.SET_NULL, related_name="+")
    revision = models.ForeignKey(
        "annotation.Revision", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asset_sha256 = models.CharField(max_length=64)
    labels_hash = models.CharField(max_length=64)
    group_key = models.CharField(max_length=200)
    split = models.CharField(max_length=5, choices=Split.choices)
    # Drawn blind at random: only these may judge a model.
    blind = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "asset"], name="dataset_item_once")]
        indexes = [models.Index(fields=["version", "split"], name="dataset_item_split")]

    def __str__(self) -> str:
        return f"{self.asset_sha256} {self.split}"
