"""Choices of exchange."""

from django.db import models


class ImportFormat(models.TextChoices):
    YOLO = "yolo"
    COCO = "coco"
    VOC = "voc"
    CVAT = "cvat"
    MOT = "mot"
    SITELOOP = "siteloop"


class ExportFormat(models.TextChoices):
    COCO = "coco"
    YOLO = "yolo"
    CVAT = "cvat"
    MOT = "mot"
    SITELOOP = "siteloop"


class ImportLabels(models.TextChoices):
    """What becomes of the labels in an import."""

    APPROVED = "approved"
    SUGGESTIONS = "suggestions"
    NONE = "none"
