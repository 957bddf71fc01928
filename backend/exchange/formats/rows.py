"""What an export writes of one picture, whatever the format."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from backend.datasets.contracts import ManifestRow
from backend.datasets.outlines import Outline, outline_of

# Where a format leaves objects out it says so in the archive, under this name.
LEFT_OUT_FILE = "left-out.json"


def drawn_objects(
    row: ManifestRow, names: dict[str, str], left_out: Counter[str]
) -> list[tuple[str, Outline]]:
    """Label and outline of every object with an area; the others are counted in `left_out` by shape."""
    found = []
    for region in row.regions:
        label = names.get(region["label_id"])
        if label is None:
            continue
        outline = outline_of(region, row.width, row.height)
        if outline is None:
            left_out[region["shape"]] += 1
        else:
            found.append((label, outline))
    return found


def names_of(labels: list[dict[str, Any]]) -> dict[str, str]:
    return {label["id"]: label["name"] for label in labels}


def drawn_labels(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Labels that something can be drawn with: those of whole pictures only are tags, no classes."""
    return [label for label in labels if set(label["shapes"]) - {"tag"}]


def left_out_files(left_out: Counter[str]) -> list[tuple[str, bytes]]:
    """A note in the archive of what the format cannot say; nothing where nothing was left out."""
    if not left_out:
        return []
    why = "This format knows no shapes without an area: these objects are not in it."
    return [(LEFT_OUT_FILE, json.dumps({"why": why, "objects": dict(sorted(left_out.items()))}).encode())]
