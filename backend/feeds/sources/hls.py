"""HLS: playlists and segments are fetched by our own client, so every address in them is checked like the first."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

import av

from backend.core.outgoing import get_bytes
from backend.feeds.domain.addresses import Address
from backend.feeds.errors import SourceFailed
from backend.feeds.sources.live import JUMP_S, LiveSource, NewestFrame

# Ten seconds of a 4K camera.
FILE_MAX_BYTES = 64 * 1024 * 1024
# Our client opens everything; FFmpeg's own may open nothing but what is handed to it.
OPTIONS = {"protocol_whitelist": "http,https", "http_persistent": "0", "max_reload": "20"}
# Behind by more than this, frames are let through at once and their times counted anew.
BEHIND_MAX_S = 5.0


class HlsSource(LiveSource):
    """Segments come in bursts of seconds: frames are let out at the pace they were filmed at."""

    def __init__(self, address: Address, allowed_hosts: Collection[str], **given: Any) -> None:
        super().__init__(**given)
        self.address, self.allowed_hosts = address, allowed_hosts

    def _decoded(self, slot: NewestFrame) -> Iterator[tuple[Any, float | None]]:
        pace = _Pace()
        with av.open(
            self.address.url, format="hls", io_open=self._opener(slot), container_options=OPTIONS
        ) as container:
            stream = container.streams.video[0]
            stream.thread_type = "NONE"
            for frame in container.decode(stream):
                pace.wait(frame.time, slot)
                if slot.closed:
                    return
                yield frame, frame.time

    def _opener(self, slot: NewestFrame) -> Any:
        host = urlsplit(self.address.url).netloc

        def opened(url: str, _flags: int, _options: dict[str, str]) -> io.BytesIO:
            if slot.closed:
                raise SourceFailed("Nobody watches any more.")
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https"):
                raise SourceFailed("The playlist names an address that is neither http nor https.")
            # Name and password are for the camera alone, not for whoever its playlist names.
            credentials = self.address.credentials if parts.netloc == host else None
            return io.BytesIO(
                get_bytes(
                    url,
                    allowed_hosts=self.allowed_hosts,
                    timeout_s=self.read_timeout_s,
                    max_bytes=FILE_MAX_BYTES,
                    credentials=credentials,
                )
            )

        return opened


class _Pace:
    """Holds frames back until their moment."""

    def __init__(self) -> None:
        self._origin_s: float | None = None
        self._last_s = 0.0
        self._never = threading.Event()

    def wait(self, time_s: float | None, slot: NewestFrame) -> None:
        if time_s is None:
            return
        now_s = time.monotonic()
        jumped = not 0.0 <= time_s - self._last_s <= JUMP_S
        if self._origin_s is None or jumped or now_s - (self._origin_s + time_s) > BEHIND_MAX_S:
            self._origin_s = now_s - time_s
        self._last_s = time_s
        while not slot.closed and (left_s := self._origin_s + time_s - time.monotonic()) > 0:
            self._never.wait(min(left_s, 0.25))
