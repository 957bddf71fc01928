"""Looks for label errors, and what they found; kept apart from the other tables of learning for their sizes."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.models import Entity
from backend.learning.enums import FindingKind, FindingState, LookWay


class LabelLook(Entity):
    """A look for probable label errors. `facts`: `{pictures, objects, weaker, left_out {learned, blind}}`, see the job.

    `minutes` of CPU each of two models was trained, of a look by folds; `model_version` of one by production.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="label_looks")
    job = models.OneToOneField("core.JobRun", null=True, on_delete=models.SET_NULL, related_name="+")
    way = models.CharField(max_length=12, choices=LookWay.choices)
    model_version = models.ForeignKey(
        "learning.ModelVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    dataset_version = models.ForeignKey(
        "datasets.DatasetVersion", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    minutes = models.FloatField(null=True)
    facts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"label errors of {self.project_id}"


class LabelFinding(Entity):
    """One probable label error, and what a person made of it.

    `label_id` and `box` (xyxy in picture pixels) are those of the label there is, the object `region_id`; of an
    overlooked object both are of the proposal and `region_id` is null. `region_key` is a hash of what the object was:
    what is fine is not asked again for it. `sure` is the model's own score, `score` how probable the error is.
    `revision_id` was looked at; `standing_revision_id` follows it through corrections made of findings, so that a
    picture's labels have changed otherwise where it is not the task's. `before` is the object as it was before it was
    fixed. `version` rises with every decision: If-Match carries it.
    """

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="label_findings")
    look = models.ForeignKey(LabelLook, on_delete=models.CASCADE, related_name="findings")
    task = models.ForeignKey("annotation.Task", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=FindingKind.choices)
    label_id = models.UUIDField()
    region_id = models.UUIDField(null=True)
    region_key = models.CharField(max_length=64, blank=True)
    box = models.JSONField()
    proposed_label_id = models.UUIDField()
    proposed_box = models.JSONField()
    sure = models.FloatField()
    score = models.FloatField()
    rank = models.PositiveIntegerField()
    revision_id = models.UUIDField()
    standing_revision_id = models.UUIDField()
    state = models.CharField(max_length=8, choices=FindingState.choices, default=FindingState.OPEN)
    version = models.PositiveIntegerField(default=1)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    fixed_region_id = models.UUIDField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "state", "-score", "-id"], name="finding_ranked"),
            models.Index(fields=["task", "state"], name="finding_task"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
