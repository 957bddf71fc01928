"""Pascal VOC: one XML per picture with `object/name` and `bndbox`. Torch-free."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse

from ml.contracts import Annotation, Box, Dataset, LabelledImage
from ml.data.loaded import IMAGE_SUFFIXES, Loaded, Notes, picture_ref
from ml.errors import DatasetError

MAX_XML_BYTES = 4_000_000
MIN_SIDE_PX = 1.0


def voc_read(folder: Path) -> Loaded:
    """Read every XML under `folder`; pictures are found by stem, whatever path the XML names.

    VOC counts pixels from 1 and includes the last one: a box (1, 1, w, h) is the whole picture. Raises DatasetError.
    """
    pictures = {
        path.stem: path for path in sorted(folder.rglob("*")) if path.suffix.lower() in IMAGE_SUFFIXES
    }
    notes = Notes()
    images: list[LabelledImage] = []
    classes: dict[str, None] = {}
    for path in sorted(folder.rglob("*.xml")):
        root = _root(path, notes)
        if root is None:
            continue
        picture = pictures.get(path.stem)
        ref = picture_ref(picture, folder, notes) if picture is not None else None
        if ref is None:
            notes.add("label file without a readable picture", path.name)
            continue
        objects = []
        for node in root.iter("object"):
            found = _object(node, ref.width, ref.height)
            if found is None:
                notes.add("object that cannot be read left out", path.name)
                continue
            classes[found.label] = None
            objects.append(found)
        images.append(LabelledImage(ref, tuple(objects)))
    if not images:
        raise DatasetError(f"{folder} has no Pascal VOC label file with its picture.")
    return Loaded(Dataset(tuple(classes), tuple(images)), notes.lines())


def _root(path: Path, notes: Notes) -> Element | None:
    if path.is_symlink() or path.stat().st_size > MAX_XML_BYTES:
        notes.add("label file that is a link or too large left out", path.name)
        return None
    try:
        root = parse(path).getroot()
    except (ParseError, DefusedXmlException, ValueError):
        notes.add("label file that is not safe XML left out", path.name)
        return None
    return root if isinstance(root, Element) and root.tag == "annotation" else None


def _object(node: Element, width: int, height: int) -> Annotation | None:
    name = (node.findtext("name") or "").strip()
    frame = node.find("bndbox")
    if not name or frame is None:
        return None
    try:
        x1, y1, x2, y2 = (float(frame.findtext(key) or "nan") for key in ("xmin", "ymin", "xmax", "ymax"))
    except ValueError:
        return None
    box = Box(max(0.0, x1 - 1.0), max(0.0, y1 - 1.0), min(float(width), x2), min(float(height), y2))
    if not (box.width >= MIN_SIDE_PX and box.height >= MIN_SIDE_PX):
        return None
    return Annotation(name, box, ignore=(node.findtext("difficult") or "0").strip() == "1")
