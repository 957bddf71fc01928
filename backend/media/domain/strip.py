"""Drop EXIF, GPS, comments and XMP from JPEG, PNG and WebP without touching a pixel.

Kept are what colours need: JFIF and Adobe headers, ICC profiles. The turn (EXIF orientation) is the
caller's business: what needs turning is re-encoded instead.
"""

from __future__ import annotations

import struct

_JPEG_DROPPED = {0xE1, *range(0xE3, 0xEE), 0xEF, 0xFE}  # APP1, APP3..13, APP15, COM
_PNG_DROPPED = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_DROPPED = {b"EXIF", b"XMP "}
_WEBP_FLAG_EXIF, _WEBP_FLAG_XMP = 0x08, 0x04


class NotStrippable(ValueError):
    """The structure is not what the format promises: re-encode instead."""


def strip(kind: str, data: bytes) -> bytes:
    """The file without private metadata. Raises NotStrippable."""
    try:
        return {"jpeg": _jpeg, "png": _png, "webp": _webp}[kind](data)
    except (IndexError, KeyError, struct.error) as error:
        raise NotStrippable(str(error)) from error


def _jpeg(data: bytes) -> bytes:
    out, at = bytearray(data[:2]), 2
    while True:
        if data[at] != 0xFF:
            raise NotStrippable("marker expected")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0xDA:
            break
        if marker == 0xD9:
            raise NotStrippable("ends before its picture")
        (length,) = struct.unpack_from(">H", data, at + 2)
        icc = marker == 0xE2 and data[at + 4 : at + 15] == b"ICC_PROFILE"
        if not (marker in _JPEG_DROPPED or (marker == 0xE2 and not icc)):
            out += data[at : at + 2 + length]
        at += 2 + length
    # Bytes after the end of the picture (a second picture with its own EXIF, an archive) go too.
    return bytes(out + data[at : _jpeg_end(data, at)])


def _jpeg_end(data: bytes, at: int) -> int:
    """Just past the end-of-image marker; `at` is the first start-of-scan. A cut file ends where it ends."""
    while at + 4 <= len(data):
        if data[at + 1] == 0xD9:
            return at + 2
        (length,) = struct.unpack_from(">H", data, at + 2)
        at = _next_marker(data, at + 2 + length)
    return at + 2 if data[at : at + 2] == b"\xff\xd9" else len(data)


def _next_marker(data: bytes, at: int) -> int:
    """Skip entropy-coded bytes: FF there is followed by 00 (stuffing) or D0..D7 (restart)."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        following = data[at + 1]
        if following == 0xFF:
            at += 1
        elif following == 0x00 or 0xD0 <= following <= 0xD7:
            at += 2
        else:
            return at
    return len(data)


def _png(data: bytes) -> bytes:
    out, at = bytearray(data[:8]), 8
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise NotStrippable("chunk past the end")
        if kind not in _PNG_DROPPED:
            out += data[at:end]
        at = end
        if kind == b"IEND":
            return bytes(out)


def _webp(data: bytes) -> bytes:
    body, at, stop = bytearray(), 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= stop:
        kind, (length,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        end = at + 8 + length + (length & 1)
        chunk = bytearray(data[at:end])
        if kind == b"VP8X":
            chunk[8] &= ~(_WEBP_FLAG_EXIF | _WEBP_FLAG_XMP) & 0xFF
        if kind not in _WEBP_DROPPED:
            body += chunk
        at = end
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + bytes(body)
