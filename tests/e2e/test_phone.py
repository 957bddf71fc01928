"""On a phone: the bench keeps its picture, the way about is in a menu, and no page is wider than the screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.browser_seat import SLOW_MS, Person, Seat
from tests.support.browser_work import make_project

PHONE = {"width": 390, "height": 844}
PAGES = ("", "/data", "/review", "/datasets", "/learning", "/models", "/live", "/settings")


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return make_project(site.admin, site.organisation_id, "Phone", tmp_path_factory.mktemp("phone"), 2)


@pytest.fixture(scope="module")
def ada(site: Site) -> Person:
    return site.person("Phoebe", "manager")


def test_labelling_and_the_way_about(seat: Callable[..., Seat], work: dict[str, Any], ada: Person) -> None:
    place = seat(ada, work["id"], viewport=PHONE)
    page = place.open(work["tasks"][0])
    place.ready()
    stage = page.get_by_role("application").bounding_box()
    assert stage is not None and stage["width"] > 300 and stage["height"] > 300
    expect(page.get_by_role("button", name="Submit", exact=True)).to_be_in_viewport(ratio=1)
    page.keyboard.press("b")
    place.drawing_saves(0)
    place.assert_kept(work["tasks"][0], 1)

    page.get_by_role("button", name="Menu", exact=True).click()
    menu = page.get_by_role("navigation", name="Main")
    menu.get_by_role("link", name="Data", exact=True).click()
    expect(page).to_have_url(re.compile(f"/p/{work['id']}/data"))
    expect(menu).to_be_hidden()


def test_no_page_is_wider_than_the_screen(
    seat: Callable[..., Seat], work: dict[str, Any], ada: Person
) -> None:
    page = seat(ada, work["id"], viewport=PHONE).open(work["tasks"][1])
    wide = {each: sticking_out(page, f"/p/{work['id']}{each}") for each in PAGES}
    assert {each: what for each, what in wide.items() if what} == {}


def test_tables_are_stacked_and_no_keys_are_told_where_there_are_none(
    site: Site, seat: Callable[..., Seat], work: dict[str, Any], ada: Person
) -> None:
    camera = {"name": "Yard cam", "notes": "Over the gate."}
    place = site.admin.post(
        "/sites", {"organisation_id": site.organisation_id, "name": "North", "time_zone": "UTC"}
    )
    site.admin.post(f"/sites/{place['id']}/cameras", camera)
    sitting = seat(ada, work["id"], viewport=PHONE, is_mobile=True, has_touch=True)
    page = sitting.page
    for address, name in (("/jobs", "What the machines"), ("/sites", "Over the gate.")):
        page.goto(address)
        expect(page.get_by_text(name)).to_be_visible(timeout=SLOW_MS)
        expect(page.locator("tbody tr").first).to_have_css("display", "grid", timeout=SLOW_MS)
        heights = page.locator("tbody tr").evaluate_all(
            "rows => rows.every((row) => row.scrollHeight <= row.clientHeight + 1)"
        )
        assert heights, f"{address}: a row lies over the next"
    sitting.open(work["tasks"][1])
    expect(page.locator("kbd, [data-key-hint]").filter(visible=True)).to_have_count(0)


def sticking_out(page: Page, url: str) -> list[str]:
    """What reaches past the right edge and cannot be scrolled to within a part of the page of its own."""
    page.goto(url)
    expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_label("Loading")).to_have_count(0, timeout=SLOW_MS)
    found: list[str] = page.evaluate(
        """() => {
          const main = document.querySelector('main');
          if (main.scrollWidth <= main.clientWidth) return [];
          return [...main.querySelectorAll('*')]
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
            .slice(0, 5).map((each) => `${each.tagName} ${each.className} ${each.textContent.slice(0, 40)}`);
        }"""
    )
    return found
