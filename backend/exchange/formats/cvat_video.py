"""CVAT for video 1.1: one document a video, a `track` an object, with every keyframe as it was set."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import IO, Any
from xml.sax.saxutils import XMLGenerator

from backend.core.tracks import keyframe_geometry, track_shape
from backend.datasets.contracts import ManifestRow
from backend.exchange.formats.cvat_labels import labels_write
from backend.exchange.formats.cvat_shapes import (
    as_mask,
    attribute_text,
    keypoints_of,
    numbers_of,
    texts,
)
from backend.exchange.formats.every_frame import states_over
from backend.exchange.formats.rows import Clip, LeftOut, names_of

SPOOL_BYTES = 8 * 1024 * 1024


class CvatVideo:
    """Writes the documents of videos; what CVAT does not know is counted in `left_out`."""

    def __init__(self, labels: list[dict[str, Any]], left_out: LeftOut) -> None:
        self._labels, self._names = labels, names_of(labels)
        self._by_id = {label["id"]: label for label in labels}
        self.left_out = left_out

    def document(self, row: ManifestRow, clip: Clip) -> IO[bytes]:
        """The whole document, at its beginning. Whoever sends it closes it."""
        out: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115
        xml = XMLGenerator(out, "utf-8")  # type: ignore[arg-type]
        tracks = [region for region in row.regions if self._is_held(region)]
        if row.tags:
            self.left_out.objects["tag"] += len(row.tags)
        xml.startDocument()
        xml.startElement("annotations", {})
        _element(xml, "version", text="1.1")
        labels_write(xml, self._labels, task=_task(row, clip), mutable=self._changing(tracks))
        groups: dict[str, int] = {}
        for number, region in enumerate(tracks):
            said = {"id": number, "label": self._names[region["label_id"]], "source": "manual"}
            if group := region.get("group_id"):
                said["group_id"] = groups.setdefault(str(group), len(groups) + 1)
            xml.startElement("track", texts(said))
            self._keyframes(xml, region, row)
            xml.endElement("track")
        xml.endElement("annotations")
        xml.endDocument()
        out.seek(0)
        return out

    def _is_held(self, region: Mapping[str, Any]) -> bool:
        if region["shape"] != "track" or region["label_id"] not in self._names:
            return False
        shape = track_shape(region["geometry"])
        if shape == "tag":
            self.left_out.objects["track of tag"] += 1
        elif shape == "mask":
            # cvat/apps/dataset_manager/formats/cvat.py: "mask track are not supported".
            self.left_out.written_as["track of mask, of which CVAT itself reads the first keyframe"] += 1
        elif _has_holes(region):
            self.left_out.written_as["track of polygon with holes as mask"] += 1
        if any(key.get("by") or "confidence" in key for key in region["geometry"]["keyframes"]):
            self.left_out.written_as["keyframe of a tracker as one of a person"] += 1
        return shape != "tag"

    def _changing(self, tracks: Sequence[Mapping[str, Any]]) -> dict[str, set[str]]:
        """By label, the names of the attributes that a keyframe says."""
        found: dict[str, set[str]] = defaultdict(set)
        for region in tracks:
            names = self._attribute_names(region)
            for key in region["geometry"]["keyframes"]:
                found[self._names[region["label_id"]]] |= {
                    names[each] for each in key.get("attributes") or () if each in names
                }
        return found

    def _attribute_names(self, region: Mapping[str, Any]) -> dict[str, str]:
        known = self._by_id[region["label_id"]].get("attributes") or ()
        return {str(each["id"]): each["name"] for each in known}

    def _keyframes(self, xml: XMLGenerator, region: Mapping[str, Any], row: ManifestRow) -> None:
        shape, keyframes = track_shape(region["geometry"]), region["geometry"]["keyframes"]
        names = self._attribute_names(region)
        as_pixels = shape == "polygon" and _has_holes(region)
        template = self._by_id[region["label_id"]].get("skeleton")
        states = states_over(keyframes, region.get("attributes") or {})
        for key, state in zip(keyframes, states, strict=True):
            geometry, drawn = keyframe_geometry(key), shape
            if as_pixels:
                geometry, drawn = as_mask(geometry, row.width, row.height), "mask"
                if not geometry:
                    self.left_out.objects["keyframe without a pixel"] += 1
                    continue
            flags = {
                "frame": key["frame"],
                "keyframe": 1,
                "outside": int(bool(key.get("outside"))),
                "occluded": int(bool(key.get("occluded"))),
                "z_order": region.get("z_index") or 0,
            }
            xml.startElement(drawn, texts(flags | numbers_of(drawn, geometry)))
            for said in keypoints_of(template, geometry["keypoints"]) if drawn == "skeleton" else ():
                # What is outside in CVAT's eyes is every keypoint, not the skeleton.
                outside = {"outside": 1} if key.get("outside") else {}
                _element(xml, "points", said | {"keyframe": 1} | outside)
            for name, value in state.items():
                if name in names and value is not None:
                    _element(xml, "attribute", {"name": names[name]}, text=attribute_text(value))
            xml.endElement(drawn)


def _has_holes(region: Mapping[str, Any]) -> bool:
    return any(key.get("holes") for key in region["geometry"]["keyframes"])


def _task(row: ManifestRow, clip: Clip) -> dict[str, object]:
    """What CVAT says of a video; frames count from 0 as ours do."""
    return {
        "name": clip.stem,
        "size": clip.frame_count,
        "mode": "interpolation",
        "start_frame": 0,
        "stop_frame": clip.frame_count - 1,
        "source": row.name,
    }


def _element(
    xml: XMLGenerator, name: str, attributes: Mapping[str, Any] | None = None, *, text: str = ""
) -> None:
    xml.startElement(name, texts(attributes or {}))
    xml.characters(text)
    xml.endElement(name)
