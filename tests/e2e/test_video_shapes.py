"""Tracks of every shape in the browser: drawn on frames, there between them, kept as they were drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support import clips
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Person, Seat, is_saved_draft
from tests.support.shots import looks
from tests.support.video_project import video_project

FRAMES = 60
BODY = {
    "points": [{"name": "head", "x": 0.5, "y": 0.0}, {"name": "feet", "x": 0.5, "y": 1.0}],
    "edges": [[0, 1]],
}
LABELS = [
    {"name": "pallet", "shapes": ["polygon", "track"]},
    {"name": "spill", "shapes": ["mask", "track"]},
    {"name": "worker", "shapes": ["skeleton", "track"], "skeleton": BODY},
    {
        "name": "forklift",
        "shapes": ["box", "track"],
        "attributes": [{"name": "load", "type": "select", "options": ["empty", "full"]}],
    },
    {"name": "night", "shapes": ["tag"]},
]
CLIPS = ("polygon.mp4", "mask.mp4", "skeleton.mp4", "verbs.mp4", "changes.mp4")


@pytest.fixture(scope="module")
def videos(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    made = {
        name: clips.clip([at * (40.0 + index) for at in range(FRAMES)], draw=clips.framed_frame)
        for index, name in enumerate(CLIPS)
    }
    return video_project(
        site.admin, site.organisation_id, tmp_path_factory.mktemp("shapes"), "Shapes on videos", LABELS, made
    )


@pytest.fixture(scope="module")
def tracey(site: Site) -> Person:
    return site.person("Tracey", "manager")


def go_to(page: Page, frame: int) -> None:
    """Show a frame, as it is counted from 1."""
    field = page.get_by_label("Go to a frame or a time")
    field.fill(str(frame))
    field.press("Enter")
    slider = page.get_by_role("slider", name="Timeline")
    expect(slider).to_have_attribute("aria-valuenow", str(frame), timeout=SLOW_MS)
    expect(page.get_by_label("Fetching the frame")).to_have_count(0, timeout=SLOW_MS)


def lane(page: Page, name: str) -> Any:
    tracks = page.get_by_role("group", name="Tracks")
    return tracks.get_by_role("button", name=re.compile(rf"^{name} \d+$")).first


def saving(page: Page) -> Any:
    return page.expect_response(is_saved_draft, timeout=SLOW_MS)


def is_hit(page: Page, name: str, x: float, y: float) -> None:
    """A click there selects the track: it is drawn there."""
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    page.mouse.click(x, y)
    expect(lane(page, name)).to_have_attribute("aria-pressed", "true")


def is_missed(page: Page, name: str, x: float, y: float) -> None:
    page.keyboard.press("s")
    page.mouse.click(x, y)
    expect(lane(page, name)).to_have_attribute("aria-pressed", "false")


def frames(track: dict[str, Any]) -> list[int]:
    return [key["frame"] for key in track["geometry"]["keyframes"]]


def test_a_polygon_goes_between_its_keyframes_by_its_points(
    seat: Callable[..., Seat], videos: dict[str, str], tracey: Person
) -> None:
    place = seat(tracey, videos["project"])
    page = place.open(videos["polygon.mp4"])
    go_to(page, 1)
    x1, y1, x2, y2 = place.cell(0)
    width = x2 - x1
    page.keyboard.press("p")
    for x, y in ((x1, y1), (x2, y1), (x2, y2), (x1, y2)):
        page.mouse.click(x, y)
    with saving(page):
        page.keyboard.press("Enter")
    go_to(page, 21)
    x, y = place.middle(0)
    page.keyboard.press("s")
    page.mouse.click(x, y)
    with saving(page):
        place.drag(x, y, x + 3 * width, y)
    place.saved()
    go_to(page, 11)
    is_missed(page, "pallet", x, y)
    is_hit(page, "pallet", x + 1.5 * width, y)
    (track,) = place.regions(videos["polygon.mp4"])
    assert (track["shape"], track["geometry"]["of"], frames(track)) == ("track", "polygon", [0, 20])
    first, last = (key["points"] for key in track["geometry"]["keyframes"])
    assert len(first) == len(last) == 4
    assert all(b[0] - a[0] > 20 for a, b in zip(first, last, strict=True))
    assert violations(page) == []


def test_a_mask_is_painted_on_and_holds_until_then(
    seat: Callable[..., Seat], videos: dict[str, str], tracey: Person
) -> None:
    place = seat(tracey, videos["project"])
    page = place.open(videos["mask.mp4"])
    go_to(page, 1)
    x1, y1, x2, y2 = place.cell(0)
    page.keyboard.press("y")
    with saving(page):
        place.drag(x1, (y1 + y2) / 2, x2, (y1 + y2) / 2)
    go_to(page, 21)
    u1, v1, u2, v2 = place.cell(12)
    page.keyboard.press("y")
    with saving(page):
        place.drag(u1, (v1 + v2) / 2, u2, (v1 + v2) / 2)
    place.saved()
    here, later = ((x1 + x2) / 2, (y1 + y2) / 2), ((u1 + u2) / 2, (v1 + v2) / 2)
    is_hit(page, "spill", *later)
    go_to(page, 20)
    is_missed(page, "spill", *later)
    is_hit(page, "spill", *here)
    (track,) = place.regions(videos["mask.mp4"])
    assert (track["geometry"]["of"], frames(track)) == ("mask", [0, 20])
    first, last = (key["mask"] for key in track["geometry"]["keyframes"])
    assert last["width"] >= first["width"] and last["height"] > first["height"]


def test_a_skeleton_moves_and_keeps_its_template(
    seat: Callable[..., Seat], videos: dict[str, str], tracey: Person
) -> None:
    place = seat(tracey, videos["project"])
    page = place.open(videos["skeleton.mp4"])
    go_to(page, 1)
    x1, y1, x2, y2 = place.cell(0)
    middle = (x1 + x2) / 2
    page.keyboard.press("Shift+K")
    with saving(page):
        place.drag(x1, y1, x2, y2)
    go_to(page, 31)
    # By its feet: a keypoint is a grip of its own.
    page.keyboard.press("s")
    page.mouse.click(middle, y2)
    with saving(page):
        place.drag(middle, y2, middle + 120, y2)
    place.saved()
    go_to(page, 16)
    is_hit(page, "worker", middle + 60, y2)
    (track,) = place.regions(videos["skeleton.mp4"])
    assert (track["geometry"]["of"], frames(track)) == ("skeleton", [0, 30])
    first, last = (key["keypoints"] for key in track["geometry"]["keyframes"])
    assert [point[2] for point in first] == [point[2] for point in last] == [2, 2]
    assert first[0] == pytest.approx(last[0], abs=0.02)
    assert last[1][0] > first[1][0] + 10


def test_tracks_end_hold_and_are_swapped_and_tags_hold_over_frames(
    seat: Callable[..., Seat], videos: dict[str, str], tracey: Person
) -> None:
    place = seat(tracey, videos["project"])
    page = place.open(videos["verbs.mp4"])
    task = videos["verbs.mp4"]
    go_to(page, 1)
    place.drawing_saves(0, 4)
    # It stays for the next ten frames, then ends.
    go_to(page, 11)
    place.move(0, 0, 60)
    with saving(page):
        page.keyboard.press("Control+d")
    go_to(page, 31)
    with saving(page):
        page.keyboard.press("}")
    place.saved()
    one = min(place.regions(task), key=lambda row: row["geometry"]["keyframes"][0]["box"][0])
    assert frames(one) == [0, 10, 20, 31]
    assert one["geometry"]["keyframes"][-1]["outside"]
    assert one["geometry"]["keyframes"][1]["box"] == one["geometry"]["keyframes"][2]["box"]
    # What is said of it from a frame on.
    go_to(page, 16)
    page.get_by_text("From here on", exact=True).click()
    page.get_by_role("combobox", name="load").click()
    with saving(page):
        page.get_by_role("option", name="full").click()
    place.saved()
    one = next(row for row in place.regions(task) if row["region_id"] == one["region_id"])
    said = {key["frame"]: key.get("attributes") for key in one["geometry"]["keyframes"]}
    assert list(said.values()).count(None) == len(said) - 1 and said[15], said
    # Its end dragged in the timeline, and taken back.
    end = page.locator("[data-which=end]").bounding_box()
    assert end is not None
    with saving(page):
        place.drag(end["x"] + 3, end["y"] + 8, end["x"] - 120, end["y"] + 8)
    ended = [row for row in place.regions(task) if row["region_id"] == one["region_id"]]
    assert 20 < ended[0]["geometry"]["keyframes"][-1]["frame"] < 31
    with saving(page):
        page.keyboard.press("Control+z")
    place.saved()
    ended = [row for row in place.regions(task) if row["region_id"] == one["region_id"]]
    assert ended[0]["geometry"] == one["geometry"]
    # A tag from frame 6 to frame 12.
    go_to(page, 6)
    page.keyboard.press("t")
    with saving(page):
        page.get_by_role("button", name="night: From this frame on").click()
    go_to(page, 12)
    page.keyboard.press("t")
    with saving(page):
        page.get_by_role("button", name="night: Up to this frame").click()
    place.saved()
    tag = next(row for row in place.regions(task) if row["geometry"].get("of") == "tag")
    assert tag["geometry"]["keyframes"] == [
        {"frame": 5, "outside": False, "occluded": False},
        {"frame": 12, "outside": True, "occluded": False},
    ]
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Submitted")).to_be_visible(timeout=SLOW_MS)
    kept = place.task(task)["labels"]["regions"]
    assert sorted(row["geometry"]["of"] for row in kept) == ["box", "box", "tag"]


def test_one_jumps_to_where_something_changes(
    seat: Callable[..., Seat], videos: dict[str, str], tracey: Person
) -> None:
    place = seat(tracey, videos["project"])
    page = place.open(videos["changes.mp4"])
    go_to(page, 11)
    place.drawing_saves(0)
    go_to(page, 16)
    place.drawing_saves(4)
    # A keyframe where it only moves is no change.
    go_to(page, 21)
    with saving(page):
        place.move(0, 0, 20)
    go_to(page, 31)
    with saving(page):
        page.keyboard.press("q")
    go_to(page, 41)
    page.get_by_text("From here on", exact=True).click()
    page.get_by_role("combobox", name="load").click()
    with saving(page):
        page.get_by_role("option", name="full").click()
    go_to(page, 51)
    with saving(page):
        page.keyboard.press("o")
    slider = page.get_by_role("slider", name="Timeline")

    def arrives(frame: int) -> None:
        expect(slider).to_have_attribute("aria-valuenow", str(frame), timeout=SLOW_MS)

    # Of any track.
    page.keyboard.press("Escape")
    page.keyboard.press("Home")
    arrives(1)
    for frame in (11, 16, 31, 41, 51):
        page.keyboard.press("Control+Shift+F")
        arrives(frame)
    page.keyboard.press("Control+Shift+F")
    note = page.get_by_role("tooltip").filter(has_text="No change after this frame")
    expect(note).to_be_visible()
    assert violations(page) == []
    looks(page, "video-no-more-changes")
    page.get_by_role("button", name="Previous change").click()
    arrives(41)
    expect(note).to_have_count(0)
    # Of the selected one alone.
    lane(page, "forklift").click()
    for frame in (31, 11):
        page.keyboard.press("Control+Shift+D")
        arrives(frame)
    page.get_by_role("button", name="Next change").click()
    arrives(31)


def test_the_timeline_zooms_by_wheel_and_keys(
    seat: Callable[..., Seat], videos: dict[str, str], tracey: Person
) -> None:
    page = seat(tracey, videos["project"]).open(videos["polygon.mp4"])
    go_to(page, 1)
    slider = page.get_by_role("slider", name="Timeline")
    ruler = slider.bounding_box()
    assert ruler is not None
    whole = page.get_by_role("button", name="Show all of the timeline")
    expect(whole).to_have_count(0)
    page.keyboard.press(">")
    expect(whole).to_be_visible()
    # The first frame stays at the left edge: the middle is now at a quarter of the video.
    page.mouse.click(ruler["x"] + ruler["width"] / 2, ruler["y"] + 8)
    expect(slider).to_have_attribute("aria-valuenow", "16", timeout=SLOW_MS)
    # A frame out of sight is brought into it.
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuenow", str(FRAMES), timeout=SLOW_MS)
    whole.click()
    expect(whole).to_have_count(0)
    page.mouse.move(ruler["x"] + ruler["width"] / 2, ruler["y"] + 8)
    page.mouse.wheel(0, -300)
    expect(whole).to_be_visible()
    page.keyboard.press("Alt+0")
    expect(whole).to_have_count(0)
