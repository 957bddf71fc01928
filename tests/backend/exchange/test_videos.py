"""Tracks out and in again, in every format that knows videos: the same on every frame, or named where it is not."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from backend.annotation.contracts import RegionData
from backend.annotation.models import Suggestion, Task
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.errors import ImportRefused
from backend.exchange.services.imports import dataset_import
from backend.media.models import Asset
from ml.geometry.rle import counts_encode
from tests.support import clips, datasets, factories, media
from tests.support.exchange import exported, import_zip, take_in, unzipped
from tests.support.exchange_videos import FRAMES, frames_of, take_in_video, track, tracks_of

TEMPLATE = {
    "points": [
        {"name": n, "x": x, "y": y} for n, x, y in (("head", 0.5, 0), ("hand", 0, 0.5), ("foot", 1, 1))
    ],
    "edges": [[0, 1], [0, 2]],
}
LABELS = [
    {
        "name": "thing",
        "shapes": [
            "box",
            "polygon",
            "mask",
            "polyline",
            "points",
            "ellipse",
            "cuboid",
            "skeleton",
            "tag",
            "track",
        ],
        "skeleton": TEMPLATE,
        "attributes": [
            {"name": "state", "type": "select", "options": ["new", "old & worn"]},
            {"name": "weight", "type": "number"},
        ],
    },
    {"name": "cart", "shapes": ["box", "track"]},
]
FACES = {
    "front": [[10.0, 20.0], [40.0, 20.0], [40.0, 50.0], [10.0, 50.0]],
    "back": [[20.0, 10.0], [50.0, 10.0], [50.0, 40.0], [20.0, 40.0]],
}


def _mask(*counts: int) -> dict[str, Any]:
    return {"mask": {"x": 7, "y": 9, "width": 4, "height": 3, "counts": counts_encode(counts)}}


def boxes(thing: dict[str, Any], cart: str) -> list[RegionData]:
    return [
        track(
            thing["id"],
            "box",
            {"frame": 0, "box": [1.25, 2.5, 30.125, 40.0]},
            {"frame": 7, "box": [20.0, 12.5, 50.333, 50.0], "occluded": True},
            {"frame": 12, "box": [21.0, 12.5, 51.0, 50.0]},
            {"frame": 15, "box": [21.0, 12.5, 51.0, 50.0], "outside": True},
            {"frame": 20, "box": [60.0, 30.0, 90.0, 80.0]},
            {"frame": 29, "box": [90.001, 30.0, 120.0, 96.0]},
        ),
        track(cart, "box", {"frame": 3, "box": [100.0, 0.0, 128.0, 20.0]}),
    ]


def every_shape(thing: dict[str, Any], cart: str) -> list[RegionData]:
    state, weight = (attribute["id"] for attribute in thing["attributes"])
    ring = [[12.5, 8.25], [60.0, 10.0], [55.125, 50.0]]
    moved = [[22.5, 8.25], [70.0, 10.0], [65.125, 50.0]]
    return [
        *boxes(thing, cart),
        track(
            thing["id"],
            "box",
            {"frame": 2, "box": [30.0, 20.0, 60.0, 40.0], "rotation": 33.5},
            {
                "frame": 9,
                "box": [40.0, 20.0, 70.0, 40.0],
                "rotation": 60.25,
                "attributes": {state: "old & worn", weight: None},
                "by": "tracker",
                "confidence": 0.75,
            },
            attributes={state: "new", weight: 2.5},
            z_index=3,
        ),
        track(thing["id"], "polygon", {"frame": 0, "points": ring}, {"frame": 10, "points": moved}),
        track(thing["id"], "polyline", {"frame": 0, "points": ring}, {"frame": 9, "points": moved}),
        track(thing["id"], "points", {"frame": 0, "points": ring}, {"frame": 8, "points": moved}),
        track(
            thing["id"],
            "ellipse",
            {"frame": 1, "center": [48.0, 32.0], "radii": [20.0, 10.5], "rotation": 15.0},
        ),
        track(thing["id"], "cuboid", {"frame": 1, **FACES}, {"frame": 4, **FACES, "outside": True}),
        track(thing["id"], "mask", {"frame": 5, **_mask(1, 4, 2, 3, 1, 1)}, {"frame": 8, **_mask(0, 12)}),
        track(
            thing["id"],
            "skeleton",
            {"frame": 0, "keypoints": [[10.0, 10.0, 2], [20.0, 30.0, 1], [0.0, 0.0, 0]]},
            {"frame": 6, "keypoints": [[14.0, 10.0, 2], [24.0, 30.0, 2], [30.0, 50.0, 1]]},
            {"frame": 9, "keypoints": [[14.0, 10.0, 2], [24.0, 30.0, 2], [0.0, 0.0, 0]], "outside": True},
        ),
        track(thing["id"], "tag", {"frame": 4}, {"frame": 8, "outside": True}),
    ]


Made = Any


@pytest.fixture
def make(admin, organisation) -> Made:
    """A function that makes a project whose one video carries the tracks that `draw` gives."""

    def made(draw: Any, name: str = "gate 3.mp4") -> Any:
        project = factories.make_project(admin, organisation=organisation, labels=LABELS)
        thing, cart = project.ontology_versions.get().labels
        datasets.label_asset(project, take_in_video(project, name), draw(thing, cart["id"]))
        return project

    return made


@pytest.fixture
def bare(admin, organisation) -> Any:
    return factories.make_project(
        admin, organisation=organisation, labels=[{"name": "other", "shapes": ["box"]}]
    )


def left_out(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        found: dict[str, Any] = json.loads(archive.read("left-out.json")) if "left-out.json" in names else {}
    return found


def test_our_own_form_brings_every_track_back_as_it_is_stored(make, bare, client):
    first = make(every_shape)
    content = exported(first, "siteloop")
    assert left_out(content) == {}
    job = import_zip(client, bare, content, "siteloop")
    assert job.state == "succeeded", job.error
    report = job.result
    assert (report["videos"], report["labelled"], report["refused"], report["notes"]) == (1, 1, [], [])
    assert tracks_of(bare) == tracks_of(first)
    # Without the video it is found by its content, whatever it is called here.
    Asset.objects.update(name="another name.mp4")
    Task.objects.filter(project=bare).delete()
    again = import_zip(client, bare, exported(first, "siteloop", with_images=False), "siteloop").result
    assert (again["added"], again["duplicates"], again["labelled"], again["refused"]) == (0, 1, 1, [])
    assert tracks_of(bare) == tracks_of(first)


def _without_origin(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row
        | {
            "keyframes": [
                {k: v for k, v in key.items() if k not in ("by", "confidence")} for key in row["keyframes"]
            ]
        }
        for row in rows
    ]


def test_cvat_brings_every_keyframe_back_but_ranges_of_tags(make, bare, client):
    first = make(every_shape)
    content = exported(first, "cvat")
    said = left_out(content)
    assert said["objects"] == {"track of tag": 1}
    assert set(said["written_as"]) == {
        "keyframe of a tracker as one of a person",
        "track of mask, of which CVAT itself reads the first keyframe",
    }
    job = import_zip(client, bare, content, "cvat")
    assert job.state == "succeeded", job.error
    assert (job.result["labelled"], job.result["refused"], job.result["notes"]) == (1, [], [])
    [before], [after] = tracks_of(first).values(), tracks_of(bare).values()
    assert after == _without_origin([row for row in before if row["of"] != "tag"])


def test_a_polygon_with_holes_goes_through_cvat_as_pixels(make, bare, client):
    ring = [[2.0, 2.0], [50.0, 2.0], [50.0, 50.0], [2.0, 50.0]]
    hole = [[10.0, 10.0], [30.0, 10.0], [30.0, 30.0], [10.0, 30.0]]
    keyframes = {"frame": 0, "points": ring, "holes": [hole]}, {"frame": 5, "points": ring}
    content = exported(make(lambda thing, _: [track(thing["id"], "polygon", *keyframes)]), "cvat")
    assert left_out(content)["written_as"] == {"track of polygon with holes as mask": 1}
    assert import_zip(client, bare, content, "cvat").result["labelled"] == 1
    [[found]] = tracks_of(bare).values()
    assert (found["of"], [key["frame"] for key in found["keyframes"]]) == ("mask", [0, 5])


def test_mot_brings_boxes_back_with_their_keyframes(make, bare, client):
    first = make(boxes, "Hall 3 – gate.mp4")
    content = exported(first, "mot")
    assert left_out(content) == {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "Hall 3 _ gate/Hall 3 _ gate.mp4" in archive.namelist()
        rows = archive.read("Hall 3 _ gate/gt/gt.txt").decode().splitlines()
        info = archive.read("Hall 3 _ gate/seqinfo.ini").decode()
    # Frames, objects and pixels from 1; sorted by frame.
    frame, number, *place = rows[0].split(",")
    assert (frame, place) == ("1", ["2.25", "3.5", "28.875", "37.5", "1", "1", "1"])
    assert {row.split(",")[1] for row in rows} == {"1", "2"} and number in {"1", "2"}
    assert [int(row.split(",")[0]) for row in rows] == sorted(int(row.split(",")[0]) for row in rows)
    assert "frameRate=25\n" in info and f"seqLength={FRAMES}\n" in info and "imWidth=128\n" in info
    job = import_zip(client, bare, content, "mot")
    assert job.state == "succeeded", job.error
    assert (job.result["added"], job.result["labelled"], job.result["notes"]) == (1, 1, [])
    [before], [after] = tracks_of(first).values(), tracks_of(bare).values()
    assert [_seen(row) for row in after] == [_seen(row) for row in before]
    assert list(frames_of(bare).values()) == list(frames_of(first).values())
    # Into the project that has the video, by the name that was made safe for the zip.
    Task.objects.filter(project=first).delete()
    again = import_zip(client, first, exported(bare, "mot", with_images=False), "mot")
    assert (again.result["duplicates"], again.result["labelled"]) == (1, 1)


def _seen(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Keyframes without the places of those that are outside, which a format of frames does not say."""
    return [{"frame": k["frame"]} if k["outside"] else k for k in row["keyframes"]]


def test_mot_names_what_is_no_box(make):
    said = left_out(exported(make(every_shape), "mot"))
    assert said["objects"] == {"track of points": 1, "track of polyline": 1, "track of tag": 1}
    assert said["written_as"] == {
        "track of cuboid as box": 1,
        "track of ellipse as box": 1,
        "track of mask as box": 1,
        "track of polygon as box": 1,
        "track of skeleton as box": 1,
        "track of turned box as upright box": 1,
        "track with attributes as one without": 1,
    }


COCO_KEEPS = {"box", "polygon", "mask", "skeleton", "tag"}


def test_coco_brings_frames_back_as_tracks_of_the_video(make, bare, client):
    first = make(every_shape)
    content = exported(first, "coco")
    said = left_out(content)
    assert said["objects"] == {"track of points": 1, "track of polyline": 1}
    assert said["written_as"] == {
        "track of cuboid as polygon": 1,
        "track of ellipse as polygon": 1,
        "track of turned box as polygon": 1,
    }
    take_in_video(bare)
    job = import_zip(client, bare, content, "coco")
    assert job.state == "succeeded", job.error
    assert (job.result["videos"], job.result["pictures"], job.result["labelled"]) == (1, 0, 1)
    [before], [after] = tracks_of(first).values(), tracks_of(bare).values()

    def kept(rows: list[dict[str, Any]]) -> list[Any]:
        return [
            (row["label"], row["of"], _seen(row))
            for row in rows
            if row["of"] in COCO_KEEPS and "rotation" not in row["keyframes"][0]
        ]

    found = kept(after)
    assert all(row in found for row in kept(before))
    # Turned boxes, ellipses and cuboids come as outlines.
    assert len(after) == len(before) - 2 and sum(row["of"] == "polygon" for row in after) == 4


def test_the_frames_of_a_coco_export_are_the_video_s_own(make, tmp_path):
    folder = unzipped(exported(make(boxes), "coco"), tmp_path)
    [table] = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    assert [video["name"] for video in table["videos"]] == ["gate 3.mp4"]
    assert [image["frame_index"] for image in table["images"]] == list(range(FRAMES))
    for image in table["images"]:
        assert image["file_name"] == f"images/gate 3/frame_{image['frame_index']:06d}.jpg"
        pixels = media.np.asarray(media.Image.open(folder / image["file_name"]))
        assert clips.frame_number(pixels) == image["frame_index"]
    numbers = {row["track_id"] for row in table["annotations"]}
    assert len(numbers) == 2 and all(row["attributes"]["track_id"] in numbers for row in table["annotations"])


def test_frames_of_a_video_that_nobody_has_come_in_as_pictures(make, bare, client):
    content = exported(make(boxes), "coco")
    job = import_zip(client, bare, content, "coco")
    assert job.state == "succeeded", job.error
    assert (job.result["videos"], job.result["pictures"], job.result["labelled"]) == (0, FRAMES, FRAMES)
    assert "taken as pictures" in job.result["notes"][-1]


@pytest.mark.parametrize("fmt", ["cvat", "siteloop", "coco", "mot", "yolo"])
def test_pictures_and_videos_of_one_project_go_out_together(make, bare, client, fmt):
    first = make(boxes)
    datasets.label_asset(first, take_in(first, 1), [datasets.box(first, "thing")])
    content = exported(first, fmt)
    assert exported(first, fmt) == content
    held = left_out(content).get("not_held", {})
    take_in_video(bare)
    report = import_zip(client, bare, content, fmt).result
    if fmt == "mot":
        assert list(held) == ["pictures: MOT holds tracks on videos"]
        assert (report["videos"], report["pictures"]) == (1, 0)
    elif fmt == "yolo":
        assert list(held) == ["videos: YOLO holds pictures"]
        assert (report["videos"], report["pictures"]) == (0, 1)
    else:
        assert held == {}
        assert (report["videos"], report["pictures"], report["labelled"]) == (1, 1, 2)


@pytest.mark.parametrize("fmt", ["cvat", "siteloop", "mot"])
def test_a_video_that_is_nowhere_is_told_by_its_name(make, bare, client, fmt):
    report = import_zip(client, bare, exported(make(boxes), fmt, with_images=False), fmt).result
    [refused] = report["refused"]
    assert "No video called “gate 3" in refused["reason"] and "Add the video first" in refused["reason"]
    assert report["labelled"] == 0


def test_two_videos_of_one_name_are_not_guessed_between(make, bare, client):
    take_in_video(bare)
    take_in_video(bare, frames=20)
    report = import_zip(client, bare, exported(make(boxes), "mot", with_images=False), "mot").result
    assert "2 videos in the project are called" in report["refused"][0]["reason"]


def test_tracks_of_boxes_may_come_as_suggestions(make, bare, client):
    first = make(every_shape)
    report = import_zip(client, bare, exported(first, "cvat"), "cvat", labels="suggestions").result
    assert "tracks of other shapes left out: suggestions on videos are boxes: 7" in report["notes"]
    found = Suggestion.objects.filter(task__project=bare, state="open")
    assert list(found.values_list("shape", flat=True)) == ["track"] * 3
    [before] = tracks_of(first).values()
    said = [row["keyframes"] for row in before if row["of"] == "box" and not row["attributes"]]
    assert all(any(each.geometry["keyframes"] == keyframes for each in found) for keyframes in said)
    assert Task.objects.get(project=bare).state == "ready"


def test_importing_a_video_twice_changes_nothing(make, bare, client):
    content = exported(make(every_shape), "cvat")
    import_zip(client, bare, content, "cvat")
    before = tracks_of(bare)
    again = import_zip(client, bare, content, "cvat").result
    assert (again["added"], again["duplicates"], again["labelled"], again["left_alone"]) == (0, 1, 1, 0)
    assert tracks_of(bare) == before


# --- what others write


def taken(admin: Any, project: Any, folder: Path, fmt: str) -> Any:
    return dataset_import(
        actor=admin, project=project, folder=folder, fmt=ImportFormat(fmt), labels=ImportLabels.APPROVED
    )


def mot_folder(folder: Path, rows: list[str], name: str = "gate 3", **files: str) -> Path:
    place = folder / name / "gt"
    place.mkdir(parents=True)
    (place / "gt.txt").write_text("\n".join(rows))
    for file, content in files.items():
        (place / file.replace("_", ".")).write_text(content)
    return folder


def test_mot15_rows_count_pixels_from_one_and_are_of_pedestrians(admin, bare, tmp_path):
    take_in_video(bare)
    rows = ["1,7,11,6,20,30,1,-1,-1,-1", "2,7,13,6,20,30,1,-1,-1,-1", "5,7,1,1,10,10,1,4.4,5.5,0"]
    report = taken(admin, bare, mot_folder(tmp_path, rows), "mot")
    assert (report.labelled, report.notes, report.labels_made) == (1, [], ["pedestrian"])
    [[found]] = tracks_of(bare).values()
    said = [(key["frame"], key["outside"], key["box"]) for key in found["keyframes"]]
    assert said == [
        (0, False, [10, 5, 30, 35]),
        (1, False, [12, 5, 32, 35]),
        (2, True, [12, 5, 32, 35]),
        (4, False, [0, 0, 10, 10]),
        (5, True, [0, 0, 10, 10]),
    ]


def test_mot_of_cvat_counts_pixels_from_nought_and_names_its_labels(admin, bare, tmp_path):
    take_in_video(bare)
    rows = [
        "1,1,10,5,20,30,1,2,1.0",
        "2,1,10,5,20,30,1,2,0.2",
        "3,-1,10,5,20,30,1,1,1",
        "3,-1,50,5,20,30,1,1,1",
    ]
    report = taken(admin, bare, mot_folder(tmp_path, rows, labels_txt="cat\nfork lift\n"), "mot")
    assert sorted(report.labels_made) == ["cat", "fork lift"]
    [found] = tracks_of(bare).values()
    assert [row["label"] for row in found] == ["cat", "cat", "fork lift"]
    # Rows without a number are objects of their own; a fifth of an object that is seen is a covered one.
    assert [(key["frame"], key["outside"], key["occluded"]) for key in found[2]["keyframes"]] == [
        (0, False, False),
        (1, False, True),
        (2, True, False),
    ]
    assert found[2]["keyframes"][0]["box"] == [10, 5, 30, 35]


def test_odd_rows_of_mot_are_left_out_with_their_line(admin, bare, tmp_path):
    take_in_video(bare)
    rows = [
        "1,1,-20,11,60,30,1,-1,-1,-1",
        "nonsense",
        "1,1,50,11,20,30,1,-1,-1,-1",
        "0,1,11,11,20,30,1,-1,-1,-1",
        "2,1,nan,11,20,30,1,-1,-1,-1",
        "3,1,11,11,20,30,0,-1,-1,-1",
        "4,1,500,11,20,30,1,-1,-1,-1",
        "99,1,11,11,20,30,1,-1,-1,-1",
        "1,2,11,11,20,30,1,14,1",
    ]
    report = taken(admin, bare, mot_folder(tmp_path, rows), "mot")
    assert report.labelled == 1
    [[found]] = tracks_of(bare).values()
    assert [(key["frame"], key["box"]) for key in found["keyframes"]] == [
        (0, [0, 10, 39, 40]),
        (1, [0, 10, 39, 40]),
    ]
    said = "\n".join(report.notes)
    assert "left out: 2 (first: gate 3/gt/gt.txt, line 2)" in said
    assert "already has left out: 1 (first: gate 3/gt/gt.txt, line 3)" in said
    assert "no whole number from 1 left out: 1 (first: gate 3/gt/gt.txt, line 4)" in said
    assert "not to be judged left out: 1" in said
    assert "class 14" in said
    assert "boxes cut to the picture: 1" in said
    assert "boxes of which less than 3 pixels are on the picture left out: 1" in said
    assert "frames that the video does not have left out: 1" in said


def test_a_mot_zip_without_a_folder_is_of_the_video_that_it_is_called_like(bare, client):
    take_in_video(bare, "set.mp4")
    files = {"gt/gt.txt": b"1,1,11,6,20,30,1,-1,-1,-1\n"}
    job = import_zip(client, bare, media.zipped(files), "mot")
    assert job.result["labelled"] == 1, job.result


def test_a_mot_folder_of_too_many_rows_is_refused(admin, bare, tmp_path, monkeypatch):
    folder = mot_folder(tmp_path, ["1,1,1,1,9,9"] * 3)
    monkeypatch.setattr("backend.exchange.formats.mot_read.ROWS_MAX", 2)
    with pytest.raises(ImportRefused, match=r"line 3: more than 2 rows"):
        taken(admin, bare, folder, "mot")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ImportRefused, match="no gt.txt"):
        taken(admin, bare, tmp_path / "empty", "mot")


XML = """<annotations><version>1.1</version><meta><task><name>any</name><labels>
<label><name>person</name><attributes><attribute><name>pose</name><mutable>True</mutable>
<input_type>text</input_type></attribute></attributes></label>
<label><name>body</name><type>skeleton</type><attributes/><svg>
&lt;circle cx="10" cy="10" data-node-id="1" data-label-name="head"/&gt;
&lt;circle cx="50" cy="90" data-node-id="2" data-label-name="foot"/&gt;</svg></label>
</labels></task><source>gate 3.mp4</source></meta>{}</annotations>"""
BOX = '<box frame="{}" keyframe="{}" outside="{}" occluded="0" xtl="{}" ytl="1" xbr="60" ybr="90">{}</box>'


def cvat_folder(folder: Path, tracks: str) -> Path:
    (folder / "annotations.xml").write_text(XML.format(tracks))
    return folder


def test_frames_that_cvat_interpolated_are_no_keyframes(admin, bare, tmp_path):
    take_in_video(bare)
    sits, stands = (f'<attribute name="pose">{word}</attribute>' for word in ("sits", "stands"))
    rows = [
        BOX.format(0, 1, 0, 10, sits),
        BOX.format(1, 0, 0, 11, sits),
        BOX.format(2, 1, 0, 12, stands),
        BOX.format(30, 1, 1, 12, stands),
    ]
    report = taken(
        admin, bare, cvat_folder(tmp_path, f'<track label="person">{"".join(rows)}</track>'), "cvat"
    )
    assert (report.labelled, report.refused, report.notes) == (1, [], [])
    [[found]] = tracks_of(bare).values()
    # The last row lies past the video's end and says only that the object ends there.
    assert found["keyframes"] == [
        {"frame": 0, "outside": False, "occluded": False, "box": [10, 1, 60, 90]},
        {
            "frame": 2,
            "outside": False,
            "occluded": False,
            "box": [12, 1, 60, 90],
            "attributes": {"pose": "stands"},
        },
    ]
    assert found["attributes"] == {"pose": "sits"}


def test_skeletons_as_cvat_writes_them_today_and_as_it_used_to(admin, bare, tmp_path):
    take_in_video(bare)
    point = '<points {} keyframe="{}" outside="{}" occluded="{}" points="{}"/>'
    today = (
        '<track label="body"><skeleton frame="0" keyframe="1" z_order="0">'
        + point.format('label="foot"', 1, 0, 1, "30,40")
        + point.format('label="head"', 1, 0, 0, "10,20")
        + '</skeleton><skeleton frame="3" keyframe="1">'
        + point.format('label="foot"', 1, 1, 0, "30,40")
        + point.format('label="head"', 1, 1, 0, "12,20")
        + "</skeleton></track>"
    )
    before = (
        '<track label="body"><skeleton frame="0" keyframe="1" outside="0" occluded="0" points="10,20;30,40"/>'
        '<skeleton frame="1" keyframe="0" outside="0" occluded="0" points="10,20;30,40"/>'
        '<skeleton frame="3" keyframe="0" outside="0" occluded="0" points="10,20;30,40"/>'
        '<track label="head">' + point.format('frame="0"', 1, 0, 0, "10,20") + "</track>"
        '<track label="foot">'
        + point.format('frame="0"', 1, 0, 0, "30,40")
        + point.format('frame="3"', 1, 0, 1, "33,40")
        + "</track></track>"
    )
    report = taken(admin, bare, cvat_folder(tmp_path, today + before), "cvat")
    assert (report.refused, report.notes) == ([], [])
    [rows] = tracks_of(bare).values()
    said = [[(key["frame"], key["outside"], key["keypoints"]) for key in row["keyframes"]] for row in rows]
    assert sorted(said) == [
        [(0, False, [[10, 20, 2], [30, 40, 1]]), (3, True, [[12, 20, 2], [30, 40, 2]])],
        [(0, False, [[10, 20, 2], [30, 40, 2]]), (3, False, [[10, 20, 2], [33, 40, 1]])],
    ]


def test_odd_tracks_of_cvat_are_left_out_one_by_one(admin, bare, tmp_path):
    take_in_video(bare)
    good = f'<track label="person">{BOX.format(0, 1, 0, 10, "")}</track>'
    odd = (
        f"<track>{BOX.format(0, 1, 0, 10, '')}</track>"
        '<track label="person"/>'
        f'<track label="person">{BOX.format("one", 1, 0, 10, "")}</track>'
        f'<track label="person">{BOX.format(0, 1, 0, "x", "")}</track>'
        '<track label="person"><skeleton frame="0" keyframe="1"/></track>'
        '<track label="person"><mask frame="0" keyframe="1" rle="1" left="0" top="0" width="9" height="9"/></track>'
    )
    report = taken(admin, bare, cvat_folder(tmp_path, good + odd), "cvat")
    assert (report.labelled, report.refused) == (1, [])
    assert [len(rows) for rows in tracks_of(bare).values()] == [1]
    assert len(report.notes) == 5 and all("annotations.xml, track" in note for note in report.notes)


def test_a_track_beyond_the_video_refuses_it_with_the_reason(admin, bare, tmp_path):
    take_in_video(bare)
    rows = BOX.format(0, 1, 0, 10, "") + BOX.format(40, 1, 0, 10, "")
    report = taken(admin, bare, cvat_folder(tmp_path, f'<track label="person">{rows}</track>'), "cvat")
    assert f"not in the video ({FRAMES} frames)" in report.refused[0]["reason"]
