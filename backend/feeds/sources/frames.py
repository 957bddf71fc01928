"""Frames with a time in seconds, from files, folders and MJPEG over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from backend.feeds.errors import SourceFailed

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}
FOLDER_FPS = 2.0
# Only plain containers, and no protocol but files: a playlist dressed as mp4 must not reach the network.
FILE_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,mpegts",
}
HTTP_OPTIONS = {
    "protocol_whitelist": "http,https,tcp,tls",
    "format_whitelist": "mpjpeg,mjpeg",
    "reconnect": "0",
}
OPEN_TIMEOUT_S, READ_TIMEOUT_S = 3.0, 5.0
MAX_SIDE_PX = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source. `time_s` is the source's own time; `captured_s` a monotonic clock at arrival."""

    image: NDArray[np.uint8]
    time_s: float
    captured_s: float


class FrameSource(Protocol):
    """`frames` ends when a file is over; a live source that ends raises SourceFailed instead."""

    live: bool
    dropped: int

    def frames(self, stop: threading.Event) -> Iterator[Frame]: ...


class FileSource:
    """A video file. `realtime` paces it by its own presentation times; `loop` starts it again with rising times."""

    live = False

    def __init__(self, path: Path, *, loop: bool, realtime: bool, target_fps: float) -> None:
        self.path, self.loop, self.realtime = path, loop, realtime
        self.dropped = 0
        self._gap_s = 1.0 / target_fps if realtime else 0.0

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        offset_s = 0.0
        while not stop.is_set():
            last_s = offset_s
            started_s = time.monotonic() - offset_s
            for image, time_s in self._decode():
                last_s = offset_s + time_s
                if self._skip(last_s):
                    continue
                if self.realtime and stop.wait(max(0.0, started_s + last_s - time.monotonic())):
                    return
                yield Frame(_rgb(image), last_s, time.monotonic())
            if not self.loop:
                return
            offset_s = last_s + 1.0 / 25

    def _decode(self) -> Iterator[tuple[Any, float]]:
        try:
            with av.open(str(self.path), options=FILE_OPTIONS) as container:
                stream = container.streams.video[0]
                stream.thread_count = 1
                self._next_s = float("-inf")
                first: float | None = None
                for index, frame in enumerate(container.decode(stream)):
                    raw = frame.time if frame.time is not None else index / 25.0
                    first = raw if first is None else first
                    yield frame, max(0.0, raw - first)
        except (av.error.FFmpegError, IndexError, OSError) as error:
            raise SourceFailed(f"The video cannot be read: {error}") from error

    def _skip(self, time_s: float) -> bool:
        """In real time, only as many frames as are to be scored; the others are not converted at all."""
        if not self._gap_s:
            return False
        if time_s < self._next_s:
            return True
        self._next_s = (
            max(self._next_s + self._gap_s, time_s + 0.5 * self._gap_s)
            if self._next_s > 0
            else time_s + self._gap_s
        )
        return False


class FolderSource:
    """Pictures of a folder in name order, at a fixed rate."""

    live = False

    def __init__(self, path: Path, *, loop: bool, realtime: bool) -> None:
        self.path, self.loop, self.realtime = path, loop, realtime
        self.dropped = 0

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        names = sorted(p for p in self.path.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file())
        if not names:
            raise SourceFailed("The folder holds no picture.")
        index = 0
        while not stop.is_set():
            for name in names:
                if self.realtime and index and stop.wait(1.0 / FOLDER_FPS):
                    return
                picture = cv2.imdecode(np.fromfile(name, np.uint8), cv2.IMREAD_COLOR)
                if picture is None or max(picture.shape) > MAX_SIDE_PX:
                    self.dropped += 1
                    continue
                yield Frame(
                    cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8),
                    index / FOLDER_FPS,
                    time.monotonic(),
                )
                index += 1
            if not self.loop:
                return
            if index == 0:
                raise SourceFailed("None of the folder's pictures can be read.")


class MjpegSource:
    """MJPEG over HTTP at a checked and pinned address; only the newest frame is kept for a busy scorer."""

    live = True

    def __init__(self, url: str, host_header: str) -> None:
        self.url, self.host_header = url, host_header
        self.dropped = 0

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        slot = _NewestFrame()
        reader = threading.Thread(target=self._read, args=(slot, stop), daemon=True)
        reader.start()
        try:
            while not stop.is_set():
                frame = slot.take(READ_TIMEOUT_S)
                self.dropped = slot.dropped
                if frame is not None:
                    yield frame
                elif slot.error or not reader.is_alive():
                    raise SourceFailed(slot.error or "The stream ended.")
                else:
                    raise SourceFailed(f"No frame for {READ_TIMEOUT_S:.0f} seconds.")
        finally:
            slot.close()

    def _read(self, slot: _NewestFrame, stop: threading.Event) -> None:
        options = {**HTTP_OPTIONS, "headers": f"Host: {self.host_header}\r\n"}
        started_s = time.monotonic()
        try:
            with av.open(self.url, options=options, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S)) as container:
                for frame in container.decode(video=0):
                    if stop.is_set() or slot.closed:
                        return
                    now_s = time.monotonic()
                    slot.put(Frame(_rgb(frame), now_s - started_s, now_s))
            slot.error = "The stream ended."
        except (av.error.FFmpegError, IndexError, OSError, SourceFailed) as error:
            slot.error = f"The stream cannot be read: {error}"
        finally:
            slot.wake()


class _NewestFrame:
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
        with self._ready:
            self._ready.wait_for(lambda: self._frame is not None or bool(self.error), timeout_s)
            frame, self._frame = self._frame, None
            return frame

    def wake(self) -> None:
        with self._ready:
            self._ready.notify_all()

    def close(self) -> None:
        self.closed = True


def _rgb(frame: Any) -> NDArray[np.uint8]:
    if max(frame.width, frame.height) > MAX_SIDE_PX:
        raise SourceFailed(f"Frames of {frame.width}×{frame.height} are larger than a feed may be.")
    pixels: NDArray[np.uint8] = frame.to_ndarray(format="rgb24")
    return pixels
