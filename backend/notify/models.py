"""In-app notices."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.models import Entity
from backend.notify.enums import NoticeKind


class Notice(Entity):
    """A line for one person: returned work, a finished job, something assigned."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)
    project_id = models.UUIDField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="notice_user")]

    def __str__(self) -> str:
        return self.title
