"""What must not get lost, or come in as something else, when tracks of others come in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.annotation.models import Suggestion
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.errors import ImportRefused
from backend.exchange.services.imports import ImportReport, dataset_import
from tests.support import factories
from tests.support.exchange_videos import take_in_video, tracks_of

XML = """<annotations><version>1.1</version><meta>{meta}</meta>{tracks}</annotations>"""
ONE = "<task><name>any</name><labels/></task><source>gate 3.mp4</source>"
PROJECT = """<project><tasks><task><id>1</id><name>first</name><source>hall.mp4</source></task>
<task><id>2</id><name>second</name><source>yard.mp4</source></task></tasks></project>"""


@pytest.fixture
def bare(admin, organisation) -> Any:
    labels = [
        {"name": "person", "shapes": ["box", "track"], "attributes": [{"name": "pose", "type": "text"}]}
    ]
    return factories.make_project(admin, organisation=organisation, labels=labels)


def taken(admin: Any, project: Any, folder: Path, fmt: str, labels: str = "approved") -> ImportReport:
    return dataset_import(
        actor=admin, project=project, folder=folder, fmt=ImportFormat(fmt), labels=ImportLabels(labels)
    )


def box(frame: int, left: int, *, keyframe: int = 1, outside: int = 0, pose: str = "") -> str:
    said = f'<attribute name="pose">{pose}</attribute>' if pose else ""
    return (
        f'<box frame="{frame}" keyframe="{keyframe}" outside="{outside}" occluded="0"'
        f' xtl="{left}" ytl="1" xbr="{left + 40}" ybr="90">{said}</box>'
    )


def cvat(folder: Path, tracks: str, meta: str = ONE) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "annotations.xml").write_text(XML.format(meta=meta, tracks=tracks))
    return folder


def person(*rows: str, more: str = "") -> str:
    return f'<track label="person"{more}>{"".join(rows)}</track>'


def test_a_second_file_about_a_video_is_refused_and_does_not_replace_the_first(admin, bare, tmp_path):
    take_in_video(bare)
    cvat(tmp_path / "job 1", person(box(0, 10)))
    cvat(tmp_path / "job 2", person(box(20, 50)))
    report = taken(admin, bare, tmp_path, "cvat")
    [[found]] = tracks_of(bare).values()
    assert [key["frame"] for key in found["keyframes"]] == [0]
    assert report.labelled == 1
    assert ["into one file" in each["reason"] for each in report.refused] == [True]


def test_an_object_that_leaves_in_cvat_is_on_every_frame_where_cvat_says(admin, bare, tmp_path):
    take_in_video(bare)
    moving = person(
        box(0, 0), *(box(at, at, keyframe=0) for at in range(1, 10)), box(10, 10, outside=1), box(20, 30)
    )
    still = person(box(0, 50), *(box(at, 50, keyframe=0) for at in range(1, 10)), box(10, 50, outside=1))
    report = taken(admin, bare, cvat(tmp_path, moving + still), "cvat")
    assert (report.labelled, report.notes) == (1, [])
    [rows] = tracks_of(bare).values()
    said = [[(key["frame"], key["outside"], key["box"][0]) for key in row["keyframes"]] for row in rows]
    assert sorted(said) == [
        [(0, False, 0), (9, False, 9), (10, True, 10), (20, False, 30)],
        [(0, False, 50), (10, True, 50)],
    ]


def test_tracks_of_other_videos_are_not_put_on_the_only_one_that_is_there(admin, bare, tmp_path):
    from tests.support import clips

    tracks = person(box(0, 10), more=' task_id="1"') + person(box(0, 50), more=' task_id="2"')
    cvat(tmp_path, tracks, PROJECT)
    (tmp_path / "any.mp4").write_bytes(clips.clip([index * 40 for index in range(5)]))
    report = taken(admin, bare, tmp_path, "cvat")
    assert (report.labelled, len(report.refused)) == (0, 2)
    assert all("No video called" in each["reason"] for each in report.refused)


def test_suggested_tracks_come_without_attributes_as_the_report_says(admin, bare, tmp_path):
    take_in_video(bare)
    cvat(tmp_path, person(box(0, 10, pose="sits"), box(5, 10, pose="stands")))
    report = taken(admin, bare, tmp_path, "cvat", "suggestions")
    [row] = Suggestion.objects.filter(task__project=bare)
    assert [key.get("attributes") for key in row.geometry["keyframes"]] == [None, None]
    assert any("attributes were left out" in note for note in report.notes)


def test_a_file_of_classes_that_nothing_names_cannot_flood_the_report(admin, bare, tmp_path):
    take_in_video(bare)
    (tmp_path / "gate 3" / "gt").mkdir(parents=True)
    rows = ["1,1,10,10,20,30,1,1,1", *(f"1,2,10,10,20,30,1,{number},1" for number in range(20, 60))]
    (tmp_path / "gate 3" / "gt" / "gt.txt").write_text("\n".join(rows))
    report = taken(admin, bare, tmp_path, "mot")
    assert len(report.notes) == 1
    assert "left out: 40 (first: gate 3/gt/gt.txt, line 2: class 20)" in report.notes[0]


def test_the_limit_of_objects_is_for_all_tables_of_a_coco_zip(admin, bare, tmp_path, monkeypatch):
    take_in_video(bare)
    take_in_video(bare, "hall.mp4", frames=20)
    monkeypatch.setattr("backend.exchange.formats.coco_read.OBJECTS_MAX", 3)
    for name in ("gate 3", "hall"):
        table = {
            "videos": [{"id": 1, "name": name}],
            "images": [
                {
                    "id": at,
                    "video_id": 1,
                    "frame_index": at,
                    "file_name": f"{at}.jpg",
                    "width": 128,
                    "height": 96,
                }
                for at in range(2)
            ],
            "annotations": [
                {"id": at, "image_id": at, "category_id": 1, "bbox": [5, 5, 30, 30], "track_id": 1}
                for at in range(2)
            ],
            "categories": [{"id": 1, "name": "person"}],
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(table))
    report = taken(admin, bare, tmp_path, "coco")
    assert any("past the first 3 left out: 1" in note for note in report.notes), report


@pytest.mark.parametrize("limit", ["HEAD_MAX_BYTES", "LINE_MAX_BYTES"])
def test_our_own_form_has_limits_before_it_is_parsed(admin, bare, tmp_path, monkeypatch, limit):
    (tmp_path / "siteloop.json").write_text('{"form": 1, "labels": []}')
    (tmp_path / "pictures.jsonl").write_text('{"file": "a.jpg", "objects": []}\n')
    monkeypatch.setattr(f"backend.exchange.formats.own.{limit}", 10)
    with pytest.raises(ImportRefused, match="larger than"):
        taken(admin, bare, tmp_path, "siteloop")


def test_a_number_that_is_none_leaves_out_its_line(admin, bare, tmp_path):
    (tmp_path / "siteloop.json").write_text('{"form": 1, "labels": []}')
    drawn = '{"label": "person", "shape": "box", "geometry": {}, "z_index": Infinity}'
    (tmp_path / "pictures.jsonl").write_text(f'{{"file": "a.jpg", "objects": [{drawn}]}}\n')
    assert any("line 1" in note for note in taken(admin, bare, tmp_path, "siteloop").notes)
