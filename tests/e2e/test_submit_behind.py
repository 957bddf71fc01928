"""A submit is not waited for where the next picture is there: it is shown at once, and a refusal is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Site
from tests.support.browser_seat import SLOW_MS, Person, Seat, lose_answers
from tests.support.browser_work import make_project


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("behind")
    return make_project(site.admin, site.organisation_id, "Behind", folder, 6)


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
