"""RTSP over TCP, through a relay of our own that lets FFmpeg speak to the checked address and to nothing else."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import av

from backend.core.outgoing import url_pin
from backend.feeds.domain.addresses import Address
from backend.feeds.sources.live import JUMP_S, OPEN_TIMEOUT_S, LiveSource, NewestFrame
from backend.feeds.sources.rtsp_relay import relayed

# Pictures travel inside the one connection: no ports to open, and nothing FFmpeg could be sent to.
OPTIONS = {
    "rtsp_transport": "tcp",
    "protocol_whitelist": "rtsp,rtp,tcp",
    "allowed_media_types": "video",
    "fflags": "nobuffer",
    "max_delay": "200000",
    "probesize": "500000",
    "analyzeduration": "1000000",
}

# Behind by more than this, only key frames are decoded, until one is behind by less than half of it.
BEHIND_MAX_S = 1.0
# No camera's clock is off by more than a thousandth: slower than this, being behind more is the clock.
CLOCK_DRIFT = 1e-3


class Behind:
    """Tells when frames come later and later after their own time: they wait, because decoding takes too long."""

    def __init__(self) -> None:
        self._least_s = float("inf")
        self._arrived_s = self._stamp_s = 0.0
        self._late = False

    def is_late(self, stamp_s: float | None, arrived_s: float, *, key: bool) -> bool:
        """Whether to leave out what is no key frame, after a frame of the camera's time `stamp_s` (None: it has none)."""
        if stamp_s is None:
            return False
        if not 0.0 <= stamp_s - self._stamp_s <= JUMP_S:
            self._least_s = float("inf")
        self._least_s += CLOCK_DRIFT * (arrived_s - self._arrived_s)
        self._stamp_s, self._arrived_s = stamp_s, arrived_s
        self._least_s = min(self._least_s, arrived_s - stamp_s)
        by_s = arrived_s - stamp_s - self._least_s
        # Only from a key frame on can the others be decoded again.
        self._late = not key or by_s > BEHIND_MAX_S / 2 if self._late else by_s > BEHIND_MAX_S
        return self._late


class RtspSource(LiveSource):
    """A network camera."""

    def __init__(self, address: Address, allowed_hosts: Collection[str], **given: Any) -> None:
        super().__init__(**given)
        self.address, self.allowed_hosts = address, allowed_hosts

    def _decoded(self, slot: NewestFrame) -> Iterator[tuple[Any, float | None]]:
        pinned = url_pin(self.address.url, allowed_hosts=self.allowed_hosts, schemes=("rtsp",))
        port = urlsplit(self.address.url).port or 554
        with relayed(pinned.address, port, connect_timeout_s=OPEN_TIMEOUT_S) as relay:
            try:
                with av.open(
                    self._local(relay.port),
                    options=OPTIONS,
                    timeout=(self.read_timeout_s, self.read_timeout_s),
                ) as container:
                    stream = container.streams.video[0]
                    stream.thread_type = "NONE"
                    behind = Behind()
                    for frame in container.decode(stream):
                        yield frame, frame.time
                        # What waits in the line's buffers is old: a machine that is too slow would show the past.
                        late = behind.is_late(frame.time, time.monotonic(), key=bool(frame.key_frame))
                        stream.codec_context.skip_frame = "NONKEY" if late else "DEFAULT"
            finally:
                relay.check()

    def _local(self, port: int) -> str:
        parts = urlsplit(self.address.url)
        who = ""
        if self.address.credentials:
            who = ":".join(quote(part, safe="") for part in self.address.credentials) + "@"
        return urlunsplit(parts._replace(netloc=f"{who}127.0.0.1:{port}", fragment=""))
