"""Reads CVAT for images 1.1 into our own shapes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from backend.exchange.errors import ImportRefused
from backend.exchange.formats.cvat import CORNERS, FACES, XML_FILE
from backend.exchange.formats.cvat_labels import labels_read
from backend.exchange.formats.neutral import Drawn, Found, LabelFound, Pictured, labels_used
from backend.exchange.formats.pictures import picture_find
from ml.data.loaded import Notes, group_of
from ml.geometry.rle import counts_encode

MAX_XML_BYTES = 500_000_000
MASK_MAX_PIXELS = 256_000_000


class _Odd(ValueError):
    """An object that cannot be read; the message is the note."""


def cvat_read(folder: Path) -> Found:
    """Read `annotations.xml` below `folder`. Raises ImportRefused; odd objects are left out and noted."""
    paths = [path for path in sorted(folder.rglob(XML_FILE)) if path.is_file()]
    if not paths:
        raise ImportRefused(f"{folder.name} has no {XML_FILE}: it is no export of CVAT for images.")
    notes, pictures = Notes(), []
    labels: dict[str, LabelFound] = {}
    for path in paths:
        root = _root(path)
        labels |= labels_read(root)
        if tracks := len(root.findall("track")):
            notes.add(
                "tracks of a video left out: import the video's frames as images instead", f"{tracks} tracks"
            )
        for node in root.iterfind("image"):
            picture = _picture(folder, node, labels, notes)
            if picture is not None:
                pictures.append(picture)
    if not pictures:
        raise ImportRefused(f"Not one picture that {XML_FILE} names is in {folder.name}.")
    return Found(pictures, labels_used(pictures, labels), notes.lines())


def _root(path: Path) -> Element:
    if path.stat().st_size > MAX_XML_BYTES:
        raise ImportRefused(f"{path.name} is larger than {MAX_XML_BYTES // 1_000_000} MB.")
    try:
        root: Element = parse(path).getroot()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ImportRefused(f"{path.name} is not readable XML.") from error
    if root.tag != "annotations":
        raise ImportRefused(f"{path.name} is not CVAT's: it begins with {root.tag[:40]}.")
    return root


def _picture(folder: Path, node: Element, labels: Mapping[str, LabelFound], notes: Notes) -> Pictured | None:
    subset = node.get("subset") or "default"
    ref = picture_find(folder, node.get("name") or "", notes, more=(f"images/{subset}",))
    if ref is None:
        return None
    objects: list[Drawn] = []
    tags: list[str] = []
    for child in node:
        if child.tag == "tag":
            tags.append(child.get("label") or "")
            continue
        try:
            objects.append(_drawn(child, labels, ref.id))
        except _Odd as odd:
            notes.add(str(odd), ref.id)
        except (KeyError, ValueError, TypeError):
            notes.add(f"{child.tag} that cannot be read left out", ref.id)
    return Pictured(ref.id, ref.path, group_of(ref.path.name), tuple(objects), tuple(filter(None, tags)))


def _drawn(node: Element, labels: Mapping[str, LabelFound], picture: str) -> Drawn:
    label = node.get("label")
    if not label:
        raise _Odd(f"{node.tag} without a label left out")
    group = node.get("group_id") or "0"
    return Drawn(
        label=label,
        shape=node.tag,
        geometry=_geometry(node, labels.get(label)),
        attributes={str(each.get("name")): each.text or "" for each in node.iterfind("attribute")},
        z_index=int(node.get("z_order") or 0),
        occluded=node.get("occluded") == "1",
        group="" if group == "0" else f"{picture}:{group}",
    )


def _geometry(node: Element, label: LabelFound | None) -> dict[str, Any]:
    turn = {"rotation": float(node.attrib["rotation"])} if float(node.get("rotation") or 0) else {}
    if node.tag == "box":
        return {"box": [float(node.attrib[key]) for key in ("xtl", "ytl", "xbr", "ybr")], **turn}
    if node.tag in ("polygon", "polyline", "points"):
        return {"points": _points(node.attrib["points"])}
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
    raise _Odd(f"{node.tag[:40]} is no shape that is known: left out")


def _points(text: str) -> list[list[float]]:
    return [[float(value) for value in pair.split(",")] for pair in text.split(";") if pair.strip()]


def _mask(node: Element) -> dict[str, Any]:
    """CVAT counts row by row within the crop; we store column by column."""
    left, top, width, height = (int(node.attrib[key]) for key in ("left", "top", "width", "height"))
    counts = np.array([int(part) for part in node.attrib["rle"].split(",")], dtype=np.int64)
    if min(width, height) < 1 or width * height > MASK_MAX_PIXELS or counts.min(initial=0) < 0:
        raise _Odd("mask of an impossible size left out")
    if counts.sum() != width * height:
        raise _Odd("mask whose run lengths do not fill it left out")
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
        raise _Odd("skeleton whose label has no template left out")
    found: dict[str, list[float]] = {}
    for each in node.iterfind("points"):
        [[x, y]] = _points(each.attrib["points"])
        seen = 0 if each.get("outside") == "1" else 1 if each.get("occluded") == "1" else 2
        found[each.get("label") or ""] = [x, y, seen] if seen else [0.0, 0.0, 0]
    return [found.get(point["name"], [0.0, 0.0, 0]) for point in label.skeleton["points"]]
