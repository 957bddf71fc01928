"""Runs in the decoding child: what a clip is when it comes in. Its table of frames, its size, its small pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from PIL import Image

from backend.media.decoding.clips import Clip, FrameAt
from backend.media.decoding.containers import decoded, opened, stamp_of
from backend.media.decoding.filmstrip import strip_write
from backend.media.decoding.images import THUMBNAIL_PX, THUMBNAIL_QUALITY
from backend.media.decoding.refusal import Refused

FRAMES_MAX = 500_000
PLACE_MIN_CHARS = 6  # shorter texts are no coordinates and might be anything in the file
# Finer than any clock of a container: a stamp is found again from its time exactly.
TIME_DIGITS = 9
_PLACE_WORDS = ("location", "gps", "xyz", "latitude", "longitude")


def probe(path: Path, kind: str, out: Path, max_pixels: int) -> dict[str, Any]:
    """Frame table, upright size, `thumbnail.jpg` from a tenth into the clip, and `strip.jpg` (see `filmstrip`).

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
        pts, keys = _table(container, stream)
        places = _places(container)
    if not pts:
        raise Refused("Not one frame of the video can be decoded.")
    if len(pts) > FRAMES_MAX:
        raise Refused(f"The video has {len(pts)} frames; the limit is {FRAMES_MAX}. Cut it.")
    clip = Clip(path, kind)
    try:
        first = _poster(clip, pts)
        strip = strip_write(clip, pts, keys, out, frame_pixels=first.width * first.height)
    finally:
        clip.close()
    thumbnail = first.copy()
    thumbnail.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BILINEAR)
    thumbnail.save(out / "thumbnail.jpg", quality=THUMBNAIL_QUALITY)
    times = [round((stamp - pts[0]) * tick, TIME_DIGITS) for stamp in pts]
    step = times[-1] / (len(times) - 1) if len(times) > 1 else 0.04
    return {
        "width": first.width,
        "height": first.height,
        "first_pts": pts[0],
        "tick": [stream_tick.numerator, stream_tick.denominator],
        "times_s": times,
        "places": places,
        "strip": strip,
        "duration_s": round(times[-1] + step, 6),
    }


def _poster(clip: Clip, pts: list[int]) -> Image.Image:
    """A frame from a tenth into the clip; the first one where that is damaged. Raises Refused."""
    try:
        return clip.picture(FrameAt(stamp=pts[len(pts) // 10], first=pts[0], near=pts[0]))
    except Refused:
        return clip.picture(FrameAt(stamp=pts[0], first=pts[0], near=pts[0]))


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


def _table(container: Any, stream: Any) -> tuple[list[int], set[int]]:
    """Stamps of all frames, and those of keyframes. Read from packets; where they do not tell, frames are decoded."""
    stamps: list[int] = []
    keys: set[int] = set()
    for packet in _packets(container, stream):
        if packet.size == 0 or packet.is_discard or packet.is_corrupt:
            continue
        if packet.pts is None:
            return _decoded_table(container, stream)
        stamps.append(packet.pts)
        if packet.is_keyframe:
            keys.add(packet.pts)
    stamps.sort()
    if stamps and len(set(stamps)) == len(stamps) and _ends_fit(container, stream, stamps):
        return stamps, keys
    return _decoded_table(container, stream)


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    """Up to the end, or to where the file breaks off."""
    try:
        yield from container.demux(stream)
    except (av.FFmpegError, OSError):
        return


def _ends_fit(container: Any, stream: Any, stamps: list[int]) -> bool:
    """Whether the first and the last decoded frames are the table's: edit lists and broken ends show here."""
    try:
        container.seek(stamps[0], stream=stream, backward=True)
        first = next(decoded(container, stream), None)
        container.seek(stamps[-1], stream=stream, backward=True)
        last = None
        for last in decoded(container, stream):  # noqa: B007 - only the last one is wanted
            pass
    except (av.FFmpegError, OSError):
        return False
    return first is not None and last is not None and (first.pts, last.pts) == (stamps[0], stamps[-1])


def _decoded_table(container: Any, stream: Any) -> tuple[list[int], set[int]]:
    container.seek(0, stream=stream, backward=True, any_frame=False)
    stamps: list[int] = []
    keys: set[int] = set()
    for frame in decoded(container, stream):
        stamp = stamp_of(frame)
        if stamp is not None and (not stamps or stamp > stamps[-1]):
            stamps.append(stamp)
            if frame.key_frame:
                keys.add(stamp)
    return stamps, keys
