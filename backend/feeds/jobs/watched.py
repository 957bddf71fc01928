"""Counts what comes into view on one feed, by clock hour and model: what rates are told to drift from."""

from __future__ import annotations

import time
import uuid
from datetime import datetime

from django.utils import timezone

from backend.feeds.models import Feed
from backend.learning.contracts import ModelInfo
from backend.learning.services import drift

STORE_EVERY_S = 30.0
# A longer gap between two frames was not watched.
GAP_MAX_S = 5.0


class Watched:
    """One feed's count. `frame` is called for each frame; `flush` where the database is."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self._model_id: uuid.UUID | None = None
        self._hour = _hour_now()
        self._seconds, self._objects = 0.0, 0
        self._last_s: float | None = None
        self._store_at = 0.0

    def frame(self, clock_s: float, objects: int) -> None:
        """A frame at `clock_s` (of a `CaptureClock`) in which so many objects came into view."""
        if self._last_s is not None and 0 < clock_s - self._last_s <= GAP_MAX_S:
            self._seconds += clock_s - self._last_s
        self._last_s = clock_s
        self._objects += objects

    def follow(self, info: ModelInfo | None) -> None:
        """Store what was counted once a while, and at once when the hour or the model is another. Raises DatabaseError."""
        model_id, hour = (info.id if info else None), _hour_now()
        if (model_id, hour) != (self._model_id, self._hour) or time.monotonic() >= self._store_at:
            self.flush()
            self._store_at = time.monotonic() + STORE_EVERY_S
        self._model_id, self._hour = model_id, hour

    def flush(self) -> None:
        """Store what was counted. Raises DatabaseError and keeps it."""
        if self._model_id is not None and self._seconds > 0:
            drift.hours_record(
                model_id=self._model_id,
                feed_id=self.feed.pk,
                camera_id=self.feed.camera_id,
                hour=self._hour,
                seconds=self._seconds,
                objects=self._objects,
            )
        self._seconds, self._objects = 0.0, 0


def _hour_now() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)
