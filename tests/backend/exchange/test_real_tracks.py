"""Tracks as MOTChallenge, CVAT and Datumaro wrote them, in, and the MOT ones out again: the same boxes on every frame."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from backend.annotation import selectors as annotation
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.services.imports import dataset_import
from backend.media import services as media_services
from tests.support import clips, factories
from tests.support.exchange import exported, unzipped
from tests.support.exchange_videos import tracks_of

DATA = Path(os.environ.get("SITELOOP_DATA", "../shared/data"))
MOT15, FORMATS = DATA / "tracks" / "mot15", DATA / "formats" / "datumaro-cvat" / "tests" / "assets"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not MOT15.is_dir(), reason="SITELOOP_DATA has no tracks"),
]
# A coordinate is stored to the thousandth of a pixel, at both ends of a side.
STORED_PX = 0.0011


@pytest.fixture
def bare(admin, organisation) -> Any:
    return factories.make_project(
        admin, organisation=organisation, labels=[{"name": "other", "shapes": ["box"]}]
    )


def video(project: Any, name: str, frames: int, width: int, height: int) -> None:
    content = clips.clip(
        [index * 40 for index in range(frames)],
        draw=lambda index: clips.numbered_frame(index, width=width, height=height),
    )
    media_services.asset_register(project=project, content=content, name=name, actor=None)


def taken(admin: Any, project: Any, folder: Path, fmt: str) -> Any:
    return dataset_import(
        actor=admin, project=project, folder=folder, fmt=ImportFormat(fmt), labels=ImportLabels.APPROVED
    )


def rows_of(path: Path, width: int, height: int) -> dict[tuple[int, float, float], list[float]]:
    """{(frame, rounded left and top): corners cut to the picture}: numbers of objects are the writer's own."""
    found = {}
    for line in path.read_text().splitlines():
        frame, _, left, top, wide, high = map(float, line.split(",")[:6])
        corners = [left - 1, top - 1, left - 1 + wide, top - 1 + high]
        cut = [min(max(v, 0.0), side) for v, side in zip(corners, (width, height) * 2, strict=True)]
        found[(int(frame), *sorted(round(v) for v in cut))] = cut
    return found


@pytest.mark.parametrize(("name", "frames"), [("TUD-Campus", 71), ("TUD-Stadtmitte", 179)])
def test_mot15_comes_in_and_goes_out_the_same_on_every_frame(admin, bare, tmp_path, name, frames):
    video(bare, f"{name}.mp4", frames, 640, 480)
    (tmp_path / "in" / name / "gt").mkdir(parents=True)
    given = MOT15 / name / "gt.txt"
    shutil.copy(given, tmp_path / "in" / name / "gt" / "gt.txt")
    report = taken(admin, bare, tmp_path / "in", "mot")
    assert (report.labelled, report.refused, report.labels_made) == (1, [], ["pedestrian"])
    out = unzipped(exported(bare, "mot", with_images=False), tmp_path / "out")
    before, after = rows_of(given, 640, 480), rows_of(out / name / "gt" / "gt.txt", 640, 480)
    assert len(given.read_text().splitlines()) == len((out / name / "gt" / "gt.txt").read_text().splitlines())
    assert before.keys() == after.keys()
    for key, corners in before.items():
        assert max(abs(a - b) for a, b in zip(corners, after[key], strict=True)) <= STORED_PX, key
    [labels] = annotation.approved_revisions(project_id=bare.pk)
    keyframes = sum(len(region.geometry["keyframes"]) for region in labels.regions)
    # Drawn on every frame or nearly, so that little can be left out without a loss; never more than there was.
    assert keyframes <= len(before) + 2 * len(labels.regions)


def test_datumaro_s_sample_of_cvat_for_video(admin, bare):
    video(bare, "t.mp4", 20, 200, 200)
    # A box in it is one pixel high.
    bare.settings = {**bare.settings, "min_box_px": 1.0}
    bare.save()
    report = taken(admin, bare, FORMATS / "cvat_dataset" / "for_video", "cvat")
    assert (report.videos, report.labelled, report.refused) == (1, 1, [])
    [tracks] = tracks_of(bare).values()
    said = {row["of"]: [(k["frame"], k["outside"]) for k in row["keyframes"]] for row in tracks}
    assert said == {
        "box": [(10, False), (13, True), (16, True)],
        "points": [(10, False), (13, True)],
        "polyline": [(13, False), (16, True)],
        "skeleton": [(10, False), (13, False)],
    }
    skeleton = next(row for row in tracks if row["of"] == "skeleton")
    assert [point[2] for point in skeleton["keyframes"][0]["keypoints"]] == [2, 2, 2, 2]
    # The third keypoint goes outside at frame 13, the others stay.
    assert [point[2] for point in skeleton["keyframes"][1]["keypoints"]] == [2, 2, 0, 2]
    [points] = [row for row in tracks if row["of"] == "points"]
    assert points["attributes"] == {"hgl": "hgkf"}


def test_datumaro_s_sample_of_mot(admin, bare, tmp_path):
    video(bare, "mot_seq.mp4", 3, 32, 32)
    shutil.copytree(FORMATS / "mot_dataset" / "mot_seq", tmp_path / "mot_seq")
    report = taken(admin, bare, tmp_path, "mot")
    assert (report.labelled, report.labels_made) == (1, ["label_2"])
    [[found]] = tracks_of(bare).values()
    assert [(k["frame"], k["outside"], k["box"]) for k in found["keyframes"]] == [
        (0, False, [0, 4, 4, 12]),
        (1, True, [0, 4, 4, 12]),
    ]
