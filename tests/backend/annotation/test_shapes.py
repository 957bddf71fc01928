"""What can be drawn: geometry, labels, attributes, and what counts as unchanged."""

from __future__ import annotations

import math
from typing import Any

import pytest

from backend.annotation.domain import shapes as sh
from backend.annotation.domain.content import content_hash
from backend.annotation.domain.geometry import geometry_bounds, geometry_normalise, geometry_same
from backend.annotation.domain.ops import DraftOp, already_applied, draft_of, ops_apply

PICTURE = sh.Canvas(640, 480, None, 3.0)
VIDEO = sh.Canvas(640, 480, 100, 3.0)
SIZE = {"id": "size", "name": "Size", "type": "select", "options": ["s", "m"], "required": True}
RULES = sh.label_rules(
    [
        {"id": "p", "name": "person", "shapes": ["box", "polygon", "track"]},
        {"id": "h", "name": "hat", "shapes": ["box"], "attributes": [SIZE]},
        {"id": "t", "name": "blurred", "shapes": ["tag"]},
    ]
)


def key(frame: int, box: tuple[float, ...] = (10, 10, 50, 50), **more: Any) -> dict[str, Any]:
    return {"frame": frame, "box": list(box), **more}


@pytest.mark.parametrize(
    ("name", "shape", "canvas", "geometry", "part"),
    [
        ("empty", "box", PICTURE, {}, "four numbers"),
        ("three numbers", "box", PICTURE, {"box": [1, 2, 3]}, "four numbers"),
        ("not finite", "box", PICTURE, {"box": [0, 0, math.nan, 9]}, "not a number"),
        ("a truth value", "box", PICTURE, {"box": [True, 0, 9, 9]}, "not a number"),
        ("other scale", "box", PICTURE, {"box": [0, 0, 4000, 3000]}, "outside"),
        ("too small", "box", PICTURE, {"box": [5, 5, 7, 50]}, "smallest"),
        ("small once clipped", "box", PICTURE, {"box": [-40, 5, 2, 50]}, "smallest"),
        ("bad rotation", "box", PICTURE, {"box": [0, 0, 9, 9], "rotation": "x"}, "rotation"),
        ("two points", "polygon", PICTURE, {"points": [[1, 1], [9, 9]]}, "three"),
        ("one point thrice", "polygon", PICTURE, {"points": [[1, 1]] * 3}, "three"),
        ("no area", "polygon", PICTURE, {"points": [[0, 0], [5, 5], [9, 9]]}, "no area"),
        ("broken point", "polygon", PICTURE, {"points": [[0, 0], [5], [9, 9]]}, "two numbers"),
        (
            "broken hole",
            "polygon",
            PICTURE,
            {"points": [[0, 0], [50, 0], [0, 50]], "holes": [[[1, 1]]]},
            "hole",
        ),
        ("track on a picture", "track", PICTURE, {"keyframes": [key(0)]}, "video"),
        ("box on a video", "box", VIDEO, {"box": [0, 0, 9, 9]}, "tracks"),
        ("no keyframe", "track", VIDEO, {"keyframes": []}, "keyframe"),
        ("past the end", "track", VIDEO, {"keyframes": [key(100)]}, "not in the video"),
        ("not rising", "track", VIDEO, {"keyframes": [key(5), key(5)]}, "rising"),
        ("half a frame", "track", VIDEO, {"keyframes": [key(1.5)]}, "whole"),  # type: ignore[arg-type]
        ("no such shape", "track", VIDEO, {"of": "circle", "keyframes": [key(0)]}, "cannot be"),
        ("set by nobody known", "track", VIDEO, {"keyframes": [key(0, by="cat")]}, "set by a person"),
        ("too sure", "track", VIDEO, {"keyframes": [key(0, confidence=2)]}, "from 0 to 1"),
        ("attributes as a list", "track", VIDEO, {"keyframes": [key(0, attributes=[1])]}, "values by"),
        ("a bad outline", "track", VIDEO, {"of": "polygon", "keyframes": [key(6)]}, "Frame 7: A polygon"),
        ("a bad mask", "track", VIDEO, {"of": "mask", "keyframes": [key(6)]}, "Frame 7: A mask"),
        ("never visible", "track", VIDEO, {"keyframes": [key(1, outside=True)]}, "visible"),
    ],
)
def test_refuses(name: str, shape: str, canvas: sh.Canvas, geometry: dict[str, Any], part: str) -> None:
    with pytest.raises(sh.ShapeProblem, match=part):
        geometry_normalise(shape, geometry, canvas)


def test_clips_a_small_overhang_and_puts_corners_in_order() -> None:
    assert geometry_normalise("box", {"box": [100, 90, -5, 10.00049]}, PICTURE) == {
        "box": [0.0, 10.0, 100.0, 90.0]
    }


def test_a_models_overhang_of_any_size_is_clipped() -> None:
    geometry = geometry_normalise("box", {"box": [-900, 10, 50, 90]}, PICTURE, clip_any=True)
    assert geometry == {"box": [0.0, 10.0, 50.0, 90.0]}


def test_polygons_lose_repeated_points_and_keep_holes() -> None:
    geometry = geometry_normalise(
        "polygon",
        {"points": [[0, 0], [0, 0], [50, 0], [0, 50], [0, 0]], "holes": [[[5, 5], [9, 5], [5, 9]]]},
        PICTURE,
    )
    assert geometry["points"] == [[0, 0], [50, 0], [0, 50]] and len(geometry["holes"]) == 1


def test_bounds_of_every_shape() -> None:
    assert geometry_bounds("box", {"box": [1, 2, 3, 4]}) == (1, 2, 3, 4)
    assert geometry_bounds("polygon", {"points": [[1, 9], [5, 2], [3, 3]]}) == (1, 2, 5, 9)
    frames = [key(0, (0, 0, 5, 5), outside=True), key(3, (10, 10, 20, 20)), key(9, (15, 5, 30, 18))]
    assert geometry_bounds("track", {"keyframes": frames}) == (10, 5, 30, 20)
    assert geometry_bounds("track", {"keyframes": []}) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"box": [1, 2, 3, 4]}, {"box": [1.05, 2, 3, 4]}, True),
        ({"box": [1, 2, 3, 4]}, {"box": [2, 2, 3, 4]}, False),
        ({"box": [1, 2, 3, 4]}, {"box": [1, 2, 3, 4], "rotation": 0}, True),
        ({"box": [1, 2, 3, 4]}, {"box": [1, 2, 3, 4], "rotation": 30}, False),
        ({"points": [[1, 2]]}, {"points": [[1, 2], [3, 4]]}, False),
        ({"keyframes": [key(1)]}, {"of": "box", "keyframes": [key(1)]}, True),
        ({"keyframes": [key(1)]}, {"of": "mask", "keyframes": [key(1)]}, False),
        ({"keyframes": [key(1, outside=True)]}, {"keyframes": [key(1, outside=False)]}, False),
    ],
)
def test_same_geometry(one: Any, other: Any, same: bool) -> None:
    assert geometry_same(one, other) is same


def region(**fields: Any) -> dict[str, Any]:
    return {"region_id": "r", "label_id": "p", "shape": "box", "geometry": {"box": [0, 0, 9, 9]}, **fields}


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"label_id": "gone"}, "any more"),
        ({"label_id": "h", "shape": "polygon"}, "cannot be drawn"),
        ({"label_id": "h"}, "needs a value for Size"),
        ({"label_id": "h", "attributes": {"size": "xxl"}}, "cannot have that value"),
        ({"label_id": "p", "attributes": {"age": 3}}, "no attribute"),
    ],
)
def test_refuses_regions(fields: dict[str, Any], part: str) -> None:
    with pytest.raises(sh.ShapeProblem, match=part):
        sh.region_normalise(region(**fields), PICTURE, RULES)


def test_attributes_take_defaults() -> None:
    rule = sh.LabelRule("hat", frozenset({"box"}), ({**SIZE, "default": "m"},))
    assert sh.attributes_normalise(rule, {}) == {"size": "m"}


def test_tags_must_be_tags() -> None:
    assert sh.tags_normalise(["t", "t"], RULES) == ["t"]
    with pytest.raises(sh.ShapeProblem, match="cannot be used as a tag"):
        sh.tags_normalise(["p"], RULES)


def test_content_hash_depends_on_content_alone() -> None:
    assert content_hash(region()) == content_hash(region(region_id="other"))
    assert content_hash(region()) != content_hash(region(z_index=1))


def test_ops_apply_in_order_and_replays_change_nothing() -> None:
    ops = [
        DraftOp("1", "put", region=region()),
        DraftOp("2", "put", region=region(region_id="s")),
        DraftOp("3", "delete", region_id="r"),
        DraftOp("4", "tags", tags=["t", "t"]),
    ]
    empty = draft_of([], [])
    draft, applied = ops_apply(empty, [], ops)
    assert list(draft["regions"]) == ["s"] and draft["tags"] == ["t"]
    assert ops_apply(draft, applied, ops) == (draft, applied)
    assert already_applied(applied, ops) and not already_applied([], ops)
    assert empty == {"regions": {}, "tags": []}
