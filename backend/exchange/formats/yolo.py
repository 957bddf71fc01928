"""YOLO: a text file per picture, boxes as five columns, polygons as class and points, shares of the picture."""

from __future__ import annotations

import yaml

from backend.datasets.contracts import ManifestRow
from backend.exchange.formats.rows import Drawn, drawn_objects

# Enough digits that a coordinate comes back within a ten-thousandth of a pixel at 4K.
DIGITS = 9


class YoloWriter:
    """One folder per split with `images/` and `labels/`, and a `data.yaml`."""

    def __init__(self, label_names: dict[str, str], drawn_ids: list[str]) -> None:
        self._names = label_names
        self._classes = [label_names[label_id] for label_id in drawn_ids]
        self._splits: set[str] = set()

    def picture_path(self, row: ManifestRow, file_name: str) -> str:
        return f"{row.split}/images/{file_name}"

    def add(self, row: ManifestRow, file_name: str) -> list[tuple[str, bytes]]:
        """The picture's label file; empty where the picture has no object."""
        self._splits.add(row.split)
        lines = [
            self._line(found, row)
            for found in drawn_objects(row, self._names)
            if found.label in self._classes
        ]
        stem = file_name.rsplit(".", 1)[0]
        return [(f"{row.split}/labels/{stem}.txt", ("\n".join(lines) + "\n" if lines else "").encode())]

    def _line(self, found: Drawn, row: ManifestRow) -> str:
        number = self._classes.index(found.label)
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
        return [("data.yaml", text.encode())]
