"""A camera's address in its parts: what may be shown, and what is secret."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

HIDDEN = "•••"
# Cameras take names and passwords in queries too; what is named like one is treated like one.
_SECRET_WORDS = (
    "pass",
    "pwd",
    "pw",
    "user",
    "usr",
    "login",
    "token",
    "auth",
    "key",
    "secret",
    "sig",
    "session",
)


@dataclass(frozen=True, slots=True)
class Address:
    """`url` has no name or password in front of its host; a secret in its query is still there."""

    url: str
    username: str = ""
    password: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def credentials(self) -> tuple[str, str] | None:
        return (self.username, self.password) if self.username or self.password else None

    def full(self) -> str:
        """The whole address as it was typed, for sealing."""
        if not self.username and not self.password:
            return self.url
        parts = urlsplit(self.url)
        who = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}"
        return urlunsplit(parts._replace(netloc=f"{who}@{parts.netloc}"))

    def shown(self) -> str:
        """The address as anybody may read it."""
        parts = urlsplit(self.url)
        asked = parse_qsl(parts.query, keep_blank_values=True)
        said = (f"{quote(k)}={HIDDEN if _is_secret(k) else quote(v)}" for k, v in asked)
        query = "&".join(said) if self.has_secret else parts.query
        return urlunsplit(parts._replace(query=query, fragment=""))

    @property
    def has_secret(self) -> bool:
        query = parse_qsl(urlsplit(self.url).query, keep_blank_values=True)
        return bool(self.username or self.password or any(_is_secret(key) for key, _ in query))


def address_parse(text: str) -> Address:
    """Split an address as a person types it. Raises ValueError for what is none."""
    parts = urlsplit(text.strip())
    _ = parts.port  # raises where it is no number
    who, _at, place = parts.netloc.rpartition("@")
    name, _colon, word = who.partition(":")
    return Address(urlunsplit(parts._replace(netloc=place)), unquote(name), unquote(word))


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRET_WORDS)
