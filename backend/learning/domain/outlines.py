"""A mask as the geometry of a region. OpenCV is loaded when one is made: the web process rarely does."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ml.contracts import Polygon, RleMask

# A ring of fewer points is easier to edit and before a mask, wherever a label allows both.
OUTLINES = ("polygon", "mask")
# Points of an outline lie this close to the mask's border, in pixels of what the model saw.
TOLERANCE_PX = 1.0


def outline_of(mask: RleMask, shapes: Collection[str]) -> tuple[str, dict[str, Any]] | None:
    """(shape, geometry) of a mask at the picture's size, in the first of OUTLINES the label allows; None where it allows
    none or the mask is empty."""
    from ml.geometry.masks import mask_to_polygons, rle_to_mask

    shape = next((each for each in OUTLINES if each in shapes), None)
    if shape is None:
        return None
    pixels = rle_to_mask(mask)
    polygons = mask_to_polygons(pixels, TOLERANCE_PX)
    if not polygons:
        return None
    return shape, polygon_row(polygons[0], 1.0) if shape == "polygon" else {"mask": mask_row(pixels, 1.0)}


def polygon_row(polygon: Polygon, scale: float) -> dict[str, Any]:
    """A polygon in picture pixels, as geometry."""
    return {
        "points": [[x * scale, y * scale] for x, y in polygon.points],
        "holes": [[[x * scale, y * scale] for x, y in hole] for hole in polygon.holes],
    }


def mask_row(mask: NDArray[np.bool_], scale: float) -> dict[str, Any]:
    """A mask's crop in picture pixels with COCO's compressed run lengths, as geometry's `mask`."""
    import cv2
    import numpy as np

    from ml.geometry.masks import mask_box, mask_to_rle
    from ml.geometry.rle import counts_encode

    box = mask_box(mask)
    assert box is not None
    left, top, right, bottom = (int(v) for v in (box.x1, box.y1, box.x2, box.y2))
    part = mask[top:bottom, left:right]
    if scale != 1.0:
        size = (max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1))
        large = cv2.resize(part.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        part = np.asarray(large, dtype=bool)
    return {
        "x": round(left * scale),
        "y": round(top * scale),
        "width": part.shape[1],
        "height": part.shape[0],
        "counts": counts_encode(mask_to_rle(part).counts),
    }
