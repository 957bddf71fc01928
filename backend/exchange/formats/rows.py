"""What an export writes of one picture, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.datasets.contracts import ManifestRow
from backend.datasets.materialise import turned_corners


@dataclass(frozen=True, slots=True)
class Drawn:
    """One object: box xyxy and, where it was drawn as a polygon, its outer ring, in picture pixels."""

    label: str
    box: tuple[float, float, float, float]
    ring: tuple[tuple[float, float], ...] = ()


def drawn_objects(row: ManifestRow, names: dict[str, str]) -> list[Drawn]:
    """Boxes and polygons of a picture, turned boxes by their corners; tags and tracks are not objects of one picture."""
    found = []
    for region in row.regions:
        label = names.get(region["label_id"])
        if label is None:
            continue
        if region["shape"] == "box" and region["geometry"].get("rotation"):
            corners = turned_corners(region["geometry"]["box"], float(region["geometry"]["rotation"]))
            found.append(_polygon(label, {"points": corners}))
        elif region["shape"] == "box":
            x1, y1, x2, y2 = (float(v) for v in region["geometry"]["box"])
            found.append(Drawn(label, (x1, y1, x2, y2)))
        elif region["shape"] == "polygon":
            found.append(_polygon(label, region["geometry"]))
    return found


def _polygon(label: str, geometry: dict[str, Any]) -> Drawn:
    ring = tuple((float(x), float(y)) for x, y in geometry["points"])
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return Drawn(label, (min(xs), min(ys), max(xs), max(ys)), ring)
