"""RTSP over TCP, through a relay of our own that lets FFmpeg speak to the checked address and to nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import av

from backend.core.outgoing import url_pin
from backend.feeds.domain.addresses import Address
from backend.feeds.sources.live import OPEN_TIMEOUT_S, LiveSource, NewestFrame
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
                    for frame in container.decode(stream):
                        yield frame, frame.time
            finally:
                relay.check()

    def _local(self, port: int) -> str:
        parts = urlsplit(self.address.url)
        who = ""
        if self.address.credentials:
            who = ":".join(quote(part, safe="") for part in self.address.credentials) + "@"
        return urlunsplit(parts._replace(netloc=f"{who}127.0.0.1:{port}", fragment=""))
