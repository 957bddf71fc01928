"""YOLO: a text file per picture, boxes as five columns, polygons as class and points, shares of the picture."""

from __future__ import annotations

from typing import Any

import yaml

from backend.core.outlines import Outline
from backend.datasets.contracts import ManifestRow
from backend.exchange.formats.rows import LeftOut, drawn_labels, drawn_objects, names_of

# Enough digits that a coordinate comes back within a ten-thousandth of a pixel at 4K.
DIGITS = 9


class YoloWriter:
    """One folder per split with `images/` and `labels/`, and a `data.yaml`."""

    def __init__(self, labels: list[dict[str, Any]]) -> None:
        self._names = names_of(labels)
        self._classes = [label["name"] for label in drawn_labels(labels)]
        self.left_out = LeftOut()
        self._splits: set[str] = set()

    def picture_path(self, row: ManifestRow, file_name: str) -> str:
        return f"{row.split}/images/{file_name}"

    def add(self, row: ManifestRow, file_name: str) -> list[tuple[str, bytes]]:
        """The picture's label file; empty where the picture has no object."""
        self._splits.add(row.split)
        lines = [
            self._line(label, outline, row, region["shape"])
            for label, outline, region in drawn_objects(row, self._names, self.left_out)
            if label in self._classes
        ]
        stem = file_name.rsplit(".", 1)[0]
        return [(f"{row.split}/labels/{stem}.txt", ("\n".join(lines) + "\n" if lines else "").encode())]

    def _line(self, label: str, found: Outline, row: ManifestRow, shape: str) -> str:
        """A mask goes out as the border of its largest island, a skeleton as its box."""
        number = self._classes.index(label)
        if shape not in ("polygon", "box") or (shape == "box" and found.ring) or found.rle is not None:
            self.left_out.written_as[f"{shape} as {'outline' if found.ring else 'box'}"] += 1
        if found.ring:
            values = [value for x, y in found.ring for value in (x / row.width, y / row.height)]
        else:
            x1, y1, x2, y2 = found.box
            values = [
                (x1 + x2) / 2 / row.width,
                (y1 + y2) / 2 / row.height,
                (x2 - x1) / row.width,
                (y2 - y1) / row.height,
            ]
        return " ".join([str(number), *(f"{value:.{DIGITS}f}" for value in values)])

    def files(self) -> list[tuple[str, bytes]]:
        parts = {split: f"{split}/images" for split in ("train", "val", "test") if split in self._splits}
        # Written by a YAML writer: label names cannot break out of the file.
        text = yaml.safe_dump({**parts, "nc": len(self._classes), "names": self._classes}, sort_keys=False)
        return [("data.yaml", text.encode()), *self.left_out.files()]
