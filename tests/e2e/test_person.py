"""A person's page of work: reached from the project, told in words, seen by that person and the manager alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Person, Seat
from tests.support.browser_work import make_project

REASON = "The box cuts the feet off."


@pytest.fixture(scope="module")
def worked(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Pia labelled three pictures; one was approved, one came back."""
    folder: Path = tmp_path_factory.mktemp("worked")
    project: dict[str, Any] = make_project(site.admin, site.organisation_id, "Aisle five", folder, 3)
    pia, rex = site.person("Pia", "annotator"), site.person("Rex", "reviewer")
    revisions = []
    for _ in range(3):
        task = pia.client.post(f"/projects/{project['id']}/tasks/next", {})
        saved = pia.client.post(
            f"/assignments/{task['assignment']['id']}/submit",
            {"base_revision_id": None},
            headers={"If-Match": f'"{task["assignment"]["draft_version"]}"'},
        )
        revisions.append(saved["revision"]["id"])
    rex.client.post(f"/revisions/{revisions[0]}/decide", {"verdict": "approve", "reason": ""})
    rex.client.post(f"/revisions/{revisions[1]}/decide", {"verdict": "return", "reason": REASON})
    return {"id": project["id"], "pia": pia, "rex": rex}


def opened(seat: Callable[..., Seat], person: Person, project: str) -> Page:
    page = seat(person, project, viewport={"width": 1024, "height": 768}).page
    page.goto(f"/p/{project}")
    return page


def test_from_the_project_to_ones_own_work_and_what_came_back(
    seat: Callable[..., Seat], worked: dict[str, Any]
) -> None:
    page = opened(seat, worked["pia"], worked["id"])
    page.get_by_role("region", name="Who did what").get_by_role("link", name="Pia").click(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name="Your work")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("1 of 2 that were decided")).to_be_visible()
    expect(page.get_by_role("row", name="Waiting for a reviewer 1")).to_be_visible()
    expect(page.get_by_role("cell", name=REASON)).to_be_visible()
    expect(page.locator(".recharts-surface").first).to_be_visible(timeout=SLOW_MS)
    assert violations(page) == []
    page.get_by_role("radiogroup", name="How far back").get_by_text("7 days").click()
    expect(page).to_have_url(re.compile("days=7"))
    expect(page.get_by_text("1 of 2 that were decided")).to_be_visible()
    # What was measured, and a pause with it, is never left out without a word.
    page.route("**/checks?*", lambda route: route.fulfill(status=500, json={}))
    page.reload()
    expect(page.get_by_role("button", name="Try again")).to_be_visible(timeout=SLOW_MS)


def test_a_reviewer_is_refused_and_a_manager_is_not(
    site: Site, seat: Callable[..., Seat], worked: dict[str, Any]
) -> None:
    address = f"/p/{worked['id']}/people/{worked['pia'].id}"
    page = opened(seat, worked["rex"], worked["id"])
    page.goto(address)
    expect(page.get_by_text("role of manager", exact=False).first).to_be_visible(timeout=SLOW_MS)
    manager = opened(seat, site.person("Mona", "manager"), worked["id"])
    manager.goto(address)
    expect(manager.get_by_role("heading", name="Pia's work")).to_be_visible(timeout=SLOW_MS)
    manager.get_by_role("link", name="Their pictures").click()
    expect(manager.get_by_text("Labelled by", exact=False).first).to_be_visible(timeout=SLOW_MS)
