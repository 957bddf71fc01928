"""Writes one JPEG from strips: each few rows are encoded alone and joined by restart markers.

With fixed Huffman tables and a restart interval of exactly those rows, the joined stream is an ordinary
baseline JPEG, and the whole picture never has to be in memory for it.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

from PIL import Image

from backend.media.decoding.refusal import Refused

SIDE_MAX_PX = 65_500
QUALITY = 95
_BLOCK_PX = 8
_RESTART_MAX_BLOCKS = 65_535


class StitchedJpeg:
    """`add` strips of a height that is a multiple of eight rows (the last may be any), then `close`.

    `mode` is RGB or L. Raises Refused where a side is longer than JPEG can hold.
    """

    def __init__(self, path: Path, width: int, height: int, mode: str, icc_profile: bytes | None) -> None:
        if max(width, height) > SIDE_MAX_PX:
            raise Refused(f"One side of the picture is longer than {SIDE_MAX_PX:,} pixels.")
        self._width, self._height, self._mode = width, height, mode
        self._icc = icc_profile
        self._across = -(-width // _BLOCK_PX)
        self._rows = _BLOCK_PX * max(1, min(64 // _BLOCK_PX, _RESTART_MAX_BLOCKS // self._across))
        self._count = 0
        self._handle = path.open("wb")

    def add(self, strip: Image.Image) -> None:
        for top in range(0, strip.height, self._rows):
            self._part(strip.crop((0, top, self._width, min(strip.height, top + self._rows))))

    def close(self) -> None:
        self._handle.write(b"\xff\xd9")
        self._handle.close()

    def _part(self, part: Image.Image) -> None:
        buffer = io.BytesIO()
        extra = {"icc_profile": self._icc} if self._icc and not self._count else {}
        part.save(buffer, "JPEG", quality=QUALITY, subsampling=0, optimize=False, **extra)
        content = buffer.getvalue()
        scan = content.index(b"\xff\xda", _after_segments(content))
        scan_start = scan + 2 + struct.unpack(">H", content[scan + 2 : scan + 4])[0]
        if self._count:
            self._handle.write(bytes([0xFF, 0xD0 + (self._count - 1) % 8]))
        else:
            interval = self._across * (self._rows // _BLOCK_PX)
            self._handle.write(self._headed(content[:scan]))
            self._handle.write(b"\xff\xdd" + struct.pack(">HH", 4, interval) + content[scan:scan_start])
        self._handle.write(content[scan_start:-2])
        self._count += 1

    def _headed(self, head: bytes) -> bytes:
        """The first part's headers, with the whole picture's height."""
        at = 2
        while head[at + 1] != 0xC0:
            at += 2 + struct.unpack(">H", head[at + 2 : at + 4])[0]
        return head[: at + 5] + struct.pack(">H", self._height) + head[at + 7 :]


def _after_segments(content: bytes) -> int:
    """Where the scan's own header begins: tables before it may hold any bytes."""
    at = 2
    while content[at + 1] != 0xDA:
        at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
    return at
