"""HTTP byte ranges: of a chunk coming in (`Content-Range`) and of a file going out (`Range`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CONTENT_RANGE = re.compile(r"^bytes (\d{1,15})-(\d{1,15})/(\d{1,15})$")
_RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")


class BadRange(ValueError):
    """The header cannot be read, or lies outside the file."""


@dataclass(frozen=True)
class ByteRange:
    """Half-open `start:stop` of `total` bytes."""

    start: int
    stop: int
    total: int

    def __len__(self) -> int:
        return self.stop - self.start


def content_range(value: str) -> ByteRange:
    """`bytes a-b/total` of a chunk. Raises BadRange."""
    match = _CONTENT_RANGE.match(value.strip())
    if match is None:
        raise BadRange("Send Content-Range as `bytes first-last/total`.")
    first, last, total = (int(part) for part in match.groups())
    if not first <= last < total:
        raise BadRange("Content-Range must satisfy first <= last < total.")
    return ByteRange(first, last + 1, total)


def requested_range(value: str, total: int) -> ByteRange | None:
    """The one range asked for; None where the whole file is to be sent (no, odd or several ranges).

    Raises BadRange where the range lies past the end (416).
    """
    match = _RANGE.match(value.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first == "":
        start, stop = max(0, total - int(last)), total
        if last == "0":
            raise BadRange("The range is empty.")
    else:
        start = int(first)
        stop = min(total, int(last) + 1) if last else total
    if start >= total or (first != "" and last != "" and int(last) < start):
        raise BadRange("The range lies outside the file.")
    return ByteRange(start, stop, total)
