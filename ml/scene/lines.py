"""Who crossed which directed line: on the foot point, dated to the crossing, with hysteresis in space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ml.errors import GeometryError


class Direction(StrEnum):
    """Seen by somebody who walks from the line's start to its end, in the line's own axes (x right, y up):
    `FORWARD` goes from the left to the right."""

    FORWARD = "forward"
    BACKWARD = "backward"


@dataclass(frozen=True, slots=True)
class Line:
    """A directed line in image pixels or ground metres; `margin` (same unit) is how far past it somebody must come."""

    id: str
    start: tuple[float, float]
    end: tuple[float, float]
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class LineEvent:
    """`time_s` is when the foot was on the line, not when it was believed."""

    line_id: str
    track_id: int
    direction: Direction
    time_s: float


@dataclass(slots=True)
class _Side:
    """On which side a track is believed to be, its last look there, and the look before this one."""

    sign: int
    seen_s: float
    last: tuple[float, float, float]
    crossed: tuple[float, float] | None = None


class LineWatcher:
    """Crossings of one camera's lines. Not thread-safe."""

    def __init__(self, lines: Sequence[Line], lost_s: float = 2.0) -> None:
        """`lost_s`: a track unseen this long is forgotten. Raises GeometryError for a line without length."""
        for line in lines:
            if line.start == line.end:
                raise GeometryError("A line needs two different ends.")
        self._lines = tuple(lines)
        self._lost_s = lost_s
        self._sides: dict[tuple[str, int], _Side] = {}

    def update(self, time_s: float, feet: Mapping[int, tuple[float, float]]) -> list[LineEvent]:
        """Take the foot points by track id (confirmed tracks only, in the lines' space) and tell who crossed."""
        self._sides = {key: side for key, side in self._sides.items() if time_s - side.seen_s <= self._lost_s}
        events = []
        for line in self._lines:
            for track_id, foot in feet.items():
                event = self._seen(line, track_id, foot, time_s)
                if event is not None:
                    events.append(event)
        return events

    def _seen(self, line: Line, track_id: int, foot: tuple[float, float], time_s: float) -> LineEvent | None:
        off, along = line_place(line, foot)
        key = (line.id, track_id)
        side = self._sides.get(key)
        sign = 1 if off > 0 else -1
        if side is None:
            # A track that begins within the margin may be on either side: wait until it is clear.
            if abs(off) > line.margin or line.margin == 0:
                self._sides[key] = _Side(sign, time_s, (time_s, off, along))
            return None
        before_s, before, before_along = side.last
        side.seen_s, side.last = time_s, (time_s, off, along)
        if (before > 0) != (off > 0):
            share = before / (before - off)
            side.crossed = (
                before_s + share * (time_s - before_s),
                before_along + share * (along - before_along),
            )
        if sign == side.sign or abs(off) <= line.margin:
            return None
        side.sign = sign
        # Past an end of the line is round it, not over it.
        if side.crossed is None or not 0.0 <= side.crossed[1] <= 1.0:
            return None
        return LineEvent(
            line.id, track_id, Direction.BACKWARD if sign > 0 else Direction.FORWARD, side.crossed[0]
        )


def line_place(line: Line, foot: tuple[float, float]) -> tuple[float, float]:
    """Signed distance to the line's left in its unit, and place along it, 0..1 between its ends."""
    dx, dy = line.end[0] - line.start[0], line.end[1] - line.start[1]
    x, y = foot[0] - line.start[0], foot[1] - line.start[1]
    squared = dx * dx + dy * dy
    return (dx * y - dy * x) / squared**0.5, (dx * x + dy * y) / squared
