"""A large picture as upright strips from top to bottom, so that no second whole copy of it is ever in memory.

PNG with eight bits a channel is read strip by strip. Other formats are decoded whole once, into a file (see
`spool`), and cut.
"""

from __future__ import annotations

import io
import resource
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from PIL import Image, JpegImagePlugin

from backend.media.decoding import spool
from backend.media.decoding.refusal import Refused
from backend.media.decoding.webp import LargeWebp

STRIP_ROWS = 512
_READ_BYTES = 1 << 20
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = (b"PLTE", b"tRNS")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
# How an upright box lies in the stored picture, and what turns it upright, by EXIF orientation.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS_FROM = 5
_COEFFICIENT_BYTES = 2
_LIBRARIES_BYTES = 300 * 1024**2  # what the child holds beside a decoder's own memory


def upright_size(image: Image.Image, turn: int) -> tuple[int, int]:
    """(width, height) after EXIF's turn."""
    width, height = image.size
    return (height, width) if turn >= _SIDEWAYS_FROM else (width, height)


def strips(path: Path, kind: str, image: Image.Image, turn: int, room: Path) -> Iterator[Image.Image]:
    """Upright strips of `STRIP_ROWS` rows (the last one may be lower), in the file's mode.

    `image` is the opened, not yet decoded file at `path`; its pixels may need a file in the folder `room`.
    Raises what decoders raise for broken files, and Refused for what takes more memory than there is.
    """
    header = _png_header(path) if kind == "png" and turn == 1 else None
    if header is not None:
        yield from _png_strips(path, header)
        return
    if isinstance(image, LargeWebp):
        image.decode(room)
    else:
        _memory_check(image)
        spool.load(image, room)
    width, height = upright_size(image, turn)
    for top in range(0, height, STRIP_ROWS):
        yield _cut(image, turn, width, height, top, min(height, top + STRIP_ROWS))


def _memory_check(image: Image.Image) -> None:
    """A progressive JPEG is in memory as coefficients until its last scan: said now, as running out of it in
    the middle looks like damage. Raises Refused."""
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or "progressive" not in image.info:
        return
    shares = [across * down for _, across, down, _ in image.layer]
    needed = image.width * image.height * _COEFFICIENT_BYTES * sum(shares) // max(shares)
    if needed > resource.getrlimit(resource.RLIMIT_DATA)[0] - _LIBRARIES_BYTES:
        raise Refused(
            f"A progressive JPEG of this size takes {needed / 1e9:.1f} GB of memory to decode, more than allowed. "
            "Save it as an ordinary (baseline) JPEG or as PNG."
        )


def _cut(image: Image.Image, turn: int, width: int, height: int, top: int, bottom: int) -> Image.Image:
    """Rows `top` to `bottom` of the upright picture, from the stored one."""
    box = {
        1: (0, top, width, bottom),
        2: (0, top, width, bottom),
        3: (0, height - bottom, width, height - top),
        4: (0, height - bottom, width, height - top),
        5: (top, 0, bottom, width),
        6: (top, 0, bottom, width),
        7: (height - bottom, 0, height - top, width),
        8: (height - bottom, 0, height - top, width),
    }[turn]
    part = image.crop(box)
    part.info = image.info
    return part if turn == 1 else part.transpose(_TURNS[turn])


def png_has_late_chunks(path: Path) -> bool:
    """Whether anything but the end lies behind a PNG's pixels: Pillow decodes all of them before it knows."""
    seen = False
    with path.open("rb") as handle:
        handle.seek(len(_SIGNATURE))
        while len(head := handle.read(8)) == 8:
            length, name = struct.unpack(">L4s", head)
            if name == b"IEND":
                return False
            if seen and name != b"IDAT":
                return True
            seen = seen or name == b"IDAT"
            handle.seek(length + 4, io.SEEK_CUR)
    return False


def _png_header(path: Path) -> bytes | None:
    """The 13 bytes of IHDR, where the picture has eight bits a channel and is not interlaced."""
    with path.open("rb") as handle:
        head = handle.read(33)
    if len(head) != 33 or head[:8] != _SIGNATURE or head[12:16] != b"IHDR":
        return None
    header = head[16:29]
    depth, colour, interlaced = header[8], header[9], header[12]
    return header if depth == 8 and colour in _CHANNELS and not interlaced else None


def _png_strips(path: Path, header: bytes) -> Iterator[Image.Image]:
    """Every strip becomes a small PNG of its own.

    Rows are filtered by differences to the row above, so that each small file starts with the last row of
    the strip before it, stored without a filter, which is then cut away.
    """
    width, height = struct.unpack(">LL", header[:8])
    row_bytes = 1 + width * _CHANNELS[header[9]]
    above = b""
    with path.open("rb") as handle:
        kept: list[bytes] = []
        rows = _Inflated(_png_data(handle, kept))
        for top in range(0, height, STRIP_ROWS):
            count = min(STRIP_ROWS, height - top)
            content = above + rows.exactly(count * row_bytes)
            extra = 1 if above else 0
            with Image.open(io.BytesIO(_small_png(header, count + extra, kept, content))) as small:
                small.load()
                strip = small.crop((0, extra, width, count + extra)) if extra else small.copy()
                strip.info = dict(small.info)
            above = b"\0" + strip.crop((0, count - 1, width, count)).tobytes()
            yield strip


def _png_data(handle: IO[bytes], kept: list[bytes]) -> Iterator[bytes]:
    """Pieces of the compressed pixels; chunks that pixels need are put into `kept` on the way."""
    handle.seek(len(_SIGNATURE))
    while len(head := handle.read(8)) == 8:
        length, name = struct.unpack(">L4s", head)
        if name == b"IDAT":
            while length > 0 and (piece := handle.read(min(length, _READ_BYTES))):
                length -= len(piece)
                yield piece
        elif name in _KEPT_CHUNKS and length <= 1024:
            kept.append(_chunk(name, handle.read(length)))
        elif name == b"IEND":
            return
        else:
            handle.seek(length, io.SEEK_CUR)
        handle.seek(4, io.SEEK_CUR)


class _Inflated:
    """Hands out exactly so many inflated bytes at a time, and never holds more than those."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._inflate, self._left = pieces, zlib.decompressobj(), b""

    def exactly(self, count: int) -> bytes:
        out = bytearray()
        while len(out) < count:
            if not self._left:
                self._left = next(self._pieces, b"")
                if not self._left:
                    raise OSError("the file ends before the picture does")
            try:
                out += self._inflate.decompress(self._left, count - len(out))
            except zlib.error as error:
                raise OSError(str(error)) from error
            self._left = self._inflate.unconsumed_tail
        return bytes(out)


def _small_png(header: bytes, rows: int, kept: list[bytes], content: bytes) -> bytes:
    head = header[:4] + struct.pack(">L", rows) + header[8:]
    data = zlib.compress(content, 0)
    return b"".join([_SIGNATURE, _chunk(b"IHDR", head), *kept, _chunk(b"IDAT", data), _chunk(b"IEND", b"")])


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))
