"""Every shape: the same bounds, areas and run lengths as in the browser, and what is refused, clipped or kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.annotation.domain import shapes as sh
from backend.annotation.domain.checks import box_iou
from backend.annotation.domain.geometry import geometry_bounds, geometry_normalise
from backend.annotation.domain.geometry.paths import ring_area
from backend.projects.domain.ontology import labels_normalise
from ml.geometry.rle import counts_decode, counts_encode

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "geometry.json").read_text())
PICTURE = sh.Canvas(640, 480, None, 3.0)
FACE = [[10, 10], [50, 10], [50, 60], [10, 60]]


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", VECTORS["shape_bounds"], ids=named)
def test_bounds_are_those_of_the_browser(case: dict[str, Any]) -> None:
    assert geometry_bounds(case["shape"], case["geometry"]) == pytest.approx(case["bounds"], abs=1e-9)


@pytest.mark.parametrize("case", VECTORS["box_iou"], ids=named)
def test_overlap_of_boxes_is_that_of_the_browser(case: dict[str, Any]) -> None:
    assert box_iou(case["a"], case["b"]) == pytest.approx(case["iou"], abs=1e-9)


@pytest.mark.parametrize("case", VECTORS["polygon_area"], ids=named)
def test_areas_of_rings_are_those_of_the_browser(case: dict[str, Any]) -> None:
    area = ring_area(case["points"]) - sum(ring_area(hole) for hole in case["holes"])
    assert area == pytest.approx(case["area"], abs=1e-9)


@pytest.mark.parametrize("case", VECTORS["run_lengths"], ids=named)
def test_run_lengths_are_cocos_text_both_ways(case: dict[str, Any]) -> None:
    assert counts_encode(case["counts"]) == case["text"]
    assert counts_decode(case["text"]) == case["counts"]


def mask(**fields: Any) -> dict[str, Any]:
    return {"mask": {"x": 5, "y": 5, "width": 4, "height": 3, "counts": counts_encode([0, 12]), **fields}}


@pytest.mark.parametrize(
    ("name", "shape", "geometry", "part"),
    [
        ("no line", "polyline", {}, "list of at most"),
        ("a line of one point", "polyline", {"points": [[1, 1], [1, 1]]}, "two different"),
        ("a line of words", "polyline", {"points": ["ab", "cd"]}, "not two numbers"),
        ("a line far off", "polyline", {"points": [[1, 1], [9_000, 1]]}, "outside"),
        ("a line too long", "polyline", {"points": [[1, 1], [2, 2]] * 10_001}, "at most 20000"),
        ("no points", "points", {"points": []}, "at least one"),
        ("points that are text", "points", {"points": "1,2"}, "list of at most"),
        ("an ellipse without a middle", "ellipse", {"radii": [5, 5]}, "not two numbers"),
        ("an ellipse with one radius", "ellipse", {"center": [50, 50], "radii": [5]}, "two radii"),
        ("an ellipse turned inside out", "ellipse", {"center": [50, 50], "radii": [-5, 5]}, "above 0"),
        (
            "an ellipse of another scale",
            "ellipse",
            {"center": [50, 50], "radii": [5_000, 5]},
            "fit the picture",
        ),
        ("an ellipse too flat", "ellipse", {"center": [50, 50], "radii": [20, 1]}, "smallest"),
        ("half a cuboid", "cuboid", {"front": FACE}, "front and a back"),
        ("a cuboid of three corners", "cuboid", {"front": FACE, "back": FACE[:3]}, "four corners"),
        ("a cuboid of numbers", "cuboid", {"front": FACE, "back": [1, 2, 3, 4]}, "not two numbers"),
        ("a skeleton of nothing", "skeleton", {"keypoints": []}, "list of keypoints"),
        ("a keypoint without its word", "skeleton", {"keypoints": [[1, 2]]}, "A keypoint is"),
        ("a keypoint of another word", "skeleton", {"keypoints": [[1, 2, 3]]}, "A keypoint is"),
        ("all keypoints absent", "skeleton", {"keypoints": [[1, 2, 0]]}, "at least one"),
        ("a mask that is a list", "mask", {"mask": [1, 2]}, "needs x, y"),
        ("a mask at half a pixel", "mask", mask(x=1.5), "whole pixels"),
        ("a mask over the edge", "mask", mask(x=638), "outside"),
        ("a mask of no size", "mask", mask(width=0), "outside"),
        ("runs that do not fill it", "mask", mask(counts=counts_encode([0, 11])), "do not fill"),
        ("runs of a foreign alphabet", "mask", mask(counts="é"), "character"),
        ("runs cut off", "mask", mask(counts="P"), "middle of a run"),
        ("a run without end", "mask", mask(counts="o" * 30), "character"),
        ("a run below zero", "mask", mask(counts="O"), "below zero"),
        ("a number for runs", "mask", mask(counts=12), "as text"),
        ("runs of endless length", "mask", mask(counts="0" * 2_000_001), "2 million"),
        ("a mask without a pixel", "mask", mask(counts=counts_encode([12])), "no pixel"),
        ("a mask too small", "mask", mask(width=2, height=6), "smallest"),
    ],
)
def test_refuses_with_the_reason(name: str, shape: str, geometry: dict[str, Any], part: str) -> None:
    with pytest.raises(sh.ShapeProblem, match=part):
        geometry_normalise(shape, geometry, PICTURE)


@pytest.mark.parametrize(
    ("name", "shape", "geometry", "kept"),
    [
        (
            "a line loses repeats and its overhang",
            "polyline",
            {"points": [[-3, 5], [-3, 5], [640.00049, 9]]},
            {"points": [[0, 5], [640, 9]]},
        ),
        ("points keep their order", "points", {"points": [[9, 9], [1, 1]]}, {"points": [[9, 9], [1, 1]]}),
        (
            "an ellipse keeps the part over the edge",
            "ellipse",
            {"center": [10, 10], "radii": [30, 20], "rotation": -90},
            {"center": [10, 10], "radii": [30, 20], "rotation": 270},
        ),
        (
            "a turned box keeps the part over the edge",
            "box",
            {"box": [-20, 5, 60, 25], "rotation": 30},
            {"box": [-20, 5, 60, 25], "rotation": 30},
        ),
        ("a full turn is none", "box", {"box": [5, 5, 60, 25], "rotation": 360}, {"box": [5, 5, 60, 25]}),
        (
            "an absent keypoint has no place",
            "skeleton",
            {"keypoints": [[5, 6, 2], [70, 80, 0]]},
            {"keypoints": [[5, 6, 2], [0, 0, 0]]},
        ),
        ("a mask is kept as it is", "mask", mask(), mask()),
    ],
)
def test_keeps_in_one_form(name: str, shape: str, geometry: dict[str, Any], kept: dict[str, Any]) -> None:
    assert geometry_normalise(shape, geometry, PICTURE) == kept
    assert geometry_normalise(shape, kept, PICTURE) == kept


SKELETON = {
    "points": [{"name": "head", "x": 0.5, "y": 0}, {"name": "foot", "x": 0.5, "y": 1}],
    "edges": [[1, 0], [0, 1]],
}


def test_a_label_s_skeleton_says_how_many_keypoints_its_objects_have() -> None:
    labels, problems = labels_normalise([{"name": "person", "shapes": ["skeleton"], "skeleton": SKELETON}])
    assert problems == {}
    assert labels[0]["skeleton"]["edges"] == [[0, 1]]
    rules = sh.label_rules(labels)
    region = {"region_id": "r", "label_id": labels[0]["id"], "shape": "skeleton"}
    two = {**region, "geometry": {"keypoints": [[5, 6, 2], [7, 90, 1]]}}
    assert sh.region_normalise(two, PICTURE, rules)["geometry"] == two["geometry"]
    with pytest.raises(sh.ShapeProblem, match="has 2 keypoints, not 1"):
        sh.region_normalise({**region, "geometry": {"keypoints": [[5, 6, 2]]}}, PICTURE, rules)


@pytest.mark.parametrize(
    ("name", "skeleton", "part"),
    [
        ("none at all", None, "needs its keypoints"),
        ("a list", [1], "list of points"),
        ("a point without a place", {"points": [{"name": "head"}]}, "list of points"),
        ("two of one name", {"points": [SKELETON["points"][0]] * 2}, "name of its own"),
        ("outside the template", {"points": [{"name": "head", "x": 2, "y": 0}]}, "between 0 and 1"),
        ("an edge to nowhere", {**SKELETON, "edges": [[0, 2]]}, "two different"),
        ("an edge to itself", {**SKELETON, "edges": [[1, 1]]}, "two different"),
        ("too many", {"points": [{"name": str(n), "x": 0, "y": 0} for n in range(201)]}, "1 to 200"),
    ],
)
def test_a_template_that_cannot_be_drawn_is_refused(name: str, skeleton: Any, part: str) -> None:
    given = {"name": "person", "shapes": ["skeleton"], "skeleton": skeleton}
    _, problems = labels_normalise([given])
    assert part in problems["0.skeleton"]
