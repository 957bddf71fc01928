"""What all live sources share: a reader in a thread, one place for the newest frame, silence noticed."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av

from backend.core.errors import AppError
from backend.feeds.errors import SourceFailed
from backend.feeds.sources.frames import Frame, rgb_pixels

# A camera of one frame a second is well; silence of this long is told.
STALLED_AFTER_S = 2.5
OPEN_TIMEOUT_S, READ_TIMEOUT_S = 3.0, 8.0
# Frames stamped further apart than this, or backwards, are of a stream begun anew.
JUMP_S = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A frame not yet made into pixels: most are never looked at."""

    picture: Any
    time_s: float
    captured_s: float


class LiveSource(ABC):
    """Only the newest frame is kept for a busy scorer; the end of the stream is a failure."""

    live = True

    def __init__(self, *, target_fps: float = 0.0, read_timeout_s: float = READ_TIMEOUT_S) -> None:
        """`target_fps` 0: every frame the scorer has time for."""
        self.read_timeout_s = read_timeout_s
        self.dropped = 0
        self._gap_s = 1.0 / target_fps if target_fps else 0.0

    @abstractmethod
    def _decoded(self, slot: NewestFrame) -> Iterator[tuple[Any, float | None]]:
        """Frames of the stream with their time in seconds, if they carry one, until `slot` is closed."""

    def frames(self, stop: threading.Event) -> Iterator[Frame | None]:
        """Frames at most `target_fps` a second; None where the source is silent. Raises SourceFailed."""
        slot = NewestFrame()
        threading.Thread(target=self._read, args=(slot,), name="source", daemon=True).start()
        heard_s = due_s = time.monotonic()
        try:
            while not stop.is_set():
                late_s = time.monotonic() - due_s
                if self._gap_s:  # what was due while the scorer was busy went by; a slow camera drops nothing
                    self.dropped += int(max(0.0, late_s) / self._gap_s)
                if stop.wait(max(0.0, -late_s)):
                    return
                found = slot.take(min(STALLED_AFTER_S, self.read_timeout_s))
                now_s = time.monotonic()
                if found is None:
                    if slot.error or now_s - heard_s >= self.read_timeout_s:
                        raise SourceFailed(slot.error or f"No picture for {now_s - heard_s:.0f} seconds.")
                    yield None
                    due_s = time.monotonic()
                    continue
                heard_s = now_s
                if not self._gap_s:
                    self.dropped = slot.replaced
                due_s = max(due_s, now_s - self._gap_s / 2) + self._gap_s
                yield Frame(rgb_pixels(found.picture), found.time_s, found.captured_s)
        finally:
            slot.close()

    def _read(self, slot: NewestFrame) -> None:
        error = "The stream ended."
        clock = StreamClock()
        try:
            for picture, time_s in self._decoded(slot):
                now_s = time.monotonic()
                slot.put(Decoded(picture, clock.at(time_s, now_s), now_s))
                if slot.closed:
                    return
        except AppError as failure:
            error = failure.message
        except SourceFailed as failure:
            error = str(failure)
        except (av.error.FFmpegError, IndexError, OSError) as failure:
            error = reason_of(failure)
        finally:
            slot.fail(error)


class StreamClock:
    """Times of a stream as seconds since its first frame that never run backwards.

    The stream's own stamps count; where it has none, or jumps, the arrival does.
    """

    def __init__(self) -> None:
        self._last_s = 0.0
        self._stamp_s: float | None = None
        self._arrived_s: float | None = None

    def at(self, stamp_s: float | None, arrived_s: float) -> float:
        if self._arrived_s is not None:
            step = arrived_s - self._arrived_s
            if stamp_s is not None and self._stamp_s is not None and 0.0 < stamp_s - self._stamp_s <= JUMP_S:
                step = stamp_s - self._stamp_s
            self._last_s += step
        self._stamp_s, self._arrived_s = stamp_s, arrived_s
        return self._last_s


class NewestFrame:
    """One place: a newer frame replaces an older one nobody took, and the older counts as replaced."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._frame: Decoded | None = None
        self.replaced = 0
        self.error = ""
        self.closed = False

    def put(self, frame: Decoded) -> None:
        with self._ready:
            self.replaced += self._frame is not None
            self._frame = frame
            self._ready.notify()

    def take(self, timeout_s: float) -> Decoded | None:
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


def reason_of(error: Exception) -> str:
    """What went wrong, in words without the address: FFmpeg's own texts carry names and passwords."""
    if isinstance(error, av.error.HTTPUnauthorizedError):
        return "Name or password is missing or wrong."
    if isinstance(error, av.error.ExitError | TimeoutError):
        return "It stopped answering."
    if isinstance(error, ConnectionRefusedError):
        return "Nothing answers at this address."
    if isinstance(error, IndexError):
        return "There is no picture in it."
    if isinstance(error, av.error.InvalidDataError):
        return "The stream cannot be read: it is damaged, or not what the address says."
    said = getattr(error, "strerror", "") or type(error).__name__
    return f"The stream cannot be read: {said}."
