"""Requests to addresses people typed: every resolved address is checked, then pinned; redirects are not followed."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import httpx

from backend.core.errors import BadInput, Unavailable

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class PinnedUrl:
    """An address that was checked: `url` carries the IP, `host` goes into the Host header and TLS name."""

    url: str
    host: str
    address: str


def url_pin(
    url: str, *, allowed_hosts: Collection[str] = (), schemes: Collection[str] = ("http", "https")
) -> PinnedUrl:
    """Resolve and check a URL. Raises BadInput for schemes and addresses that are not let out.

    Public addresses are always allowed; a private or loopback one only when its host is in `allowed_hosts`.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in schemes or not host:
        raise BadInput(f"The address must start with {' or '.join(sorted(schemes))}://.")
    if parts.username or parts.password:
        raise BadInput("Put no user name or password into the address.")
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, ValueError) as error:
        raise BadInput(f"{host} cannot be found.") from error
    if host not in allowed_hosts:
        refused = [address for address in found if not _is_public(address)]
        if refused:
            raise BadInput(
                f"{host} leads to {refused[0]}, which is inside this network. "
                "An operator can allow it with SITELOOP_OUTGOING_ALLOWED_HOSTS."
            )
    address = sorted(found)[0]
    shown = f"[{address}]" if ":" in address else address
    netloc = f"{shown}:{parts.port}" if parts.port else shown
    return PinnedUrl(urlunsplit((parts.scheme, netloc, parts.path, parts.query, "")), parts.netloc, address)


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.split("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _is_public(str(address.ipv4_mapped))
        if address in _NAT64:
            return _is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return address.is_global and not address.is_multicast


def post_bytes(
    url: str,
    content: bytes,
    *,
    media_type: str,
    allowed_hosts: Collection[str],
    timeout_s: float,
    max_bytes: int,
) -> bytes:
    """POST to a checked address and return the body. Raises BadInput or Unavailable, never follows redirects."""
    pinned = url_pin(url, allowed_hosts=allowed_hosts)
    headers = {"Host": pinned.host, "Content-Type": media_type}
    extensions = {"sni_hostname": pinned.host.split(":")[0]}
    try:
        with (
            httpx.Client(timeout=timeout_s, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST", pinned.url, content=content, headers=headers, extensions=extensions
            ) as response,
        ):
            if response.status_code != 200:
                raise Unavailable(f"{pinned.host} answered {response.status_code}.")
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > max_bytes:
                    raise Unavailable(f"{pinned.host} answered with more than {max_bytes} bytes.")
            return bytes(body)
    except httpx.HTTPError as error:
        raise Unavailable(f"{pinned.host} did not answer: {type(error).__name__}.") from error
