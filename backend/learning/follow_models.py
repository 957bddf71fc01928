"""Objects followed through videos; kept apart from the other tables of learning for their sizes."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.models import Entity
from backend.learning.enums import FollowStop


class Follow(Entity):
    """One asking to follow one object of an open video, and what came of it so far.

    Nothing here is a label: the open page takes the keyframes into its own document, where they are undone and saved
    like any other edit. `asked`: `{label_id, of, by, start, goal, to_frame, detect}`, `start` and `goal` keyframes in
    the document's form. `keyframes` lie in the order in which they were reached; `tail` is the newest frame, which is no
    keyframe yet. `edition` rises when keyframes told before were changed. `reached` is the last frame followed to.
    """

    task = models.ForeignKey("annotation.Task", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField("core.JobRun", null=True, on_delete=models.SET_NULL, related_name="+")
    region_id = models.UUIDField()
    asked = models.JSONField()
    keyframes = models.JSONField(default=list)
    tail = models.JSONField(null=True)
    edition = models.PositiveSmallIntegerField(default=0)
    reached = models.PositiveIntegerField(null=True)
    stop = models.CharField(max_length=10, choices=FollowStop.choices, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="follow_person")]

    def __str__(self) -> str:
        return f"follow of {self.region_id} in {self.task_id}"
