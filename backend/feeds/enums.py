"""Choices of feeds."""

from django.db import models


class SourceKind(models.TextChoices):
    FILE = "file"
    FOLDER = "folder"
    MJPEG = "mjpeg"
    ASSET = "asset"
    RTSP = "rtsp"
    HLS = "hls"
    USB = "usb"


# Kinds whose `source` is an address in a network.
ADDRESS_KINDS = frozenset({SourceKind.MJPEG, SourceKind.RTSP, SourceKind.HLS})


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
    CAMERA = "camera"
    DISTANCE = "distance"


class CaptureReason(models.TextChoices):
    RANDOM = "random"
    NEAR_THRESHOLD = "near_threshold"
    RARE = "rare"
    DISAGREEMENT = "disagreement"
    MOTION = "motion"
    MISSED = "missed"
    WRONG_ALERT = "wrong_alert"


# Asked for by people: no quota holds these back, and they hold back no other.
BY_PEOPLE = (CaptureReason.MISSED, CaptureReason.WRONG_ALERT)


class MarkingKind(models.TextChoices):
    ZONE = "zone"
    LINE = "line"


class MarkingSpace(models.TextChoices):
    """`picture`: 0..1 of the upright picture, y down. `ground`: metres of the camera's floor."""

    PICTURE = "picture"
    GROUND = "ground"


class CountPart(models.TextChoices):
    """What of a picture is counted: all of it, a zone, a line, or where a rule looks."""

    VIEW = "view"
    ZONE = "zone"
    LINE = "line"
    RULE = "rule"


class Severity(models.TextChoices):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class NoteKind(models.TextChoices):
    OPENED = "opened"
    CLOSED = "closed"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    COMMENT = "comment"
    WRONG = "wrong"
    HELD = "held"
    RELEASED = "released"
    ERASED = "erased"
