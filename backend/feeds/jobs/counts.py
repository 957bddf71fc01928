"""One feed's counts over time: added up in memory, written while the lease is held, each flush once."""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone

from backend.feeds.contracts import FeedSettings
from backend.feeds.domain.counting import Bins, Crossing, Seen, Span, Stay, Tally, bins_merge
from backend.feeds.domain.scene import SceneFrame
from backend.feeds.models import Feed
from backend.feeds.services import counts
from backend.feeds.sources.frames import Frame
from backend.learning.contracts import ModelInfo
from backend.projects import selectors as projects
from ml.scene.lines import Direction
from ml.scene.zones import ZoneChange
from ml.tracking.floor import FloorState

log = logging.getLogger(__name__)

# What a killed worker loses at most.
WRITE_EVERY_S = 10.0
# A longer gap between two frames was not watched; a feed that looks seldom is given its own pace.
GAP_MAX_S, GAP_FRAMES = 5.0, 2.5


@dataclass(slots=True)
class _Batch:
    """What is written as one: never changed once it was tried, so that trying again adds nothing twice."""

    bins: Bins = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    present: Counter[uuid.UUID] = field(default_factory=Counter)
    number: int = 0


class Counts:
    """`frame` is called for each frame; `follow` where the database is and the lease was just renewed."""

    def __init__(self, feed: Feed, given: FeedSettings) -> None:
        self.feed, self.owner = feed, feed.lease_owner
        self._gap_max_s = max(GAP_MAX_S, GAP_FRAMES / given.target_fps)
        self._tally = Tally(self._gap_max_s)
        self._info: ModelInfo | None = None
        self._label_ids: dict[str, uuid.UUID] = {}
        self._known: Collection[uuid.UUID] | None = None
        self._first = True
        self._sealed = _Batch()
        self._tried: _Batch | None = None
        self._number = 0
        self._write_at = time.monotonic() + WRITE_EVERY_S

    def opened(self) -> None:
        """The source was opened, for the first time or again."""
        last_at, present = self._tally.last
        if self._first:
            try:
                last_at, present = counts.last_watched(self.feed.pk)
                self._first = False
            except DatabaseError:
                log.warning(
                    "feed %s: whoever is in view is counted as new, the database did not answer", self.feed.pk
                )
        self._tally.opened(timezone.now(), last_at, present)

    def frame(self, frame: Frame, scene: SceneFrame, rules: Collection[uuid.UUID] = ()) -> None:
        """Count one frame; `rules` are at work on it."""
        at = timezone.now() - timedelta(seconds=max(0.0, time.monotonic() - frame.captured_s))
        self._tally.frame(at, scene.clock_s, self._seen(scene, rules))

    def _seen(self, scene: SceneFrame, rules: Collection[uuid.UUID]) -> Seen:
        ids = self._label_ids
        inside: dict[uuid.UUID, set[int]] = {uuid.UUID(zone_id): set() for zone_id in scene.zone_ids}
        for zone_id, track_id in scene.dwell_s or {}:
            inside.setdefault(uuid.UUID(zone_id), set()).add(track_id)
        return Seen(
            labels=self._known,
            tracks={point.track_id: ids[point.label] for point in scene.points if point.label in ids},
            inside=inside,
            stays=[
                Stay(
                    uuid.UUID(event.zone_id),
                    event.track_id,
                    event.dwell_s if event.change == ZoneChange.EXIT else None,
                )
                for event in scene.zone_events
            ],
            lines=[uuid.UUID(line_id) for line_id in scene.line_ids],
            crossings=[
                Crossing(uuid.UUID(event.line_id), event.track_id, event.direction == Direction.FORWARD)
                for event in scene.line_events
            ],
            speeds_m_s=_speeds(scene.floor),
            rules=rules,
        )

    def follow(self, info: ModelInfo | None) -> None:
        """What was seen until now was seen under the lease: write it once a while. Raises DatabaseError, keeps it."""
        self._seal()
        self._follow_labels(info)
        if time.monotonic() >= self._write_at:
            self._write()

    def flush(self) -> None:
        """Write what is left at the end; frames since the last renewal only if the lease is still held."""
        if self._tried is not None:
            self._write()
        self._write()
        self._seal()
        self._write(only_if_held=True)

    def _follow_labels(self, info: ModelInfo | None) -> None:
        if info is self._info:
            return
        self._info, self._known = info, None
        if info is not None:
            labels = projects.labels_of(self.feed.project_id)
            self._label_ids = {label.name: uuid.UUID(label.id) for label in labels}
            self._known = {uuid.UUID(bound.label_id) for bound in info.binding.values()}

    def _seal(self) -> None:
        bins, spans = self._tally.take()
        bins_merge(self._sealed.bins, bins)
        known = {span.number: span for span in self._sealed.spans} | {span.number: span for span in spans}
        self._sealed.spans = [known[number] for number in sorted(known)]
        self._sealed.present = self._tally.present

    def _write(self, *, only_if_held: bool = False) -> None:
        self._write_at = time.monotonic() + WRITE_EVERY_S
        if self._tried is None:
            if not self._sealed.spans:
                return
            self._number += 1
            self._tried, self._sealed = self._sealed, _Batch()
            self._tried.number = self._number
        batch = self._tried
        added = counts.counts_add(
            feed_id=self.feed.pk,
            owner=self.owner,
            flush=batch.number,
            spans=batch.spans,
            present=batch.present,
            bins=batch.bins,
            only_if_held=only_if_held,
        )
        if not added:
            log.info("feed %s: flush %s is in already, or the lease has moved on", self.feed.pk, batch.number)
        self._tried = None


def _speeds(floor: FloorState | None) -> dict[int, float]:
    """Speeds in m/s by track of those whose last look was no guess and who have been watched long enough."""
    if floor is None:
        return {}
    told = floor.speed_known & floor.clear
    return dict(zip(floor.ids[told].tolist(), floor.speeds().metres[told].tolist(), strict=True))
