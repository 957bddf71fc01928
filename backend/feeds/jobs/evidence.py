"""An incident's picture and clip, from the ring of what was shown: nothing private is left in either."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from uuid import UUID

import av
import cv2
import numpy as np

from backend.feeds.jobs.ring import Ring, RingFrame
from backend.feeds.services import clips

BEFORE_S, AFTER_S = 8.0, 12.0
# VP8's libvpx is BSD, and every browser of the last years plays it.
CODEC, CODEC_OPTIONS = "libvpx", {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "1500k"}
_TIME_BASE = Fraction(1, 1000)


@dataclass(slots=True)
class _Due:
    incident_id: UUID
    opened_at: datetime
    due_s: float


class Evidence:
    """Clips of one feed that wait for the seconds after. `look` is called for each frame."""

    def __init__(self) -> None:
        self._due: list[_Due] = []

    @property
    def waits(self) -> bool:
        """Whether a clip is not complete."""
        return bool(self._due)

    def opened(self, incident_id: UUID, opened_at: datetime, clock_s: float, ring: Ring) -> None:
        """Keep the newest picture now, and the clip when its time has come."""
        newest = ring.since(0.0)
        if newest:
            clips.snapshot_keep(incident_id=incident_id, jpeg=newest[-1].jpeg)
            self._due.append(_Due(incident_id, opened_at, clock_s + AFTER_S))

    def look(self, clock_s: float, ring: Ring) -> None:
        for due in [due for due in self._due if clock_s >= due.due_s]:
            self._due.remove(due)
            self._keep(due, ring)

    def flush(self, ring: Ring) -> None:
        """The feed is given up: clips are what there is."""
        for due in self._due:
            self._keep(due, ring)
        self._due = []

    def _keep(self, due: _Due, ring: Ring) -> None:
        first = due.opened_at - timedelta(seconds=BEFORE_S)
        frames = [frame for frame in ring.since(ring.seconds) if frame.at >= first]
        if len(frames) > 1:
            clips.frames_keep(incident_id=due.incident_id, packed=pack(frames))


def pack(frames: list[RingFrame]) -> bytes:
    """JPEGs in a zip, each named by its milliseconds since the first."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as folder:
        for frame in frames:
            folder.writestr(f"{round((frame.time_s - frames[0].time_s) * 1000):09d}.jpg", frame.jpeg)
    return out.getvalue()


def encode(packed: bytes) -> bytes:
    """A WebM (VP8) of what `pack` made, at its own pace."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as folder, av.open(out, "w", format="webm") as container:
        stream = None
        for name in sorted(folder.namelist()):
            picture = cv2.imdecode(np.frombuffer(folder.read(name), np.uint8), cv2.IMREAD_COLOR)
            if picture is None:
                continue
            # 4:2:0 has a colour for each four pixels.
            picture = picture[: picture.shape[0] // 2 * 2, : picture.shape[1] // 2 * 2]
            if stream is None:
                stream = container.add_stream(CODEC, rate=10, options=CODEC_OPTIONS)
                stream.width, stream.height, stream.pix_fmt = picture.shape[1], picture.shape[0], "yuv420p"
                stream.codec_context.time_base = _TIME_BASE
                stream.thread_count = 1
            if picture.shape[:2] != (stream.height, stream.width):
                picture = cv2.resize(picture, (stream.width, stream.height))
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            frame.pts, frame.time_base = int(name.split(".")[0]), _TIME_BASE
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
    return out.getvalue()
