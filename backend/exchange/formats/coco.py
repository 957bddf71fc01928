"""COCO instances and keypoints: one JSON per split, tags as `images[].tags`, attributes as CVAT writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from backend.core.outlines import Outline
from backend.datasets.contracts import ManifestRow
from backend.datasets.materialise import segmentation_of
from backend.exchange.formats.rows import LeftOut, attributes_named, drawn_labels, drawn_objects, names_of


class CocoWriter:
    """Collects rows; `files` gives the label files at the end."""

    def __init__(self, labels: list[dict[str, Any]]) -> None:
        self._names = names_of(labels)
        drawn = drawn_labels(labels)
        self._skeletons = {label["name"]: label.get("skeleton") for label in drawn}
        self._attributes = attributes_named(labels)
        self.left_out = LeftOut()
        self._category = {label["name"]: n for n, label in enumerate(drawn, start=1)}
        self._splits: dict[str, dict[str, list[Any]]] = {}
        self._image_id = self._annotation_id = 0

    def picture_path(self, row: ManifestRow, file_name: str) -> str:
        return f"images/{file_name}"

    def add(self, row: ManifestRow, file_name: str) -> list[tuple[str, bytes]]:
        """Take one picture; COCO has no file of its own for it."""
        content = self._splits.setdefault(row.split, {"images": [], "annotations": []})
        self._image_id += 1
        content["images"].append(
            {
                "id": self._image_id,
                "file_name": f"images/{file_name}",
                "width": row.width,
                "height": row.height,
                "tags": [self._names[tag] for tag in row.tags if tag in self._names],
                "group": row.group_key,
            }
        )
        for label, outline, region in drawn_objects(row, self._names, self.left_out):
            if label in self._category:
                content["annotations"].append(self._annotation(label, outline, region))
        return []

    def _annotation(self, label: str, outline: Outline, region: Mapping[str, Any]) -> dict[str, Any]:
        self._annotation_id += 1
        x1, y1, x2, y2 = outline.box
        points: dict[str, Any] = {}
        said = self._attributes(region) | ({"occluded": True} if region.get("occluded") else {})
        if as_what := _written_as(region, outline):
            self.left_out.written_as[f"{region['shape']} as {as_what}"] += 1
        if outline.keypoints:
            points = {
                "keypoints": [value for point in outline.keypoints for value in point],
                "num_keypoints": sum(v > 0 for _, _, v in outline.keypoints),
            }
        return {
            "id": self._annotation_id,
            "image_id": self._image_id,
            "category_id": self._category[label],
            "bbox": [x1, y1, x2 - x1, y2 - y1],
            "area": outline.area,
            "segmentation": segmentation_of(outline),
            "iscrowd": 0,
            **points,
            **({"attributes": said} if said else {}),
        }

    def _one_category(self, name: str, number: int) -> dict[str, Any]:
        template = self._skeletons.get(name)
        if not template:
            return {"id": number, "name": name}
        return {
            "id": number,
            "name": name,
            "keypoints": [point["name"] for point in template["points"]],
            # COCO counts keypoints from 1.
            "skeleton": [[a + 1, b + 1] for a, b in template["edges"]],
        }

    def files(self) -> list[tuple[str, bytes]]:
        categories = [self._one_category(name, number) for name, number in self._category.items()]
        return self.left_out.files() + [
            (
                f"{split}.json",
                json.dumps({"info": {}, "licenses": [], **content, "categories": categories}).encode(),
            )
            for split, content in self._splits.items()
        ]


def _written_as(region: Mapping[str, Any], outline: Outline) -> str:
    """What COCO makes of a shape that it does not know; "" for those it does."""
    shape, geometry = region["shape"], region["geometry"]
    if shape == "polygon" and geometry.get("holes"):
        return "mask"
    is_polygon = shape in ("ellipse", "cuboid") or (shape == "box" and bool(outline.ring))
    return "polygon" if is_polygon else ""
