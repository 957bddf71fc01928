"""Runs in the decoding child: the table of a clip's frames, and single frames by index, exactly."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
from av.video.reformatter import Interpolation
from PIL import Image

from backend.media.decoding.images import THUMBNAIL_PX, THUMBNAIL_QUALITY, Refused

# What browsers' recorders, cameras and phones write. Anything else is refused before a decoder sees it.
CODECS = frozenset(
    [
        "h264",
        "hevc",
        "vp8",
        "vp9",
        "av1",
        "mpeg4",
        "mpeg2video",
        "mpeg1video",
        "mjpeg",
        "png",
        "gif",
        "rawvideo",
        "prores",
        "msmpeg4v2",
        "msmpeg4v3",
        "h263",
        "ffv1",
        "huffyuv",
        "theora",
        "libdav1d",
    ]
)
FRAMES_MAX = 500_000
FRAME_QUALITY = 92
OPEN_CLIPS_MAX = 4
PLACE_MIN_CHARS = 6  # shorter texts are no coordinates and might be anything in the file
_PLACE_WORDS = ("location", "gps", "xyz", "latitude", "longitude")
_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif"}


def opened(path: Path, kind: str) -> Any:
    """A container by its known demuxer. Raises Refused."""
    try:
        container = av.open(
            str(path), format=kind, container_options=dict(_OPTIONS), metadata_errors="ignore"
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise Refused("The video cannot be opened: it is broken or not what its name says.") from error
    if not container.streams.video:
        container.close()
        raise Refused("The file has no pictures in it.")
    stream = container.streams.video[0]
    stream.thread_type = "NONE"
    name = stream.codec_context.name if stream.codec_context is not None else "unknown"
    if name not in CODECS:
        container.close()
        raise Refused(f"Videos coded with {name} are not taken. Convert it to H.264.")
    return container


def probe(path: Path, kind: str, out: Path, max_pixels: int) -> dict[str, Any]:
    """Frame table, upright size, and `thumbnail.jpg` from a tenth into the clip.

    `times_s` count from the first frame, whose stamp is `first_pts` ticks of `tick` seconds (a fraction).
    """
    with opened(path, kind) as container:
        stream = container.streams.video[0]
        if stream.codec_context.width * stream.codec_context.height > max_pixels:
            raise Refused(
                f"The video's frames are {stream.codec_context.width} × {stream.codec_context.height}: too large."
            )
        stream_tick = stream.time_base
        tick = float(stream_tick)
        pts = _table(container, stream)
        places = _places(container)
    if not pts:
        raise Refused("Not one frame of the video can be decoded.")
    if len(pts) > FRAMES_MAX:
        raise Refused(f"The video has {len(pts)} frames; the limit is {FRAMES_MAX}. Cut it.")
    clip = Clip(path, kind)
    try:
        first = clip.picture(FrameAt(stamp=pts[len(pts) // 10], first=pts[0], near=pts[0]))
    finally:
        clip.close()
    thumbnail = first.copy()
    thumbnail.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BILINEAR)
    thumbnail.save(out / "thumbnail.jpg", quality=THUMBNAIL_QUALITY)
    times = [round((stamp - pts[0]) * tick, 6) for stamp in pts]
    step = times[-1] / (len(times) - 1) if len(times) > 1 else 0.04
    return {
        "width": first.width,
        "height": first.height,
        "first_pts": pts[0],
        "tick": [stream_tick.numerator, stream_tick.denominator],
        "times_s": times,
        "places": places,
        "duration_s": round(times[-1] + step, 6),
    }


def _places(container: Any) -> list[str]:
    """Where the clip was taken, as its tags say it: the caller blanks these texts in the file."""
    tags = [container.metadata, *(stream.metadata for stream in container.streams)]
    found = {
        value
        for tag in tags
        for key, value in tag.items()
        if any(word in key.lower() for word in _PLACE_WORDS)
    }
    return sorted(value for value in found if len(value) >= PLACE_MIN_CHARS)


def _table(container: Any, stream: Any) -> list[int]:
    """Stamps of all frames. Read from packets; where packets do not tell, every frame is decoded."""
    stamps: list[int] = []
    for packet in container.demux(stream):
        if packet.size == 0 or packet.is_discard or packet.is_corrupt:
            continue
        if packet.pts is None:
            return _decoded_table(container, stream)
        stamps.append(packet.pts)
    stamps.sort()
    if stamps and len(set(stamps)) == len(stamps) and _ends_fit(container, stream, stamps):
        return stamps
    return _decoded_table(container, stream)


def _ends_fit(container: Any, stream: Any, stamps: list[int]) -> bool:
    """Whether the first and the last decoded frames are the table's: edit lists and broken ends show here."""
    try:
        container.seek(stamps[0], stream=stream, backward=True)
        first = next(iter(container.decode(stream)), None)
        container.seek(stamps[-1], stream=stream, backward=True)
        last = None
        for last in container.decode(stream):  # noqa: B007 - only the last one is wanted
            pass
    except (av.FFmpegError, OSError):
        return False
    return first is not None and last is not None and (first.pts, last.pts) == (stamps[0], stamps[-1])


def _decoded_table(container: Any, stream: Any) -> list[int]:
    container.seek(0, stream=stream, backward=True, any_frame=False)
    stamps: list[int] = []
    for frame in _decoded(container, stream):
        stamp = _stamp(frame)
        if stamp is not None and (not stamps or stamp > stamps[-1]):
            stamps.append(stamp)
    return stamps


def _stamp(frame: Any) -> int | None:
    """Presentation stamp; AVI knows decoding stamps only."""
    stamp: int | None = frame.pts if frame.pts is not None else frame.dts
    return stamp


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    """Frames until the end or the first fault: what was readable before it stays usable."""
    try:
        yield from container.decode(stream)
    except (av.FFmpegError, OSError):
        return


@dataclass(frozen=True, slots=True)
class FrameAt:
    """Where a frame is: its stamp, the clip's first stamp, and the stamp from which decoding on beats seeking."""

    stamp: int
    first: int
    near: int


class Clip:
    """An open clip: `picture(at)` is the upright frame of that stamp, whatever was asked before."""

    def __init__(self, path: Path, kind: str) -> None:
        self._container = opened(path, kind)
        self._stream = self._container.streams.video[0]
        self._frames: Iterator[Any] | None = None
        self._last: tuple[int, Any] | None = None

    def close(self) -> None:
        self._container.close()

    def picture(self, at: FrameAt) -> Image.Image:
        frame = self._forward(at) or self._from_start(at)
        if frame is None:
            raise Refused("This frame cannot be decoded.")
        image: Image.Image = frame.to_image(interpolation=Interpolation.BILINEAR)
        turn = int(getattr(frame, "rotation", 0) or 0) % 360
        return image.rotate(turn, expand=True) if turn else image

    def _forward(self, at: FrameAt) -> Any:
        """Decode on where the frame is close ahead, else from the keyframe before it."""
        if self._last is not None and self._last[0] == at.stamp:
            return self._last[1]
        if self._frames is None or self._last is None or not at.near <= self._last[0] < at.stamp:
            try:
                self._container.seek(at.stamp, stream=self._stream, backward=True, any_frame=False)
            except (av.FFmpegError, OSError):
                return None
            self._frames = _decoded(self._container, self._stream)
        return self._until(at.stamp)

    def _from_start(self, at: FrameAt) -> Any:
        """Some files seek to the wrong place: start over."""
        self._container.seek(at.first, stream=self._stream, backward=True)
        self._frames = _decoded(self._container, self._stream)
        return self._until(at.stamp)

    def _until(self, wanted: int) -> Any:
        self._last = None
        for frame in self._frames or ():
            stamp = _stamp(frame)
            if stamp is None or stamp < wanted:
                continue
            self._last = (stamp, frame)
            return frame if stamp == wanted else None
        self._frames = None
        return None


class Clips:
    """The few clips opened last, so that stepping through one does not open it anew."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Clip] = OrderedDict()

    def frame_jpeg(self, path: Path, kind: str, at: FrameAt) -> bytes:
        key = str(path)
        clip = self._open.pop(key, None) or Clip(path, kind)
        self._open[key] = clip
        while len(self._open) > OPEN_CLIPS_MAX:
            self._open.popitem(last=False)[1].close()
        buffer = io.BytesIO()
        clip.picture(at).convert("RGB").save(buffer, "JPEG", quality=FRAME_QUALITY)
        return buffer.getvalue()
