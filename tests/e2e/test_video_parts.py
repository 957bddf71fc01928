"""A long video as several tasks: each shows its own frames alone, and what leaves is one video with joined tracks."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.e2e.parted import FRAMES, parted_project, parts_of
from tests.support import clips
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Person, Seat
from tests.support.shots import looks

SPANS = [(0, 40), (30, 70), (60, 100)]


@pytest.fixture(scope="module")
def project(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    return parted_project(site, "Long videos", ("forklift",), tmp_path_factory.mktemp("parts"))


@pytest.fixture(scope="module")
def tasks(site: Site, project: str) -> list[dict[str, Any]]:
    return parts_of(site, project)


@pytest.fixture(scope="module")
def pia(site: Site) -> Person:
    return site.person("Pia", "manager")


def arrived(page: Page, frame: int) -> None:
    slider = page.get_by_role("slider", name="Timeline")
    expect(slider).to_have_attribute("aria-valuenow", str(frame + 1), timeout=SLOW_MS)
    expect(page.get_by_label("Fetching the frame")).to_have_count(0, timeout=SLOW_MS)


def test_a_part_shows_its_own_frames_alone_at_the_videos_numbers(
    seat: Callable[..., Seat], project: str, tasks: list[dict[str, Any]], pia: Person
) -> None:
    assert [(row["part"]["frame_start"], row["part"]["frame_end"]) for row in tasks] == SPANS
    page = seat(pia, project).open(tasks[1]["id"])
    arrived(page, 30)
    expect(page.get_by_text("Part 2 of 3", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"31 to 70 of 100"))).to_be_visible()
    slider = page.get_by_role("slider", name="Timeline")
    assert [slider.get_attribute(f"aria-value{end}") for end in ("min", "max")] == ["31", "70"]
    for key, frame in (("d", 30), ("c", 30), ("End", 69), ("f", 69), ("v", 69), ("Home", 30), ("v", 40)):
        page.keyboard.press(key)
        arrived(page, frame)
    for text, frame in (("5", 30), ("99", 69), ("0:00", 30), ("55", 54)):
        page.get_by_label("Go to a frame or a time").fill(text)
        page.get_by_label("Go to a frame or a time").press("Enter")
        arrived(page, frame)
    # Played from the end it begins anew at its own beginning, and stops at its own end.
    page.keyboard.press("End")
    arrived(page, 69)
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=SLOW_MS)
    arrived(page, 69)
    assert violations(page) == []
    looks(page, "part-open")


def test_parts_that_are_submitted_leave_as_one_video_with_one_track(
    seat: Callable[..., Seat], site: Site, project: str, tasks: list[dict[str, Any]], pia: Person
) -> None:
    place = seat(pia, project)
    for task in tasks:
        page = place.open(task["id"])
        arrived(page, task["part"]["frame_start"])
        place.drawing_saves(7)
        page.keyboard.press("Control+Enter")
        address = f"/tasks/{task['id']}"
        site.admin.wait(
            "the submit", lambda a=address: site.admin.get(a), lambda row: row["state"] == "approved", 60
        )
    regions = [site.admin.get(f"/tasks/{task['id']}")["labels"]["regions"] for task in tasks]
    assert [len(rows) for rows in regions] == [1, 1, 1]

    page = place.page
    page.goto(f"/p/{project}/data")
    tile = page.get_by_role("gridcell").filter(has_text="yard.mp4")
    expect(tile).to_contain_text("3 parts", timeout=SLOW_MS)
    tile.click()
    panel = page.get_by_role("complementary", name="Picture")
    expect(panel.get_by_role("link", name="Part 3 of 3")).to_be_visible(timeout=SLOW_MS)
    expect(panel.get_by_role("button", name="Other parts…")).to_have_count(0)
    assert violations(page) == []
    looks(page, "parts-panel")
    panel.get_by_role("button", name="Close").click()

    page.get_by_role("button", name="Do with these").click()
    page.get_by_role("menuitem", name="Export").click()
    exporting = page.get_by_role("dialog")
    exporting.get_by_label("Written as").click()
    page.get_by_role("option", name="MOT").click()
    with page.expect_download() as waiting:
        exporting.get_by_role("link", name="Download").click()
    with zipfile.ZipFile(io.BytesIO(waiting.value.path().read_bytes())) as archive:
        rows = [row.split(",") for row in archive.read("yard/gt/gt.txt").decode().split()]
        assert not [name for name in archive.namelist() if "left-out" in name]
    assert [int(row[0]) for row in rows] == list(range(1, FRAMES + 1))
    assert {row[1] for row in rows} == {"1"}


def test_a_manager_splits_a_video_on_the_data_page_and_makes_it_one_again(
    seat: Callable[..., Seat],
    site: Site,
    pia: Person,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    body = {
        "organisation_id": site.organisation_id,
        "name": "Split by hand",
        "labels": [{"name": "forklift", "shapes": ["track"]}],
    }
    project_id = site.admin.post("/projects", body)["id"]
    path = tmp_path_factory.mktemp("hand") / "gate.mp4"
    path.write_bytes(clips.clip([at * 50.0 for at in range(120)], draw=clips.framed_frame))
    site.admin.upload(project_id, path)
    site.admin.wait_idle(project_id, 120)
    page = seat(pia, project_id).page
    page.goto(f"/p/{project_id}/data")
    page.get_by_role("gridcell").filter(has_text="gate.mp4").click()
    panel = page.get_by_role("complementary", name="Picture")
    panel.get_by_role("button", name="Split into parts…").click()
    dialog = page.get_by_role("dialog", name="Parts of this video")
    expect(dialog.get_by_text("At most; the video has 120.")).to_be_visible()
    dialog.get_by_label("Frames in a part").fill("50")
    dialog.get_by_label("Shared frames").fill("20")
    dialog.get_by_role("button", name="Split", exact=True).click()
    expect(dialog.get_by_text("Must lie between 2 and 12 frames: a fourth of a part.")).to_be_visible()
    assert violations(page) == []
    looks(page, "parts-dialog")
    dialog.get_by_label("Shared frames").fill("12")
    dialog.get_by_role("button", name="Split", exact=True).click()
    expect(panel.get_by_role("link", name=re.compile(r"^Part \d of 3$"))).to_have_count(3, timeout=SLOW_MS)
    panel.get_by_role("button", name="Other parts…").click()
    dialog.get_by_role("button", name="One task again").click()
    expect(panel.get_by_text("One task for the whole video.")).to_be_visible(timeout=SLOW_MS)

    page.goto(f"/p/{project_id}/settings?tab=general")
    switch = page.get_by_label("Split long videos as they come in")
    expect(switch).to_be_checked(timeout=SLOW_MS)
    looks(page, "parts-settings")
