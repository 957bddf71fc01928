"""A relay on loopback between FFmpeg and one checked camera.

FFmpeg follows an RTSP redirect (3xx while a stream is set up) wherever it leads. The relay reads the camera's
answers until the stream plays and ends the connection at the first redirect; from then on FFmpeg follows none, and
bytes pass as they are.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from backend.feeds.errors import SourceFailed

HEAD_MAX_BYTES = 16 * 1024
REDIRECTS = "The camera sends elsewhere; that is not followed. Type that address instead."
NO_RTSP = "What answers there does not speak RTSP."
_HEAD_END = re.compile(rb"\n\r*\n")
_STATUS = re.compile(rb"RTSP/1\.[01] ([1-5][0-9]{2})(?: [^\x00]*)?")
_LENGTH = re.compile(rb"(?i:content-length): *([0-9]{1,6}) *")
_CHUNK = 1 << 16
_LOOK_EVERY_S = 0.5
_INTERLEAVED = 0x24  # '$': a packet of pictures between answers


class Relay:
    """Copies between one client on loopback and the camera, in a thread of its own."""

    def __init__(self, camera: socket.socket) -> None:
        self._camera = camera
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1)
        self.port: int = self._listener.getsockname()[1]
        self.problem = ""
        self._plays = False
        self._answers = AnswerReader()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rtsp-relay", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises SourceFailed where the camera did what it may not."""
        if self.problem:
            raise SourceFailed(self.problem)

    def close(self) -> None:
        self._over.set()
        self._thread.join(2 * _LOOK_EVERY_S)
        self._listener.close()

    def _run(self) -> None:
        with contextlib.suppress(OSError), self._camera:
            self._listener.settimeout(_LOOK_EVERY_S)
            while not self._over.is_set():
                with contextlib.suppress(TimeoutError):
                    client, _address = self._listener.accept()
                    with client:
                        self._copy(client)
                    return

    def _copy(self, client: socket.socket) -> None:
        while not self._over.is_set():
            ready, _, _ = select.select([client, self._camera], [], [], _LOOK_EVERY_S)
            for source in ready:
                chunk = source.recv(_CHUNK)
                if not chunk:
                    return
                if source is client:
                    # FFmpeg follows redirects while it sets a stream up, and none once it asked to play.
                    self._plays = self._plays or chunk.startswith(b"PLAY ")
                    self._camera.sendall(chunk)
                    continue
                try:
                    client.sendall(chunk if self._plays else self._answers.passed(chunk))
                except SourceFailed as error:
                    self.problem = str(error)
                    return


class AnswerReader:
    """Lets through what a camera sends before it plays: answers in full once they are known to be harmless.

    As strict as FFmpeg is lenient: whatever the two could read differently is refused.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._through = 0

    def passed(self, chunk: bytes) -> bytes:
        """What may go on with this chunk. Raises SourceFailed at a redirect and at what is no RTSP."""
        self._buffer += chunk
        passed = b""
        while self._buffer:
            if not self._through:
                self._through = self._next()
                if not self._through:
                    break
            part, self._buffer = self._buffer[: self._through], self._buffer[self._through :]
            self._through -= len(part)
            passed += part
        return passed

    def _next(self) -> int:
        """Bytes of the packet or answer that begins here; 0 where more must come to know."""
        if self._buffer[0] == _INTERLEAVED:
            return 4 + int.from_bytes(self._buffer[2:4], "big") if len(self._buffer) >= 4 else 0
        end = _HEAD_END.search(self._buffer)
        if end is None:
            if len(self._buffer) > HEAD_MAX_BYTES:
                raise SourceFailed(NO_RTSP)
            return 0
        lines = self._buffer[: end.start()].replace(b"\r", b"").split(b"\n")
        answer = _STATUS.fullmatch(lines[0])
        lengths = [line for line in lines if line.lower().startswith(b"content-length")]
        if answer is None or len(lengths) > 1 or any(line[:1] == b"$" for line in lines):
            raise SourceFailed(NO_RTSP)
        if answer[1].startswith(b"3"):
            raise SourceFailed(REDIRECTS)
        length = _LENGTH.fullmatch(lengths[0]) if lengths else None
        if lengths and length is None:
            raise SourceFailed(NO_RTSP)
        return end.end() + (int(length[1]) if length else 0)


@contextmanager
def relayed(address: str, port: int, *, connect_timeout_s: float) -> Iterator[Relay]:
    """A relay to that address. Raises SourceFailed where nothing answers there."""
    try:
        camera = socket.create_connection((address, port), timeout=connect_timeout_s)
    except OSError as error:
        raise SourceFailed("Nothing answers at this address and port.") from error
    camera.settimeout(connect_timeout_s)
    relay = Relay(camera)
    try:
        yield relay
    finally:
        relay.close()
