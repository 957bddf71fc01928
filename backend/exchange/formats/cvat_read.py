"""Reads CVAT 1.1, for images and for video, into our own shapes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from backend.exchange.errors import ImportRefused
from backend.exchange.formats.cvat import XML_FILE
from backend.exchange.formats.cvat_geometry import Odd, geometry_read
from backend.exchange.formats.cvat_labels import labels_read
from backend.exchange.formats.cvat_video_read import videos_read
from backend.exchange.formats.neutral import Drawn, Filmed, Found, LabelFound, Pictured, labels_used
from backend.exchange.formats.pictures import picture_find
from ml.data.loaded import Notes, group_of

MAX_XML_BYTES = 500_000_000


def cvat_read(folder: Path) -> Found:
    """Read `annotations.xml` below `folder`. Raises ImportRefused; odd objects are left out and noted."""
    paths = [path for path in sorted(folder.rglob(XML_FILE)) if path.is_file()]
    if not paths:
        raise ImportRefused(f"{folder.name} has no {XML_FILE}: it is no export of CVAT.")
    notes, pictures, videos = Notes(), list[Pictured](), list[Filmed]()
    labels: dict[str, LabelFound] = {}
    for path in paths:
        root = _root(path)
        labels |= labels_read(root)
        videos += videos_read(folder, path, root, labels, notes)
        for node in root.iterfind("image"):
            picture = _picture(folder, node, labels, notes)
            if picture is not None:
                pictures.append(picture)
    if not pictures and not videos:
        raise ImportRefused(
            f"Not one picture that {XML_FILE} names is in {folder.name}, and no track of a video."
        )
    return Found(pictures, labels_used(pictures, labels, videos), notes.lines(), videos)


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
        except Odd as odd:
            notes.add(str(odd), ref.id)
        except (KeyError, ValueError, TypeError):
            notes.add(f"{child.tag} that cannot be read left out", ref.id)
    return Pictured(ref.id, ref.path, group_of(ref.path.name), tuple(objects), tuple(filter(None, tags)))


def _drawn(node: Element, labels: Mapping[str, LabelFound], picture: str) -> Drawn:
    label = node.get("label")
    if not label:
        raise Odd(f"{node.tag} without a label left out")
    group = node.get("group_id") or "0"
    return Drawn(
        label=label,
        shape=node.tag,
        geometry=geometry_read(node, labels.get(label)),
        attributes={str(each.get("name")): each.text or "" for each in node.iterfind("attribute")},
        z_index=int(node.get("z_order") or 0),
        occluded=node.get("occluded") == "1",
        group="" if group == "0" else f"{picture}:{group}",
    )
