"""Requests to addresses people typed: every resolved address is checked, then pinned; redirects are not followed."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

import httpx

from backend.core.errors import BadInput, Unavailable

# Ways to write an IPv4 address as an IPv6 one that a gateway may turn back.
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
PORTS = {"https": 443, "http": 80, "rtsp": 554}
_COMPATIBLE = ipaddress.ip_network("::/96")

CONNECT_TIMEOUT_S = 3.0
_MEANING = {
    301: " (it sends elsewhere; type that address instead)",
    302: " (it sends elsewhere; type that address instead)",
    401: " (name or password is missing or wrong)",
    403: " (this name may not watch)",
    404: " (there is nothing at this path)",
}


@dataclass(frozen=True, slots=True)
class PinnedUrl:
    """An address that was checked: `url` carries the IP, `host` goes into the Host header, `name` into TLS."""

    url: str
    host: str
    name: str
    address: str


def url_pin(
    url: str, *, allowed_hosts: Collection[str] = (), schemes: Collection[str] = ("http", "https")
) -> PinnedUrl:
    """Resolve and check a URL. Raises BadInput for schemes and addresses that are not let out.

    Public addresses are always allowed; a private or loopback one only when its host is in `allowed_hosts`, or
    every address it leads to in one of the networks named there (`192.168.7.0/24`).
    """
    parts, host, port = _parts(url, schemes)
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, ValueError) as error:
        raise BadInput(f"{host} cannot be found.") from error
    if host not in allowed_hosts and not _in_allowed_network(found, allowed_hosts):
        refused = [address for address in sorted(found) if not is_public(address)]
        if refused:
            raise BadInput(
                f"{host} leads to {refused[0]}, which is inside this network. "
                "An operator can allow it with SITELOOP_OUTGOING_ALLOWED_HOSTS."
            )
    address = sorted(found)[0]
    shown, name = _bracketed(address), _bracketed(host)
    suffix = f":{parts.port}" if parts.port else ""
    pinned = urlunsplit((parts.scheme, f"{shown}{suffix}", parts.path, parts.query, ""))
    return PinnedUrl(pinned, f"{name}{suffix}", host, address)


def _in_allowed_network(found: Collection[str], allowed: Collection[str]) -> bool:
    networks = [ipaddress.ip_network(entry, strict=False) for entry in allowed if "/" in entry]
    return bool(networks) and all(
        any(ipaddress.ip_address(text.split("%")[0]) in network for network in networks) for text in found
    )


def _parts(url: str, schemes: Collection[str]) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        # International names go out in their ASCII form, the only one a Host header may carry.
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError as error:
        raise BadInput("This is not an address.") from error
    if parts.scheme not in schemes or not host:
        raise BadInput(f"The address must start with {' or '.join(sorted(schemes))}://.")
    if parts.username is not None or parts.password is not None:
        raise BadInput("Put no user name or password into the address.")
    return parts, host, port or PORTS.get(parts.scheme, 0)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_public(text: str) -> bool:
    """Whether an IP address is one of the internet's, however it is written."""
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo is not None:
            return False
        if inner is not None:
            return is_public(str(inner))
        if any(address in network for network in (*_NAT64, _COMPATIBLE)):
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast and not address.is_reserved


@contextmanager
def _open(
    method: str,
    pinned: PinnedUrl,
    *,
    timeout: httpx.Timeout,
    content: bytes | None = None,
    media_type: str = "",
    auth: httpx.Auth | None = None,
    more_headers: Mapping[str, str] | None = None,
    accepted: Collection[int] = (200,),
) -> Iterator[httpx.Response]:
    """A streamed answer of an accepted status from a checked address. Raises Unavailable."""
    # A packed answer could unpack to anything: none is asked for, and none is unpacked.
    headers = {**(more_headers or {}), "Host": pinned.host, "Accept-Encoding": "identity"}
    if media_type:
        headers["Content-Type"] = media_type
    name = {"sni_hostname": pinned.name}
    try:
        with (
            httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
            client.stream(
                method, pinned.url, headers=headers, content=content, extensions=name, auth=auth
            ) as response,
        ):
            if response.status_code not in accepted:
                raise Unavailable(
                    f"{pinned.host} answered {response.status_code}{_MEANING.get(response.status_code, '')}."
                )
            yield response
    except httpx.HTTPError as error:
        raise Unavailable(f"{pinned.host} did not answer{_trouble(error)}.") from error


def _trouble(error: httpx.HTTPError) -> str:
    """What went wrong, in words that say where to look."""
    if isinstance(error, httpx.ConnectTimeout):
        return ": it is switched off, or a firewall keeps this machine away"
    if isinstance(error, httpx.TimeoutException):
        return " in time: it took the connection and then said nothing"
    if isinstance(error, httpx.ConnectError):
        return ": nothing listens at that address and port, or the certificate is not trusted"
    return ": it broke off in the middle, or does not speak HTTP"


def post_bytes(
    url: str,
    content: bytes,
    *,
    media_type: str,
    allowed_hosts: Collection[str],
    timeout_s: float,
    max_bytes: int,
    headers: Mapping[str, str] | None = None,
    accepted: Collection[int] = (200,),
) -> bytes:
    """POST to a checked address and return the body. Raises BadInput or Unavailable, never follows redirects.

    `timeout_s` bounds each wait and the whole answer.
    """
    pinned = url_pin(url, allowed_hosts=allowed_hosts)
    end_s, body = time.monotonic() + timeout_s, bytearray()
    timeout = httpx.Timeout(timeout_s)
    with _open(
        "POST",
        pinned,
        timeout=timeout,
        content=content,
        media_type=media_type,
        more_headers=headers,
        accepted=accepted,
    ) as response:
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > max_bytes:
                raise Unavailable(f"{pinned.host} answered with more than {max_bytes} bytes.")
            if time.monotonic() > end_s:
                raise Unavailable(f"{pinned.host} took more than {timeout_s:.0f} seconds to answer.")
    return bytes(body)


@contextmanager
def get_stream(
    url: str,
    *,
    allowed_hosts: Collection[str],
    connect_timeout_s: float,
    read_timeout_s: float,
    credentials: tuple[str, str] | None = None,
) -> Iterator[Iterator[bytes]]:
    """GET an endless answer from a checked address, as chunks. Raises BadInput or Unavailable.

    `credentials`: name and password, sent only once the server asks for them, as it asks (digest or basic).
    """
    timeout = httpx.Timeout(read_timeout_s, connect=connect_timeout_s)
    pinned = url_pin(url, allowed_hosts=allowed_hosts)
    auth = _AsAsked(*credentials) if credentials else None
    with _open("GET", pinned, timeout=timeout, auth=auth) as response:
        yield response.iter_raw()


def get_bytes(
    url: str,
    *,
    allowed_hosts: Collection[str],
    timeout_s: float,
    max_bytes: int,
    credentials: tuple[str, str] | None = None,
) -> bytes:
    """GET a whole answer from a checked address. Raises BadInput or Unavailable, never follows redirects."""
    end_s, body = time.monotonic() + timeout_s, bytearray()
    chunks = get_stream(
        url,
        allowed_hosts=allowed_hosts,
        connect_timeout_s=min(timeout_s, CONNECT_TIMEOUT_S),
        read_timeout_s=timeout_s,
        credentials=credentials,
    )
    with chunks as parts:
        for chunk in parts:
            body += chunk
            if len(body) > max_bytes:
                raise Unavailable(f"The answer is longer than {max_bytes} bytes.")
            if time.monotonic() > end_s:
                raise Unavailable(f"The answer took more than {timeout_s:.0f} seconds.")
    return bytes(body)


class _AsAsked(httpx.Auth):
    """Digest where the server asks for it, else basic; nothing before it asks."""

    def __init__(self, username: str, password: str) -> None:
        self._who = (username, password)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        response = yield request
        if response.status_code != 401:
            return
        asked = response.headers.get("www-authenticate", "").lower()
        digest = "digest" in asked
        flow = (httpx.DigestAuth if digest else httpx.BasicAuth)(*self._who).auth_flow(request)
        prepared = next(flow)
        try:
            yield flow.send(response) if digest else prepared
        except StopIteration:
            return
