"""What feeds do when lower apps announce something; runs inside their transaction."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from backend.feeds.models import Feed
from backend.feeds.services.stills import stills_forget
from backend.sites.signals import camera_privacy_changed


@receiver(camera_privacy_changed)
def stills_go(*, camera_id: uuid.UUID, **_: Any) -> None:
    """What was shown before may show what is hidden now."""
    feeds = list(Feed.objects.filter(camera_id=camera_id).values_list("id", flat=True))
    transaction.on_commit(lambda: stills_forget(feeds))
