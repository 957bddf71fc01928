"""Choices of feeds."""

from django.db import models


class SourceKind(models.TextChoices):
    FILE = "file"
    FOLDER = "folder"
    MJPEG = "mjpeg"
    ASSET = "asset"


class FeedState(models.TextChoices):
    STARTING = "starting"
    ONLINE = "online"
    STALLED = "stalled"
    OFFLINE = "offline"
    PAUSED = "paused"
    ENDED = "ended"


class FeedEventKind(models.TextChoices):
    STATE = "state"
    TRACK = "track"
    CAPTURE = "capture"
    MODEL = "model"


class CaptureReason(models.TextChoices):
    RANDOM = "random"
    NEAR_THRESHOLD = "near_threshold"
