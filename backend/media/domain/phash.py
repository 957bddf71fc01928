"""Perceptual hashes: 64-bit difference hashes as PostgreSQL sees them, and the bands that find near ones."""

from __future__ import annotations

NEAR_COPY_BITS = 4  # at most this many of 64 bits differ between near-copies
# With one band more than bits that may differ, two near-copies share at least one whole band.
BAND_COUNT = NEAR_COPY_BITS + 1
_BAND_BITS = (13, 13, 13, 13, 12)
_MASK_64 = (1 << 64) - 1


def to_signed(value: int) -> int:
    """PostgreSQL's bigint is signed."""
    return value - (1 << 64) if value >= 1 << 63 else value


def bands(signed: int) -> list[int]:
    """Five numbers, each naming its band and the hash's bits there."""
    value, found = signed & _MASK_64, []
    for index, width in enumerate(_BAND_BITS):
        found.append((index << 13) | (value & ((1 << width) - 1)))
        value >>= width
    return found


def distance(a: int, b: int) -> int:
    """Number of differing bits."""
    return ((a ^ b) & _MASK_64).bit_count()
