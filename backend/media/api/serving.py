"""Answers that are files: fixed type, nosniff, sandboxed, with ranges and long-lived caching."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.core.files.storage import default_storage
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.request import Request

from backend.core.errors import NotFound
from backend.media.domain.http_ranges import BadRange, ByteRange, requested_range
from backend.media.errors import RangeRefused

SEND_CHUNK_BYTES = 64 * 1024
# Content under an asset's address never changes; private, because rights differ by person.
IMMUTABLE = "private, max-age=31536000, immutable"
SANDBOX = "default-src 'none'; sandbox"
_INLINE = {
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/bmp",
    "video/mp4",
    "video/webm",
    "video/quicktime",
    "video/x-matroska",
    "video/x-msvideo",
}


def headers_set(response: Any, *, media_type: str, name: str, tag: str) -> None:
    """Browsers show known pictures and videos and save everything else; nothing is ever run."""
    inline = media_type in _INLINE
    response["Content-Type"] = media_type if inline else "application/octet-stream"
    safe = "".join(ch if ch.isascii() and (ch.isalnum() or ch in "._-") else "_" for ch in name)[-80:]
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{safe or "file"}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = IMMUTABLE
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["ETag"] = f'"{tag}"'


def unchanged(request: Request, tag: str) -> bool:
    return f'"{tag}"' in request.headers.get("If-None-Match", "")


def bytes_answer(content: bytes, *, media_type: str, name: str, tag: str) -> HttpResponse:
    response = HttpResponse(content)
    headers_set(response, media_type=media_type, name=name, tag=tag)
    return response


def not_modified(*, media_type: str, name: str, tag: str) -> HttpResponse:
    response = HttpResponse(status=304)
    headers_set(response, media_type=media_type, name=name, tag=tag)
    return response


def file_answer(
    request: Request, key: str, *, media_type: str, name: str, tag: str
) -> HttpResponse | StreamingHttpResponse:
    """The stored file, whole (200) or one range of it (206). Raises NotFound, RangeRefused (416)."""
    if not key or not default_storage.exists(key):
        raise NotFound("The file is not there any more.")
    if unchanged(request, tag):
        return not_modified(media_type=media_type, name=name, tag=tag)
    total = default_storage.size(key)
    try:
        part = requested_range(request.headers.get("Range", ""), total)
    except BadRange as error:
        raise RangeRefused(str(error), extra={"size_bytes": total}) from error
    if part is not None and request.headers.get("If-Range", f'"{tag}"') != f'"{tag}"':
        part = None  # the browser's earlier bytes are of something else
    whole = part or ByteRange(0, total, total)
    response = StreamingHttpResponse(
        _chunks(default_storage.open(key, "rb"), whole), status=206 if part else 200
    )
    headers_set(response, media_type=media_type, name=name, tag=tag)
    response["Content-Length"] = str(len(whole))
    response["Accept-Ranges"] = "bytes"
    if part is not None:
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{total}"
    return response


def _chunks(handle: IO[bytes], part: ByteRange) -> Iterator[bytes]:
    with handle:
        handle.seek(part.start)
        left = len(part)
        while left > 0 and (chunk := handle.read(min(SEND_CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
