"""A shape as CVAT's XML attributes, whatever it stands in: a picture or a track."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from backend.exchange.formats.learned import mask_geometry
from ml.contracts import Polygon, RleMask
from ml.geometry.raster import polygon_to_rle
from ml.geometry.rle import counts_decode

# The four corners of a face in CVAT's names, in our order: nw, ne, se, sw.
CORNERS = ("tl", "tr", "br", "bl")
FACES = (("front", 1), ("back", 2))


def texts(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in attributes.items()}


def attribute_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_mask(geometry: Mapping[str, Any], width: int, height: int) -> dict[str, Any]:
    """The pixels of a polygon, whose holes CVAT does not know."""
    ring, *holes = [
        tuple((float(x), float(y)) for x, y in points)
        for points in (geometry["points"], *(geometry.get("holes") or ()))
    ]
    return mask_geometry(polygon_to_rle(Polygon(ring, tuple(holes)), height, width)) or {}


def keypoints_of(
    template: Mapping[str, Any] | None, keypoints: Sequence[Sequence[float]]
) -> Iterator[dict[str, Any]]:
    """Each keypoint of a skeleton as the attributes of CVAT's `points`, under the template's names."""
    names = [point["name"] for point in (template or {}).get("points") or ()]
    for index, (x, y, seen) in enumerate(keypoints):
        name = names[index] if index < len(names) else str(index + 1)
        place = f"{_n(x)},{_n(y)}"
        yield {"label": name, "outside": int(seen == 0), "occluded": int(seen == 1), "points": place}


def _n(value: float) -> str:
    """As few digits as say the stored thousandths."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


def _joined(points: Sequence[Sequence[float]]) -> str:
    return ";".join(f"{_n(x)},{_n(y)}" for x, y in points)


def numbers_of(shape: str, geometry: Mapping[str, Any]) -> dict[str, Any]:
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
