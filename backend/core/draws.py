"""Draws that fall the same whenever they are asked for."""

from __future__ import annotations

DIGEST_BYTES = 8


def share_of(digest: bytes) -> float:
    """Where an evenly spread digest of at least 8 bytes lies in 0..1."""
    return int.from_bytes(digest[:DIGEST_BYTES], "big") / float(2 ** (8 * DIGEST_BYTES))
