"""Tracks in and out by the dialogs: a MOT zip of a video that the project has, then the project as CVAT."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support import clips
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS
from tests.support.shots import shot

FRAMES = 40


@pytest.fixture(scope="module")
def video_project(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    body = {
        "organisation_id": site.organisation_id,
        "name": "Tracks in and out",
        "labels": [{"name": "pedestrian", "shapes": ["box", "track"]}],
    }
    project_id: str = site.admin.post("/projects", body)["id"]
    path = tmp_path_factory.mktemp("exchange") / "gate 3.mp4"
    path.write_bytes(clips.clip([at * 40.0 for at in range(FRAMES)], draw=clips.framed_frame))
    assert site.admin.upload(project_id, path)["report"]["added"] == 1
    site.admin.wait_idle(project_id, 120)
    return project_id


def dialog(page: Page, item: str) -> Any:
    page.get_by_role("button", name="Do with these").click()
    page.get_by_role("menuitem", name=item).click()
    found = page.get_by_role("dialog")
    expect(found).to_be_visible()
    return found


def mot_zip() -> bytes:
    """Somebody who walks four pixels a frame, gone for five frames; a row that is none."""
    rows = [f"{f},1,{f * 4},61,40,80,1,-1,-1,-1" for f in range(1, FRAMES + 1) if not 20 <= f < 25]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("gate 3/gt/gt.txt", "\n".join([*rows, "nonsense"]))
    return content.getvalue()


def test_a_mot_zip_comes_in_by_the_dialog_and_goes_out_as_cvat(
    site: Site, video_project: str, signed_in: Callable[..., Page]
) -> None:
    page = signed_in("admin")
    page.goto(f"/p/{video_project}/data")
    importing = dialog(page, "Import labelled data")
    importing.get_by_label("Written as").click()
    page.get_by_role("option", name="MOT").click()
    expect(importing.get_by_text("looked for in this project by its name")).to_be_visible()
    assert violations(page) == []
    shot(page, "import-mot")
    importing.locator("input[type=file]").set_input_files(
        {"name": "tracks.zip", "mimeType": "application/zip", "buffer": mot_zip()}
    )
    importing.get_by_role("button", name="Import").click()
    expect(page.get_by_role("row", name="Labelled 1")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("gate 3/gt/gt.txt, line 36")).to_be_visible()
    assert violations(page) == []
    shot(page, "import-done")
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    shot(page, "import-done-390-dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})

    (task,) = site.admin.pages(f"/projects/{video_project}/tasks")
    assert task["state"] == "approved"
    (region,) = site.admin.get(f"/tasks/{task['id']}")["labels"]["regions"]
    said = [(key["frame"], key["outside"], key["box"][0]) for key in region["geometry"]["keyframes"]]
    assert said == [(0, False, 3), (18, False, 75), (19, True, 75), (24, False, 99), (39, False, 159)]

    page.goto(f"/p/{video_project}/data")
    exporting = dialog(page, "Export")
    exporting.get_by_label("Written as").click()
    page.get_by_role("option", name="CVAT").click()
    expect(exporting.get_by_text("with its tracks and their keyframes")).to_be_visible()
    assert violations(page) == []
    shot(page, "export-cvat")
    page.set_viewport_size({"width": 390, "height": 844})
    shot(page, "export-cvat-390")
    page.emulate_media(color_scheme="dark")
    shot(page, "export-cvat-390-dark")
    page.set_viewport_size({"width": 1280, "height": 800})
    with page.expect_download() as waiting:
        exporting.get_by_role("link", name="Download").click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        assert sorted(archive.namelist()) == ["gate 3/annotations.xml", "gate 3/gate 3.mp4"]
        text = archive.read("gate 3/annotations.xml").decode()
    assert text.count('keyframe="1"') == 5 and text.count('outside="1"') == 1
