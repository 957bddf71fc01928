"""MJPEG over HTTP: fetched by our own client, which checks and pins the address and follows no redirect."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack

import av

from backend.core.errors import AppError
from backend.core.outgoing import get_stream
from backend.feeds.errors import SourceFailed
from backend.feeds.sources.frames import Frame, rgb_pixels

OPEN_TIMEOUT_S, READ_TIMEOUT_S = 3.0, 5.0


class MjpegSource:
    """Only the newest frame is kept for a busy scorer; the end of the stream is a failure."""

    live = True

    def __init__(
        self, url: str, allowed_hosts: Collection[str], read_timeout_s: float = READ_TIMEOUT_S
    ) -> None:
        self.url, self.allowed_hosts, self.read_timeout_s = url, allowed_hosts, read_timeout_s
        self.dropped = 0

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        slot = NewestFrame()
        reader = threading.Thread(target=self._read, args=(slot,), daemon=True)
        reader.start()
        try:
            while not stop.is_set():
                frame = slot.take(self.read_timeout_s)
                self.dropped = slot.dropped
                if frame is None:
                    raise SourceFailed(slot.error or f"No frame for {self.read_timeout_s:.0f} seconds.")
                yield frame
        finally:
            slot.close()

    def _read(self, slot: NewestFrame) -> None:
        error = "The stream ended."
        started_s = time.monotonic()
        try:
            with ExitStack() as stack:
                chunks = stack.enter_context(
                    get_stream(
                        self.url,
                        allowed_hosts=self.allowed_hosts,
                        connect_timeout_s=OPEN_TIMEOUT_S,
                        read_timeout_s=self.read_timeout_s,
                    )
                )
                container = stack.enter_context(av.open(_Reader(chunks, slot), format="mpjpeg"))
                for frame in container.decode(video=0):
                    now_s = time.monotonic()
                    slot.put(Frame(rgb_pixels(frame), now_s - started_s, now_s))
        except AppError as failure:
            error = failure.message
        except (av.error.FFmpegError, IndexError, OSError, SourceFailed) as failure:
            error = f"The stream cannot be read: {failure}"
        finally:
            slot.fail(error)


class _Reader:
    """The chunks of an answer as a file for the demuxer; it ends when nobody wants frames any more."""

    def __init__(self, chunks: Iterator[bytes], slot: NewestFrame) -> None:
        self._chunks, self._slot = chunks, slot
        self._rest = b""

    def read(self, size: int) -> bytes:
        while not self._rest and not self._slot.closed:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        if self._slot.closed:
            return b""
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


class NewestFrame:
    """One place: a newer frame replaces an older one nobody took, and the older counts as dropped."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._frame: Frame | None = None
        self.dropped = 0
        self.error = ""
        self.closed = False

    def put(self, frame: Frame) -> None:
        with self._ready:
            self.dropped += self._frame is not None
            self._frame = frame
            self._ready.notify()

    def take(self, timeout_s: float) -> Frame | None:
        """The newest frame, waiting for one; None when none came in time or none will come."""
        with self._ready:
            self._ready.wait_for(lambda: self._frame is not None or bool(self.error), timeout_s)
            frame, self._frame = self._frame, None
            return frame

    def fail(self, error: str) -> None:
        with self._ready:
            self.error = error
            self._ready.notify_all()

    def close(self) -> None:
        self.closed = True
