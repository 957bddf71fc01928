"""A second look and a talk about it, in a browser: drawn, marked at the desk, answered under a pin, told in figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Person, Seat
from tests.support.browser_work import label_next, make_project
from tests.support.shots import shot

BOX = [80.0, 60.0, 200.0, 240.0]
WIDE = {"width": 1360, "height": 860}


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Three pictures that Lea has labelled; Rea and Sam review, Max manages."""
    folder: Path = tmp_path_factory.mktemp("seconds")
    project: dict[str, Any] = make_project(site.admin, site.organisation_id, "Seconds", folder, 3)
    roles = {"Lea": "annotator", "Rea": "reviewer", "Sam": "reviewer", "Max": "manager"}
    people = {name: site.person(name, role) for name, role in roles.items()}
    for _ in range(3):
        label_next(people["Lea"].client, project, BOX)
    return {**project, "people": people}


def approve_next(person: Person, project_id: str) -> str:
    """The reviewer is handed a picture and approves it; the revision's id."""
    opened = person.client.post(f"/projects/{project_id}/review/next", {})
    revision = str(opened["review"]["revision_id"])
    person.client.post(f"/revisions/{revision}/decide", {"verdict": "approve"})
    return revision


def test_a_manager_sets_the_share(seat: Callable[..., Seat], work: dict[str, Any]) -> None:
    page = seat(work["people"]["Max"], work["id"], viewport=WIDE).page
    page.goto(f"/p/{work['id']}/quality?tab=second")
    expect(page.get_by_text("No second looks are drawn")).to_be_visible(timeout=SLOW_MS)
    shot(page, "second-off")
    page.get_by_role("link", name="Set the share").click()
    field = page.get_by_label("Second look, %")
    expect(field).to_have_value("0", timeout=SLOW_MS)
    field.fill("100")
    shot(page, "second-settings")
    page.get_by_role("region", name="How work is handed out").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SLOW_MS)


def test_the_second_reviewer_is_told_what_it_is_and_talks_with_the_author(
    seat: Callable[..., Seat], work: dict[str, Any]
) -> None:
    people: dict[str, Person] = work["people"]
    for _ in range(3):
        approve_next(people["Rea"], work["id"])
    first = seat(people["Rea"], work["id"], viewport=WIDE).page
    first.goto(f"/p/{work['id']}/review")
    expect(first.get_by_text("Nothing waits for review")).to_be_visible(timeout=SLOW_MS)
    shot(first, "second-first-reviewer")

    page = seat(people["Sam"], work["id"], viewport=WIDE).page
    page.goto(f"/p/{work['id']}/review")
    expect(page.get_by_text("A second look", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Rea")).to_have_count(0)
    page.keyboard.press("Shift+C")
    dialog = page.get_by_role("dialog", name="Comments")
    dialog.get_by_label("Write a comment").fill("Is the box not too wide?")
    dialog.get_by_label("Pin it", exact=False).check()
    dialog.get_by_role("button", name="Send").click()
    thread = dialog.get_by_role("group", name="Is the box not too wide?")
    expect(thread).to_be_visible(timeout=SLOW_MS)
    thread.get_by_role("button", name="Reply").click()
    # Esc leaves the reply, not the drawer, and takes nothing that is written along.
    thread.get_by_label("Write a reply").press("Escape")
    expect(thread.get_by_label("Write a reply")).to_have_count(0)
    thread.get_by_role("button", name="Reply").click()
    thread.get_by_label("Write a reply").fill("Lea, have a look at the left edge.")
    thread.get_by_label("Write a reply").press("Escape")
    expect(thread.get_by_label("Write a reply")).to_have_value("Lea, have a look at the left edge.")
    thread.get_by_role("button", name="Send reply").click()
    expect(thread.get_by_role("textbox")).to_have_count(0, timeout=SLOW_MS)
    expect(thread.get_by_text("Lea, have a look")).to_be_visible()
    shot(page, "second-talk")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Is the box not too wide? (1 reply)")).to_be_visible()
    shot(page, "second-desk")
    assert violations(page) == []

    notices = people["Lea"].client.get("/notices")["results"]
    (told,) = [row for row in notices if row["title"].startswith("Sam replied on ")]
    author = seat(people["Lea"], work["id"], viewport=WIDE).page
    author.goto(told["link"])
    pin = author.get_by_role("button", name="Is the box not too wide? (1 reply)")
    expect(pin).to_be_visible(timeout=SLOW_MS)
    pin.click()
    talk = author.get_by_role("dialog", name="Comments").get_by_role("group")
    talk.get_by_role("button", name="Reply").click()
    talk.get_by_label("Write a reply").fill("It is: there is a second thing.")
    talk.get_by_label("Write a reply").press("Control+Enter")
    expect(talk.get_by_role("textbox")).to_have_count(0, timeout=SLOW_MS)
    expect(talk.get_by_text("It is: there is")).to_be_visible()
    talk.get_by_role("button", name="Mark as settled").click()
    expect(talk.get_by_role("button", name="Settled · Open again")).to_be_visible(timeout=SLOW_MS)
    expect(talk.get_by_role("button", name="Reply")).to_have_count(0)
    shot(author, "second-settled")
    assert violations(author) == []


def test_what_the_second_says_is_told_with_its_interval(
    site: Site, seat: Callable[..., Seat], work: dict[str, Any]
) -> None:
    people: dict[str, Person] = work["people"]
    page = seat(people["Sam"], work["id"], viewport=WIDE).page
    page.goto(f"/p/{work['id']}/review")
    expect(page.get_by_text("A second look", exact=True)).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("a")
    expect(page.get_by_text("Approved", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("1 decided")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("r")
    page.get_by_role("textbox", name="Why does it go back?").fill("The left edge is off.")
    page.get_by_role("dialog").get_by_role("button", name="Return").click()
    expect(page.get_by_text("2 decided")).to_be_visible(timeout=SLOW_MS)
    states = sorted(row["state"] for row in site.admin.pages(f"/projects/{work['id']}/tasks"))
    assert states == ["approved", "approved", "in_work"]
    # The third by an edit: its banner says what it is.
    page.keyboard.press("e")
    expect(page.get_by_text("A second look", exact=True)).to_be_visible(timeout=SLOW_MS)
    shot(page, "second-edit")

    manager = seat(people["Max"], work["id"], viewport=WIDE).page
    manager.goto(f"/p/{work['id']}/quality?tab=second")
    expect(
        manager.get_by_text("Of 2 second looks 1 agreed, 0 corrected, 1 returned", exact=False)
    ).to_be_visible(timeout=SLOW_MS)
    expect(manager.get_by_role("cell", name="The left edge is off.")).to_be_visible()
    shot(manager, "second-figures")
    assert violations(manager) == []
    one = seat(people["Sam"], work["id"], viewport={"width": 390, "height": 844}, color_scheme="dark").page
    one.goto(f"/p/{work['id']}/quality?tab=second")
    expect(one.get_by_text("Told once what three people approved", exact=False)).to_be_visible(
        timeout=SLOW_MS
    )
    shot(one, "second-figures-phone")
    assert violations(one) == []
