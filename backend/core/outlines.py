"""What exports and trainings need of a region, whatever its shape: a box, an outline or pixels, keypoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, pi, radians, sin
from typing import Any

from ml.contracts import Polygon, RleMask
from ml.geometry.raster import polygon_to_rle
from ml.geometry.rle import counts_decode, counts_encode

Point = tuple[float, float]
# As the editor draws an ellipse: at a radius of 1,000 px no more than 1.2 px off the true curve.
ELLIPSE_CORNERS = 64
# Lines and single points have no inside: neither COCO instances nor YOLO know them. Of a track ask `tracks.region_at`.
WITHOUT_AREA = frozenset({"polyline", "points", "tag", "track"})
# Thins the outline of a mask where a format knows no pixels, pixels.
MASK_OUTLINE_TOLERANCE_PX = 0.35


@dataclass(frozen=True, slots=True)
class Outline:
    """Picture pixels. `box` xyxy; `ring` the outer border, () for upright boxes and skeletons.

    `rle`: COCO's compressed run lengths of the whole picture, of what a ring cannot say (masks, holes).
    `keypoints`: x, y and 0 (absent), 1 (covered) or 2 (visible) of a skeleton, in its template's order.
    """

    box: tuple[float, float, float, float]
    ring: tuple[Point, ...] = ()
    rle: dict[str, Any] | None = None
    pixels: int = 0
    keypoints: tuple[tuple[float, float, int], ...] = ()

    @property
    def area(self) -> float:
        """Square pixels: counted where there are pixels, else of the ring, else of the box."""
        if self.rle is not None:
            return float(self.pixels)
        if not self.ring:
            return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])
        turned = [*self.ring[1:], self.ring[0]]
        return abs(sum(x * ny - nx * y for (x, y), (nx, ny) in zip(self.ring, turned, strict=True))) / 2


def outline_of(region: Mapping[str, Any], width: int, height: int) -> Outline | None:
    """The outline of a stored region on a picture of that size; None for shapes without an area."""
    shape, geometry = region["shape"], region["geometry"]
    if shape in WITHOUT_AREA:
        return None
    if shape == "mask":
        return _mask(geometry["mask"], width, height)
    if shape == "skeleton":
        points = tuple((float(x), float(y), int(v)) for x, y, v in geometry["keypoints"])
        seen = [(x, y) for x, y, v in points if v]
        return Outline(_bounds(seen), keypoints=points)
    if shape == "box" and not geometry.get("rotation"):
        x1, y1, x2, y2 = (float(value) for value in geometry["box"])
        return Outline((x1, y1, x2, y2))
    if shape == "polygon" and geometry.get("holes"):
        return _with_holes(geometry, width, height)
    ring = tuple(_ring(shape, geometry))
    return Outline(_bounds(ring), ring)


def _ring(shape: str, geometry: Mapping[str, Any]) -> list[Point]:
    if shape == "polygon":
        return [(float(x), float(y)) for x, y in geometry["points"]]
    if shape == "box":
        return turned_corners(geometry["box"], float(geometry["rotation"]))
    if shape == "ellipse":
        (cx, cy), (rx, ry) = geometry["center"], geometry["radii"]
        turn = radians(float(geometry.get("rotation") or 0.0))
        steps = [2 * pi * index / ELLIPSE_CORNERS for index in range(ELLIPSE_CORNERS)]
        around = [(rx * cos(step), ry * sin(step)) for step in steps]
        return [(cx + x * cos(turn) - y * sin(turn), cy + x * sin(turn) + y * cos(turn)) for x, y in around]
    return _hull([(float(x), float(y)) for x, y in (*geometry["front"], *geometry["back"])])


def _hull(points: list[Point]) -> list[Point]:
    """The convex hull (Andrew's chain): the border of a cuboid as it is seen."""

    def chain(ordered: list[Point]) -> list[Point]:
        kept: list[Point] = []
        for x, y in ordered:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], (x, y)) <= 0:
                kept.pop()
            kept.append((x, y))
        return kept[:-1]

    ordered = sorted(set(points))
    return chain(ordered) + chain(ordered[::-1])


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _bounds(points: tuple[Point, ...] | list[Point]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _with_holes(geometry: Mapping[str, Any], width: int, height: int) -> Outline:
    ring = tuple((float(x), float(y)) for x, y in geometry["points"])
    holes = tuple(tuple((float(x), float(y)) for x, y in hole) for hole in geometry["holes"])
    counted = polygon_to_rle(Polygon(ring, holes), height, width)
    rle = {"size": [height, width], "counts": counts_encode(counted.counts)}
    return Outline(_bounds(ring), ring, rle, sum(counted.counts[1::2]))


def _mask(mask: Mapping[str, Any], width: int, height: int) -> Outline:
    """The crop's run lengths, spread over the whole picture column by column."""
    x, y, crop_height = int(mask["x"]), int(mask["y"]), int(mask["height"])
    counts: list[int] = []
    at = end = 0
    for index, run in enumerate(counts_decode(mask["counts"])):
        stop = at + run
        while index % 2 and at < stop:
            column, row = divmod(at, crop_height)
            length = min(stop - at, crop_height - row)
            start = (x + column) * height + y + row
            if counts and start == end:
                counts[-1] += length
            else:
                counts += [start - end, length]
            end = start + length
            at += length
        at = stop
    if width * height > end:
        counts.append(width * height - end)
    rle = {"size": [height, width], "counts": counts_encode(counts)}
    box = (float(x), float(y), float(x + int(mask["width"])), float(y + crop_height))
    return Outline(box, _largest_ring(mask), rle, sum(counts[1::2]))


def _largest_ring(mask: Mapping[str, Any]) -> tuple[Point, ...]:
    """The border of the mask's largest island, for formats that know no pixels."""
    # OpenCV is not for the web process, which imports this module but writes no masks at its start.
    from ml.geometry.masks import mask_to_polygons, rle_to_mask

    counts = tuple(counts_decode(mask["counts"]))
    crop = rle_to_mask(RleMask(height=int(mask["height"]), width=int(mask["width"]), counts=counts))
    islands = mask_to_polygons(crop, MASK_OUTLINE_TOLERANCE_PX)
    rings = [island.points for island in islands if len(island.points) >= 3]
    return tuple((px + mask["x"], py + mask["y"]) for px, py in rings[0]) if rings else ()


def turned_corners(box: list[float], degrees: float) -> list[Point]:
    """Corners of a box turned clockwise by degrees about its middle (pixels, y down)."""
    x1, y1, x2, y2 = box
    middle_x, middle_y, c, s = (x1 + x2) / 2, (y1 + y2) / 2, cos(radians(degrees)), sin(radians(degrees))
    return [
        (
            middle_x + (x - middle_x) * c - (y - middle_y) * s,
            middle_y + (x - middle_x) * s + (y - middle_y) * c,
        )
        for x, y in ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
    ]
