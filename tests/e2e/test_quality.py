"""Ground truth in a browser: marked, handed out hidden, measured, and a person who pauses and goes on."""

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
from tests.support.browser_work import label_next, make_project
from tests.support.shots import shot

GUIDELINE = "Draw **every** thing, tightly."
TRUE_BOX = [40.0, 40.0, 140.0, 140.0]
WRONG_BOX = [400.0, 200.0, 460.0, 260.0]


@pytest.fixture(scope="module")
def approved(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Three approved pictures of Rolf's and three nobody has labelled; Magda manages, Petra is to be measured."""
    folder: Path = tmp_path_factory.mktemp("approved")
    project: dict[str, Any] = make_project(site.admin, site.organisation_id, "Aisle seven", folder, 6)
    site.admin.call(
        "PATCH", f"/projects/{project['id']}", {"guidelines": GUIDELINE}, headers={"If-Match": '"1"'}
    )
    people = {
        name: site.person(name, role)
        for name, role in (
            ("Magda", "manager"),
            ("Rolf", "reviewer"),
            ("Petra", "annotator"),
            ("Kira", "annotator"),
        )
    }
    for _ in range(3):
        revision = label_next(people["Rolf"].client, project, TRUE_BOX)["revision"]["id"]
        people["Magda"].client.post(f"/revisions/{revision}/decide", {"verdict": "approve", "reason": ""})
    return {**project, "people": people}


def opened(seat: Callable[..., Seat], person: Person, project: str, path: str = "") -> Page:
    page = seat(person, project, viewport={"width": 1280, "height": 800}).page
    page.goto(f"/p/{project}{path}")
    return page


def test_a_manager_makes_approved_pictures_ground_truth_and_sets_the_share(
    seat: Callable[..., Seat], approved: dict[str, Any]
) -> None:
    page = opened(seat, approved["people"]["Magda"], approved["id"], "/quality?tab=truth")
    expect(page.get_by_role("heading", name="No ground truth yet")).to_be_visible(timeout=SLOW_MS)
    shot(page, "truth-empty")
    page.get_by_role("link", name="Choose approved pictures").click()
    boxes = page.get_by_role("checkbox", name="rack", exact=False)
    expect(boxes).to_have_count(3, timeout=SLOW_MS)
    boxes.first.click(force=True)
    page.get_by_role("toolbar", name="Chosen pictures").get_by_role("button", name="Choose all").click()
    shot(page, "data-chosen")
    page.get_by_role("button", name="Use as ground truth (3)").click()
    expect(page.get_by_text("3 pictures more are ground truth")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("link", name="Quality").click()
    page.get_by_role("tab", name="Ground truth").click()
    expect(page.get_by_role("link", name="rack", exact=False)).to_have_count(3, timeout=SLOW_MS)
    shot(page, "truth-off")
    page.get_by_role("link", name="Set the share").click()
    page.get_by_label("Share of hidden tasks, %").fill("100")
    page.get_by_label("Pause a person below, %").fill("70")
    page.get_by_label("Over the last so many").fill("3")
    shot(page, "settings")
    assert violations(page) == []
    page.get_by_role("region", name="Hidden tasks").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved", exact=True).first).to_be_visible(timeout=SLOW_MS)


def test_who_falls_below_pauses_reads_why_and_goes_on(
    site: Site, seat: Callable[..., Seat], approved: dict[str, Any]
) -> None:
    people, project = approved["people"], approved["id"]
    petra: Person = people["Petra"]
    for box in (TRUE_BOX, WRONG_BOX, WRONG_BOX):
        label_next(petra.client, approved, box)
    page = opened(seat, petra, project, f"/people/{petra.id}")
    # Measured by a worker, a moment after the submit; the page asks again when it is opened again.
    for _ in range(60):
        if page.get_by_text("Time for a short break").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text("matched by 33 %; this project asks for 70 %", exact=False)).to_be_visible()
    checks = page.get_by_role("region", name="Test pictures")
    expect(checks.get_by_role("row", name="thing")).to_contain_text("33 %")
    expect(checks.get_by_text("of 6 objects", exact=False)).to_be_visible()
    expect(checks.get_by_role("link")).to_have_count(0)
    shot(page, "person-paused")
    assert violations(page) == []
    page.goto(f"/p/{project}/annotate")
    expect(page.get_by_role("heading", name="Time for a short break")).to_be_visible(timeout=SLOW_MS)
    shot(page, "annotate-paused")
    page.get_by_role("link", name="See how it went").click()
    page.get_by_role("button", name="Read the guideline").click()
    expect(page.get_by_text("every", exact=True)).to_be_visible()
    page.get_by_role("button", name="Go on labelling").click()
    expect(page.get_by_text("Pictures are handed out again")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Time for a short break")).to_have_count(0)
    manager = opened(seat, people["Magda"], project, f"/people/{petra.id}")
    expect(manager.get_by_role("region", name="Test pictures").get_by_role("link")).to_have_count(
        3, timeout=SLOW_MS
    )
    shot(manager, "person-manager")
    manager.get_by_role("button", name="Notices", exact=False).click()
    expect(manager.get_by_text("Petra goes on in Aisle seven")).to_be_visible(timeout=SLOW_MS)
    reviewer = opened(seat, people["Rolf"], project, f"/people/{petra.id}")
    expect(reviewer.get_by_text("role of manager", exact=False).first).to_be_visible(timeout=SLOW_MS)


def test_agreement_is_told_in_words_by_label_and_pair(
    seat: Callable[..., Seat], approved: dict[str, Any]
) -> None:
    people, project = approved["people"], approved["id"]
    for _ in range(3):
        label_next(people["Kira"].client, approved, TRUE_BOX)
    page = opened(seat, people["Magda"], project, "/quality")
    pairs = page.get_by_role("region", name="By pair")
    for _ in range(60):
        if pairs.get_by_role("row", name="Petra and Kira").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(pairs.get_by_role("row", name="Rolf and Kira")).to_contain_text("100 %")
    expect(pairs.get_by_role("row", name="Petra and Kira")).to_contain_text("33 %")
    expect(page.get_by_role("region", name="By label").get_by_role("row", name="thing")).to_be_visible()
    expect(page.get_by_text("have a partner in the same place", exact=False).first).to_be_visible()
    assert violations(page) == []
    shot(page, "agreement")
    reviewer = opened(seat, people["Rolf"], project, "/quality")
    expect(reviewer.get_by_role("region", name="By label")).to_be_visible(timeout=SLOW_MS)
    expect(reviewer.get_by_role("region", name="By pair")).to_have_count(0)
    annotator = opened(seat, people["Kira"], project, "/quality")
    expect(annotator.get_by_text("role of reviewer", exact=False).first).to_be_visible(timeout=SLOW_MS)


def test_told_at_once_how_a_test_picture_went_while_the_manager_s_figures_follow(
    site: Site, seat: Callable[..., Seat], approved: dict[str, Any]
) -> None:
    people, project = approved["people"], approved["id"]
    manager = opened(seat, people["Magda"], project, "/settings?tab=quality")
    manager.get_by_label("Tell people about each hidden task").check(force=True)
    manager.get_by_role("region", name="Hidden tasks").get_by_role("button", name="Save").click()
    expect(manager.get_by_text("Saved", exact=True).first).to_be_visible(timeout=SLOW_MS)
    manager.goto(f"/p/{project}/quality?tab=truth")
    lola = site.person("Lola", "annotator")
    place = seat(lola, project, viewport={"width": 1280, "height": 800})
    page = place.page
    page.goto(f"/p/{project}/annotate")
    page.wait_for_url(re.compile("/annotate/[0-9a-f-]+"), timeout=SLOW_MS)
    place.ready()
    place.drawing_saves(0)
    page.keyboard.press("Control+Enter")
    shot(page, "feedback-submitted")
    bell = page.get_by_role("button", name="Notices", exact=False)
    expect(bell).to_have_accessible_name(re.compile("1"), timeout=SLOW_MS)
    bell.click()
    told = page.get_by_text("was a test picture", exact=False)
    expect(told.first).to_be_visible(timeout=SLOW_MS)
    shot(page, "feedback-notice")
    told.first.click()
    page.wait_for_url(re.compile("/annotate/[0-9a-f-]+"), timeout=SLOW_MS)
    place.ready()
    answer = page.get_by_role("button", name="Your test answer", exact=False)
    expect(answer).to_be_visible(timeout=SLOW_MS)
    answer.click()
    expect(answer).to_have_attribute("aria-pressed", "true", timeout=SLOW_MS)
    shot(page, "feedback-opened")
    # Petra's, Kira's and hers, without a word from the manager.
    expect(manager.get_by_role("cell", name="3", exact=True)).to_be_visible(timeout=SLOW_MS)
    shot(manager, "truth-after")
