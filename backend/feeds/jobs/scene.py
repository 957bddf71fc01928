"""Zones and lines at work on one feed: what rules and counts are handed frame by frame."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from backend.feeds import selectors
from backend.feeds.domain.scene import MarkingShape, SceneFrame, SceneWatcher
from backend.feeds.models import Feed
from ml.contracts import Prediction, TrackPoint
from ml.tracking.floor import FloorState


class Scene:
    """One feed's zones and lines. `follow` is called where the database is; `frame` for each frame."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self._watcher = SceneWatcher()

    def follow(self) -> None:
        """Take the zones and lines as they are drawn now. Raises DatabaseError."""
        self._watcher.set_shapes(shapes_of(self.feed.pk))

    def source_opened(self) -> None:
        """The source's time begins again."""
        self._watcher.reset()

    def frame(
        self,
        time_s: float,
        clock_s: float,
        size_px: tuple[int, int],
        confirmed: Sequence[TrackPoint],
        floor: FloorState | None,
        found: Sequence[Prediction],
    ) -> SceneFrame:
        """Who is where, who came and left, who crossed what."""
        return self._watcher.update(time_s, clock_s, size_px, confirmed, floor, found)


def shapes_of(feed_id: uuid.UUID) -> list[MarkingShape]:
    """A feed's zones and lines as the watchers take them."""
    return [
        MarkingShape(str(row.pk), row.kind, row.space, tuple((x, y) for x, y in row.points))
        for row in selectors.markings_of(feed_id)
    ]
