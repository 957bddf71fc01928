"""Runs the WSGI application behind an ASGI server: threads do the work, slow clients cost as few of them as can be.

Small request bodies are read before a thread is taken, plain answers cross from thread to loop once, and files
are read block by block so that a paused video holds no thread. Generators stay on their thread (their database
cursor belongs to it) and are closed as soon as the client has gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import io
import logging
import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Bodies up to here are taken into memory first, so that a client on a slow line holds no thread.
BODY_BUFFER_MAX_BYTES = 256 * 1024
FILE_BLOCK_BYTES = 64 * 1024
# A client that takes nothing for this long has gone without saying so.
STALL_TIMEOUT_S = 60.0

log = logging.getLogger(__name__)


class ClientGone(OSError):
    """The client closed the connection; an OSError, because that is what Django expects of a broken body."""


class FileBlocks:
    """What `wsgi.file_wrapper` makes of an open file; the bridge reads it block by block."""

    def __init__(self, file: Any, block_size: int = FILE_BLOCK_BYTES) -> None:
        self.file = file
        self.block_size = max(block_size, FILE_BLOCK_BYTES)

    def read(self, size: int) -> bytes:
        data: bytes = self.file.read(min(size, self.block_size))
        return data

    def close(self) -> None:
        close = getattr(self.file, "close", None)
        if close is not None:
            close()


class BodyStream(io.RawIOBase):
    """A large request body, read from a worker thread as the client sends it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, receive: Receive) -> None:
        self._loop = loop
        self._receive = receive
        self._rest = b""
        self.ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        """Fill `target`. Raises ClientGone when the body breaks off."""
        while not self._rest and not self.ended:
            message = asyncio.run_coroutine_threadsafe(_next(self._receive), self._loop).result()
            if message["type"] == "http.disconnect":
                self.ended = True
                raise ClientGone("the client broke off the upload")
            self._rest = message.get("body", b"")
            self.ended = not message.get("more_body", False)
        part, self._rest = self._rest[: len(target)], self._rest[len(target) :]
        target[: len(part)] = part
        return len(part)


class WsgiBridge:
    """An ASGI application around a WSGI one, with a pool of `threads`."""

    def __init__(self, app: WsgiApp, *, threads: int) -> None:
        self.app = app
        self.pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="wsgi")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = _Exchange(self.app, self.pool, receive, send)
        # The client has gone: there is nobody to tell.
        with contextlib.suppress(ClientGone):
            await exchange.run(scope)


class _Exchange:
    """One request and its answer."""

    def __init__(self, app: WsgiApp, pool: ThreadPoolExecutor, receive: Receive, send: Send) -> None:
        self.app, self.pool = app, pool
        self.receive, self.send = receive, send
        self.loop = asyncio.get_running_loop()
        self.head: Message = {}
        self.head_sent = False
        self.body_ended = True
        self.gone: asyncio.Task[None] | None = None

    async def run(self, scope: Scope) -> None:
        body = await self._body(scope)
        environ = environ_build(scope, body)
        context = contextvars.copy_context()
        try:
            rest = await self.loop.run_in_executor(self.pool, context.run, self._call, environ)
            if isinstance(body, BodyStream | io.BufferedReader):
                self.body_ended = self._stream_ended(body)
            if isinstance(rest, FileBlocks):
                await self._send_file(rest, scope["method"])
            elif rest is not None:
                await self._send(rest, more=False)
        finally:
            if self.gone is not None:
                self.gone.cancel()

    async def _body(self, scope: Scope) -> Any:
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if int(length or 0) > BODY_BUFFER_MAX_BYTES:
            self.body_ended = False
            return io.BufferedReader(BodyStream(self.loop, self.receive), FILE_BLOCK_BYTES)
        parts: list[bytes] = []
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone("the client broke off its request")
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                return io.BytesIO(b"".join(parts))

    @staticmethod
    def _stream_ended(body: Any) -> bool:
        raw = body.raw
        return isinstance(raw, BodyStream) and raw.ended

    def _call(self, environ: dict[str, Any]) -> bytes | FileBlocks | None:
        """In a thread: run the application; returns a whole body, a file to be sent, or None once streamed."""
        answer = self.app(environ, self._start_response)
        if isinstance(answer, FileBlocks):
            return answer
        try:
            if getattr(answer, "streaming", True) is False:
                return b"".join(answer)
            for chunk in answer:
                if chunk:
                    self._push(chunk)
            self._push(b"", more=False)
            return None
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        self.head = {
            "type": "http.response.start",
            "status": int(status[:3]),
            "headers": [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers],
        }
        return self._push

    def _push(self, chunk: bytes, more: bool = True) -> None:
        """From a thread: send one chunk and wait until the client can take the next. Raises ClientGone."""
        future = asyncio.run_coroutine_threadsafe(self._send(chunk, more=more), self.loop)
        try:
            future.result(STALL_TIMEOUT_S)
        except TimeoutError as error:
            future.cancel()
            raise ClientGone("the client takes no more") from error

    async def _send(self, chunk: bytes, *, more: bool) -> None:
        if not self.head_sent:
            self.head_sent = True
            await self.send(self.head)
            if more and self.body_ended:
                self.gone = self.loop.create_task(self._watch())
        if self.gone is not None and self.gone.done():
            raise ClientGone("the client has gone")
        await self.send({"type": "http.response.body", "body": chunk, "more_body": more})

    async def _watch(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def _send_file(self, blocks: FileBlocks, method: str) -> None:
        """Send up to Content-Length bytes from where the file stands."""
        left = next(
            (int(value) for name, value in self.head["headers"] if name == b"content-length"), sys.maxsize
        )
        try:
            while left > 0 and method != "HEAD":
                chunk = await self.loop.run_in_executor(self.pool, blocks.read, left)
                if not chunk:
                    break
                left -= len(chunk)
                await asyncio.wait_for(self._send(chunk, more=True), STALL_TIMEOUT_S * 10)
            await self._send(b"", more=False)
        except TimeoutError as error:
            raise ClientGone("the client takes no more") from error
        finally:
            await self.loop.run_in_executor(self.pool, blocks.close)


def environ_build(scope: Scope, body: Any) -> dict[str, Any]:
    """The WSGI environment of an ASGI HTTP scope (PEP 3333)."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client")
    raw_path = scope.get("raw_path") or scope["path"].encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw_path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBlocks,
    }
    if client is not None:
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = client[0], str(client[1])
    for raw_name, raw_value in scope["headers"]:
        # `X_Request_ID` would pass for `X-Request-ID`: proxies filter the one and not the other.
        if b"_" in raw_name:
            continue
        name, value = raw_name.decode("latin-1").upper().replace("-", "_"), raw_value.decode("latin-1")
        key = name if name in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{name}"
        if key in environ:
            value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        environ[key] = value
    return environ


async def _next(receive: Receive) -> Message:
    return await receive()
