"""An object followed through a video in the browser: keyframes appear while it runs, it can be stopped, and undone in one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Site
from tests.support import clips
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Person, Seat, is_saved_draft
from tests.support.moving import Thing, scene, straight
from tests.support.video_project import video_project

SHORT, LONG = 60, 900
SIZE = {"width": 640, "height": 360}
THING = Thing(straight((120, 180), (6.0, 0.0)), size=(88, 112))
# Goes to and fro, so that it can be followed for long.
SWING = Thing(lambda frame: (320 + 180 * (abs(frame % 120 - 60) / 30 - 1), 180.0), size=(88, 112))

# Half a turn, so that its ends say nothing of what lies between.
ROUND = Thing(
    lambda frame: (320 - 150 * np.cos(frame / 40 * np.pi), 180 - 90 * np.sin(frame / 40 * np.pi)),
    size=(88, 112),
)


@pytest.fixture(scope="module")
def videos(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    made = {
        name: clips.clip([at * 40.0 for at in range(count)], draw=scene([thing], **SIZE))
        for name, count, thing in (
            ("short.mp4", SHORT, THING),
            ("long.mp4", LONG, SWING),
            ("round.mp4", SHORT, ROUND),
        )
    }
    labels = [{"name": "parcel", "shapes": ["track"]}]
    return video_project(
        site.admin, site.organisation_id, tmp_path_factory.mktemp("followed"), "Followed", labels, made
    )


@pytest.fixture(scope="module")
def fay(site: Site) -> Person:
    return site.person("Fay", "annotator")


def go_to(page: Page, frame: int) -> None:
    field = page.get_by_label("Go to a frame or a time")
    field.fill(str(frame + 1))
    field.press("Enter")
    expect(page.get_by_role("slider", name="Timeline")).to_have_attribute(
        "aria-valuenow", str(frame + 1), timeout=SLOW_MS
    )
    expect(page.get_by_label("Fetching the frame")).to_have_count(0, timeout=SLOW_MS)


def drawn(place: Seat, page: Page, thing: Thing, frame: int) -> None:
    """The thing's box at that frame, drawn by hand and selected."""
    go_to(page, frame)
    box = thing.box(frame)
    (x1, y1), (x2, y2) = (place.place((x, y, x, y)) for x, y in ((box.x1, box.y1), (box.x2, box.y2)))
    page.keyboard.press("b")
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        place.drag(x1, y1, x2, y2)
    page.keyboard.press("s")
    page.mouse.click((x1 + x2) / 2, (y1 + y2) / 2)


def keyframes(place: Seat, task_id: str) -> list[dict[str, Any]]:
    (track,) = place.regions(task_id)
    found: list[dict[str, Any]] = track["geometry"]["keyframes"]
    return found


def test_an_object_is_followed_forwards_and_undone_in_one_step(
    seat: Callable[..., Seat], videos: dict[str, str], fay: Person
) -> None:
    place = seat(fay, videos["project"])
    page = place.open(videos["short.mp4"])
    drawn(place, page, THING, 10)
    page.get_by_role("button", name="Follow forwards").click()
    expect(page.get_by_role("region", name="Following")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Followed to frame 60, as far as was asked.")).to_be_visible(timeout=60_000)
    assert violations(page) == []
    place.saved()
    found = keyframes(place, videos["short.mp4"])
    assert found[0]["frame"] == 10
    assert found[-1]["frame"] == SHORT - 1
    assert all(each["by"] == "tracker" for each in found[1:])
    truth = THING.box(SHORT - 1)
    for side, value in zip(found[-1]["box"], (truth.x1, truth.y1, truth.x2, truth.y2), strict=True):
        assert side == pytest.approx(value, abs=8)
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        page.keyboard.press("Control+z")
    place.saved()
    assert [each["frame"] for each in keyframes(place, videos["short.mp4"])] == [10]


def begun(place: Seat, task_id: str, thing: Thing, key: str) -> tuple[Seat, Locator]:
    """The thing drawn on the first frame and a key of following pressed; the seat, and what tells of the following."""
    page = place.open(task_id)
    drawn(place, page, thing, 0)
    page.keyboard.press(key)
    return place, page.get_by_role("region", name="Following")


def test_keyframes_appear_while_it_runs_and_it_stops_when_told(
    seat: Callable[..., Seat], videos: dict[str, str], fay: Person
) -> None:
    place, bar = begun(seat(fay, videos["project"]), videos["long.mp4"], SWING, "Shift+End")
    page = place.page
    expect(bar.get_by_text("Followed to frame")).to_be_visible(timeout=60_000)
    lane = page.get_by_role("button", name="parcel 1, ")
    expect(lane.nth(2)).to_be_attached(timeout=60_000)
    bar.get_by_role("button", name="Stop").click()
    expect(bar.get_by_text("What was found is kept; undo takes it back.")).to_be_visible(timeout=SLOW_MS)
    place.saved()
    found = keyframes(place, videos["long.mp4"])
    assert len(found) >= 3
    assert found[-1]["frame"] < LONG - 1
    bar.get_by_role("button", name="Close this note").click()
    expect(bar).to_have_count(0)


def test_between_two_keyframes_both_ends_fill_what_lies_there(
    seat: Callable[..., Seat], videos: dict[str, str], fay: Person
) -> None:
    place, bar = begun(seat(fay, videos["project"]), videos["round.mp4"], ROUND, "Shift+Enter")
    page = place.page
    expect(bar.get_by_text("Set a keyframe on another frame too")).to_be_visible(timeout=SLOW_MS)
    go_to(page, 40)
    middles = [((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2) for box in (ROUND.box(0), ROUND.box(40))]
    (x0, y0), (x1, y1) = (place.place((x, y, x, y)) for x, y in middles)
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        place.drag(x0, y0, x1, y1)
    page.get_by_role("button", name="Fill both sides").click()
    expect(bar.get_by_text("Filled up to your keyframe")).to_be_visible(timeout=60_000)
    expect(bar.get_by_text("does not meet")).to_have_count(0)
    assert violations(page) == []
    place.saved()
    found = keyframes(place, videos["round.mp4"])
    assert [each.get("by") for each in (found[0], found[-1])] == [None, None]
    assert [found[0]["frame"], found[-1]["frame"]] == [0, 40]
    # It went round: no straight line says that.
    assert len(found) >= 4
    for each in found:
        truth = ROUND.box(each["frame"])
        for side, value in zip(each["box"], (truth.x1, truth.y1, truth.x2, truth.y2), strict=True):
            assert side == pytest.approx(value, abs=8)
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        page.keyboard.press("Control+z")
    place.saved()
    assert [each["frame"] for each in keyframes(place, videos["round.mp4"])] == [0, 40]
