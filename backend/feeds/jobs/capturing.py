"""Which frames of one feed come back, and why: at random before the model speaks, else by what it and others say."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np
from django.db.models import Sum
from django.utils import timezone

from backend.annotation.selectors import counts as annotation
from backend.core.errors import AppError
from backend.feeds.contracts import FeedSettings
from backend.feeds.domain.capture import CaptureClock, CapturePolicy, Evidence, disagreement, rare_labels
from backend.feeds.domain.counting import NIL
from backend.feeds.enums import CaptureReason, CountPart
from backend.feeds.jobs.wall import jpeg_bytes
from backend.feeds.models import CountHour, Feed
from backend.feeds.services import captures
from backend.feeds.sources.frames import Frame
from backend.learning.contracts import Model, ModelInfo
from backend.projects import selectors as projects
from ml.contracts import Box, ImagePrediction, Prediction
from ml.errors import MlError
from ml.scene.motion import GateAnswer, GateReason, MotionGate

log = logging.getLogger(__name__)

CAPTURE_JPEG_QUALITY = 92
# What is rare changes by the day.
RARE_EVERY_S, RARE_WITHIN = 600.0, timedelta(days=7)
# The detector looks at a mirrored frame so seldom that it costs under a hundredth more.
MIRROR_EVERY_S = 30.0
# Sure by one look, not seen by another even faintly.
SURE, SEEN = 0.5, 0.15
# Movement of so much of the picture for so long, with nothing found in it.
MOTION_SHARE, MOTION_FOR_S = 0.004, 1.5


class Capturing:
    """One feed's. `draw` before the model is asked, `frame` after the wall was shown, `follow` where the database is."""

    def __init__(self, feed: Feed, given: FeedSettings, clock: CaptureClock) -> None:
        self.feed, self.given = feed, given
        self.policy = CapturePolicy(given, random.Random(feed.pk.int % (2**31)))
        now_s = clock.now_s
        self.policy.seed_history([(now_s - age, why) for age, why in captures.captures_last_hour(feed)])
        self._gate = MotionGate()
        self._moving_since_s: float | None = None
        self._rare: set[str] = set()
        self._info: ModelInfo | None = None
        self._rare_at = self._mirror_at = 0.0

    def draw(self, clock_s: float) -> None:
        """Decide whether the frame at this time comes back at random."""
        self.policy.draw(clock_s)

    def follow(self, info: ModelInfo | None) -> None:
        """Find out now and then which labels are rare here. Raises DatabaseError."""
        if info is None or (info is self._info and time.monotonic() < self._rare_at):
            return
        self._info, self._rare_at = info, time.monotonic() + RARE_EVERY_S
        if not self.policy.wants(CaptureReason.RARE):
            return
        names = {label.id: label.name for label in projects.labels_of(self.feed.project_id)}
        known = {bound.label_id for bound in info.binding.values()}
        approved = annotation.approved_objects_by_label(self.feed.project_id)
        rows = CountHour.objects.filter(
            feed=self.feed, part=CountPart.VIEW, part_id=NIL, at__gt=timezone.now() - RARE_WITHIN
        ).exclude(label_id=NIL)
        seen = {str(row["label_id"]): row["n"] for row in rows.values("label_id").annotate(n=Sum("tracks"))}
        self._rare = {names[label_id] for label_id in rare_labels(approved, seen, known) if label_id in names}

    def frame(
        self,
        frame: Frame,
        shown: Frame,
        clock_s: float,
        bound: Sequence[Prediction],
        *,
        model: Model | None,
        shadow: Sequence[Prediction] | None,
        gate: GateAnswer | None = None,
        named: Callable[[ImagePrediction], Sequence[Prediction]],
    ) -> bool:
        """Send `shown` (what may leave this process of `frame`) back where there is reason to; whether it was.

        `bound`: all boxes of the answering model, by the project's labels; `shadow`: those of the model in shadow, where
        it looked at this very frame; `gate`: what the motion gate said of it, asked here where nobody else did; `named`
        turns an answer of the model into boxes like `bound`.
        """
        evidence = Evidence(
            scores=[found.score for found in bound],
            rare=self._rare_score(bound),
            disagrees=self._disagrees(frame, bound, model, shadow, named),
            moved=self._moved(frame, clock_s, bound, gate) if model is not None else None,
        )
        decision = self.policy.decide(clock_s, evidence)
        if decision is None:
            return False
        reason, score = decision
        try:
            captures.capture_store(
                feed=self.feed,
                jpeg=jpeg_bytes(shown.image, 0, CAPTURE_JPEG_QUALITY),
                reason=reason,
                score=score,
                source_time_s=frame.time_s,
                model_version_id=self._info.id if self._info else None,
            )
        except AppError as error:
            log.warning("feed %s: a frame was not sent back: %s", self.feed.pk, error.message)
            return False
        return True

    def _rare_score(self, bound: Sequence[Prediction]) -> float | None:
        scores = [p.score for p in bound if p.label in self._rare and p.score >= self.given.capture_low]
        return max(scores, default=None)

    def _disagrees(
        self,
        frame: Frame,
        bound: Sequence[Prediction],
        model: Model | None,
        shadow: Sequence[Prediction] | None,
        named: Callable[[ImagePrediction], Sequence[Prediction]],
    ) -> float | None:
        """By the model in shadow where it looked; else by the model itself, which seldom looks at a mirrored frame."""
        if model is None or not self.policy.wants(CaptureReason.DISAGREEMENT):
            return None
        if shadow is None:
            if time.monotonic() < self._mirror_at:
                return None
            self._mirror_at = time.monotonic() + MIRROR_EVERY_S
            width = frame.image.shape[1]
            try:
                answer = model.predict(np.ascontiguousarray(frame.image[:, ::-1]), SEEN)
            except (AppError, MlError) as error:
                log.warning("feed %s: no answer to a mirrored frame: %s", self.feed.pk, error)
                return None
            shadow = [_mirrored(p, width) for p in named(answer)]
        return disagreement(bound, shadow, sure=SURE, seen=SEEN)

    def _moved(
        self, frame: Frame, clock_s: float, bound: Sequence[Prediction], gate: GateAnswer | None
    ) -> float | None:
        """The share of the picture that has moved for a while with nothing found in it."""
        if not self.policy.wants(CaptureReason.MOTION):
            return None
        answer = gate or self._gate.update(frame.time_s, frame.image)
        is_moving = answer.share >= MOTION_SHARE and answer.reason is GateReason.MOTION
        if not is_moving or any(p.score >= self.given.capture_low for p in bound):
            self._moving_since_s = None
            return None
        if self._moving_since_s is None:
            self._moving_since_s = clock_s
        return answer.share if clock_s - self._moving_since_s >= MOTION_FOR_S else None


def _mirrored(found: Prediction, width: int) -> Prediction:
    box = found.box
    return Prediction(found.label, found.score, Box(width - box.x2, box.y1, width - box.x1, box.y2))
