"""axe is content with the workbench in its states and layers, and with the pages that have work on them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Person, Seat
from tests.support.browser_work import SUGGEST, make_project

# A key opens the layer; its words say that it is there.
LAYERS = {
    "shortcuts": ("?", "dialog"),
    "tags": ("t", "dialog"),
    "skip": ("Shift+S", "dialog"),
    "comments": ("Shift+C", "dialog"),
}
SIDES = {"guidelines": ("g", "Guidelines"), "history": ("Shift+R", "History")}


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("axe")
    project = make_project(site.admin, site.organisation_id, "Without barriers", folder, 3)
    boxes = [([40, 40, 100, 100], 0.9), ([200, 40, 260, 100], 0.8), ([400, 40, 460, 100], 0.7)]
    label = project["ontology"]["labels"][0]["id"]
    code = SUGGEST.format(project=project["id"], label=label, task=project["tasks"][0], boxes=boxes)
    site.running.shell(code)
    return project


@pytest.fixture(scope="module")
def axel(site: Site) -> Person:
    return site.person("Axel", "annotator")


@pytest.fixture(scope="module")
def rosa(site: Site) -> Person:
    return site.person("Rosa", "reviewer")


class Looks:
    """What axe found, by the state that the page was in."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def at(self, state: str, page: Page) -> None:
        if lines := violations(page):
            self.found[state] = lines

    def assert_none(self) -> None:
        told = [f"{state}: {line}" for state, lines in self.found.items() for line in lines]
        assert not told, "\n".join(told)


def draw_two(place: Seat) -> None:
    place.drawing_saves(6, 7)
    place.page.keyboard.press("s")
    place.page.mouse.click(*place.middle(6))


def test_the_workbench_in_its_states(seat: Callable[..., Seat], work: dict[str, Any], axel: Person) -> None:
    place = seat(axel, work["id"], viewport={"width": 1280, "height": 800})
    page = place.open(work["tasks"][0])
    looks = Looks()
    looks.at("suggestions", page)
    draw_two(place)
    expect(page.get_by_role("textbox", name="note")).to_be_visible()
    looks.at("an object selected", page)
    page.keyboard.press("Control+a")
    looks.at("several selected", page)
    page.keyboard.press("Escape")
    for name, (key, role) in LAYERS.items():
        page.keyboard.press(key)
        expect(page.get_by_role(role)).to_be_visible()  # type: ignore[arg-type]
        looks.at(name, page)
        page.keyboard.press("Escape")
        expect(page.get_by_role(role)).to_have_count(0)  # type: ignore[arg-type]
        page.get_by_role("application").focus()
    for name, (key, title) in SIDES.items():
        page.keyboard.press(key)
        expect(page.get_by_role("region", name=title)).to_be_visible()
        looks.at(name, page)
        page.keyboard.press(key)
    for button in ("More", "Zoom", "Your last pictures", "View"):
        page.get_by_role("button", name=re.compile(f"^{button}")).first.click()
        looks.at(button, page)
        page.keyboard.press("Escape")
        page.get_by_role("application").focus()
    looks.assert_none()


def test_pages_with_work_on_them(
    seat: Callable[..., Seat], work: dict[str, Any], axel: Person, rosa: Person
) -> None:
    place = seat(axel, work["id"])
    page = place.open(work["tasks"][1])
    draw_two(place)
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        page.keyboard.press("Control+Enter")
    looks = Looks()
    page.goto(f"/p/{work['id']}/annotate/{work['tasks'][1]}")
    expect(
        page.get_by_text("You submitted this", exact=False).or_(page.get_by_text("Only to look at"))
    ).to_be_visible(timeout=SLOW_MS)
    place.ready()
    looks.at("read only", page)
    reviewer = seat(rosa, work["id"])
    for name, address in {
        "review": f"/p/{work['id']}/review",
        "review in a grid": f"/p/{work['id']}/review?view=grid",
        "data": f"/p/{work['id']}/data",
    }.items():
        reviewer.page.goto(address)
        expect(reviewer.page.locator("main").first).to_be_visible(timeout=SLOW_MS)
        expect(reviewer.page.locator("[aria-busy=true], [aria-label=Loading]")).to_have_count(
            0, timeout=SLOW_MS
        )
        looks.at(name, reviewer.page)
    reviewer.page.get_by_role("gridcell").first.click()
    expect(reviewer.page.get_by_role("complementary").last).to_be_visible()
    looks.at("data with a picture open", reviewer.page)
    looks.assert_none()
