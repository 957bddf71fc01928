"""MJPEG over HTTP: fetched by our own client, which checks and pins the address and follows no redirect."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from typing import Any

import av

from backend.core.outgoing import get_stream
from backend.feeds.domain.addresses import Address
from backend.feeds.sources.live import OPEN_TIMEOUT_S, LiveSource, NewestFrame

# So many pictures in a row that cannot be read are no accident of the line.
DAMAGED_MAX = 25


class MjpegSource(LiveSource):
    """One JPEG after another in a multipart answer. Such streams carry no times: the arrival counts."""

    def __init__(self, address: Address, allowed_hosts: Collection[str], **given: Any) -> None:
        super().__init__(**given)
        self.address, self.allowed_hosts = address, allowed_hosts

    def _decoded(self, slot: NewestFrame) -> Iterator[tuple[Any, float | None]]:
        with ExitStack() as stack:
            chunks = stack.enter_context(
                get_stream(
                    self.address.url,
                    allowed_hosts=self.allowed_hosts,
                    connect_timeout_s=OPEN_TIMEOUT_S,
                    read_timeout_s=self.read_timeout_s,
                    credentials=self.address.credentials,
                )
            )
            container = stack.enter_context(av.open(_Reader(chunks, slot), format="mpjpeg"))
            damaged = 0
            for packet in container.demux(video=0):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    damaged += 1
                    if damaged > DAMAGED_MAX:
                        raise
                    continue
                damaged = 0
                for frame in frames:
                    yield frame, None


class _Reader:
    """The chunks of an answer as a file for the demuxer; it ends when nobody wants frames any more."""

    def __init__(self, chunks: Iterator[bytes], slot: NewestFrame) -> None:
        self._chunks, self._slot = chunks, slot
        self._rest = b""

    def read(self, size: int) -> bytes:
        while not self._rest and not self._slot.closed:
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        if self._slot.closed:
            return b""
        given, self._rest = self._rest[:size], self._rest[size:]
        return given
