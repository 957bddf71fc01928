"""Videos in the browser: every frame is the one that was asked for, and a track drawn on them is kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Site
from tests.support import clips
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Person, Seat, is_draft, is_saved_draft
from tests.support.shots import looks
from tests.support.video_project import video_project

FRAMES = 300
LOOKS = 60
CONSTANT_MS = [index * 40.0 for index in range(FRAMES)]
# 15 to 400 ms between frames.
VARIABLE_MS = np.concatenate([[0], np.random.default_rng(5).integers(15, 400, FRAMES - 1).cumsum()]).tolist()
CLIPS: dict[str, dict[str, Any]] = {
    "constant.mp4": {"times_ms": CONSTANT_MS, "keyframe_every": 120},
    "variable.mkv": {"times_ms": VARIABLE_MS, "kind": "matroska", "keyframe_every": 50},
    "turned.mp4": {"times_ms": CONSTANT_MS, "turn": 90, "sound": True},
}


@pytest.fixture(scope="module")
def videos(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    made = {name: clips.clip(draw=clips.framed_frame, **about) for name, about in CLIPS.items()}
    labels = [{"name": "forklift", "shapes": ["track"]}]
    return video_project(
        site.admin, site.organisation_id, tmp_path_factory.mktemp("videos"), "Videos", labels, made
    )


@pytest.fixture(scope="module")
def vera(site: Site) -> Person:
    return site.person("Vera", "manager")


def number_on_screen(page: Page) -> int | None:
    """What the stage shows, read as a person would: from the pixels of the screen."""
    stage = page.get_by_role("application").bounding_box()
    assert stage is not None
    shot = Image.open(io.BytesIO(page.screenshot(clip=stage)))  # type: ignore[arg-type]
    return clips.framed_number(np.asarray(shot.convert("RGB")))


def field(page: Page) -> Any:
    return page.get_by_label("Go to a frame or a time")


def arrived(page: Page, frame: int) -> None:
    """Wait until the page says that it shows the frame."""
    expect(page.get_by_role("slider", name="Timeline")).to_have_attribute(
        "aria-valuenow", str(frame + 1), timeout=SLOW_MS
    )
    expect(page.get_by_label("Fetching the frame")).to_have_count(0, timeout=SLOW_MS)


def go_to(page: Page, text: str) -> None:
    field(page).fill(text)
    field(page).press("Enter")


@pytest.mark.parametrize("name", list(CLIPS))
def test_what_the_browser_shows_is_the_frame_asked_for_at_sixty_places(
    seat: Callable[..., Seat], videos: dict[str, str], vera: Person, name: str
) -> None:
    page = seat(vera, videos["project"]).open(videos[name])
    arrived(page, 0)
    shown: dict[int, int | None] = {}
    for frame in np.random.default_rng(11).permutation(FRAMES)[:LOOKS].tolist():
        go_to(page, str(frame + 1))
        arrived(page, frame)
        shown[frame] = number_on_screen(page)
    assert shown == {frame: frame for frame in shown}


def test_keys_step_play_and_go_to_times(
    seat: Callable[..., Seat], videos: dict[str, str], vera: Person
) -> None:
    page = seat(vera, videos["project"]).open(videos["variable.mkv"])
    arrived(page, 0)
    for key, frame in (("f", 1), ("v", 11), ("d", 10), ("c", 0), ("End", FRAMES - 1), ("Home", 0)):
        page.keyboard.press(key)
        arrived(page, frame)
        assert number_on_screen(page) == frame, key
    wanted = 120
    page.keyboard.press("Shift+T")
    expect(field(page)).to_be_focused()
    go_to(page, f"{VARIABLE_MS[wanted] / 1000 + 0.001:.3f} s")
    arrived(page, wanted)
    assert number_on_screen(page) == wanted
    go_to(page, "soon")
    expect(page.get_by_text("Type a frame’s number, or a time such as 1:02.5")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function(
        "from => Number(document.querySelector('[role=slider][aria-label=Timeline]').ariaValueNow) > from + 12",
        arg=wanted + 1,
        timeout=SLOW_MS,
    )
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    now = int(page.get_by_role("slider", name="Timeline").get_attribute("aria-valuenow") or 0) - 1
    assert number_on_screen(page) == now


def test_a_hand_along_the_timeline_sees_what_lies_there(
    seat: Callable[..., Seat], videos: dict[str, str], vera: Person
) -> None:
    page = seat(vera, videos["project"]).open(videos["constant.mp4"])
    arrived(page, 0)
    ruler = page.get_by_role("slider", name="Timeline").bounding_box()
    assert ruler is not None
    y = ruler["y"] + ruler["height"] / 2
    page.mouse.move(ruler["x"] + ruler["width"] / 2, y)
    expect(page.get_by_text("151 · 0:06.00")).to_be_visible()
    page.mouse.down()
    for share in np.linspace(0.5, 0.8, 30):
        page.mouse.move(ruler["x"] + ruler["width"] * float(share), y)
    page.mouse.up()
    expected = round(0.8 * (FRAMES - 1))
    arrived(page, expected)
    assert violations(page) == []
    # The small picture over the timeline has a number too.
    page.mouse.move(ruler["x"] + 40, 20)
    expect(page.get_by_text("240 · 0:09.56")).to_have_count(0)
    assert number_on_screen(page) == expected


class SlowFrames:
    """Frames are asked for and do not come until they are let go."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        self._is_slow = True
        page.route("**/frames/*.jpg", self._take)

    def _take(self, route: Route) -> None:
        if self._is_slow:
            self.held.append(route)
        else:
            route.continue_()

    def frames(self) -> list[int]:
        return [int(route.request.url.rsplit("/", 1)[1].removesuffix(".jpg")) for route in self.held]

    def let_go(self) -> None:
        self._is_slow = False
        for route in self.held:
            route.continue_()


def drag_along(page: Page, start: float, end: float) -> None:
    """A hand that goes along the timeline and holds on, by shares of its width."""
    ruler = page.get_by_role("slider", name="Timeline").bounding_box()
    assert ruler is not None
    y = ruler["y"] + ruler["height"] / 2
    page.mouse.move(ruler["x"] + ruler["width"] * start, y)
    page.mouse.down()
    for share in np.linspace(start, end, 12):
        page.mouse.move(ruler["x"] + ruler["width"] * float(share), y)


def test_while_a_small_picture_stands_in_no_button_changes_the_frame_that_was_left(
    seat: Callable[..., Seat], videos: dict[str, str], vera: Person
) -> None:
    place = seat(vera, videos["project"])
    page = place.open(videos["turned.mp4"])
    arrived(page, 0)
    place.drawing_saves(0)
    page.keyboard.press("s")
    page.mouse.click(*place.middle(0))
    (before,) = place.regions(videos["turned.mp4"])
    page.wait_for_load_state("networkidle")
    slow = SlowFrames(page)
    drag_along(page, 0.3, 0.7)
    page.mouse.up()
    note = page.get_by_text("Preview of frame")
    expect(note).to_be_visible()
    why = page.get_by_role("status").filter(has_text="The frame is still coming.")
    edits: list[str] = []
    page.on("request", lambda request: edits.append(request.url) if is_draft(request) else None)
    # Each says it in its own place.
    for name, bar in (
        ("Follow forwards", page.get_by_role("region", name="Following")),
        ("Leaves", page.get_by_role("toolbar", name="Options")),
    ):
        said = bar.get_by_role("status").filter(has_text="The frame is still coming.")
        expect(said).to_have_count(0)
        page.get_by_role("button", name=name).click()
        expect(said).to_be_visible()
    for name in ("Lock: forklift 1", "Delete: forklift 1"):
        page.get_by_role("button", name=name).click()
    expect(page.get_by_role("button", name="Delete: forklift 1")).to_be_visible()
    looks(page, "video-stand-in")
    slow.let_go()
    arrived(page, round(0.7 * (FRAMES - 1)))
    expect(why).to_have_count(0)
    # What was pressed then is not done afterwards; what is pressed now is.
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        page.get_by_role("button", name="Leaves").click()
    place.saved()
    assert len(edits) == 1
    (after,) = place.regions(videos["turned.mp4"])
    assert after["geometry"]["keyframes"][:-1] == before["geometry"]["keyframes"]
    assert after["geometry"]["keyframes"][-1]["frame"] == round(0.7 * (FRAMES - 1))


def test_while_an_exact_frame_is_awaited_a_small_picture_stands_in_and_says_so(
    seat: Callable[..., Seat], videos: dict[str, str], vera: Person
) -> None:
    page = seat(vera, videos["project"]).open(videos["constant.mp4"])
    arrived(page, 0)
    page.wait_for_load_state("networkidle")
    slow = SlowFrames(page)
    drag_along(page, 0.4, 0.8)
    expected = round(0.8 * (FRAMES - 1))
    note = page.get_by_text("Preview of frame")
    expect(note).to_be_visible()
    told = note.inner_text()
    assert abs(int(told.split("frame")[1]) - 1 - expected) <= 10
    # The numbers are those of the exact frame that was left, and no other is drawn on meanwhile.
    expect(field(page)).to_have_value("1")
    page.keyboard.press("b")
    page.mouse.up()
    # A hand that passed thirty frames left one request behind, not thirty. The first frames may still have been coming.
    assert len([frame for frame in slow.frames() if frame > 20]) == 1
    slow.let_go()
    arrived(page, expected)
    expect(note).to_have_count(0)
    # The small picture over the timeline has a number too.
    page.mouse.move(60, 20)
    expect(page.get_by_text("240 · 0:09.56")).to_have_count(0)
    assert number_on_screen(page) == expected
    expect(page.get_by_role("button", name="Box", exact=True)).to_have_attribute("aria-pressed", "false")


def test_a_box_becomes_a_track_between_its_keyframes(
    seat: Callable[..., Seat], site: Site, videos: dict[str, str], vera: Person
) -> None:
    place = seat(vera, videos["project"])
    page = place.open(videos["constant.mp4"])
    arrived(page, 0)
    place.drawing_saves(0)
    go_to(page, "41")
    arrived(page, 40)
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        place.move(0, 60, 40)
    place.saved()
    (track,) = place.regions(videos["constant.mp4"])
    first, last = track["geometry"]["keyframes"]
    assert (first["frame"], last["frame"]) == (0, 40)
    assert last["box"][0] > first["box"][0] + 5
    page.keyboard.press("Shift+D")
    arrived(page, 0)
    page.keyboard.press("Shift+F")
    arrived(page, 40)
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        page.keyboard.press("Control+z")
    (track,) = place.regions(videos["constant.mp4"])
    assert [each["frame"] for each in track["geometry"]["keyframes"]] == [0]


def test_the_data_page_shows_a_video_with_its_length_and_opens_it(
    seat: Callable[..., Seat], videos: dict[str, str], vera: Person
) -> None:
    page = seat(vera, videos["project"]).page
    page.goto(f"/p/{videos['project']}/data")
    tile = page.get_by_role("gridcell").filter(has_text="constant.mp4")
    expect(tile).to_contain_text("12 s", timeout=SLOW_MS)
    tile.click()
    panel = page.get_by_role("complementary").filter(has_text="300 frames")
    expect(panel).to_be_visible(timeout=SLOW_MS)
