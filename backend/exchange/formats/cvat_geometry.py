"""Geometry from CVAT's XML attributes, in our own shapes."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from backend.exchange.formats.cvat_shapes import CORNERS, FACES
from backend.exchange.formats.neutral import LabelFound
from ml.geometry.rle import counts_encode

MASK_MAX_PIXELS = 256_000_000


class Odd(ValueError):
    """An object that cannot be read; the message is the note."""


def geometry_read(node: Element, label: LabelFound | None) -> dict[str, Any]:
    turn = {"rotation": float(node.attrib["rotation"])} if float(node.get("rotation") or 0) else {}
    if node.tag == "box":
        return {"box": [float(node.attrib[key]) for key in ("xtl", "ytl", "xbr", "ybr")], **turn}
    if node.tag in ("polygon", "polyline", "points"):
        return {"points": points_read(node.attrib["points"])}
    if node.tag == "ellipse":
        cx, cy, rx, ry = (float(node.attrib[key]) for key in ("cx", "cy", "rx", "ry"))
        return {"center": [cx, cy], "radii": [rx, ry], **turn}
    if node.tag == "cuboid":
        return {
            face: [[float(node.attrib[f"{axis}{corner}{number}"]) for axis in "xy"] for corner in CORNERS]
            for face, number in FACES
        }
    if node.tag == "mask":
        return {"mask": _mask(node)}
    if node.tag == "skeleton":
        return {"keypoints": _keypoints(node, label)}
    raise Odd(f"{node.tag[:40]} is no shape that is known: left out")


def points_read(text: str) -> list[list[float]]:
    return [[float(value) for value in pair.split(",")] for pair in text.split(";") if pair.strip()]


def _mask(node: Element) -> dict[str, Any]:
    """CVAT counts row by row within the crop; we store column by column."""
    left, top, width, height = (int(node.attrib[key]) for key in ("left", "top", "width", "height"))
    counts = np.array([int(part) for part in node.attrib["rle"].split(",")], dtype=np.int64)
    if min(width, height) < 1 or width * height > MASK_MAX_PIXELS or counts.min(initial=0) < 0:
        raise Odd("mask of an impossible size left out")
    if counts.sum() != width * height:
        raise Odd("mask whose run lengths do not fill it left out")
    # Brings OpenCV along, which the web process has no need of at its start.
    from ml.geometry.masks import mask_to_rle

    pixels = np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(height, width)
    return {
        "x": left,
        "y": top,
        "width": width,
        "height": height,
        "counts": counts_encode(mask_to_rle(pixels).counts),
    }


def _keypoints(node: Element, label: LabelFound | None) -> list[list[float]]:
    """In the template's order; a keypoint that is not there, or lies outside, is absent."""
    if label is None or label.skeleton is None:
        raise Odd("skeleton whose label has no template left out")
    found: dict[str, list[float]] = {}
    for each in node.iterfind("points"):
        [[x, y]] = points_read(each.attrib["points"])
        seen = 0 if each.get("outside") == "1" else 1 if each.get("occluded") == "1" else 2
        found[each.get("label") or ""] = [x, y, seen] if seen else [0.0, 0.0, 0]
    return [found.get(point["name"], [0.0, 0.0, 0]) for point in label.skeleton["points"]]
