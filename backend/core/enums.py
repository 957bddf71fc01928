"""Choices shared by every app."""

from __future__ import annotations

from django.db import models


class Queue(models.TextChoices):
    DEFAULT = "default"
    INGEST = "ingest"
    ASSIST = "assist"
    ML = "ml"
    FEEDS = "feeds"
    QUICK = "quick"


class JobState(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE_JOB_STATES = (JobState.QUEUED, JobState.RUNNING)


class Role(models.TextChoices):
    """What a person may do, in rising order; see `ROLE_RANK`."""

    VIEWER = "viewer"
    ANNOTATOR = "annotator"
    REVIEWER = "reviewer"
    SCIENTIST = "scientist"
    MANAGER = "manager"
    ADMIN = "admin"


ROLE_RANK: dict[str, int] = {role.value: rank for rank, role in enumerate(Role)}
