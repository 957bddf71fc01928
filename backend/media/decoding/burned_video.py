"""Runs in the decoding child: a clip with what its camera hides burned over, before it is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np

from backend.media.decoding.containers import opened
from backend.media.decoding.refusal import Refused
from ml.scene.privacy import Polygons, burn

# As good as what cameras send, and quick: every frame is decoded and encoded once.
_X264 = {"preset": "veryfast", "crf": "20", "threads": "1"}
_MPEG4 = {"qscale": "3"}


def burned_video(path: Path, kind: str, out: Path, polygons: Polygons) -> dict[str, Any]:
    """Write `burned.mp4`: upright frames at the same times, no sound, no tags. Raises Refused."""
    with opened(path, kind) as source, av.open(str(out / "burned.mp4"), "w") as target:
        stream = source.streams.video[0]
        coded: Any = None
        last = None
        try:
            for frame in source.decode(stream):
                stamp = frame.pts if frame.pts is not None else frame.dts
                if stamp is None or (last is not None and stamp <= last):
                    continue
                pixels = _upright(frame)
                if coded is None:
                    coded = _stream(target, stream, pixels)
                burn(pixels, polygons)
                picture = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                picture.pts, picture.time_base, last = stamp, stream.time_base, stamp
                target.mux(coded.encode(picture))
        except (av.FFmpegError, OSError):
            if coded is None:  # what was readable before a fault stays usable, as without outlines
                raise Refused("Not one frame of the video can be decoded.") from None
        if coded is None:
            raise Refused("Not one frame of the video can be decoded.")
        target.mux(coded.encode(None))
    return {}


def _upright(frame: Any) -> np.ndarray:
    pixels = frame.to_ndarray(format="rgb24")
    turns = int(getattr(frame, "rotation", 0) or 0) % 360 // 90
    return np.ascontiguousarray(np.rot90(pixels, turns))


def _stream(target: Any, source: Any, pixels: np.ndarray) -> Any:
    height, width = pixels.shape[:2]
    codec = "libx264" if "libx264" in av.codecs_available else "mpeg4"
    stream = target.add_stream(
        codec, rate=source.average_rate or 25, options=_X264 if codec == "libx264" else _MPEG4
    )
    stream.width, stream.height = width, height
    # Odd sides have no room for halved colours.
    stream.pix_fmt = "yuv420p" if width % 2 == height % 2 == 0 else "yuv444p"
    stream.time_base = stream.codec_context.time_base = source.time_base
    return stream
