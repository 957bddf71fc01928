"""Choices of media."""

from django.db import models


class AssetKind(models.TextChoices):
    IMAGE = "image"
    VIDEO = "video"


class AssetState(models.TextChoices):
    PENDING = "pending"
    READY = "ready"
    REFUSED = "refused"


class UploadState(models.TextChoices):
    OPEN = "open"
    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
