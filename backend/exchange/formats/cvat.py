"""CVAT 1.1: for the pictures one `annotations.xml` beside `images/`, for each video one in its folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any
from xml.sax.saxutils import XMLGenerator

from backend.datasets.contracts import ManifestRow
from backend.exchange.formats.cvat_labels import labels_write
from backend.exchange.formats.cvat_shapes import (
    as_mask,
    attribute_text,
    keypoints_of,
    numbers_of,
    texts,
)
from backend.exchange.formats.cvat_video import CvatVideo
from backend.exchange.formats.rows import Clip, LeftOut, Member, attributes_named, names_of

XML_FILE = "annotations.xml"
SPOOL_BYTES = 8 * 1024 * 1024
WHY = "CVAT for video holds tracks, and no tags."


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
        self._count = self._videos = 0
        self.left_out = LeftOut()
        self._xml.startDocument()
        self._xml.startElement("annotations", {})
        self._element("version", text="1.1")
        labels_write(self._xml, labels)

    def picture_path(self, row: ManifestRow, file_name: str) -> str:
        return f"images/{file_name}"

    def video_path(self, row: ManifestRow, clip: Clip) -> str:
        return f"{clip.stem}/{clip.stem}{clip.suffix}"

    def add_video(self, row: ManifestRow, clip: Clip) -> Iterator[Member]:
        """A document of its own: CVAT's form for videos holds one."""
        self._videos += 1
        yield f"{clip.stem}/{XML_FILE}", CvatVideo(self._labels, self.left_out).document(row, clip)

    def add(self, row: ManifestRow, file_name: str) -> list[Member]:
        said = {"id": self._count, "name": file_name, "subset": row.split}
        self._xml.startElement("image", texts(said | {"width": row.width, "height": row.height}))
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
        common: dict[str, Any] = {
            "label": self._names[region["label_id"]],
            "source": "manual",
            "occluded": int(bool(region.get("occluded"))),
            "z_order": region.get("z_index") or 0,
        }
        if group := region.get("group_id"):
            common["group_id"] = self._groups.setdefault(str(group), len(self._groups) + 1)
        if shape == "polygon" and geometry.get("holes"):
            shape, geometry = "mask", as_mask(geometry, row.width, row.height)
            self.left_out.written_as["polygon with holes as mask"] += 1
        self._xml.startElement(shape, texts(common | numbers_of(shape, geometry)))
        if shape == "skeleton":
            for said in keypoints_of(self._by_id[region["label_id"]].get("skeleton"), geometry["keypoints"]):
                self._element("points", said)
        for name, value in self._attributes(region).items():
            self._element("attribute", {"name": name}, text=attribute_text(value))
        self._xml.endElement(shape)

    def _element(self, name: str, attributes: Mapping[str, Any] | None = None, *, text: str = "") -> None:
        self._xml.startElement(name, texts(attributes or {}))
        self._xml.characters(text)
        self._xml.endElement(name)

    def files(self) -> list[Member]:
        """The pictures' document, which is left out where all that came were videos."""
        if self._videos and not self._count:
            self._out.close()
            return [*self.left_out.files(WHY)]
        self._xml.endElement("annotations")
        self._xml.endDocument()
        self._out.seek(0)
        return [(XML_FILE, self._out), *self.left_out.files(WHY)]
