"""A zip that is written while it is sent: memory holds one member at a time, never the archive."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

CHUNK_BYTES = 1024 * 1024
TEXT = (".json", ".jsonl", ".txt", ".yaml", ".xml", ".ini")


class _Sink:
    """A file that only takes bytes and gives them up again; `zipfile` copes with not being able to seek."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> bytes:
        data, self._parts = b"".join(self._parts), []
        return data


def zip_stream(members: Iterable[tuple[str, bytes | IO[bytes]]]) -> Iterator[bytes]:
    """Bytes of a zip of (name, content or open file); files are closed once written. Text is deflated, pictures stored."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:  # type: ignore[call-overload]
        for name, content in members:
            info = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED if name.endswith(TEXT) else zipfile.ZIP_STORED
            with archive.open(info, "w", force_zip64=True) as member:
                if isinstance(content, bytes):
                    member.write(content)
                else:
                    with content:
                        while chunk := content.read(CHUNK_BYTES):
                            member.write(chunk)
                            if data := sink.take():
                                yield data
            if data := sink.take():
                yield data
    yield sink.take()
