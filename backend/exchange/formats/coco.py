"""COCO instances: one JSON per split, tags as `images[].tags`."""

from __future__ import annotations

import json
from typing import Any

from backend.datasets.contracts import ManifestRow
from backend.exchange.formats.rows import Drawn, drawn_objects


class CocoWriter:
    """Collects rows; `files` gives the label files at the end."""

    def __init__(self, label_names: dict[str, str], drawn_ids: list[str]) -> None:
        self._names = label_names
        self._category = {label_names[label_id]: n for n, label_id in enumerate(drawn_ids, start=1)}
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
        for found in drawn_objects(row, self._names):
            if found.label in self._category:
                content["annotations"].append(self._annotation(found))
        return []

    def _annotation(self, found: Drawn) -> dict[str, Any]:
        self._annotation_id += 1
        x1, y1, x2, y2 = found.box
        return {
            "id": self._annotation_id,
            "image_id": self._image_id,
            "category_id": self._category[found.label],
            "bbox": [x1, y1, x2 - x1, y2 - y1],
            "area": _area(found),
            "segmentation": [[value for point in found.ring for value in point]] if found.ring else [],
            "iscrowd": 0,
        }

    def files(self) -> list[tuple[str, bytes]]:
        categories = [{"id": number, "name": name} for name, number in self._category.items()]
        return [
            (
                f"{split}.json",
                json.dumps({"info": {}, "licenses": [], **content, "categories": categories}).encode(),
            )
            for split, content in self._splits.items()
        ]


def _area(found: Drawn) -> float:
    if not found.ring:
        return (found.box[2] - found.box[0]) * (found.box[3] - found.box[1])
    turned = [*found.ring[1:], found.ring[0]]
    return abs(sum(x * ny - nx * y for (x, y), (nx, ny) in zip(found.ring, turned, strict=True))) / 2
