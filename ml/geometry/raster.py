"""Which pixels an outline holds: those whose middle lies inside, even-odd, as the editor counts them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ml.contracts import Polygon, RleMask


def polygon_to_rle(polygon: Polygon, height: int, width: int) -> RleMask:
    """COCO's uncompressed counts (column-major, background first) of the pixels inside a polygon with holes."""
    crossings: list[list[float]] = [[] for _ in range(width)]
    for ring in (polygon.points, *polygon.holes):
        _cross_columns(ring, crossings)
    counts: list[int] = []
    end = 0
    for column, ys in enumerate(crossings):
        ys.sort()
        for low, high in zip(ys[::2], ys[1::2], strict=True):
            first = min(max(math.ceil(low - 0.5), 0), height)
            last = min(max(math.ceil(high - 0.5), 0), height)
            if last <= first:
                continue
            start = column * height + first
            if counts and start == end:
                counts[-1] += last - first
            else:
                counts += [start - end, last - first]
            end = start + last - first
    if end < width * height:
        counts.append(width * height - end)
    return RleMask(height=height, width=width, counts=tuple(counts))


def _cross_columns(ring: Sequence[tuple[float, float]], crossings: list[list[float]]) -> None:
    """Where each edge crosses the middles of columns; an edge owns its left end, not its right."""
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        (x1, y1), (x2, y2) = (a, b) if a[0] <= b[0] else (b, a)
        if x1 == x2:
            continue
        slope = (y2 - y1) / (x2 - x1)
        first = max(math.ceil(x1 - 0.5), 0)
        for column in range(first, min(math.ceil(x2 - 0.5), len(crossings))):
            crossings[column].append(y1 + (column + 0.5 - x1) * slope)
