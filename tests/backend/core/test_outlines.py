"""Every shape as a box, an outline or pixels, as exports and trainings need it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from faster_coco_eval.core import mask as coco_mask

from backend.core.outlines import outline_of
from backend.datasets.materialise import segmentation_of
from ml.geometry.rle import counts_encode

SIZE = (40, 30)
# A crop of 4 × 3 pixels at (6, 5), column by column: two set, one not; all set; none; all set.
MASK = {"x": 6, "y": 5, "width": 4, "height": 3, "counts": counts_encode([0, 2, 1, 3, 3, 3])}
SQUARE = [[2, 2], [22, 2], [22, 22], [2, 22]]
CASES: dict[str, tuple[str, dict[str, Any], tuple[float, ...], float]] = {
    "box": ("box", {"box": [1, 2, 11, 22]}, (1, 2, 11, 22), 200),
    "turned box": ("box", {"box": [10, 10, 20, 14], "rotation": 90}, (13, 7, 17, 17), 40),
    "polygon": ("polygon", {"points": SQUARE}, (2, 2, 22, 22), 400),
    "polygon with a hole": (
        "polygon",
        {"points": SQUARE, "holes": [[[8, 8], [16, 8], [16, 16], [8, 16]]]},
        (2, 2, 22, 22),
        336,
    ),
    "ellipse": ("ellipse", {"center": [20, 15], "radii": [10, 5]}, (10, 10, 30, 20), 156.8),
    "cuboid": (
        "cuboid",
        {
            "front": [[5, 10], [15, 10], [15, 20], [5, 20]],
            "back": [[9, 6], [19, 6], [19, 16], [9, 16]],
        },
        (5, 6, 19, 20),
        180,
    ),
    "mask": ("mask", {"mask": MASK}, (6, 5, 10, 8), 8),
    "skeleton": (
        "skeleton",
        {"keypoints": [[5, 5, 2], [9, 20, 1], [0, 0, 0]]},
        (5, 5, 9, 20),
        60,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_shape_with_an_area_has_its_box_and_its_area(name: str) -> None:
    shape, geometry, box, area = CASES[name]
    outline = outline_of({"shape": shape, "geometry": geometry}, *SIZE)
    assert outline is not None
    assert outline.box == pytest.approx(box)
    assert outline.area == pytest.approx(area, rel=0.01)


def test_the_pixels_of_a_mask_are_those_of_cocos_own_decoder() -> None:
    outline = outline_of({"shape": "mask", "geometry": {"mask": MASK}}, *SIZE)
    assert outline is not None
    found = coco_mask.decode(segmentation_of(outline))
    wanted = np.zeros((SIZE[1], SIZE[0]), dtype=np.uint8)
    wanted[5:7, 6] = wanted[5:8, 7] = wanted[5:8, 9] = 1
    assert (found == wanted).all()
    assert outline.ring


@pytest.mark.parametrize("shape", ["polyline", "points", "track", "tag"])
def test_shapes_without_an_area_have_no_outline(shape: str) -> None:
    assert outline_of({"shape": shape, "geometry": {"points": [[1, 1], [5, 5]]}}, *SIZE) is None
