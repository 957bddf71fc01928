"""Runs in the decoding child: WebP too large for Pillow, whose reader keeps three copies of every picture."""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from backend.media.decoding import spool
from backend.media.decoding.refusal import Refused

_ANIMATED, _EXIF, _ALPHA, _ICC = 0x02, 0x08, 0x10, 0x20
_NOTE_MAX_BYTES = 16 * 1024 * 1024
_SIDE_MASK = 0x3FFF


@dataclass(frozen=True, slots=True)
class WebpFacts:
    """What the chunks say before any pixel is decoded."""

    width: int
    height: int
    alpha: bool
    animated: bool
    notes: dict[str, bytes]


def facts_read(path: Path) -> WebpFacts:
    """Read the container. Raises Refused for what is no WebP."""
    try:
        with path.open("rb") as handle, mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _facts(data)
    except (struct.error, ValueError, IndexError) as error:
        raise Refused("The picture is broken: its header cannot be read.") from error


def _facts(data: mmap.mmap) -> WebpFacts:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("no WebP")
    notes: dict[str, bytes] = {}
    size: tuple[int, int] | None = None
    alpha = animated = False
    at = 12
    while at + 8 <= len(data):
        name, (length,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        body = at + 8
        if name == b"VP8X":
            flags = data[body]
            alpha, animated = bool(flags & _ALPHA), bool(flags & _ANIMATED)
            size = (1 + _three(data, body + 4), 1 + _three(data, body + 7))
        elif name == b"VP8L" and size is None:
            bits = struct.unpack_from("<I", data, body + 1)[0]
            size, alpha = (1 + (bits & _SIDE_MASK), 1 + (bits >> 14 & _SIDE_MASK)), bool(bits >> 28 & 1)
        elif name == b"VP8 " and size is None:
            width, height = struct.unpack_from("<HH", data, body + 6)
            size = (width & _SIDE_MASK, height & _SIDE_MASK)
        elif (key := {b"EXIF": "exif", b"XMP ": "xmp", b"ICCP": "icc_profile"}.get(name)) is not None:
            notes[key] = data[body : body + min(length, _NOTE_MAX_BYTES)]
        at = body + length + (length & 1)
    if size is None:
        raise ValueError("no picture in it")
    return WebpFacts(*size, alpha=alpha, animated=animated, notes=notes)


def _three(data: mmap.mmap, at: int) -> int:
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16


class LargeWebp(Image.Image):
    """Enough of an opened Pillow file for `large`: size, mode, notes, and `crop` after `decode`."""

    format = "WEBP"
    n_frames = 1

    def __init__(self, path: Path, facts: WebpFacts) -> None:
        super().__init__()
        if facts.animated:
            raise Refused("Moving WebP pictures of this size are not taken. Convert it to a video.")
        self._path = path
        self._size = (facts.width, facts.height)
        self._mode = "RGBA" if facts.alpha else "RGB"
        self.info: dict[str, Any] = dict(facts.notes)
        self._pixels: np.ndarray | None = None

    def decode(self, folder: Path) -> None:
        """Decode once, by OpenCV, which writes where it is told to. Raises OSError for broken files."""
        if self._pixels is not None:
            return
        import cv2  # only for those who need it: it is large

        channels = len(self.mode)
        room = spool.array(folder, self.height, self.width, channels)
        try:
            found = cv2.imread(str(self._path), room, cv2.IMREAD_UNCHANGED)
        except cv2.error as error:
            raise OSError("its pixels cannot be decoded") from error
        if found is None or found.shape != room.shape:
            raise OSError("its pixels cannot be decoded")
        self._pixels = found

    def crop(self, box: tuple[float, float, float, float] | None = None) -> Image.Image:
        assert self._pixels is not None
        assert box is not None
        left, top, right, bottom = (int(side) for side in box)
        part = self._pixels[top:bottom, left:right]
        order = [2, 1, 0, 3][: part.shape[2]]  # OpenCV's blue comes first
        return Image.fromarray(np.ascontiguousarray(part[..., order]))
