"""COCO's compressed run lengths: text of 6-bit groups, differences to the run before the last from the fourth on."""

from __future__ import annotations

from collections.abc import Sequence

from ml.errors import GeometryError

_BASE = 48
_MORE = 0x20
_SIGN = 0x10


def counts_encode(counts: Sequence[int]) -> str:
    """Uncompressed counts (column-major, background first) as COCO's text."""
    out: list[str] = []
    for index, count in enumerate(counts):
        value = int(count) - (int(counts[index - 2]) if index > 2 else 0)
        more = True
        while more:
            group = value & 0x1F
            value >>= 5
            more = value != -1 if group & _SIGN else value != 0
            out.append(chr((group | _MORE if more else group) + _BASE))
    return "".join(out)


def counts_decode(text: str) -> list[int]:
    """The counts of COCO's text. Raises GeometryError for foreign characters, a cut-off run or one below 0."""
    counts: list[int] = []
    value, shift = 0, 0
    for char in text:
        group = ord(char) - _BASE
        if not 0 <= group < 64 or shift > 60:
            raise GeometryError("The run lengths hold a character that COCO's form does not know.")
        value |= (group & 0x1F) << shift
        shift += 5
        if group & _MORE:
            continue
        if group & _SIGN:
            value |= -1 << shift
        if len(counts) > 2:
            value += counts[-2]
        if value < 0:
            raise GeometryError("The run lengths hold a run below zero.")
        counts.append(value)
        value, shift = 0, 0
    if shift:
        raise GeometryError("The run lengths end in the middle of a run.")
    return counts
