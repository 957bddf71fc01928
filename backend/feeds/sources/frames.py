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
MAX_SIDE_PX = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source. `time_s` is the source's own time; `captured_s` a monotonic clock at arrival."""

    image: NDArray[np.uint8]
    time_s: float
    captured_s: float


class FrameSource(Protocol):
    """`frames` ends when a file is over; a live source that ends raises SourceFailed instead.

    A live source that is silent for a while gives None: it may come back by itself.
    """

    live: bool
    dropped: int

    def frames(self, stop: threading.Event) -> Iterator[Frame | None]: ...


class FileSource:
    """A video file. `realtime` paces it by its own presentation times; `loop` starts it again with rising times."""

    live = False

    def __init__(self, path: Path, *, loop: bool, realtime: bool, target_fps: float) -> None:
        self.path, self.loop, self.realtime = path, loop, realtime
        self.dropped = 0
        self._gap_s = 1.0 / target_fps if realtime else 0.0
        self._next_s = float("-inf")

    def frames(self, stop: threading.Event) -> Iterator[Frame]:
        offset_s = 0.0
        while not stop.is_set():
            last_s: float | None = None
            started_s = time.monotonic() - offset_s
            for image, time_s in self._decode():
                last_s = offset_s + time_s
                if self._skip(last_s):
                    continue
                wait_s = max(0.0, started_s + last_s - time.monotonic()) if self.realtime else 0.0
                if stop.wait(wait_s):
                    return
                yield Frame(rgb_pixels(image), last_s, time.monotonic())
            if last_s is None:
                raise SourceFailed("The video holds no picture.")
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
        # A link could lead out of the folders that an operator opened.
        names = sorted(
            p
            for p in self.path.iterdir()
            if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file() and not p.is_symlink()
        )
        if not names:
            raise SourceFailed("The folder holds no picture.")
        index = 0
        while not stop.is_set():
            for name in names:
                if stop.wait(1.0 / FOLDER_FPS if self.realtime and index else 0.0):
                    return
                picture = _picture_read(name)
                if picture is None:
                    self.dropped += 1
                    continue
                yield Frame(picture, index / FOLDER_FPS, time.monotonic())
                index += 1
            if not self.loop:
                return
            if index == 0:
                raise SourceFailed("None of the folder's pictures can be read.")


def rgb_pixels(frame: Any) -> NDArray[np.uint8]:
    """A decoded frame as (H, W, 3) RGB. Raises SourceFailed for one larger than a feed may be."""
    if max(frame.width, frame.height) > MAX_SIDE_PX:
        raise SourceFailed(f"Frames of {frame.width}×{frame.height} are larger than a feed may be.")
    pixels: NDArray[np.uint8] = frame.to_ndarray(format="rgb24")
    return pixels


def _picture_read(path: Path) -> NDArray[np.uint8] | None:
    """One picture as (H, W, 3) RGB; None where it is none, or too large."""
    try:
        content = np.fromfile(path, np.uint8)
        picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if content.size else None
    except (OSError, cv2.error):
        return None
    if picture is None or max(picture.shape) > MAX_SIDE_PX:
        return None
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8)
