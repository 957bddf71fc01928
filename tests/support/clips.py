"""Videos made in memory, whose frames carry their number; and the numbers read again. Works without Django."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np

MILLISECOND = Fraction(1, 1000)
MAGENTA = (255, 0, 255)
# Coding and JPEG smear the colour by less.
MAGENTA_SPREAD = 60


def numbered_frame(index: int, *, width: int = 128, height: int = 96, bits: int = 8) -> np.ndarray:
    """A grey frame with its index written as black or white columns, one a bit (most significant first)."""
    frame = np.full((height, width, 3), 128, np.uint8)
    step = width // bits
    for bit in range(bits):
        frame[:, bit * step : (bit + 1) * step] = 235 if index >> (bits - 1 - bit) & 1 else 20
    return frame


def frame_number(pixels: np.ndarray, *, bits: int = 8) -> int:
    """The index written by `numbered_frame`."""
    columns = pixels.mean(axis=(0, 2)).reshape(bits, -1).mean(axis=1)
    return int("".join("1" if value > 128 else "0" for value in columns), 2)


def framed_frame(index: int, *, width: int = 320, height: int = 240) -> np.ndarray:
    """`numbered_frame` of 16 bits between two bars of magenta, by which a reader finds it on a screen."""
    frame = numbered_frame(index, width=width, height=height, bits=16)
    frame[: height // 6], frame[-(height // 6) :] = MAGENTA, MAGENTA
    return frame


def framed_number(screen: np.ndarray) -> int | None:
    """The index that a picture of a screen (RGB) shows by a `framed_frame`; None where there is none."""
    near = (np.abs(screen.astype(np.int16) - MAGENTA) < MAGENTA_SPREAD).all(axis=2)
    rows, columns = np.flatnonzero(near.mean(axis=1) > 0.05), np.flatnonzero(near.mean(axis=0) > 0.05)
    if rows.size == 0 or columns.size < 16:
        return None
    left, right, middle = columns[0], columns[-1] + 1, (rows[0] + rows[-1]) // 2
    line = screen[middle - 4 : middle + 4, left:right].mean(axis=(0, 2))
    # The middle of each column, so that scaling at its edges does not count.
    centres = ((np.arange(16) + 0.5) * (right - left) / 16).astype(int)
    return int("".join("1" if line[at] > 128 else "0" for at in centres), 2)


def clip(
    times_ms: Sequence[float],
    *,
    kind: str = "mp4",
    codec: str = "libx264",
    keyframe_every: int = 12,
    b_frames: int = 2,
    place: str = "",
    draw: Callable[[int], np.ndarray] = numbered_frame,
    turn: int = 0,
    tick: Fraction = MILLISECOND,
    sound: bool = False,
    options: dict[str, str] | None = None,
) -> bytes:
    """A video whose frame i is `draw(i)` shown at `times_ms[i]`.

    With `turn` (degrees, a multiple of 90) it is stored lying and says so in its header, as phones do; with `sound` there
    is a track of silence; `options` are the muxer's.
    """
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind, options=options or {}) as container:
        if place:
            container.metadata["location"] = place
        stream = container.add_stream(codec, rate=25)
        stream.height, stream.width = np.rot90(draw(0), -turn // 90).shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = tick
        stream.gop_size = keyframe_every
        stream.max_b_frames = b_frames
        if codec == "libx264":
            stream.options = {
                "x264-params": "scenecut=0"
            }  # keyframes where they are asked for, and only there
        if turn:
            stream.set_display_rotation(turn)
        silence = container.add_stream("aac", rate=16_000, layout="mono") if sound else None
        for index, time_ms in enumerate(times_ms):
            pixels = np.ascontiguousarray(np.rot90(draw(index), -turn // 90))
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = round(time_ms / 1000 / tick), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if silence is not None:
            _silence_mux(container, silence, times_ms[-1] / 1000)
    return buffer.getvalue()


def _silence_mux(container: Any, stream: Any, seconds: float) -> None:
    for index in range(int(seconds * 16_000 / 1024) + 1):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16_000, index * 1024
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
