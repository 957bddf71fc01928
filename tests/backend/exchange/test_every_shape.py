"""Every shape out and in again: the same, or as another shape with a word on it; never gone without one."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest

from backend.annotation.contracts import RegionData
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.errors import ImportRefused
from backend.exchange.services.imports import dataset_import
from ml.contracts import RleMask
from ml.geometry.masks import rle_to_mask
from ml.geometry.rle import counts_decode, counts_encode
from tests.support import datasets, exchange, factories
from tests.support.exchange import exported, import_zip, take_in, told_of

# A picture is 96 × 64.
GROUP = str(uuid.uuid4())
GEOMETRIES: dict[str, dict[str, Any]] = {
    "box": {"box": [5.25, 6.5, 40.125, 30.0]},
    "turned box": {"box": [30.0, 20.0, 60.0, 40.0], "rotation": 33.5},
    "polygon": {"points": [[12.5, 8.25], [60.0, 10.0], [55.125, 50.0]]},
    "polygon with a hole": {
        "points": [[2.0, 2.0], [50.0, 2.0], [50.0, 50.0], [2.0, 50.0]],
        "holes": [[[10.0, 10.0], [30.0, 10.0], [30.0, 30.0], [10.0, 30.0]]],
    },
    "mask": {"mask": {"x": 7, "y": 9, "width": 4, "height": 3, "counts": counts_encode([1, 4, 2, 3, 1, 1])}},
    "polyline": {"points": [[5.0, 5.0], [50.0, 9.0], [70.5, 60.25]]},
    "points": {"points": [[5.0, 5.0], [50.0, 9.0]]},
    "ellipse": {"center": [48.0, 32.0], "radii": [20.0, 10.5], "rotation": 15.0},
    "cuboid": {
        "front": [[10.0, 20.0], [40.0, 20.0], [40.0, 50.0], [10.0, 50.0]],
        "back": [[20.0, 10.0], [50.0, 10.0], [50.0, 40.0], [20.0, 40.0]],
    },
    "skeleton": {"keypoints": [[10.0, 10.0, 2], [20.0, 30.0, 1], [0.0, 0.0, 0]]},
}
SHAPE_OF = {"turned box": "box", "polygon with a hole": "polygon"}
TEMPLATE = {
    "points": [
        {"name": n, "x": x, "y": y} for n, x, y in (("head", 0.5, 0), ("hand", 0, 0.5), ("foot", 1, 1))
    ],
    "edges": [[0, 1], [0, 2]],
}
ALL = ["box", "polygon", "mask", "polyline", "points", "ellipse", "cuboid", "skeleton", "tag"]
LABELS = [
    {
        "name": "thing",
        "shapes": ALL,
        "skeleton": TEMPLATE,
        "attributes": [
            {"name": "state", "type": "select", "options": ["new", "old & worn"]},
            {"name": "weight", "type": "number"},
            {"name": "safe", "type": "bool"},
            {"name": "note", "type": "text"},
        ],
    }
]


@pytest.fixture
def whole(admin, organisation) -> Any:
    """A project with one picture that has one object of every shape, with everything that can be said of one."""
    project = factories.make_project(admin, organisation=organisation, labels=LABELS)
    label = project.ontology_versions.get().labels[0]
    ids = {a["name"]: a["id"] for a in label["attributes"]}
    said = {"state": "old & worn", "weight": 2.5, "safe": False, "note": 'a "quoted" <word>'}
    regions = [
        RegionData(
            region_id=str(uuid.uuid4()),
            label_id=label["id"],
            shape=SHAPE_OF.get(name, name),
            geometry=geometry,
            attributes={ids[key]: value for key, value in said.items()} if index % 2 == 0 else {},
            z_index=index - 3,
            occluded=index % 3 == 0,
            group_id=GROUP if index < 2 else None,
        )
        for index, (name, geometry) in enumerate(GEOMETRIES.items())
    ]
    datasets.label_asset(project, take_in(project, 1), regions, tags=("thing",))
    return project


def left_out(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found: dict[str, Any] = (
            json.loads(archive.read("left-out.json")) if "left-out.json" in archive.namelist() else {}
        )
    return found


def pixels(mask: dict[str, Any]) -> set[tuple[int, int]]:
    crop = rle_to_mask(RleMask(mask["height"], mask["width"], tuple(counts_decode(mask["counts"]))))
    return {(x + mask["x"], y + mask["y"]) for y, x in zip(*crop.nonzero(), strict=True)}


def test_our_own_form_brings_everything_back(whole, admin, organisation, client):
    empty = factories.make_project(
        admin, organisation=organisation, labels=[{"name": "other", "shapes": ["box"]}]
    )
    content = exported(whole, "siteloop")
    job = import_zip(client, empty, content, "siteloop")
    assert job.state == "succeeded", job.error
    assert (job.result["labelled"], job.result["refused"], job.result["notes"]) == (1, [], [])
    assert told_of(empty) == told_of(whole)
    made = next(
        label for label in empty.ontology_versions.order_by("-number")[0].labels if label["name"] == "thing"
    )
    assert made["skeleton"] == whole.ontology_versions.get().labels[0]["skeleton"]
    assert [a["type"] for a in made["attributes"]] == ["select", "number", "bool", "text"]
    assert left_out(content) == {}
    # Once more is no new work.
    again = import_zip(client, empty, content, "siteloop").result
    assert (again["duplicates"], again["labelled"]) == (1, 1)
    assert told_of(empty) == told_of(whole)


def test_cvat_brings_everything_back_but_holes_which_come_as_pixels(whole, admin, organisation, client):
    empty = factories.make_project(
        admin, organisation=organisation, labels=[{"name": "other", "shapes": ["box"]}]
    )
    content = exported(whole, "cvat")
    assert left_out(content) == {"written_as": {"polygon with holes as mask": 1}}
    job = import_zip(client, empty, content, "cvat")
    assert job.state == "succeeded", job.error
    assert (job.result["labelled"], job.result["refused"], job.result["notes"]) == (1, [], [])
    [before], [after] = told_of(whole).values(), told_of(empty).values()
    holed = [row for row in after if row["shape"] == "mask" and row["z_index"] == 0]
    assert len(holed) == 1 and len(pixels(holed[0]["geometry"]["mask"])) == 48 * 48 - 20 * 20
    assert [row for row in after if row not in holed] == [
        row for row in before if not row["geometry"].get("holes")
    ]
    assert [r.tags for r in _revisions(empty)] == [[factories.label_id(empty, "thing")]]


def _revisions(project: Any) -> Any:
    from backend.annotation.models import Revision

    return Revision.objects.filter(task__project=project)


# What COCO makes of each shape, read back.
COCO_SHAPES = {
    "box": "box",
    "turned box": "polygon",
    "polygon": "polygon",
    "polygon with a hole": "mask",
    "mask": "mask",
    "ellipse": "polygon",
    "cuboid": "polygon",
    "skeleton": "skeleton",
}


def test_coco_brings_shapes_with_an_area_back_and_names_the_others(whole, admin, organisation, client):
    empty = factories.make_project(
        admin, organisation=organisation, labels=[{"name": "other", "shapes": ["box"]}]
    )
    content = exported(whole, "coco")
    said = left_out(content)
    assert said["objects"] == {"points": 1, "polyline": 1}
    assert said["written_as"] == {
        "box as polygon": 1,
        "cuboid as polygon": 1,
        "ellipse as polygon": 1,
        "polygon as mask": 1,
    }
    job = import_zip(client, empty, content, "coco")
    assert job.state == "succeeded", job.error
    assert (job.result["labelled"], job.result["refused"]) == (1, [])
    [before], [after] = told_of(whole).values(), told_of(empty).values()
    assert sorted(row["shape"] for row in after) == sorted(COCO_SHAPES.values())
    kept = [
        name
        for name, shape in COCO_SHAPES.items()
        if SHAPE_OF.get(name, name) == shape and name != "turned box"
    ]
    for name in kept:
        [one] = [row for row in before if row["geometry"] == GEOMETRIES[name]]
        same = [
            row
            for row in after
            if (row["shape"], row["attributes"], row["occluded"])
            == (one["shape"], one["attributes"], one["occluded"])
        ]
        if name == "mask":
            wanted = pixels(one["geometry"]["mask"])
            assert any(pixels(row["geometry"]["mask"]) == wanted for row in same)
        else:
            assert any(row["geometry"] == one["geometry"] for row in same), name


# --- COCO as others write it


def coco_folder(folder: Path, rows: list[dict[str, Any]], category: dict[str, Any] | None = None) -> Path:
    (folder / "a.png").write_bytes(exchange.picture_bytes(20, 10))
    table = {
        "images": [{"id": 1, "file_name": "a.png", "width": 20, "height": 10}],
        "annotations": [
            {"id": n, "image_id": 1, "category_id": 1, **row} for n, row in enumerate(rows, start=1)
        ],
        "categories": [{"id": 1, "name": "person", **(category or {})}],
    }
    (folder / "set.json").write_text(json.dumps(table))
    return folder


def taken(admin: Any, project: Any, folder: Path) -> tuple[list[dict[str, Any]], Any]:
    report = dataset_import(
        actor=admin, project=project, folder=folder, fmt=ImportFormat.COCO, labels=ImportLabels.APPROVED
    )
    return next(iter(told_of(project).values()), []), report


# Rows 2 to 5 of columns 3 to 6 of a picture of 20 × 10.
RUNS = [32, 4, 6, 4, 6, 4, 6, 4, 134]
SET = {(x, y) for x in range(3, 7) for y in range(2, 6)}


@pytest.fixture
def bare(admin, organisation) -> Any:
    return factories.make_project(
        admin, organisation=organisation, labels=[{"name": "other", "shapes": ["box"]}]
    )


@pytest.mark.parametrize("crowd", [0, 1])
@pytest.mark.parametrize("counts", [RUNS, counts_encode(RUNS)], ids=["numbers", "text"])
def test_run_lengths_of_coco_become_masks(admin, bare, tmp_path, counts, crowd):
    row = {"segmentation": {"size": [10, 20], "counts": counts}, "bbox": [3, 2, 4, 4], "iscrowd": crowd}
    [found], report = taken(admin, bare, coco_folder(tmp_path, [row]))
    assert (found["shape"], pixels(found["geometry"]["mask"])) == ("mask", SET)
    assert report.refused == []
    assert bool(report.notes) == bool(crowd)


def test_a_crowd_without_pixels_is_left_out_with_a_note(admin, bare, tmp_path):
    rows = [{"bbox": [3, 2, 4, 4], "iscrowd": 1}, {"bbox": [8, 2, 4, 4]}]
    [found], report = taken(admin, bare, coco_folder(tmp_path, rows))
    assert found["geometry"] == {"box": [8, 2, 12, 6]}
    assert report.notes == ["objects marked as crowd or difficult left out: 1"]


def test_an_object_in_two_parts_stays_one_object(admin, bare, tmp_path):
    rings = [[3, 2, 7, 2, 7, 6, 3, 6], [10, 2, 11, 2, 11, 4, 10, 4]]
    [found], _ = taken(admin, bare, coco_folder(tmp_path, [{"segmentation": rings, "bbox": [3, 2, 8, 3]}]))
    assert found["shape"] == "mask"
    assert pixels(found["geometry"]["mask"]) == SET | {(10, 2), (10, 3)}


def test_keypoints_become_a_skeleton_and_a_box_of_their_own_stays_beside_it(admin, bare, tmp_path):
    category = {"keypoints": ["head", "foot"], "skeleton": [[1, 2]]}
    rows = [
        {"keypoints": [5, 2, 2, 7, 8, 1], "bbox": [2, 1, 8, 8]},
        {"keypoints": [5, 2, 2, 0, 0, 0], "bbox": [5, 2, 1, 1], "segmentation": []},
    ]
    found, report = taken(admin, bare, coco_folder(tmp_path, rows, category))
    assert report.refused == []
    skeletons = [row["geometry"]["keypoints"] for row in found if row["shape"] == "skeleton"]
    assert skeletons == [[[5, 2, 2], [0, 0, 0]], [[5, 2, 2], [7, 8, 1]]]
    [box] = [row for row in found if row["shape"] == "box"]
    assert box["geometry"] == {"box": [2, 1, 10, 9]} and box["grouped"]
    label = next(x for x in bare.ontology_versions.order_by("-number")[0].labels if x["name"] == "person")
    assert [p["name"] for p in label["skeleton"]["points"]] == ["head", "foot"]
    assert label["skeleton"]["edges"] == [[0, 1]]


def test_a_label_that_cannot_be_drawn_so_refuses_the_picture_with_the_reason(admin, organisation, tmp_path):
    project = factories.make_project(
        admin, organisation=organisation, labels=[{"name": "person", "shapes": ["box"]}]
    )
    row = {"segmentation": {"size": [10, 20], "counts": RUNS}, "bbox": [3, 2, 4, 4]}
    found, report = taken(admin, project, coco_folder(tmp_path, [row]))
    assert found == []
    assert "person cannot be drawn as a mask" in report.refused[0]["reason"]


@pytest.mark.parametrize(
    ("fmt", "files", "says"),
    [
        ("siteloop", {}, "no export of Siteloop"),
        ("siteloop", {"siteloop.json": '{"form": 99, "labels": []}', "pictures.jsonl": ""}, "form 99"),
        ("siteloop", {"siteloop.json": "[", "pictures.jsonl": ""}, "cannot be read"),
        ("cvat", {}, "no export of CVAT"),
        ("cvat", {"annotations.xml": "<annotations>"}, "not readable XML"),
        ("cvat", {"annotations.xml": '<!DOCTYPE a [<!ENTITY b "c">]><annotations/>'}, "not readable XML"),
        (
            "cvat",
            {"annotations.xml": '<annotations><image name="../../etc/x.png"/></annotations>'},
            "Not one picture",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(admin, bare, tmp_path, fmt, files, says):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(ImportRefused, match=says):
        dataset_import(
            actor=admin, project=bare, folder=tmp_path, fmt=ImportFormat(fmt), labels=ImportLabels.APPROVED
        )


def test_odd_objects_of_cvat_are_left_out_one_by_one(admin, bare, tmp_path):
    (tmp_path / "a.png").write_bytes(exchange.picture_bytes(20, 10))
    (tmp_path / "annotations.xml").write_text(
        '<annotations><image name="a.png">'
        '<box label="person" xtl="1" ytl="1" xbr="9" ybr="9"/>'
        '<box label="person" xtl="one" ytl="1" xbr="9" ybr="9"/>'
        '<mask label="person" rle="1, 2" left="0" top="0" width="9" height="9"/>'
        '<skeleton label="person"><points label="a" points="1,1"/></skeleton>'
        '<box xtl="1" ytl="1" xbr="9" ybr="9"/></image><track/></annotations>'
    )
    report = dataset_import(
        actor=admin, project=bare, folder=tmp_path, fmt=ImportFormat.CVAT, labels=ImportLabels.APPROVED
    )
    assert [row["geometry"] for row in told_of(bare)["a"]] == [{"box": [1, 1, 9, 9]}]
    assert len(report.notes) == 5
