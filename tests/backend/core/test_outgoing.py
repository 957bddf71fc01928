"""What may be asked for on a person's behalf: public addresses, and private ones an operator named."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from backend.core.errors import BadInput, Unavailable
from backend.core.outgoing import is_public, post_bytes, url_pin
from tests.support.http_server import Answer, serve

LOCAL = ("127.0.0.1",)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_an_inner_address_is_not_public_however_it_is_written(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "64:ff9b::808:808"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        "http://8.8.8.8:99999/",
        "http://user@8.8.8.8/",
        "http://user:secret@8.8.8.8/",
        "http://@8.8.8.8/",
        "http://127.0.0.1:6379/",
        "http://[::ffff:169.254.169.254]/latest",
        "http://2130706433/",
        "http://0x7f.1/",
    ],
)
def test_an_address_that_may_not_be_asked_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        url_pin(url)


def test_the_pinned_address_keeps_path_query_and_host() -> None:
    pinned = url_pin("http://8.8.8.8:8080/a/b?c=1#d")
    assert pinned.url == "http://8.8.8.8:8080/a/b?c=1"
    assert (pinned.host, pinned.name, pinned.address) == ("8.8.8.8:8080", "8.8.8.8", "8.8.8.8")
    six = url_pin("https://[2606:2800:220:1::1]/x")
    assert six.url == "https://[2606:2800:220:1::1]/x"
    assert (six.host, six.name) == ("[2606:2800:220:1::1]", "2606:2800:220:1::1")


def _names(answers: dict[str, list[list[str]]]) -> Any:
    """A resolver that gives each name's answers one after the other."""

    def getaddrinfo(host: str, port: int, *_args: Any, **_kwargs: Any) -> list[Any]:
        found = answers[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    return getaddrinfo


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _names({"two.example": [["8.8.8.8", "10.0.0.7"]]}))
    with pytest.raises(BadInput, match="10.0.0.7"):
        url_pin("http://two.example/")


def test_a_name_that_changes_its_address_is_asked_at_the_one_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the name is resolved once, and the request goes to that address under that name."""
    with serve(Answer(200, b"{}")) as server:
        # The second answer would lead elsewhere; asking for it at all would fail the test with IndexError.
        monkeypatch.setattr(
            socket, "getaddrinfo", _pass_numbers({"rebind.example": [["127.0.0.1"]]}, socket.getaddrinfo)
        )
        body = post_bytes(
            f"http://rebind.example:{server.port}/score",
            b"picture",
            media_type="image/jpeg",
            allowed_hosts=("rebind.example",),
            timeout_s=5,
            max_bytes=100,
        )
    assert body == b"{}"
    [seen] = server.seen
    assert seen.headers["Host"] == f"rebind.example:{server.port}"
    assert (seen.path, seen.body, seen.headers["Content-Type"]) == ("/score", b"picture", "image/jpeg")


def _pass_numbers(names: dict[str, list[list[str]]], real: Any) -> Any:
    fake = _names(names)

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        text = host.decode() if isinstance(host, bytes) else host
        return fake(text, port) if text in names else real(host, port, *args, **kwargs)

    return getaddrinfo


def _post(port: int, **fields: Any) -> bytes:
    given = {
        "media_type": "image/jpeg",
        "allowed_hosts": LOCAL,
        "timeout_s": 5.0,
        "max_bytes": 1_000,
    } | fields
    return post_bytes(f"http://127.0.0.1:{port}/", b"x", **given)


def test_a_redirect_is_an_error_and_is_not_followed() -> None:
    answer = Answer(302, b"", {"Location": "http://169.254.169.254/latest"})
    with serve(answer) as server, pytest.raises(Unavailable, match="302"):
        _post(server.port)
    assert len(server.seen) == 1


def test_a_long_answer_is_cut_off() -> None:
    with serve(Answer(200, b"x" * 5_000)) as server, pytest.raises(Unavailable, match="more than 1000"):
        _post(server.port)


def test_a_packed_answer_is_not_unpacked() -> None:
    packed = b"\x1f\x8b not really gzip"
    with serve(Answer(200, packed, {"Content-Encoding": "gzip"})) as server:
        assert _post(server.port) == packed
    assert server.seen[0].headers["Accept-Encoding"] == "identity"


def test_nobody_there_and_no_answer_in_time_are_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(Unavailable, match="did not answer in time"):
            _post(silent.getsockname()[1], timeout_s=0.05)
        port = silent.getsockname()[1]
    with pytest.raises(Unavailable, match="nothing listens at that address and port"):
        _post(port)


def test_who_speaks_no_http_is_told_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def hang_up() -> None:
            connection, _ = other.accept()
            with connection:
                connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

        talking = threading.Thread(target=hang_up)
        talking.start()
        with pytest.raises(Unavailable, match="does not speak HTTP"):
            _post(other.getsockname()[1])
        talking.join()


def test_a_local_host_nobody_allowed_is_not_even_asked() -> None:
    with (
        serve(Answer(200, b"{}")) as server,
        pytest.raises(BadInput, match="SITELOOP_OUTGOING_ALLOWED_HOSTS"),
    ):
        _post(server.port, allowed_hosts=())
    assert server.seen == []
