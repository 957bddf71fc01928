"""Choices of media."""

from django.db import models


class AssetKind(models.TextChoices):
    IMAGE = "image"
    VIDEO = "video"


class AssetState(models.TextChoices):
    PENDING = "pending"
    READY = "ready"
    REFUSED = "refused"


class ErasedKind(models.TextChoices):
    """What a proof of deletion is of: a picture of the project, or one kept outside of assets."""

    ASSET = "asset"
    INCIDENT_PICTURE = "incident_picture"
    INCIDENT_CLIP = "incident_clip"
    CALIBRATION_STILL = "calibration_still"


class UploadState(models.TextChoices):
    OPEN = "open"
    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
