"""Returning a picture with a reason, in a browser: by keys, by mouse, taken back and said better, refused by the server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Person, Seat
from tests.support.browser_work import label_next, make_project
from tests.support.shots import looks, shot

BOX = [80.0, 60.0, 200.0, 240.0]
FIRST = "The left edge is off."


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Three pictures that Uma has labelled; Ray reviews."""
    folder: Path = tmp_path_factory.mktemp("returns")
    project: dict[str, Any] = make_project(site.admin, site.organisation_id, "Returns", folder, 3)
    people = {name: site.person(name, role) for name, role in (("Uma", "annotator"), ("Ray", "reviewer"))}
    for _ in range(3):
        label_next(people["Uma"].client, project, BOX)
    return {**project, "people": people}


def desk(seat: Callable[..., Seat], work: dict[str, Any]) -> Page:
    page = seat(work["people"]["Ray"], work["id"], viewport={"width": 1280, "height": 800}).page
    page.goto(f"/p/{work['id']}/review")
    ready(page)
    return page


def ready(page: Page) -> None:
    """A picture is on the desk, and nothing is on its way."""
    expect(page.get_by_role("button", name="Approve")).to_be_enabled(timeout=SLOW_MS)


def why(page: Page) -> Locator:
    return page.get_by_role("dialog").get_by_role("textbox", name="Why does it go back?")


def reasons(work: dict[str, Any]) -> list[str]:
    """What Uma was told, the newest first."""
    uma: Person = work["people"]["Uma"]
    told = uma.client.get(f"/projects/{work['id']}/people/{uma.id}/work")
    return [row["reason"] for row in told["returns"]]


def test_by_keys_and_taken_back_the_reason_is_there_to_go_on_with(
    seat: Callable[..., Seat], work: dict[str, Any]
) -> None:
    page = desk(seat, work)
    page.keyboard.press("r")
    expect(why(page)).to_be_focused()
    # No letter is a key of the desk here.
    page.keyboard.type(FIRST)
    expect(why(page)).to_have_value(FIRST)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 decided")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.get_by_text("0 decided")).to_be_visible(timeout=SLOW_MS)
    ready(page)
    page.keyboard.press("r")
    expect(why(page)).to_be_focused()
    expect(why(page)).to_have_value(FIRST)
    page.keyboard.type(" And the top.")
    expect(why(page)).to_have_value(f"{FIRST} And the top.")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Wrong label")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    expect(why(page)).to_have_value(f"{FIRST} And the top. Wrong label")
    shot(page, "return-dialog")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 decided")).to_be_visible(timeout=SLOW_MS)
    assert reasons(work) == [f"{FIRST} And the top. Wrong label"]


def test_by_mouse_and_what_is_closed_or_refused_stays_written(
    seat: Callable[..., Seat], work: dict[str, Any]
) -> None:
    page = desk(seat, work)
    dialog = page.get_by_role("dialog", name="Why does it go back?")
    page.get_by_role("button", name="Return R").click()
    send = dialog.get_by_role("button", name="Return")
    expect(send).to_be_disabled()
    dialog.get_by_role("button", name="Objects are missing").click()
    dialog.get_by_role("button", name="Boxes are not tight").click()
    both = "Objects are missing. Boxes are not tight"
    expect(why(page)).to_have_value(both)
    looks(page, "return-mouse")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Return R").click()
    expect(why(page)).to_have_value(both)
    page.route("**/decide", lambda route: route.abort())
    send.click()
    expect(page.get_by_text("Not decided")).to_be_visible(timeout=SLOW_MS)
    page.unroute("**/decide")
    expect(dialog).to_have_count(0)
    ready(page)
    page.get_by_role("button", name="Return R").click()
    expect(why(page)).to_have_value(both)
    send.click()
    expect(page.get_by_text("1 decided")).to_be_visible(timeout=SLOW_MS)
    ready(page)
    # The next picture begins with nothing; the notice takes the return back.
    page.get_by_role("button", name="Return R").click()
    expect(why(page)).to_have_value("")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.get_by_role("alert").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("0 decided")).to_be_visible(timeout=SLOW_MS)
    ready(page)
    page.get_by_role("button", name="Return R").click()
    expect(why(page)).to_have_value(both)
