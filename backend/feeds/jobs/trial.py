"""Tries a rule on recorded footage: which incidents it would have opened. Nothing is written of them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from backend.core import storage
from backend.core.jobs import JobContext
from backend.feeds import selectors
from backend.feeds.contracts import FeedSettings
from backend.feeds.domain.calibrating import same_shape
from backend.feeds.domain.measures import GearLook, Measures
from backend.feeds.domain.rule_engine import Change, IncidentChange, Rule, RuleWatcher
from backend.feeds.domain.scene import SceneWatcher
from backend.feeds.enums import SourceKind
from backend.feeds.jobs.open_source import source_open
from backend.feeds.jobs.privacy import Privacy
from backend.feeds.jobs.rules import peak_record
from backend.feeds.jobs.scene import shapes_of
from backend.feeds.jobs.wall import jpeg_bytes
from backend.feeds.models import Feed
from backend.feeds.services.conditions import condition_at_work
from backend.feeds.services.trials import picture_key
from backend.feeds.sources.frames import Frame
from backend.learning import selectors as learning
from backend.learning.errors import NoProductionModel
from backend.learning.services.runtime import model_open
from backend.media import selectors as media
from backend.projects import selectors as projects
from ml.contracts import Prediction, TrackPoint
from ml.geometry.calibration import Calibration
from ml.scene.people import FloorScene
from ml.tracking.floor import FloorState
from ml.tracking.tracker import Tracker, TrackerConfig

SECONDS_MAX = 600.0
INCIDENTS_MAX = 50
PICTURE_SIDE_PX = 640
JPEG_QUALITY = 75
MIN_SCORE = 0.1
PROGRESS_EVERY_S = 2.0


def run(context: JobContext) -> dict[str, Any]:
    """Job `feeds.try_rule`. Payload: feed_id, asset_id (or null: the feed's own footage), rule (condition, clear_s,
    cooldown_s). The result: `{seconds, frames, cut, incidents: [{began_s, ended_s, objects, peak, picture}]}`."""
    feed = selectors.feed_find(context.payload["feed_id"])
    asset_id = context.payload.get("asset_id")
    if asset_id:
        feed.asset, feed.source_kind = media.asset_find(asset_id), SourceKind.ASSET
    return Trial(feed, context).run()


class Trial:
    """One run over one clip, as a feed's worker would have seen it."""

    def __init__(self, feed: Feed, context: JobContext) -> None:
        self.feed, self.context = feed, context
        self.info = learning.answering_info(feed.project_id, camera_id=feed.camera_id, item_id=feed.pk)
        if self.info is None:
            raise NoProductionModel("Put a model into production first: a rule is tried with what it says.")
        self.model = model_open(learning.model_find(self.info.id))
        self.names = {label.id: label.name for label in projects.labels_of(feed.project_id)}
        given = context.payload["rule"]
        condition = condition_at_work(given["condition"], self.names)
        self.rule = RuleWatcher(Rule("trial", condition, given["clear_s"], given["cooldown_s"]))
        known = {self.names.get(bound.label_id, "") for bound in self.info.binding.values()}
        self.gear = GearLook([(item, condition.labels) for item in condition.gear], known)
        self.scenes = SceneWatcher()
        self.scenes.set_shapes(shapes_of(feed.pk))
        self.tracker = Tracker(TrackerConfig())
        self.settings = replace(FeedSettings.parse(feed.settings), loop=False, realtime=False)
        self.privacy = Privacy(feed)
        self.privacy.follow()
        version = selectors.calibration_current(feed.camera_id)
        self.calibration = version if version is not None and version.doubted_at is None else None
        self.floor: FloorScene | None = None
        self.found: list[dict[str, Any]] = []

    def run(self) -> dict[str, Any]:
        gap_s, next_s, told_s, frames, last_s = 1.0 / self.settings.target_fps, 0.0, 0.0, 0, 0.0
        cut = False
        with source_open(self.feed, self.settings) as source:
            for frame in source.frames(threading.Event()):
                if frame is None or frame.time_s < next_s:
                    continue
                if frame.time_s > SECONDS_MAX or len(self.found) >= INCIDENTS_MAX:
                    cut = True
                    break
                next_s = max(next_s + gap_s, frame.time_s + gap_s / 2)
                last_s, frames = frame.time_s, frames + 1
                if last_s - told_s >= PROGRESS_EVERY_S:
                    told_s = last_s
                    self.context.progress(min(0.99, last_s / SECONDS_MAX), f"{last_s:.0f} s looked at")
                self._one(self.privacy.burned(frame))
        for change in self.rule.close(last_s):
            self._keep(change, None)
        return {"seconds": round(last_s, 1), "frames": frames, "cut": cut, "incidents": self.found}

    def _one(self, frame: Frame) -> None:
        said = self.model.predict(frame.image, MIN_SCORE)
        binding = self.info.binding if self.info is not None else {}
        bound = [
            Prediction(self.names.get(binding[p.label].label_id, p.label), p.score, p.box)
            for p in said.detections
            if p.label in binding
        ]
        points = [
            p
            for p in self.tracker.update(frame.time_s, bound)
            if p.confirmed and p.score >= self.settings.show_score / 2
        ]
        height, width = frame.image.shape[:2]
        floor = self._measure(frame.time_s, (width, height), points)
        sure = [p for p in bound if p.score >= self.settings.show_score]
        scene = self.scenes.update(frame.time_s, frame.time_s, (width, height), points, floor, sure)
        for change in self.rule.update(scene, Measures(scene, self.gear.update(scene)), at_work=True):
            labels = {*binding, *self.names.values()}
            shown = self.privacy.shown(frame, [*said.detections, *bound], labels)
            self._keep(change, shown)

    def _measure(
        self, time_s: float, size_px: tuple[int, int], points: list[TrackPoint]
    ) -> FloorState | None:
        """The people on the floor; None where the clip is not as the camera was calibrated."""
        version = self.calibration
        if version is None or not same_shape(size_px, (version.still.width, version.still.height)):
            return None
        if self.floor is None:
            solved = Calibration.from_json(version.solved).resized(size_px[0] / version.still.width)
            self.floor = FloorScene(solved, size_px)
        return self.floor.update(time_s, [p for p in points if p.label == self.settings.floor_label])

    def _keep(self, change: IncidentChange, frame: Frame | None) -> None:
        if change.change is Change.OPEN:
            number = len(self.found)
            if frame is not None:
                jpeg = jpeg_bytes(frame.image, PICTURE_SIDE_PX, JPEG_QUALITY)
                storage.write_bytes(picture_key(self.feed.pk, self.context.job.pk, number), jpeg)
            self.found.append({"began_s": round(change.since_s, 1), "picture": frame is not None})
        self.found[-1] |= {
            "ended_s": round(change.seen_s, 1),
            "objects": len(change.involved),
            "peak": peak_record(change.peak),
        }
