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
    """What a model answers: boxes, tags of the picture, an outline of each object, the class of each pixel, or the
    outline of what a person points at."""

    DETECT = "detect"
    CLASSIFY = "classify"
    INSTANCE = "instance"
    SEGMENT = "segment"
    ASSIST = "assist"


# What finds things in a picture, those that say most of a thing first: of two that know a label the first one speaks.
FINDING_KINDS = (TaskKind.INSTANCE, TaskKind.SEGMENT, TaskKind.DETECT)
# What looks at whole pictures by itself; the assist waits to be asked.
SCORING_KINDS = (*FINDING_KINDS, TaskKind.CLASSIFY)
# What learns where objects end, not only in which box they are.
OUTLINING_KINDS = (TaskKind.INSTANCE, TaskKind.SEGMENT, TaskKind.ASSIST)
# The figure of a gate's report by which models of a kind are compared.
HEADLINES = {
    TaskKind.DETECT: "ap50",
    TaskKind.CLASSIFY: "accuracy",
    TaskKind.INSTANCE: "mask_ap50",
    TaskKind.SEGMENT: "miou",
    TaskKind.ASSIST: "iou",
}


class CheckpointPurpose(models.TextChoices):
    """What an operator's file is for: segment-anything outlines what is clicked, detector weights are trained on from."""

    ASSIST = "assist"
    DETECT = "detect"


class CheckpointState(models.TextChoices):
    """How far a checkpoint in the models folder is; `refused` says why in its `error`."""

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


class PolicyScope(models.TextChoices):
    """What an auto-approval policy approves: single suggestions of one label, or whole pictures with all labels."""

    BOXES = "boxes"
    PICTURES = "pictures"


class PolicyState(models.TextChoices):
    """See `domain/policy_states.py`."""

    COLLECTING = "collecting"
    SHADOW = "shadow"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    RETIRED = "retired"


class PolicyEvent(models.TextChoices):
    """What happens to a policy. Proof unlocks it, the rest is asked for by a person; both may suspend it."""

    UNLOCK = "unlock"
    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    RESTART = "restart"
    RETIRE = "retire"


class SuspendCause(models.TextChoices):
    """Why a policy stopped approving. Only after the first three may it go on with this model."""

    PERSON = "person"
    BREACH = "breach"
    DRIFT = "drift"
    MODEL = "model"
    LABELS = "labels"


class PictureFate(models.TextChoices):
    """What a policy did with a picture: noted what it would do, approved it, sent it to a check, or took it back."""

    WOULD = "would"
    APPROVED = "approved"
    AUDIT = "audit"
    TAKEN_BACK = "taken_back"


class LookWay(models.TextChoices):
    """Whose word labels are held against: the model in production, on pictures it has not learned from, or two models
    trained for it alone, each on the half that the other is asked about."""

    PRODUCTION = "production"
    FOLDS = "folds"


class FindingKind(models.TextChoices):
    """What is probably wrong with a label; as `ml.quality.label_errors.LabelError`."""

    OVERLOOKED = "overlooked"
    BAD_BOX = "bad_box"
    SWAPPED = "swapped"


class FindingState(models.TextChoices):
    """What a person made of a probable label error: nothing yet, the labels were put right, or the label is right."""

    OPEN = "open"
    FIXED = "fixed"
    FINE = "fine"


class FindingVerdict(models.TextChoices):
    """What a person says of a probable label error."""

    FIX = "fix"
    FINE = "fine"


class FollowStop(models.TextChoices):
    """Why an object was followed no further: all that was asked for is done, a person's keyframe was reached, what comes
    from it and from the other end does not meet, it was found from one end only on a way that does not lead to the other,
    it looked too little like itself, it left the picture, or frames are damaged."""

    END = "end"
    KEYFRAME = "keyframe"
    APART = "apart"
    ELSEWHERE = "elsewhere"
    LOST = "lost"
    LEFT = "left"
    DAMAGED = "damaged"
