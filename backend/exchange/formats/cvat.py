"""CVAT for images 1.1: one `annotations.xml` with every shape CVAT knows, beside `images/`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any
from xml.sax.saxutils import XMLGenerator

import numpy as np

from backend.core.outlines import outline_of
from backend.datasets.contracts import ManifestRow
from backend.exchange.formats.cvat_labels import labels_write
from backend.exchange.formats.learned import mask_geometry
from backend.exchange.formats.rows import LeftOut, attributes_named, names_of
from ml.contracts import RleMask
from ml.geometry.rle import counts_decode

XML_FILE = "annotations.xml"
SPOOL_BYTES = 8 * 1024 * 1024
# The four corners of a face in CVAT's names, in our order: nw, ne, se, sw.
CORNERS = ("tl", "tr", "br", "bl")
FACES = (("front", 1), ("back", 2))


class CvatWriter:
    """Writes the XML while rows come; a polygon with holes, which CVAT does not know, goes out as a mask."""

    def __init__(self, labels: list[dict[str, Any]]) -> None:
        self._labels, self._names = labels, names_of(labels)
        self._by_id = {label["id"]: label for label in labels}
        self._attributes = attributes_named(labels)
        self._groups: dict[str, int] = {}
        # Handed on as it is and closed by the one who sends it.
        self._out: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115
        self._xml = XMLGenerator(self._out, "utf-8")  # type: ignore[arg-type]
        self._count = 0
        self.left_out = LeftOut()
        self._xml.startDocument()
        self._xml.startElement("annotations", {})
        self._element("version", text="1.1")
        labels_write(self._xml, labels)

    def picture_path(self, row: ManifestRow, file_name: str) -> str:
        return f"images/{file_name}"

    def add(self, row: ManifestRow, file_name: str) -> list[tuple[str, bytes]]:
        said = {"id": self._count, "name": file_name, "subset": row.split}
        self._xml.startElement("image", _texts(said | {"width": row.width, "height": row.height}))
        self._count += 1
        for region in row.regions:
            if region["label_id"] in self._names:
                self._region(region, row)
        for tag in row.tags:
            if tag in self._names:
                self._element("tag", {"label": self._names[tag], "source": "manual"})
        self._xml.endElement("image")
        return []

    def _region(self, region: Mapping[str, Any], row: ManifestRow) -> None:
        shape, geometry = region["shape"], region["geometry"]
        if shape == "track":
            self.left_out.objects["track"] += 1
            return
        common: dict[str, Any] = {
            "label": self._names[region["label_id"]],
            "source": "manual",
            "occluded": int(bool(region.get("occluded"))),
            "z_order": region.get("z_index") or 0,
        }
        if group := region.get("group_id"):
            common["group_id"] = self._groups.setdefault(str(group), len(self._groups) + 1)
        if shape == "polygon" and geometry.get("holes"):
            outline = outline_of(region, row.width, row.height)
            counts = tuple(counts_decode(outline.rle["counts"])) if outline and outline.rle else ()
            shape, geometry = "mask", mask_geometry(RleMask(row.height, row.width, counts)) or {}
            self.left_out.written_as["polygon with holes as mask"] += 1
        self._xml.startElement(shape, _texts(common | _numbers_of(shape, geometry)))
        if shape == "skeleton":
            self._keypoints(region["label_id"], geometry["keypoints"])
        for name, value in self._attributes(region).items():
            self._element("attribute", {"name": name}, text=_attribute_text(value))
        self._xml.endElement(shape)

    def _keypoints(self, label_id: str, keypoints: Sequence[Sequence[float]]) -> None:
        template = (self._by_id[label_id].get("skeleton") or {}).get("points") or []
        for index, (x, y, seen) in enumerate(keypoints):
            name = template[index]["name"] if index < len(template) else str(index + 1)
            said = {"label": name, "outside": int(seen == 0), "occluded": int(seen == 1)}
            self._element("points", said | {"points": f"{_n(x)},{_n(y)}"})

    def _element(self, name: str, attributes: Mapping[str, Any] | None = None, *, text: str = "") -> None:
        self._xml.startElement(name, _texts(attributes or {}))
        self._xml.characters(text)
        self._xml.endElement(name)

    def files(self) -> list[tuple[str, bytes | IO[bytes]]]:
        self._xml.endElement("annotations")
        self._xml.endDocument()
        self._out.seek(0)
        return [(XML_FILE, self._out), *self.left_out.files()]


def _texts(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in attributes.items()}


def _attribute_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _n(value: float) -> str:
    """As few digits as say the stored thousandths."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def _joined(points: Sequence[Sequence[float]]) -> str:
    return ";".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _numbers_of(shape: str, geometry: Mapping[str, Any]) -> dict[str, Any]:
    """A shape's own XML attributes."""
    turn = {"rotation": geometry["rotation"]} if geometry.get("rotation") else {}
    if shape == "box":
        return dict(zip(("xtl", "ytl", "xbr", "ybr"), map(_n, geometry["box"]), strict=True)) | turn
    if shape in ("polygon", "polyline", "points"):
        return {"points": _joined(geometry["points"])}
    if shape == "ellipse":
        (cx, cy), (rx, ry) = geometry["center"], geometry["radii"]
        return {"cx": _n(cx), "cy": _n(cy), "rx": _n(rx), "ry": _n(ry), **turn}
    if shape == "cuboid":
        return {
            f"{axis}{corner}{number}": _n(value)
            for face, number in FACES
            for corner, point in zip(CORNERS, geometry[face], strict=True)
            for axis, value in zip("xy", point, strict=True)
        }
    if shape == "mask":
        mask = geometry["mask"]
        return {
            "rle": ", ".join(map(str, rows_of(mask))),
            "left": mask["x"],
            "top": mask["y"],
            "width": mask["width"],
            "height": mask["height"],
        }
    return {}


def rows_of(mask: Mapping[str, Any]) -> list[int]:
    """A stored mask's run lengths as CVAT counts them: row by row, background first."""
    height, width = int(mask["height"]), int(mask["width"])
    # Brings OpenCV along, which the web process loads only when a mask is written.
    from ml.geometry.masks import rle_to_mask

    pixels = rle_to_mask(RleMask(height, width, tuple(counts_decode(mask["counts"]))))
    return list(_runs(pixels.ravel(order="C")))


def _runs(flat: np.ndarray) -> Iterator[int]:
    change = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat.size and flat[0]:
        yield 0
    yield from (int(count) for count in np.diff(np.concatenate([[0], change, [flat.size]])))
