"""Secrets at rest: what was typed once, is needed again by this server, and is shown to nobody."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# A key of its own, derived from the server's: a leak of one use tells nothing of another.
_PURPOSE = b"siteloop secrets at rest, 1"


class Unsealable(Exception):
    """Sealed under another key, or changed since."""


def seal(text: str) -> str:
    """Encrypt and sign text under this server's key (AES-128-CBC with HMAC-SHA256)."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed. Raises Unsealable when the server's key is another one by now."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unsealable("It was stored under another key of this server.") from error


def _fernet() -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
