"""A submit is not waited for where the next picture is there: it is shown at once, and a refusal is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from tests.e2e.conftest import Site
from tests.support.browser_seat import SLOW_MS, Person, Seat, lose_answers
from tests.support.browser_work import make_project


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("behind")
    return make_project(site.admin, site.organisation_id, "Behind", folder, 28)


@pytest.fixture(scope="module")
def ben(site: Site) -> Person:
    return site.person("Ben", "annotator")


def started(place: Seat) -> str:
    """Open the next picture, with the one after it claimed and decoded. Returns its task."""
    with place.page.expect_response(lambda r: r.url.endswith("/image"), timeout=SLOW_MS):
        place.page.goto(f"/p/{place.project_id}/annotate")
    place.page.wait_for_url(re.compile("/annotate/[0-9a-f-]+"), timeout=SLOW_MS)
    place.ready()
    place.page.wait_for_load_state("networkidle")
    return task_of(place.page)


def task_of(page: Page) -> str:
    return page.url.rsplit("/", 1)[1].split("?")[0]


def submits_and_goes_on(place: Seat) -> str:
    """Press the submit key and wait for the next picture. Returns the task that was left."""
    left = task_of(place.page)
    place.page.keyboard.press("Control+Enter")
    place.page.wait_for_url(lambda url: left not in url, timeout=SLOW_MS)
    place.ready()
    return left


def min_box(site: Site, project_id: str, pixels: float) -> None:
    project = site.admin.get(f"/projects/{project_id}")
    settings = {**project["settings"], "min_box_px": pixels}
    seen = {"If-Match": f'"{project["version"]}"'}
    site.admin.call("PATCH", f"/projects/{project_id}", {"settings": settings}, headers=seen)


def test_the_next_picture_is_shown_before_the_answer_and_everything_arrives(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person, site: Site
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    task = started(place)
    held: list[Route] = []
    page.route("**/submit", lambda route: held.append(route))
    # Not saved yet: the last box and the submit go together.
    place.draw(0, 1)
    # The second half of a double press submits nothing.
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: task not in url, timeout=SLOW_MS)
    place.ready()
    second = task_of(page)
    # What is drawn now belongs to the second picture.
    place.drawing_saves(5)
    assert len(held) == 1 and list(site.admin.pages(f"/tasks/{task}/revisions")) == []
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        held[0].continue_()
    expect(page.get_by_text("Submitted", exact=True)).to_be_visible()
    (revision,) = site.admin.pages(f"/tasks/{task}/revisions")
    assert len(site.admin.get(f"/revisions/{revision['id']}")["labels"]["regions"]) == 2
    assert len(place.regions(second)) == 1
    assert list(site.admin.pages(f"/tasks/{second}/revisions")) == []


def test_a_submit_whose_answer_was_lost_is_sent_again_by_itself(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person, site: Site
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    task = started(place)
    place.drawing_saves(2)
    lost = lose_answers(page, "**/submit")
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        page.keyboard.press("Control+Enter")
    assert lost() == 1
    assert task_of(page) != task
    expect(page.get_by_role("alert")).to_have_count(0)
    assert len(list(site.admin.pages(f"/tasks/{task}/revisions"))) == 1


def test_a_refusal_is_told_on_the_next_picture_and_leads_back(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person, site: Site
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    task = started(place)
    place.drawing_saves(2)
    count = len(place.regions(task))
    # The rule changes while the page is open: only the server knows.
    min_box(site, work["id"], 300)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: task not in url, timeout=SLOW_MS)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("is not submitted", timeout=SLOW_MS)
    alert.get_by_role("button", name="Open it").click()
    page.wait_for_url(f"**/{task}*", timeout=SLOW_MS)
    place.ready()
    assert len(place.regions(task)) == count
    # Once refused it is waited for: the answer meets the picture.
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("region", name="Before you submit")).to_be_visible(timeout=SLOW_MS)
    assert task_of(page) == task
    min_box(site, work["id"], 1)
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        page.keyboard.press("Control+Enter")
    assert len(list(site.admin.pages(f"/tasks/{task}/revisions"))) == 1


def test_each_picture_that_was_not_taken_is_told_until_it_is_opened(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person, site: Site
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    started(place)
    min_box(site, work["id"], 300)
    try:
        left = []
        for _ in range(2):
            place.drawing_saves(2)
            with page.expect_response(lambda r: r.url.endswith("/submit"), timeout=SLOW_MS):
                left.append(submits_and_goes_on(place))
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("2 pictures are not submitted", timeout=SLOW_MS)
        # A picture that cannot be opened stands in the way of the page, not of what it has to say.
        page.route("**/open", lambda route: route.abort("connectionrefused"))
        alert.get_by_role("button", name="Open it").first.click()
        expect(page.get_by_role("button", name="Try again")).to_be_visible(timeout=SLOW_MS)
        expect(alert.filter(has_text="2 pictures are not submitted")).to_be_visible()
        page.unroute("**/open")
        page.get_by_role("button", name="Try again").click()
        place.ready()
        assert task_of(page) == left[0]
        expect(alert).to_contain_text("is not submitted")
        expect(alert).not_to_contain_text("2 pictures")
        alert.get_by_role("button", name="Open it").click()
        page.wait_for_url(f"**/{left[1]}*", timeout=SLOW_MS)
        expect(alert).to_have_count(0)
    finally:
        min_box(site, work["id"], 1)


def test_a_word_on_a_submit_that_was_waited_for_is_there_with_the_next_picture(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    first = started(place)
    place.drawing_saves(2)
    page.keyboard.press("PageDown")
    page.wait_for_url(lambda url: first not in url, timeout=SLOW_MS)
    place.ready()
    second = task_of(page)
    page.keyboard.press("PageUp")
    page.wait_for_url(f"**/{first}*", timeout=SLOW_MS)
    place.ready()
    # What comes next was seen already: this submit is waited for.
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/{second}*", timeout=SLOW_MS)
    expect(page.get_by_text("Submitted", exact=True)).to_be_visible()


def test_a_submit_cut_off_by_a_closed_tab_is_finished_wherever_the_person_comes_back(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person, site: Site
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    task = started(place)
    place.drawing_saves(0)
    count = len(place.regions(task))
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    # Neither the last edit nor the submit leaves the browser.
    page.route(re.compile("/(draft|submit)$"), lambda route: None)
    place.draw(1)
    left = submits_and_goes_on(place)
    with page.expect_event("close", timeout=SLOW_MS):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
    assert list(site.admin.pages(f"/tasks/{left}/revisions")) == []
    again = place.again()
    with again.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        again.goto("/")
    (revision,) = site.admin.pages(f"/tasks/{left}/revisions")
    assert len(site.admin.get(f"/revisions/{revision['id']}")["labels"]["regions"]) == count + 1


def test_a_submit_goes_on_when_the_person_leaves_for_another_page_and_a_refusal_is_told_there(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person, site: Site
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    started(place)
    place.drawing_saves(2)
    held: list[Route] = []
    page.route("**/submit", lambda route: held.append(route))
    left = submits_and_goes_on(place)
    min_box(site, work["id"], 300)
    try:
        page.get_by_role("link", name="Data").first.click()
        page.wait_for_url("**/data*", timeout=SLOW_MS)
        with page.expect_response(lambda r: r.url.endswith("/submit"), timeout=SLOW_MS) as answer:
            held[0].continue_()
        assert answer.value.status == 400
        expect(page.get_by_role("alert")).to_contain_text("is not submitted", timeout=SLOW_MS)
    finally:
        min_box(site, work["id"], 1)
    # Back at the bench it is still to be read, with the way to the picture.
    page.go_back()
    page.get_by_role("alert").get_by_role("button", name="Open it").click()
    page.wait_for_url(f"**/{left}*", timeout=SLOW_MS)
    assert list(site.admin.pages(f"/tasks/{left}/revisions")) == []


def test_a_held_key_submits_one_picture(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person, site: Site
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    started(place)
    place.drawing_saves(2)
    for hold in ("Control", None):
        sent = len(place.ledger.submits)
        left = task_of(page)
        if hold:
            page.keyboard.down(hold)
        else:
            place.drawing_saves(2)
            page.get_by_role("button", name=re.compile("^Submit")).focus()
        page.keyboard.down("Enter")
        page.wait_for_url(lambda url, left=left: left not in url, timeout=SLOW_MS)
        place.ready()
        second = task_of(page)
        # Held on and on over the next picture, also past the pause that tells a double press.
        page.evaluate("new Promise((later) => setTimeout(later, 1000))")
        for _ in range(5):
            page.keyboard.down("Enter")
        page.keyboard.up("Enter")
        if hold:
            page.keyboard.up(hold)
        page.wait_for_load_state("networkidle")
        assert len(place.ledger.submits) == sent + 1
        assert task_of(page) == second


def test_what_is_typed_in_a_field_belongs_to_the_submit_pressed_in_it(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person, site: Site
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    task = started(place)
    place.drawing_saves(2)
    page.keyboard.press("s")
    page.mouse.click(*place.middle(2))
    page.get_by_label("note", exact=True).fill("scratched on the left")
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        page.keyboard.press("Control+Enter")
    (revision,) = site.admin.pages(f"/tasks/{task}/revisions")
    regions = site.admin.get(f"/revisions/{revision['id']}")["labels"]["regions"]
    assert "scratched on the left" in [v for region in regions for v in region["attributes"].values()]


def test_a_picture_that_is_not_shown_yet_is_not_submitted_and_says_so(
    seat: Callable[..., Seat], work: dict[str, Any], ben: Person, site: Site
) -> None:
    place = seat(ben, work["id"])
    page = place.page
    held: list[Route] = []
    page.route("**/image", lambda route: held.append(route))
    page.goto(f"/p/{place.project_id}/annotate")
    page.wait_for_url(re.compile("/annotate/[0-9a-f-]+"), timeout=SLOW_MS)
    expect(page.get_by_role("application")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("the picture is still loading")).to_be_visible(timeout=SLOW_MS)
    assert place.ledger.submits == []
    for route in held:
        route.continue_()
