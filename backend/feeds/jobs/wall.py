"""What a feed shows: the wall's message with its picture, the newest still, and the ring of the last seconds."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any

import cv2
import numpy as np
import redis
from django.utils import timezone
from numpy.typing import NDArray

from backend.core import events
from backend.feeds.errors import SourceFailed
from backend.feeds.jobs.ring import Ring, RingFrame
from backend.feeds.models import Feed
from backend.feeds.services.stills import still_keep, stills_forget
from backend.feeds.sources.frames import Frame
from ml.contracts import TrackPoint

log = logging.getLogger(__name__)

SHOW_SIDE_PX = 960
SHOW_JPEG_QUALITY = 72
# Pictures of a feed that nobody looks at are so far apart in its own time, at least: enough for a still, and to see
# within half a second that somebody looks now. At five a second every other one.
UNWATCHED_GAP_S = 0.35


def live_channel(feed_id: object) -> str:
    return f"live:feed:{feed_id}"


class Wall:
    """One feed's. It is given frames in which nothing private is left."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.ring = Ring()
        self._is_watched = False
        self._shown_s = float("-inf")

    def show(
        self,
        frame: Frame,
        points: list[TrackPoint],
        *,
        latency_ms: float,
        fps: float,
        every: bool,
        **more: Any,
    ) -> None:
        """Publish a frame with its confirmed tracks; `more` goes into the message as it is (JSON values).

        Without `every`, only as many as somebody looks at: a picture costs a quarter of the detector's time.
        """
        is_due = not 0.0 <= frame.time_s - self._shown_s < UNWATCHED_GAP_S
        if not (every or self._is_watched or is_due):
            return
        self._shown_s = frame.time_s
        jpeg = jpeg_bytes(frame.image, SHOW_SIDE_PX, SHOW_JPEG_QUALITY)
        self.ring.add(RingFrame(frame.time_s, timezone.now(), jpeg))
        height, width = frame.image.shape[:2]
        message: dict[str, Any] = {
            "feed_id": str(self.feed.pk),
            "time_s": round(frame.time_s, 3),
            "width": width,
            "height": height,
            "latency_ms": round(latency_ms, 1),
            "fps": fps,
            "objects": [_object(point) for point in points],
            **more,
        }
        try:
            still_keep(self.feed.pk, jpeg, frame.time_s)
            message["jpeg"] = base64.b64encode(jpeg).decode()
            # Redis answers how many pages hear it.
            self._is_watched = events.client().publish(live_channel(self.feed.pk), json.dumps(message)) > 0
        except redis.RedisError:
            self._is_watched = False
            log.warning("feed %s: a frame was not shown, Redis did not answer", self.feed.pk)

    def forget(self) -> None:
        """Drop every picture kept so far: it shows what may not be seen any more."""
        self.ring.clear()
        stills_forget([self.feed.pk])


def _object(point: TrackPoint) -> dict[str, Any]:
    box = (point.box.x1, point.box.y1, point.box.x2, point.box.y2)
    return {
        "track_id": point.track_id,
        "label": point.label,
        "score": round(point.score, 3),
        "box": [round(v, 1) for v in box],
    }


def jpeg_bytes(image: NDArray[np.uint8], max_side_px: int, quality: int) -> bytes:
    """(H, W, 3) RGB as JPEG, made smaller where a side is longer; 0 keeps the size. Raises SourceFailed."""
    longest = max(image.shape[:2])
    if max_side_px and longest > max_side_px:
        image = _reduced(image, max_side_px / longest)
    done, buffer = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    if not done:
        raise SourceFailed("A frame could not be written as JPEG.")
    return bytes(buffer.tobytes())


def _reduced(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Smaller by `scale` (under 1): means of whole blocks first, then between pixels.

    Means of parts of blocks (INTER_AREA by another factor) would cost five times as much and show no more.
    """
    block = int(1.0 / scale)
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    if block > 1:
        size = (image.shape[1] // block, image.shape[0] // block)
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    if image.shape[:2] != (height, width):
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    return image
