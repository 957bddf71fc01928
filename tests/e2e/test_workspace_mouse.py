"""A day at the workbench by mouse: every tool, then suggestions, submit, back, history, export and import.

What was drawn is compared with what the server holds, in the picture's pixels, after the page was opened anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.browser_seat import SLOW_MS, Person, Seat, is_saved_draft
from tests.support.browser_work import SUGGEST, make_project

# The zoom is read as whole percents: a point of the picture is met within this.
NEAR_PX = 3.0
Region = dict[str, Any]


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("mouse")
    project = make_project(site.admin, site.organisation_id, "By mouse", folder, 4)
    boxes = [([40, 40, 100, 100], 0.9), ([200, 40, 260, 100], 0.8), ([400, 40, 460, 100], 0.7)]
    label = project["ontology"]["labels"][0]["id"]
    code = SUGGEST.format(project=project["id"], label=label, task=project["tasks"][1], boxes=boxes)
    site.running.shell(code)
    return project


@pytest.fixture(scope="module")
def mia(site: Site) -> Person:
    return site.person("Mia", "annotator")


class Hand:
    """The mouse over the picture, in the picture's pixels."""

    def __init__(self, seat: Seat, task_id: str) -> None:
        self.seat, self.task_id = seat, task_id
        self.page: Page = seat.page
        self._seen: set[str] = set()

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.seat.place((x, y, x, y))

    def click(self, *points: tuple[float, float], **how: Any) -> None:
        for x, y in points:
            self.page.mouse.move(*self.at(x, y), steps=2)
            self.page.mouse.click(*self.at(x, y), **how)

    def drag(self, *points: tuple[float, float]) -> None:
        self.page.mouse.move(*self.at(*points[0]))
        self.page.mouse.down()
        for x, y in points[1:]:
            self.page.mouse.move(*self.at(x, y), steps=4)
        self.page.mouse.up()

    def keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tool(self, name: str) -> None:
        self.page.get_by_role("button", name=re.compile(f"^{name}"), exact=False).first.click()

    def way(self, name: str) -> None:
        """Choose in the line of the tool's options."""
        toolbar = self.page.get_by_role("toolbar", name="Options")
        toolbar.get_by_text(name, exact=True).click()

    def regions(self) -> list[Region]:
        return self.seat.regions(self.task_id)

    def made(self) -> Region:
        """The one object that is new on the server since the last look."""
        self.seat.saved()
        rows = self.regions()
        fresh = [row for row in rows if row["region_id"] not in self._seen]
        assert len(fresh) == 1, [row["shape"] for row in fresh]
        self._seen |= {row["region_id"] for row in rows}
        return fresh[0]

    def row(self, region_id: str) -> Region:
        self.seat.saved()
        return next(row for row in self.regions() if row["region_id"] == region_id)

    def look(self) -> None:
        self._seen = {row["region_id"] for row in self.regions()}


def near(values: Any, *expected: float) -> bool:
    flat = [float(v) for v in values]
    return flat == pytest.approx(list(expected), abs=NEAR_PX)


def saves(hand: Hand, act: Callable[[], None]) -> None:
    with hand.page.expect_response(is_saved_draft, timeout=SLOW_MS):
        act()
    hand.seat.saved()


def draw_boxes(hand: Hand) -> str:
    hand.keys("1", "b")
    saves(hand, lambda: hand.drag((20, 20), (80, 70)))
    first = hand.made()
    assert first["shape"] == "box" and near(first["geometry"]["box"], 20, 20, 80, 70)
    hand.keys("b")
    saves(hand, lambda: hand.click((100, 20), (160, 70)))
    assert near(hand.made()["geometry"]["box"], 100, 20, 160, 70)
    hand.keys("b")
    hand.way("4 points")
    saves(hand, lambda: hand.click((180, 45), (210, 20), (240, 45), (210, 70)))
    assert near(hand.made()["geometry"]["box"], 180, 20, 240, 70)
    hand.keys("b")
    hand.way("Turned")
    saves(hand, lambda: hand.click((270, 60), (310, 20), (320, 50)))
    turned = hand.made()["geometry"]
    assert turned["rotation"] % 90 == pytest.approx(45, abs=3)
    hand.keys("b")
    hand.way("Drag")
    return str(first["region_id"])


def draw_polygons(hand: Hand) -> None:
    hand.keys("p")
    hand.way("New")
    saves(hand, lambda: (hand.click((20, 100), (120, 100), (120, 180), (20, 180)), hand.keys("Enter"))[0])
    outer = hand.made()
    assert outer["shape"] == "polygon" and len(outer["geometry"]["points"]) == 4
    # A hole: drawn inside the selected one.
    hand.keys("p")
    hand.way("Hole")
    saves(hand, lambda: (hand.click((50, 125), (90, 125), (90, 155), (50, 155)), hand.keys("Enter"))[0])
    holed = hand.row(outer["region_id"])
    assert len(holed["geometry"]["holes"]) == 1
    hand.keys("p")
    hand.way("New")
    # Freehand: held down.
    hand.keys("Escape")
    circle = [(190, 110), (220, 120), (230, 150), (200, 175), (165, 160), (160, 125)]
    saves(hand, lambda: (hand.drag(*circle), hand.keys("Enter"))[0])
    free = hand.made()
    assert free["shape"] == "polygon" and len(free["geometry"]["points"]) >= 6
    # Cut in two by a line across, then joined again.
    hand.keys("p")
    saves(hand, lambda: (hand.click((260, 100), (360, 100), (360, 180), (260, 180)), hand.keys("Enter"))[0])
    whole = hand.made()
    hand.keys("x")
    saves(hand, lambda: (hand.click((310, 90), (310, 190)), hand.keys("Enter"))[0])
    halves = [
        r
        for r in hand.regions()
        if r["shape"] == "polygon" and min(p[0] for p in r["geometry"]["points"]) > 250
    ]
    assert len(halves) == 2
    hand.keys("s", "Escape")
    hand.click((285, 140))
    hand.page.keyboard.down("Shift")
    hand.click((335, 140))
    hand.page.keyboard.up("Shift")
    saves(hand, lambda: hand.keys("j"))
    joined = [
        r
        for r in hand.regions()
        if r["shape"] == "polygon" and min(p[0] for p in r["geometry"]["points"]) > 250
    ]
    assert len(joined) == 1
    xs = [p[0] for p in joined[0]["geometry"]["points"]]
    assert near((min(xs), max(xs)), 260, 360)
    assert whole["label_id"] == joined[0]["label_id"]
    hand.look()


def draw_the_rest(hand: Hand) -> None:
    hand.keys("Escape", "1", "i")
    saves(hand, lambda: (hand.click((380, 110), (440, 130), (400, 170)), hand.keys("Enter"))[0])
    line = hand.made()
    assert line["shape"] == "polyline" and near(line["geometry"]["points"][1], 440, 130)
    hand.keys("Shift+P")
    saves(hand, lambda: (hand.click((470, 110), (490, 130)), hand.keys("Enter"))[0])
    points = hand.made()
    assert points["shape"] == "points" and len(points["geometry"]["points"]) == 2
    hand.keys("Shift+E")
    saves(hand, lambda: hand.drag((520, 100), (600, 160)))
    ellipse = hand.made()
    assert ellipse["shape"] == "ellipse" and near(ellipse["geometry"]["radii"], 40, 30)
    hand.keys("Shift+B")
    saves(hand, lambda: (hand.drag((380, 220), (430, 280)), hand.click((430, 235)))[0])
    cuboid = hand.made()
    assert cuboid["shape"] == "cuboid" and near(cuboid["geometry"]["front"][0], 380, 220)
    hand.keys("2", "Shift+K")
    saves(hand, lambda: hand.drag((480, 210), (560, 310)))
    pose = hand.made()
    assert pose["shape"] == "skeleton" and near(pose["geometry"]["keypoints"][1][:2], 480, 260)
    hand.keys("Shift+M")
    hand.click((20, 300), (120, 300))
    expect(hand.page.get_by_role("toolbar", name="Options").get_by_role("status")).to_contain_text(
        re.compile(r"\b(99|100|101)")
    )
    hand.keys("Escape", "Escape")


def paint_a_mask(hand: Hand) -> None:
    hand.keys("Escape", "1")
    hand.tool("Brush")
    saves(hand, lambda: hand.drag((40, 240), (120, 240), (120, 270)))
    mask = hand.made()
    assert mask["shape"] == "mask"
    before = mask["geometry"]["mask"]
    hand.tool("Eraser")
    saves(hand, lambda: hand.drag((80, 220), (80, 290)))
    after = hand.row(mask["region_id"])["geometry"]["mask"]
    assert after["counts"] != before["counts"]
    hand.keys("Escape", "s")


def change_them(hand: Hand, first: str) -> None:
    page = hand.page
    hand.keys("s", "Escape")
    hand.click((50, 45))
    # Attributes of the selected one.
    saves(hand, lambda: (page.get_by_label("note").first.fill("dented"), page.keyboard.press("Tab"))[0])
    page.get_by_role("application").focus()
    assert "dented" in hand.row(first)["attributes"].values()
    saves(hand, lambda: hand.keys("q"))
    assert hand.row(first)["occluded"] is True
    saves(hand, lambda: hand.keys("Shift+PageUp"))
    top = max(row["z_index"] for row in hand.regions())
    assert hand.row(first)["z_index"] == top
    # Group with its neighbour.
    page.keyboard.down("Shift")
    hand.click((130, 45))
    page.keyboard.up("Shift")
    saves(hand, lambda: hand.keys("Control+g"))
    group = hand.row(first)["group_id"]
    assert group and sum(row["group_id"] == group for row in hand.regions()) == 2
    saves(hand, lambda: hand.keys("Control+Shift+G"))
    assert hand.row(first)["group_id"] is None
    # Copy, paste, undo, redo.
    hand.keys("Escape")
    hand.click((50, 45))
    count = len(hand.regions())
    hand.keys("Control+c")
    saves(hand, lambda: hand.keys("Control+v"))
    assert len(hand.regions()) == count + 1
    saves(hand, lambda: hand.keys("Control+z"))
    assert len(hand.regions()) == count
    saves(hand, lambda: hand.keys("Control+y"))
    assert len(hand.regions()) == count + 1
    saves(hand, lambda: hand.keys("Control+z"))
    # Locked: it does not move. Hidden: it cannot be met.
    hand.keys("Escape")
    hand.click((130, 45))
    hand.keys("l")
    hand.drag((130, 45), (150, 60))
    hand.keys("l", "Escape")
    hand.click((50, 45))
    hand.keys("h", "Escape")
    hand.click((50, 45))
    hand.keys("Delete", "Shift+H")
    # A tag of the whole picture.
    hand.keys("t")
    dialog = page.get_by_role("dialog")
    saves(hand, lambda: dialog.get_by_text("blurred").click())
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert len(hand.regions()) == count
    assert len(hand.seat.task(hand.task_id)["labels"]["tags"]) == 1


def test_a_day_by_mouse(seat: Callable[..., Seat], work: dict[str, Any], mia: Person, tmp_path: Path) -> None:
    first_task, second_task = work["tasks"][0], work["tasks"][1]
    place = seat(mia, work["id"], viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = place.open(first_task)
    hand = Hand(place, first_task)
    first = draw_boxes(hand)
    draw_polygons(hand)
    draw_the_rest(hand)
    paint_a_mask(hand)
    change_them(hand, first)

    before = hand.regions()
    page.reload()
    place.ready()
    assert hand.regions() == before, "opening again changed something"
    saves(hand, lambda: (hand.keys("s"), hand.click((130, 45)), hand.keys("ArrowRight"))[0])
    shapes = sorted(row["shape"] for row in hand.regions())
    assert set(shapes) == {"box", "polygon", "polyline", "points", "ellipse", "cuboid", "skeleton", "mask"}

    # Out as a file, and back in.
    page.get_by_role("button", name="More", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile("Export")).click()
    file = tmp_path / "labels.json"
    download.value.save_as(file)
    assert len(json.loads(file.read_text())["regions"]) == len(before)
    saves(
        hand, lambda: (page.get_by_role("application").focus(), hand.keys("Escape", "Control+a", "Delete"))[0]
    )
    assert hand.regions() == []
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("Import")).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(file)
    saves(hand, lambda: dialog.get_by_role("button", name="Import", exact=True).click())
    assert sorted(row["shape"] for row in hand.regions()) == shapes

    # Submit; the next one comes by itself, and the way back leads here.
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        page.get_by_role("button", name=re.compile("^Submit")).click()
    page.wait_for_url(lambda url: first_task not in url, timeout=SLOW_MS)
    place.ready()
    page.get_by_role("button", name=re.compile("^Previous")).click()
    page.wait_for_url(f"**/{first_task}*", timeout=SLOW_MS)

    # Suggestions: one accepted, one mended, one rejected.
    place.open(second_task)
    hand = Hand(place, second_task)
    hand.keys("s", "Escape")
    hand.click((70, 70))
    saves(hand, lambda: hand.keys("a"))
    hand.keys("Escape")
    hand.click((230, 70))
    saves(hand, lambda: hand.drag((230, 70), (240, 80)))
    hand.keys("Escape")
    hand.click((430, 70))
    hand.keys("r")
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        hand.keys("Control+Enter")
    states = sorted(row["state"] for row in mia.client.get(f"/tasks/{second_task}")["suggestions"])
    assert states == ["accepted", "fixed", "rejected"]

    # Skip with a reason.
    page.wait_for_url(lambda url: second_task not in url, timeout=SLOW_MS)
    place.ready()
    skipped = page.url.rsplit("/", 1)[1].split("?")[0]
    page.get_by_role("button", name="Skip").click()
    with page.expect_response(lambda r: r.url.endswith("/skip") and r.ok, timeout=SLOW_MS):
        page.get_by_role("dialog").get_by_text("Broken").click()
    page.wait_for_url(lambda url: skipped not in url, timeout=SLOW_MS)


def test_history_is_restored(seat: Callable[..., Seat], work: dict[str, Any], mia: Person) -> None:
    task = work["tasks"][3]
    place = seat(mia, work["id"], viewport={"width": 1440, "height": 900})
    page = place.open(task)
    hand = Hand(place, task)
    hand.keys("1", "b")
    saves(hand, lambda: hand.drag((20, 20), (80, 70)))
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        hand.keys("Control+Enter")
    place.open(task)
    with page.expect_response(lambda r: r.url.endswith("/open") and r.ok, timeout=SLOW_MS):
        page.get_by_role("button", name=re.compile("Take it back")).click()
    expect(page.get_by_text("You took this back", exact=False)).to_be_visible(timeout=SLOW_MS)
    place.ready()
    saves(hand, lambda: (hand.keys("s", "Escape"), hand.click((50, 45)), hand.keys("Delete"))[0])
    assert hand.regions() == []
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("History")).click()
    page.get_by_text("Revision 1", exact=False).first.click()
    saves(hand, lambda: page.get_by_role("button", name="Restore it").click())
    assert len(hand.regions()) == 1
