"""One feed in one thread: read, detect, track, show, send back; until stopped, taken away or over."""

from __future__ import annotations

import logging
import random
import threading
import time
import uuid

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from backend.core.errors import AppError
from backend.feeds.contracts import FeedSettings
from backend.feeds.domain.capture import CaptureClock
from backend.feeds.domain.statistics import FeedStatistics
from backend.feeds.enums import FeedEventKind, FeedState
from backend.feeds.errors import SourceFailed
from backend.feeds.jobs.capturing import Capturing
from backend.feeds.jobs.counts import Counts
from backend.feeds.jobs.floor import Floor
from backend.feeds.jobs.gate import Gate
from backend.feeds.jobs.open_source import source_open
from backend.feeds.jobs.privacy import Privacy
from backend.feeds.jobs.rules import Rules
from backend.feeds.jobs.scene import Scene
from backend.feeds.jobs.shadow import Shadow
from backend.feeds.jobs.wall import Wall
from backend.feeds.jobs.watched import Watched
from backend.feeds.models import Feed
from backend.feeds.services import leases
from backend.feeds.sources.frames import Frame, FrameSource
from backend.learning import selectors as learning
from backend.learning.contracts import Model, ModelInfo
from backend.learning.services.runtime import model_open
from backend.projects import selectors as projects
from ml.contracts import ImagePrediction, Prediction, TrackPoint
from ml.errors import MlError
from ml.tracking.tracker import Tracker, TrackerConfig

log = logging.getLogger(__name__)

RENEW_S = 2.0
RETRY_FIRST_S, RETRY_MAX_S = 1.0, 30.0
MIN_SCORE = 0.1


class FeedRunner:
    """Runs one leased feed. `run` returns when the lease is gone, the file is over, or `stop` is set."""

    def __init__(self, feed: Feed, stop: threading.Event) -> None:
        self.feed, self.owner, self.stop = feed, feed.lease_owner, stop
        self.given = FeedSettings.parse(feed.settings)
        self.info: ModelInfo | None = None
        self.model: Model | None = None
        self.names: dict[str, str] = {}
        self.tracker = Tracker(TrackerConfig())
        self.known_tracks: set[int] = set()
        self.stats = FeedStatistics(time.monotonic())
        self.clock = CaptureClock(time.monotonic())
        self.capturing = Capturing(feed, self.given, self.clock)
        self.shadow = Shadow(feed, MIN_SCORE)
        self.watched = Watched(feed)
        self.floor = Floor(feed, self.given)
        self.scene = Scene(feed)
        self.rules = Rules(feed, self.owner)
        self.privacy = Privacy(feed)
        self.wall = Wall(feed)
        self.counts = Counts(feed, self.given)
        self.gate = Gate(on=self.given.motion_gate)
        self.occupied = False
        self._seen_at = feed.last_frame_at
        self._renew_at = 0.0
        self._held = True

    def run(self) -> None:
        try:
            self._run()
            self.shadow.flush()
            self.watched.flush()
            self.counts.flush()
            self.rules.flush(self.wall.ring, over=False)
            leases.lease_end(feed_id=self.feed.pk, owner=self.owner)
        except Exception:  # noqa: BLE001 - the edge of a thread: the feed is taken again when its lease is over
            log.exception("feed %s failed", self.feed.pk)
            self._state(FeedState.OFFLINE, "The worker met an error; see its log.")
        finally:
            connection.close()

    def _run(self) -> None:
        # No frame is read before it is known what may not be seen.
        self.privacy.follow()
        wait_s = RETRY_FIRST_S
        while self._held and not self.stop.is_set():
            before = self.stats
            try:
                with source_open(self.feed, self.given) as source:
                    over = self._watch(source)
                if over:
                    self.rules.flush(self.wall.ring, over=True)
                    self._state(FeedState.ENDED, "")
                    return
            except SourceFailed as error:
                if self.stats is not before and self.stats.frames:
                    wait_s = RETRY_FIRST_S
                self._state(FeedState.OFFLINE, str(error))
                # Jitter, so that many cameras behind one switch do not come back in step.
                self._pause(wait_s * random.uniform(0.8, 1.2))  # noqa: S311 - timing, not a secret
                wait_s = min(RETRY_MAX_S, wait_s * 2)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while self._held and not self.stop.wait(0.2) and time.monotonic() < end:
            self._renew(seen=False)

    def _watch(self, source: FrameSource) -> bool:
        """Score frames until the source is over (True) or the feed is no longer ours (False)."""
        online = False
        self._begin()
        self.stats = FeedStatistics(time.monotonic())
        self.clock.source_opened(live=source.live, monotonic_s=time.monotonic())
        for frame in source.frames(self.stop):
            self._renew(seen=frame is not None)
            if not self._held or self.stop.is_set():
                return False
            if frame is None:
                self._state(FeedState.STALLED, "No picture comes; the connection stands.")
                online = False
                continue
            self._one(self.privacy.burned(frame))
            self.stats.dropped = source.dropped
            if not online:
                online = self._came()
            self._seen_at = timezone.now()
        return not source.live and not self.stop.is_set() and self._held

    def _begin(self) -> None:
        """What was tracked so far is nobody any more: the source was opened, or a new day began."""
        self.day = self.privacy.day()
        self.counts.opened()
        self.tracker.reset()
        self.known_tracks.clear()
        self.floor.reset()
        self.scene.source_opened()
        self.rules.source_opened()
        self.gate.opened()

    def _came(self) -> bool:
        gap_s = (timezone.now() - self._seen_at).total_seconds() if self._seen_at else None
        detail = "" if self.model else "No model is in production yet."
        return self._state(FeedState.ONLINE, detail, gap_s)

    def _one(self, frame: Frame) -> None:
        if self.privacy.day() != self.day:
            # No id outlives a day: nobody can be followed from one to the next.
            self._begin()
        clock_s = self.clock.tick(frame.time_s, time.monotonic())
        self.capturing.draw(clock_s)
        # Who is not looked for has a head that nothing hides.
        look = self.gate.wants(frame, occupied=self.occupied) or self.privacy.hides_heads
        said = self._predict(frame) if look else ImagePrediction()
        bound = self._bound(said)
        points = self.tracker.update(frame.time_s, bound)
        self.occupied = bool(points)
        confirmed = [
            point for point in points if point.confirmed and point.score >= self.given.show_score / 2
        ]
        floor = self.floor.frame(frame, confirmed)
        latency_ms = (time.monotonic() - frame.captured_s) * 1000
        self.stats.frame(latency_ms, [point.track_id for point in points if point.confirmed])
        height, width = frame.image.shape[:2]
        sure = [one for one in bound if one.score >= self.given.show_score]
        scene = self.scene.frame(frame.time_s, clock_s, (width, height), confirmed, floor, sure)
        came = self._announce_tracks(confirmed, frame)
        shown = self._may_show(frame, [*said.detections, *bound])
        if shown is not None:
            self.wall.show(
                shown,
                confirmed,
                latency_ms=latency_ms,
                fps=self.stats.fps(time.monotonic()),
                # A clip of an incident has the seconds before it.
                every=self.rules.is_watching,
                floor=self.floor.message,
            )
            self.floor.keep_still(shown)
        self.rules.frame(scene, self.wall.ring, self.floor.version_id if floor else None)
        self.watched.frame(self.clock.now_s, came)
        self.counts.frame(frame, scene, self.rules.at_work())
        # Last: what nobody waits for must not make the wall late.
        beside = self.shadow.look(frame, said) if look else None
        if shown is not None:
            self._send_back(frame, shown, clock_s, bound, beside, looked=look)

    def _send_back(
        self,
        frame: Frame,
        shown: Frame,
        clock_s: float,
        bound: list[Prediction],
        beside: ImagePrediction | None,
        *,
        looked: bool,
    ) -> None:
        self.stats.sent_back += self.capturing.frame(
            frame,
            shown,
            clock_s,
            bound,
            model=self.model if looked else None,
            shadow=None if beside is None else self._bound(beside, self.shadow.info),
            gate=self.gate.answer,
            named=self._bound,
        )

    def _predict(self, frame: Frame) -> ImagePrediction:
        if self.model is None:
            return ImagePrediction()
        try:
            return self.model.predict(frame.image, MIN_SCORE)
        except (AppError, MlError) as error:
            # An operator's model that fails is tried again with the same patience as a camera.
            raise SourceFailed(f"The model gave no answer: {error}") from error

    def _bound(self, prediction: ImagePrediction, by: ModelInfo | None = None) -> list[Prediction]:
        """Detections of mapped classes, named as the project's labels; `by` another model than the answering one."""
        info = by or self.info
        if info is None:
            return []
        binding = info.binding
        return [
            Prediction(self.names.get(binding[p.label].label_id, p.label), p.score, p.box)
            for p in prediction.detections
            if p.label in binding
        ]

    def _announce_tracks(self, points: list[TrackPoint], frame: Frame) -> int:
        """Record the objects that came into view; how many."""
        before = len(self.known_tracks)
        for point in points:
            if point.track_id in self.known_tracks:
                continue
            self.known_tracks.add(point.track_id)
            leases.event_record(
                feed=self.feed,
                kind=FeedEventKind.TRACK,
                payload={"track_id": point.track_id, "label": point.label, "score": round(point.score, 3)},
                source_time_s=frame.time_s,
                model_version_id=self.info.id if self.info else None,
            )
        return len(self.known_tracks) - before

    def _may_show(self, frame: Frame, found: list[Prediction]) -> Frame | None:
        """The frame as it may leave this process, or None."""
        if self.given.process_only:
            return None
        labels = {*self.info.binding, *self.names.values()} if self.info and self.model else set()
        return self.privacy.shown(frame, found, labels)

    def _renew(self, *, seen: bool) -> None:
        if time.monotonic() < self._renew_at:
            return
        self._renew_at = time.monotonic() + RENEW_S
        close_old_connections()
        try:
            stats = self.stats.report(time.monotonic()) if seen else None
            self._held = leases.lease_renew(feed_id=self.feed.pk, owner=self.owner, stats=stats)
            if self._held:
                self._follow_model()
                self.shadow.follow(self.info)
                self.watched.follow(self.info)
                self.floor.follow()
                self.scene.follow()
                self.rules.follow(self.info, self.names, self.clock.now_s)
                if self.privacy.follow():
                    self.wall.forget()
                self.counts.follow(self.info)
                self.capturing.follow(self.info)
        except DatabaseError:
            # The lease runs out by itself if the database stays away; until then the wall goes on.
            log.warning("feed %s: lease not renewed, the database did not answer", self.feed.pk)

    def _follow_model(self) -> None:
        """Swap to the model that answers here when it changed; one that cannot be opened leaves the old one at work."""
        info = learning.answering_info(
            self.feed.project_id, camera_id=self.feed.camera_id, item_id=self.feed.pk
        )
        if info is None or (
            self.info is not None and info.id == self.info.id and info.binding == self.info.binding
        ):
            return
        if self.info is None or info.id != self.info.id:
            try:
                self.model = model_open(learning.model_find(info.id))
            except AppError as error:
                log.error("feed %s keeps its model: %s", self.feed.pk, error.message)
                return
            leases.event_record(
                feed=self.feed,
                kind=FeedEventKind.MODEL,
                payload={"number": info.number},
                model_version_id=info.id,
            )
        self.info = info
        self.names = {label.id: label.name for label in projects.labels_of(self.feed.project_id)}

    def _state(self, state: FeedState, detail: str, gap_s: float | None = None) -> bool:
        close_old_connections()
        held = leases.state_set(
            feed=self.feed,
            owner=self.owner,
            state=state,
            detail=detail,
            stats=self.stats.report(time.monotonic()) if self.stats.frames else None,
            gap_s=gap_s,
        )
        self._held = self._held and held
        return held


def owner_name() -> str:
    return f"feed-worker-{uuid.uuid4().hex[:12]}"
