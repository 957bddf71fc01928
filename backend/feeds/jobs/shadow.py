"""Lets a model on its way look at a feed's frames beside the one that answers; nobody sees or hears what it says."""

from __future__ import annotations

import logging
import time

from backend.core.errors import AppError
from backend.feeds.models import Feed
from backend.feeds.sources.frames import Frame
from backend.learning import selectors as learning
from backend.learning.contracts import Model, ModelInfo
from backend.learning.services import shadow
from backend.learning.services.runtime import model_open
from backend.learning.services.shadow import FrameAnswer
from ml.contracts import ImagePrediction
from ml.errors import MlError

log = logging.getLogger(__name__)

# A frame a second tells two models apart within minutes and costs a fraction of a core.
LOOK_EVERY_S = 1.0
# Frames that wait to be stored; more means that the database is away.
WAITING_MAX = 60


class Shadow:
    """One feed's silent second model. `follow` is called where the database is; `look` after a frame was shown."""

    def __init__(self, feed: Feed, min_score: float) -> None:
        self.feed, self.min_score = feed, min_score
        self.info: ModelInfo | None = None
        self._model: Model | None = None
        self._problem = ""
        self._beside: ModelInfo | None = None
        self._waiting: list[FrameAnswer] = []
        self._look_at = 0.0

    def follow(self, answering: ModelInfo | None) -> None:
        """Store what was seen, and swap to the model that is in shadow now, or to none. Raises DatabaseError."""
        self.flush()
        info = learning.shadow_info(self.feed.project_id)
        if info is not None and (self.info is None or info.id != self.info.id):
            self._open(info)
        elif info is None:
            self._model, self._problem = None, ""
        self.info, self._beside = info, answering

    def _open(self, info: ModelInfo) -> None:
        self._model, self._problem = None, ""
        try:
            self._model = model_open(learning.model_find(info.id))
        except AppError as error:
            log.warning(
                "feed %s: model %s is not in its shadow: %s", self.feed.pk, info.number, error.message
            )
            self._problem = error.message

    def look(self, frame: Frame, said: ImagePrediction) -> ImagePrediction | None:
        """Look at a frame of which the answering model `said` that, once a while; what it says, if it looked.

        Never raises for its own model.
        """
        if self.info is None or self._beside is None or len(self._waiting) >= WAITING_MAX:
            return None
        now_s = time.monotonic()
        if now_s < self._look_at:
            return None
        self._look_at = now_s + LOOK_EVERY_S
        candidate, problem = None, self._problem
        if self._model is not None:
            try:
                candidate = self._model.predict(frame.image, self.min_score)
            except (AppError, MlError) as error:
                problem = str(error)
        self._waiting.append(FrameAnswer(said, candidate, problem))
        return candidate

    def flush(self) -> None:
        """Store what waits. Raises DatabaseError and keeps it."""
        if self._waiting and self.info is not None and self._beside is not None:
            shadow.frames_record(
                candidate=self.info,
                production=self._beside,
                feed_id=self.feed.pk,
                camera_id=self.feed.camera_id,
                answers=self._waiting,
            )
        self._waiting = []
