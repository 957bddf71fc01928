"""Planning in a browser: a manager sets somebody's time, plans, applies; they see their part and nothing else."""

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
from tests.support.shots import shot

PICTURES = 6


@pytest.fixture(scope="module")
def planned(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Six pictures nobody has; Minna manages, Piet is to label all of them."""
    folder: Path = tmp_path_factory.mktemp("planned")
    project: dict[str, Any] = make_project(site.admin, site.organisation_id, "Aisle nine", folder, PICTURES)
    people = {name: site.person(name, role) for name, role in (("Minna", "manager"), ("Piet", "annotator"))}
    # Everybody else of this site has work elsewhere.
    planning = f"/projects/{project['id']}/planning"
    for row in site.admin.get(planning)["people"]:
        site.admin.call(
            "PUT",
            f"{planning}/people/{row['user_id']}",
            {"minutes_per_day": 0, "label_ids": None},
            headers={"If-Match": f'"{row["version"]}"'},
        )
    return {**project, "people": people}


def opened(seat: Callable[..., Seat], person: Person, project: str, path: str) -> Page:
    page = seat(person, project, viewport={"width": 1280, "height": 800}).page
    page.goto(path)
    return page


def test_a_manager_plans_and_applies_and_a_member_sees_their_part(
    seat: Callable[..., Seat], planned: dict[str, Any]
) -> None:
    people, project = planned["people"], planned["id"]
    page = opened(seat, people["Minna"], project, f"/p/{project}/planning")
    expect(page.get_by_text("Nobody has time")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("button", name="Plan the work")).to_be_disabled()
    shot(page, "planning-no-time")
    time = page.get_by_label("Minutes a day of Piet")
    time.fill("60")
    time.press("Tab")
    expect(page.get_by_text("Kept for Piet")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("assumed: too few were measured yet").first).to_be_visible()
    page.get_by_role("button", name="Plan the work").click()
    proposal = page.get_by_role("region", name="The proposal")
    row = proposal.get_by_role("row", name=re.compile("Piet"))
    expect(row).to_contain_text(str(PICTURES), timeout=SLOW_MS)
    expect(row).to_contain_text("9\u00a0min of 5\u00a0h")
    shot(page, "planning-proposal")
    assert violations(page) == []
    # On a phone nothing of the table is out of sight sideways, and it is a table still.
    page.set_viewport_size({"width": 390, "height": 844})
    for cell in row.get_by_role("cell").all():
        box = cell.bounding_box()
        assert box is not None and box["width"] > 60 and box["x"] + box["width"] <= 390
    assert violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("6 pictures given out").first).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("region", name="The plan that holds")).to_be_visible()
    shot(page, "planning-applied")

    member = opened(seat, people["Piet"], project, "/work")
    part = member.get_by_role("region", name="Your part")
    expect(part.get_by_role("link", name="6 pictures to label")).to_be_visible(timeout=SLOW_MS)
    expect(part.get_by_role("row", name=re.compile("Aisle nine"))).to_have_count(1)
    expect(member.get_by_role("link", name="Planning")).to_have_count(0)
    shot(member, "my-part")
    assert violations(member) == []
    part.get_by_role("link", name="6 pictures to label").click()
    expect(member).to_have_url(re.compile("/annotate"), timeout=SLOW_MS)


def test_who_does_not_manage_is_told_so(seat: Callable[..., Seat], planned: dict[str, Any]) -> None:
    project = planned["id"]
    page = opened(seat, planned["people"]["Piet"], project, f"/p/{project}/planning")
    expect(page.get_by_text("role of manager", exact=False).first).to_be_visible(timeout=SLOW_MS)
    shot(page, "planning-refused")
