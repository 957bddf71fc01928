"""Runs in the decoding child: a video's file as FFmpeg sees it, opened so that it can reach nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av

from backend.media.decoding.refusal import Refused

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


def stamp_of(frame: Any) -> int | None:
    """Presentation stamp; AVI knows decoding stamps only."""
    stamp: int | None = frame.pts if frame.pts is not None else frame.dts
    return stamp


def decoded(
    container: Any, stream: Any, is_passed: Callable[[Any], bool] = lambda packet: False
) -> Iterator[Any]:
    """Frames from where the container stands to its end.

    Of the packets that `is_passed` says, only those are decoded on which others build.

    A packet that cannot be decoded is passed over, and so are the frames up to the next keyframe: the decoder makes
    them up from what it has. What lies behind stays usable. Where the file itself breaks off, what the decoder still
    holds comes out.
    """
    is_whole = True
    for frame in _frames(container, stream, is_passed):
        if frame is None or frame.is_corrupt:
            is_whole = False
        elif frame.key_frame:
            is_whole = True
        if is_whole:
            yield frame


def _frames(container: Any, stream: Any, is_passed: Callable[[Any], bool]) -> Iterator[Any]:
    """What the decoder gives, made up or not; None for a packet that it cannot decode."""
    try:
        for packet in container.demux(stream):
            stream.codec_context.skip_frame = "NONREF" if is_passed(packet) else "DEFAULT"
            try:
                frames = packet.decode()
            except (av.FFmpegError, OSError):
                frames = [None]
            yield from frames
    except (av.FFmpegError, OSError):
        with contextlib.suppress(av.FFmpegError, OSError):
            yield from stream.codec_context.decode(None)
