"""In-app notices, and alerts that leave the house."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.models import Entity
from backend.notify.enums import ChannelKind, DeliveryState, NoticeKind


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


class AlertChannel(Entity):
    """Where alerts of one project go. `target`: an address (webhook) or e-mail addresses with commas between.

    `least_rank`: alerts below it are not sent; `escalations_only`: nor those that are no escalation. The signing secret
    of a webhook is derived from the server's key and `secret_number`; a new number is a new secret.
    """

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.CASCADE, related_name="alert_channels"
    )
    project_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=8, choices=ChannelKind.choices)
    name = models.CharField(max_length=80)
    target = models.CharField(max_length=500)
    enabled = models.BooleanField(default=True)
    least_rank = models.PositiveSmallIntegerField(default=0)
    escalations_only = models.BooleanField(default=False)
    secret_number = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project_id", "name"], name="channel_name_once")]

    def __str__(self) -> str:
        return self.name


class Delivery(Entity):
    """One alert on its way to one channel: the log of what was tried."""

    channel = models.ForeignKey(AlertChannel, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    body = models.JSONField()
    link = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["channel", "-id"], name="delivery_channel")]

    def __str__(self) -> str:
        return f"{self.event} to {self.channel_id}: {self.state}"
