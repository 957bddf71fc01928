"""Runs in the decoding child: single frames of open clips, exactly, in whatever order they are asked for.

Frames are decoded forward, from the keyframe before the first one asked for; those that pass by are kept for a
while, so that stepping back and requests that overtake each other do not begin at the keyframe again.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.video.reformatter import Interpolation, VideoReformatter
from PIL import Image

from backend.media.decoding.containers import decoded, opened, stamp_of
from backend.media.decoding.refusal import Refused

FRAME_QUALITY = 92
OPEN_CLIPS_MAX = 4
# Decoded frames kept of one open clip: 31 of 1920 × 1080, 68 of 1280 × 720.
KEPT_BYTES = 96 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FrameAt:
    """Where a frame is: its stamp, the clip's first stamp, the stamp from which decoding on beats seeking, and the one from
    which all that passes by is worth keeping (None: from anywhere)."""

    stamp: int
    first: int
    near: int
    kept: int | None = None


class Clip:
    """An open clip: `picture(at)` is the upright frame of that stamp, whatever was asked before."""

    def __init__(self, path: Path, kind: str) -> None:
        self.path = path
        self._container = opened(path, kind)
        self._stream = self._container.streams.video[0]
        self._frames: Iterator[Any] | None = None
        self._last: int | None = None
        self._kept: OrderedDict[int, Any] = OrderedDict()
        self._kept_bytes = 0
        # Of frames before this stamp only those are decoded on which others build: on the way to a far one.
        self._kept_from: int | None = None
        # One for all: a frame that converts itself keeps a converter as long as it lives.
        self._reformatter = VideoReformatter()

    def close(self) -> None:
        self._frames = None
        self._kept.clear()
        self._container.close()

    def reaches(self, at: FrameAt) -> bool:
        """Whether the frame is kept, or comes soon where the decoder stands."""
        if at.stamp in self._kept:
            return True
        if self._frames is None or self._last is None or self._last >= at.stamp:
            return False
        return at.near <= self._last or self._comes_before_a_keyframe(self._last, at.stamp)

    def _comes_before_a_keyframe(self, last: int, stamp: int) -> bool:
        """Whether seeking would only lead back behind where the decoder stands, as far as the file's own index tells.

        Some files have none at their head: it then knows what was read so far, and nothing of what lies ahead.
        """
        index = self._stream.index_entries
        if not len(index) or index[len(index) - 1].timestamp < stamp:
            return False
        place = index.search_timestamp(stamp)
        return place >= 0 and index[place].timestamp <= last

    def picture(self, at: FrameAt) -> Image.Image:
        """Raises Refused where the frame cannot be decoded."""
        frame = self._frame(at)
        plain = self._reformatter.reformat(frame, format="rgb24", interpolation=Interpolation.BILINEAR)
        image: Image.Image = plain.to_image()
        turn = int(getattr(frame, "rotation", 0) or 0) % 360
        return image.rotate(turn, expand=True) if turn else image

    def _frame(self, at: FrameAt) -> Any:
        if at.stamp in self._kept:
            return self._kept[at.stamp]
        self._kept_from = at.kept
        if self.reaches(at) and (frame := self._until(at.stamp)[0]) is not None:
            return frame
        # Some files seek to a place behind the frame: once more from earlier, then from the start.
        for start in (at.stamp, at.near, at.first):
            if not self._seek(start):
                continue
            frame, passed = self._until(at.stamp)
            if frame is not None:
                return frame
            if passed:
                break
        raise Refused("This frame cannot be decoded: the video is damaged here.")

    def _seek(self, stamp: int) -> bool:
        self._frames, self._last = None, None
        try:
            self._container.seek(stamp, stream=self._stream, backward=True, any_frame=False)
        except (av.FFmpegError, OSError):
            return False
        self._frames = decoded(self._container, self._stream, self._is_passed)
        return True

    def _is_passed(self, packet: Any) -> bool:
        return self._kept_from is not None and packet.pts is not None and packet.pts < self._kept_from

    def _until(self, wanted: int) -> tuple[Any, bool]:
        """Decode on to a stamp: the frame or None, and whether frames before it came by."""
        passed = self._last is not None
        for frame in self._frames or ():
            stamp = stamp_of(frame)
            if stamp is None:
                continue
            self._last = stamp
            self._keep(stamp, frame)
            if stamp >= wanted:
                return (frame if stamp == wanted else None), passed
            passed = True
        self._frames = None
        return None, passed

    def _keep(self, stamp: int, frame: Any) -> None:
        if stamp in self._kept:
            return
        self._kept[stamp] = frame
        self._kept_bytes += _bytes_of(frame)
        while self._kept_bytes > KEPT_BYTES and len(self._kept) > 1:
            self._kept_bytes -= _bytes_of(self._kept.popitem(last=False)[1])


def _bytes_of(frame: Any) -> int:
    return sum(plane.buffer_size for plane in frame.planes)


class Clips:
    """The few places in clips that were asked for last, so that going on there does not open and seek anew."""

    def __init__(self) -> None:
        self._open: list[Clip] = []

    def frame_jpeg(self, path: Path, kind: str, at: FrameAt) -> bytes:
        clip = self._clip(path, kind, at)
        buffer = io.BytesIO()
        clip.picture(at).convert("RGB").save(buffer, "JPEG", quality=FRAME_QUALITY)
        return buffer.getvalue()

    def _clip(self, path: Path, kind: str, at: FrameAt) -> Clip:
        """Least recently used first. Two people in one video have a decoder each, while there is room."""
        here = [clip for clip in self._open if clip.path == path]
        clip = next((each for each in reversed(here) if each.reaches(at)), None)
        if clip is None and len(self._open) >= OPEN_CLIPS_MAX:
            clip = here[0] if here else None
            if clip is None:
                self._open.pop(0).close()
        if clip is None:
            clip = Clip(path, kind)
        else:
            self._open.remove(clip)
        self._open.append(clip)
        return clip
