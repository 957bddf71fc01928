"""One feed's floor: people's places, speeds and distances in metres, while its camera is calibrated and has not moved."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import redis

from backend.core import events, storage
from backend.feeds import selectors
from backend.feeds.contracts import FeedSettings
from backend.feeds.domain.calibrating import same_shape
from backend.feeds.domain.floor_message import Counts, FloorView, SettledCounts, counts_of, floor_message
from backend.feeds.enums import FeedEventKind
from backend.feeds.jobs.wall import jpeg_bytes
from backend.feeds.models import CalibrationVersion, Feed
from backend.feeds.services import calibrations, leases, stills
from backend.feeds.sources.frames import Frame
from backend.sites import selectors as sites
from backend.sites.contracts import Polygons
from ml.contracts import TrackPoint
from ml.errors import GeometryError
from ml.geometry.calibration import Calibration
from ml.scene.moved import CameraView, MovedWatcher
from ml.scene.people import FloorScene
from ml.scene.privacy import burn
from ml.tracking.floor import FloorState

log = logging.getLogger(__name__)

# A look whether the camera moved takes milliseconds; what counts lasts 20 s.
MOVED_EVERY_S = 2.0
# The newest picture in full size, to calibrate on.
STILL_EVERY_S = 5.0
STILL_JPEG_QUALITY = 92
# A status older than this is no status: the feed is not running.
STATUS_TTL_S = 15


class Floor:
    """`follow` where the database is; `frame` for every frame, right after the tracker."""

    def __init__(self, feed: Feed, given: FeedSettings) -> None:
        self.feed, self.given = feed, given
        self.message: dict[str, Any] = {"view": FloorView.NONE}
        self._version: CalibrationVersion | None = None
        self._known: tuple[Any, ...] = ()
        self._calibration: Calibration | None = None
        self._scene: FloorScene | None = None
        self._watcher: MovedWatcher | None = None
        self._view = CameraView.SAME
        self._counts = SettledCounts()
        self._size_px: tuple[int, int] | None = None
        self._polygons: Polygons = ()
        self._look_s = float("-inf")
        self._still_at = 0.0

    def reset(self) -> None:
        """The source starts anew: its times may run from zero, and nobody is where they were."""
        self._scene, self._look_s = None, float("-inf")
        self._counts = SettledCounts()
        if self._version is not None:
            self._watcher = self._watch(self._version)

    @property
    def version_id(self) -> uuid.UUID | None:
        """The calibration that holds, whether or not it may be told by now."""
        return self._version.pk if self._version is not None else None

    def follow(self) -> None:
        """Take up the calibration that holds now, or none. Raises DatabaseError."""
        version = selectors.calibration_current(self.feed.camera_id)
        # What is hidden by now was seen when the reference was taken: without it, hiding would look like moving.
        self._polygons = sites.camera_privacy(self.feed.camera_id).polygons if version else ()
        known = (version.pk, version.doubted_at, version.reference_id, self._polygons) if version else ()
        if known == self._known:
            return
        self._known, self._version = known, version
        self._calibration = self._scene = self._watcher = None
        self._view = CameraView.SAME
        if version is not None:
            self._take_up(version)

    def _take_up(self, version: CalibrationVersion) -> None:
        try:
            found = Calibration.from_json(version.solved)
        except GeometryError:
            log.exception("feed %s: calibration %s cannot be read", self.feed.pk, version.pk)
            return
        factor = self._size_px[0] / version.still.width if self._size_px else 1.0
        self._calibration = found if factor == 1.0 else found.resized(factor)
        self._watcher = self._watch(version)

    def _watch(self, version: CalibrationVersion) -> MovedWatcher | None:
        if version.doubted_at is not None or not version.reference.storage_key:
            return None
        try:
            jpeg = storage.read_bytes(version.reference.storage_key)
        except OSError:
            log.warning(
                "feed %s: the still of its calibration is gone, so it is not seen whether it moved",
                self.feed.pk,
            )
            return None
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            return None
        if self._size_px is not None and same_shape(
            self._size_px, (version.still.width, version.still.height)
        ):
            picture = cv2.resize(picture, self._size_px, interpolation=cv2.INTER_AREA)
        pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8)
        burn(pixels, self._polygons)
        return MovedWatcher(pixels)

    def _fit_size(self, frame: Frame) -> None:
        """Take up the picture's size: the version may have been made on another stream of the camera."""
        height, width = frame.image.shape[:2]
        if self._size_px == (width, height):
            return
        self._size_px, self._scene = (width, height), None
        if self._version is not None:
            self._take_up(self._version)

    def frame(self, frame: Frame, confirmed: Sequence[TrackPoint]) -> FloorState | None:
        """Places of the people in one frame; None where no metre may be told."""
        self._fit_size(frame)
        self._look_for_moves(frame)
        people = [point for point in confirmed if point.label == self.given.floor_label]
        view = self._told()
        state = self._measure(frame, people) if view is FloorView.MEASURED else None
        if state is None or self._calibration is None:
            self.message = {"view": view}
            counts = Counts(len(people), None, None)
        else:
            self.message = floor_message(state, self._calibration, self.given)
            counts = counts_of(self.message, len(people))
        self._tell(view, counts, frame)
        return state

    def _told(self) -> FloorView:
        if self._version is None or self._calibration is None:
            return FloorView.NONE
        still = self._version.still
        if self._version.doubted_at is not None or self._view is CameraView.MOVED:
            return FloorView.MOVED
        if self._size_px is None or not same_shape(self._size_px, (still.width, still.height)):
            return FloorView.MOVED
        return FloorView.LOST if self._view is CameraView.LOST else FloorView.MEASURED

    def _measure(self, frame: Frame, people: Sequence[TrackPoint]) -> FloorState:
        height, width = frame.image.shape[:2]
        if self._scene is None and self._calibration is not None:
            self._scene = FloorScene(self._calibration, (width, height))
        assert self._scene is not None  # noqa: S101 - for mypy: only called where a calibration is
        return self._scene.update(frame.time_s, people)

    def _look_for_moves(self, frame: Frame) -> None:
        if self._watcher is None or self._version is None or frame.time_s - self._look_s < MOVED_EVERY_S:
            return
        self._look_s = frame.time_s
        answer = self._watcher.update(frame.time_s, frame.image)
        if answer.view is self._view:
            return
        before, self._view = self._view, answer.view
        # Where it has stood before a doubt or a fog, somebody else may stand now.
        self._scene = None
        if answer.view is CameraView.MOVED:
            calibrations.calibration_doubt(
                version_id=self._version.pk, feed=self.feed, shift_px=answer.shift_px
            )
        elif CameraView.LOST in (before, answer.view):
            leases.event_record(
                feed=self.feed,
                kind=FeedEventKind.CAMERA,
                payload={"view": answer.view.value},
                source_time_s=frame.time_s,
            )

    def keep_still(self, shown: Frame) -> None:
        """Once a while, a frame in its full size as it may be shown: what a person calibrates on."""
        now_s = time.monotonic()
        if self.feed.camera_id is None or now_s < self._still_at:
            return
        self._still_at = now_s + STILL_EVERY_S
        try:
            stills.full_still_keep(self.feed.pk, jpeg_bytes(shown.image, 0, STILL_JPEG_QUALITY))
        except redis.RedisError:
            log.warning("feed %s: no still kept, Redis did not answer", self.feed.pk)

    def _tell(self, view: FloorView, counts: Counts, frame: Frame) -> None:
        """The newest counts for who asks, and a line in the log when settled counts changed."""
        status = {"view": view, "limit_m": self.given.limit_m, "time_s": frame.time_s, **counts.as_dict()}
        try:
            events.client().set(selectors.status_key(self.feed.pk), json.dumps(status), ex=STATUS_TTL_S)
        except redis.RedisError:
            log.warning("feed %s: no status told, Redis did not answer", self.feed.pk)
        changed = self._counts.take(frame.time_s, counts) if view is FloorView.MEASURED else None
        if changed is not None:
            leases.event_record(
                feed=self.feed,
                kind=FeedEventKind.DISTANCE,
                payload={**changed.as_dict(), "limit_m": self.given.limit_m},
                source_time_s=frame.time_s,
            )
