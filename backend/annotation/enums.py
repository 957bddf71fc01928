"""Choices of annotation."""

from django.db import models

# The job that puts several people's answers together.
MERGE = "annotation.merge"


class TaskState(models.TextChoices):
    """Derived from assignments and reviews; see `domain/states.py`."""

    NEW = "new"
    READY = "ready"
    IN_WORK = "in_work"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    AUTO_APPROVED = "auto_approved"
    QUARANTINED = "quarantined"


class AssignmentState(models.TextChoices):
    OFFERED = "offered"
    LEASED = "leased"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    SKIPPED = "skipped"
    EXPIRED = "expired"


class AssignmentKind(models.TextChoices):
    LABEL = "label"
    REVIEW = "review"
    # A hidden task: an approved picture, labelled anew by somebody who is not to know that it was.
    TRUTH = "truth"


class Shape(models.TextChoices):
    BOX = "box"
    POLYGON = "polygon"
    POLYLINE = "polyline"
    POINTS = "points"
    ELLIPSE = "ellipse"
    CUBOID = "cuboid"
    SKELETON = "skeleton"
    MASK = "mask"
    TAG = "tag"
    TRACK = "track"


class RegionSource(models.TextChoices):
    PERSON = "person"
    MODEL = "model"
    IMPORT = "import"


class SuggestionState(models.TextChoices):
    OPEN = "open"
    ACCEPTED = "accepted"
    FIXED = "fixed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class Verdict(models.TextChoices):
    APPROVE = "approve"
    RETURN = "return"


class SecondLookState(models.TextChoices):
    """What a second reviewer said of what a first one approved."""

    WAITING = "waiting"
    AGREED = "agreed"
    CORRECTED = "corrected"
    RETURNED = "returned"


class MergeMethod(models.TextChoices):
    """Who counts how much where several people's answers are put together."""

    VOTE = "vote"
    CROWD = "crowd"


class PlanState(models.TextChoices):
    PROPOSED = "proposed"
    APPLIED = "applied"
    DROPPED = "dropped"


class TurnState(models.TextChoices):
    PROPOSED = "proposed"
    # Handed to its person; what became of the picture since is told by its task.
    GIVEN = "given"
    REFUSED = "refused"
    # A later plan gave the same picture out anew, or another reviewer's look was drawn on it.
    REPLACED = "replaced"


class SelectionReason(models.TextChoices):
    """Why a task should be labelled. Only RANDOM ones, drawn before anything was looked at, may measure a model."""

    RANDOM = "random"
    TYPICAL = "typical"
    UNCERTAIN = "uncertain"
    CORESET = "coreset"
    BADGE = "badge"
    MANUAL = "manual"
    FEED = "feed"
    IMPORT = "import"
    AUDIT = "audit"


class LinkKind(models.TextChoices):
    """What a person said of two tracks on either side of a seam between parts of a video."""

    TOGETHER = "together"
    APART = "apart"
