"""Choices of notify."""

from django.db import models


class NoticeKind(models.TextChoices):
    RETURNED = "returned"
    ASSIGNED = "assigned"
    JOB_DONE = "job_done"
    JOB_FAILED = "job_failed"
    MODEL = "model"
    INFO = "info"


class ChannelKind(models.TextChoices):
    WEBHOOK = "webhook"
    EMAIL = "email"


class DeliveryState(models.TextChoices):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
