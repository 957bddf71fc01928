"""Choices of learning."""

from django.db import models


class Provider(models.TextChoices):
    """Where a model runs: our RUN folder, an operator's ONNX detector, or an HTTP address."""

    SITELOOP = "siteloop"
    ONNX = "onnx"
    HTTP = "http"


class ModelState(models.TextChoices):
    CANDIDATE = "candidate"
    REFUSED = "refused"
    SHADOW = "shadow"
    CANARY = "canary"
    PRODUCTION = "production"
    RETIRED = "retired"


class RolloutEvent(models.TextChoices):
    """What a person does with a model that passed the gate."""

    SHADOW = "shadow"
    CANARY = "canary"
    ALL = "all"
    OFF = "off"
    ROLLBACK = "rollback"


class RunState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TaskKind(models.TextChoices):
    """What a model answers: boxes, tags of the picture, or the outline of what a person points at."""

    DETECT = "detect"
    CLASSIFY = "classify"
    ASSIST = "assist"


# What looks at whole pictures by itself; the assist waits to be asked.
SCORING_KINDS = (TaskKind.DETECT, TaskKind.CLASSIFY)


class CheckpointState(models.TextChoices):
    """How far a segment-anything checkpoint in the models folder is; `refused` says why in its `error`."""

    FOUND = "found"
    READY = "ready"
    REFUSED = "refused"


class EmbeddingState(models.TextChoices):
    WAITING = "waiting"
    ENCODING = "encoding"
    READY = "ready"
    FAILED = "failed"


class EmbeddingNeed(models.IntegerChoices):
    """What an embedding is wanted for; higher ones are made first, of equal ones the newest."""

    AHEAD = 0
    OPENED = 1


class RetrainReason(models.TextChoices):
    LABELS = "labels"
    SCHEDULE = "schedule"
    DRIFT = "drift"


class TriggerState(models.TextChoices):
    """How far a retraining is: its dataset is frozen, it trains, it came to a model, or it did not."""

    FREEZING = "freezing"
    TRAINING = "training"
    DONE = "done"
    FAILED = "failed"
