"""The bridge between the event loop and Django's threads, over real sockets."""

from __future__ import annotations

import http.client
import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from backend.core.wsgi_bridge import BODY_BUFFER_MAX_BYTES, FileBlocks, WsgiBridge, environ_build


@contextmanager
def serving(app: Any, threads: int = 2) -> Iterator[int]:
    """Serve a WSGI application behind the bridge on a free loopback port."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        WsgiBridge(app, threads=threads), log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def fetch(port: int, path: str = "/", method: str = "GET", body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body=body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


class Plain:
    """An answer in one piece, as Django's HttpResponse is."""

    streaming = False

    def __init__(self, *parts: bytes) -> None:
        self.parts = parts
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def close(self) -> None:
        self.closed.set()


def answering(make: Callable[[dict[str, Any]], Any], headers: list[tuple[str, str]] | None = None) -> Any:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        body = make(environ)
        start_response("200 OK", headers or [("Content-Type", "text/plain")])
        return body

    return app


def test_a_plain_answer_arrives_whole_and_is_closed() -> None:
    answer = Plain(b"one ", b"two")
    with serving(answering(lambda environ: answer)) as port:
        assert fetch(port) == (200, b"one two")
    assert answer.closed.wait(5)


@pytest.mark.parametrize("size", [0, 10, BODY_BUFFER_MAX_BYTES, BODY_BUFFER_MAX_BYTES * 9 + 1])
def test_a_request_body_arrives_unchanged(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    app = answering(lambda environ: Plain(environ["wsgi.input"].read()))
    with serving(app) as port:
        assert fetch(port, method="POST", body=body) == (200, body)


def test_an_upload_broken_off_raises_in_the_view() -> None:
    seen: list[str] = []
    done = threading.Event()

    def read(environ: dict[str, Any]) -> Plain:
        try:
            while environ["wsgi.input"].read(65536):
                pass
        except OSError as error:
            seen.append(str(error))
        done.set()
        return Plain(b"")

    with serving(answering(read)) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" + bytes(400_000))
        assert done.wait(10)
    assert seen == ["the client broke off the upload"]


def test_a_generator_is_closed_when_the_client_goes_and_its_thread_serves_again() -> None:
    closed = threading.Event()

    def endless(environ: dict[str, Any]) -> Iterator[bytes]:
        if environ["PATH_INFO"] != "/endless":
            yield b"ok"
            return
        try:
            while True:
                yield bytes(65536)
        finally:
            closed.set()

    with serving(answering(endless), threads=1) as port:
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        assert closed.wait(10)
        assert fetch(port) == (200, b"ok")


def test_a_file_is_cut_at_its_content_length_and_paused_readers_hold_no_thread() -> None:
    class File(io.BytesIO):
        closed_event = threading.Event()

        def close(self) -> None:
            self.closed_event.set()
            super().close()

    def make(environ: dict[str, Any]) -> Any:
        return FileBlocks(File(b"x" * 50_000_000), 4096) if environ["PATH_INFO"] == "/file" else Plain(b"ok")

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        length = "40000000" if environ["PATH_INFO"] == "/file" else "2"
        start_response("200 OK", [("Content-Length", length)])
        return make(environ)

    with serving(app, threads=1) as port:
        with socket.create_connection(("127.0.0.1", port)) as paused:
            paused.sendall(b"GET /file HTTP/1.1\r\nHost: x\r\n\r\n")
            assert paused.recv(100).startswith(b"HTTP/1.1 200")
            # The only thread is free although nobody reads the file's other 40 MB.
            assert fetch(port) == (200, b"ok")
        assert File.closed_event.wait(10)
        assert fetch(port, "/file")[1] == b"x" * 40_000_000


def test_environ_keeps_the_bytes_of_the_path_and_drops_headers_with_underscores() -> None:
    environ = environ_build(
        {
            "method": "GET",
            "path": "/\ufffd",
            "raw_path": b"/%C3%A4/%FF",
            "query_string": b"a=1",
            "http_version": "1.1",
            "headers": [
                (b"x-request-id", b"good"),
                (b"x_request_id", b"forged"),
                (b"cookie", b"a=1"),
                (b"cookie", b"b=2"),
                (b"accept", b"x"),
                (b"accept", b"y"),
            ],
        },
        None,
    )
    assert environ["PATH_INFO"].encode("latin-1") == b"/\xc3\xa4/\xff"
    assert environ["HTTP_X_REQUEST_ID"] == "good"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "x,y"
