"""What feeds do when lower apps announce something; runs inside their transaction."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver

from backend.core import storage
from backend.feeds.models import CalibrationStill, Feed
from backend.feeds.services import calibrations, retention
from backend.feeds.services.stills import stills_forget
from backend.media.signals import camera_pictures_asked, camera_pictures_due
from backend.sites.contracts import RetentionRule
from backend.sites.signals import camera_privacy_changed


@receiver(camera_privacy_changed)
def stills_go(*, camera_id: uuid.UUID, **_: Any) -> None:
    """What was shown before may show what is hidden now."""
    feeds = list(Feed.objects.filter(camera_id=camera_id).values_list("id", flat=True))
    transaction.on_commit(lambda: stills_forget(feeds))
    transaction.on_commit(lambda: calibrations.stills_burn(camera_id))


@receiver(camera_pictures_asked)
def kept_pictures_asked(*, camera_id: uuid.UUID, before: datetime, **_: Any) -> bool:
    return retention.anything_due(camera_id, before)


@receiver(camera_pictures_due)
def kept_pictures_go(*, rule: RetentionRule, before: datetime, **_: Any) -> int:
    return retention.carry_out(rule, before)


@receiver(post_delete, sender=CalibrationStill, dispatch_uid="still_file_removed")
def still_file_removed(instance: CalibrationStill, **_: Any) -> None:
    """A still's file goes with its row, also when the camera is removed."""
    key = instance.storage_key
    transaction.on_commit(lambda: storage.delete(key))
