"""Masks, polygons and COCO run lengths into each other, and their boxes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ml.contracts import Box, Polygon, RleMask
from ml.errors import GeometryError
from ml.geometry.arrays import Bools, points_2d

# Sub-pixel bits of OpenCV's polygon filling.
_SHIFT = 8


def mask_to_rle(mask: Bools) -> RleMask:
    """(H, W) bool to COCO's uncompressed counts: column-major, background first."""
    height, width = mask.shape
    flat = np.asarray(mask, dtype=bool).ravel(order="F")
    if flat.size == 0:
        return RleMask(height=height, width=width, counts=())
    change = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    counts = np.diff(np.concatenate([[0], change, [flat.size]]))
    lead = [0] if flat[0] else []
    return RleMask(height=height, width=width, counts=tuple(int(count) for count in [*lead, *counts]))


def crop_to_rle(pixels: Bools, left: int, top: int, height: int, width: int) -> RleMask:
    """As `mask_to_rle` of a picture (height, width) that is empty but for `pixels` (h, w) with their corner at (left, top)."""
    columns = np.zeros((height, pixels.shape[1]), dtype=bool)
    columns[top : top + pixels.shape[0]] = pixels
    counts = list(mask_to_rle(columns).counts)
    if not columns.any():
        return RleMask(height, width, (height * width,) if height * width else ())
    counts[0] += left * height
    after = (width - left - pixels.shape[1]) * height
    # Runs alternate from background: an even number of them ends in the foreground.
    if len(counts) % 2:
        counts[-1] += after
    elif after:
        counts.append(after)
    return RleMask(height, width, tuple(counts))


def rle_to_mask(rle: RleMask) -> Bools:
    """(H, W) bool. Raises GeometryError when the counts do not fill the picture."""
    counts = np.asarray(rle.counts, dtype=np.int64)
    if (counts < 0).any() or counts.sum() != rle.height * rle.width:
        raise GeometryError("The run lengths do not add up to the picture's size.")
    values = np.arange(len(counts)) % 2 == 1
    return np.asarray(np.repeat(values, counts).reshape((rle.height, rle.width), order="F"))


def rle_enlarged(rle: RleMask, height: int, width: int) -> RleMask:
    """The same mask of a picture (height, width), which this one is a smaller copy of; borders stay as coarse as they are.

    Only the part around the object is unpacked at the new size.
    """
    mask = rle_to_mask(rle)
    box = mask_box(mask)
    if box is None:
        return RleMask(height, width, (height * width,) if height * width else ())
    part = mask[int(box.y1) : int(box.y2), int(box.x1) : int(box.x2)].astype(np.uint8)
    left, right = (round(x * width / rle.width) for x in (box.x1, box.x2))
    top, bottom = (round(y * height / rle.height) for y in (box.y1, box.y2))
    size = (max(right - left, 1), max(bottom - top, 1))
    large = cv2.resize(part, size, interpolation=cv2.INTER_NEAREST)
    return crop_to_rle(np.asarray(large > 0), left, top, height, width)


def rle_union(one: RleMask, other: RleMask) -> RleMask:
    """Pixels of either of two masks of one picture."""
    return mask_to_rle(rle_to_mask(one) | rle_to_mask(other))


def rle_area(rle: RleMask) -> int:
    """Set pixels, without unpacking."""
    return sum(rle.counts[1::2])


def polygon_to_mask(polygon: Polygon, height: int, width: int) -> Bools:
    """(H, W) bool of a polygon in continuous pixels; holes are cut out. Empty size gives an empty mask."""
    canvas: NDArray[np.uint8] = np.zeros((height, width), dtype=np.uint8)
    if canvas.size:
        cv2.fillPoly(canvas, [_fixed(polygon.points)], 1, lineType=cv2.LINE_8, shift=_SHIFT)
        for hole in polygon.holes:
            cut = np.zeros_like(canvas)
            cv2.fillPoly(cut, [_fixed(hole)], 1, lineType=cv2.LINE_8, shift=_SHIFT)
            # A ring belongs to the filled side, for holes as for outlines: hence the line drawn back.
            cv2.polylines(cut, [_fixed(hole)], True, 0, 1, lineType=cv2.LINE_8, shift=_SHIFT)
            canvas[cut > 0] = 0
    return canvas.astype(bool)


def _fixed(points: Sequence[tuple[float, float]]) -> NDArray[np.int32]:
    array = points_2d(points)
    if len(array) < 3:
        raise GeometryError("A polygon needs at least three points.")
    # OpenCV's integers are pixel centres; ours are pixel corners.
    return np.asarray(np.round((array - 0.5) * (1 << _SHIFT)), dtype=np.int32)


def mask_to_polygons(mask: Bools, tolerance_px: float = 0.0) -> tuple[Polygon, ...]:
    """Outer rings of every blob with their holes, largest first; `tolerance_px` thins the outline.

    Points are centres of border pixels, so a filled polygon gives the same mask back (tolerance 0).
    Blobs of fewer than three border points (specks, lines) are left out.
    """
    found, tree = cv2.findContours(
        np.ascontiguousarray(mask, dtype=np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE
    )
    rings = [cv2.approxPolyDP(ring, tolerance_px, True) if tolerance_px else ring for ring in found]
    polygons: list[tuple[float, Polygon]] = []
    for index, ring in enumerate(rings):
        if tree[0][index][3] != -1 or len(ring) < 3:
            continue
        holes = tuple(
            _ring(rings[inner])
            for inner in range(len(rings))
            if tree[0][inner][3] == index and len(rings[inner]) >= 3
        )
        polygons.append((cv2.contourArea(found[index]), Polygon(points=_ring(ring), holes=holes)))
    polygons.sort(key=lambda pair: -pair[0])
    return tuple(polygon for _, polygon in polygons)


def _ring(contour: ArrayLike) -> tuple[tuple[float, float], ...]:
    return tuple((float(x) + 0.5, float(y) + 0.5) for x, y in np.asarray(contour).reshape(-1, 2))


def mask_box(mask: Bools) -> Box | None:
    """Tight half-open box of the set pixels, None for an empty mask."""
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    if len(rows) == 0:
        return None
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def polygon_box(polygon: Polygon) -> Box:
    """Bounds of a polygon's outer ring."""
    array = points_2d(polygon.points)
    if len(array) < 3:
        raise GeometryError("A polygon needs at least three points.")
    low, high = array.min(axis=0), array.max(axis=0)
    return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1]))
