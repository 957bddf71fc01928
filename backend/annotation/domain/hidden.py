"""Which of the pictures a person is handed are hidden tasks."""

from __future__ import annotations

from backend.core.draws import share_of


def is_drawn(digest: bytes, share: float) -> bool:
    """Whether the draw of `digest` (at least 8 bytes, evenly spread) falls into the `share` (0..1) of hidden tasks."""
    return share_of(digest) < share
