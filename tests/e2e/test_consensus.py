"""Several people on one picture, in a browser: asked for, labelled apart, put together, looked at, decided."""

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

ONE, TWO, THREE = [80.0, 60.0, 200.0, 240.0], [260.0, 80.0, 380.0, 260.0], [430.0, 100.0, 560.0, 300.0]
NEAR_TWO = [266.0, 84.0, 388.0, 262.0]


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two pictures; Mona manages, Ruth reviews, and three people annotate."""
    folder: Path = tmp_path_factory.mktemp("apart")
    project: dict[str, Any] = make_project(site.admin, site.organisation_id, "Apart", folder, 2)
    roles = {"Mona": "manager", "Ruth": "reviewer"} | dict.fromkeys(("Ann", "Ivo", "Zoe"), "annotator")
    return {**project, "people": {name: site.person(name, role) for name, role in roles.items()}}


def test_a_manager_asks_three_people_and_each_labels_it_alone(
    seat: Callable[..., Seat], work: dict[str, Any]
) -> None:
    people: dict[str, Person] = work["people"]
    page = seat(people["Mona"], work["id"], viewport={"width": 1360, "height": 800}).page
    page.goto(f"/p/{work['id']}/settings?tab=quality")
    expect(page.get_by_label("Share of new pictures, %")).to_be_visible(timeout=SLOW_MS)
    page.get_by_label("People on each of them").fill("3")
    shot(page, "consensus-settings")
    assert violations(page) == []
    page.goto(f"/p/{work['id']}/data")
    boxes = page.get_by_role("checkbox", name="rack", exact=False)
    expect(boxes).to_have_count(2, timeout=SLOW_MS)
    boxes.first.click(force=True)
    page.get_by_role("toolbar", name="Chosen pictures").get_by_role("button", name="Choose all").click()
    page.get_by_role("button", name="Several people…").click()
    dialog = page.get_by_role("dialog", name="Who labels 2 pictures")
    expect(dialog.get_by_label("People for each picture")).to_have_value("3")
    shot(page, "consensus-ask")
    dialog.get_by_role("button", name="Ask them").click()
    expect(page.get_by_text("2 pictures changed")).to_be_visible(timeout=SLOW_MS)

    label_next(people["Ann"].client, work, ONE, TWO)
    label_next(people["Ivo"].client, work, ONE, NEAR_TWO, THREE)
    label_next(people["Zoe"].client, work, ONE)
    place = seat(people["Ann"], work["id"])
    place.page.goto(f"/p/{work['id']}/annotate")
    place.ready()
    shot(place.page, "consensus-annotator")
    expect(place.page.get_by_text("3 people", exact=True)).to_be_visible(timeout=SLOW_MS)


def test_a_reviewer_sees_what_they_agree_on_and_decides(
    site: Site, seat: Callable[..., Seat], work: dict[str, Any]
) -> None:
    people: dict[str, Person] = work["people"]
    # Put together by a worker, a moment after the last of them.
    site.admin.wait_idle(work["id"], 60)
    page = seat(people["Ruth"], work["id"], viewport={"width": 1360, "height": 860}).page
    page.goto(f"/p/{work['id']}/review")
    expect(page.get_by_text("3 people, each on their own")).to_be_visible(timeout=SLOW_MS)
    rows = page.get_by_role("list", name="Objects").get_by_role("button")
    expect(rows).to_have_text(["thing1 of 3", "thing2 of 3", "thing3 of 3"])
    shot(page, "consensus-merged")
    assert violations(page) == []
    # One person's answer by its number, and back.
    page.keyboard.press("3")
    expect(page.get_by_text("What Zoe drew, against what was put together")).to_be_visible(timeout=SLOW_MS)
    expect(rows).to_have_text(["thingLacks", "thingIs in"])
    shot(page, "consensus-answer")
    page.keyboard.press("3")
    expect(rows).to_have_count(3)
    # One is enough: nothing is left out any more.
    page.get_by_role("combobox", name="Keep what was drawn by").click()
    page.get_by_role("option", name="One is enough").click()
    expect(page.get_by_text("Left out").locator("b")).to_have_text("0", timeout=SLOW_MS)
    expect(rows).to_have_text(["thing1 of 3", "thing2 of 3", "thing3 of 3"])
    page.get_by_role("button", name="Ann", exact=False).click()
    page.get_by_role("button", name="Use this answer").click()
    expect(page.get_by_text("Not what was put together", exact=False)).to_be_visible(timeout=SLOW_MS)
    shot(page, "consensus-taken")
    page.get_by_role("combobox", name="Keep what was drawn by").click()
    page.get_by_role("option", name="More than half").click()
    expect(page.get_by_text("Press a name", exact=False)).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("a")
    expect(page.get_by_text("Approved", exact=True)).to_be_visible(timeout=SLOW_MS)
    tasks = list(site.admin.pages(f"/projects/{work['id']}/tasks"))
    (done,) = [task for task in tasks if task["state"] == "approved"]
    assert done["region_count"] == 2


def test_one_more_person_is_asked(site: Site, seat: Callable[..., Seat], work: dict[str, Any]) -> None:
    people: dict[str, Person] = work["people"]
    for name in ("Ann", "Ivo", "Zoe"):
        label_next(people[name].client, work, ONE, *([THREE] if name == "Ivo" else []))
    site.admin.wait_idle(work["id"], 60)
    page = seat(people["Ruth"], work["id"], viewport={"width": 1360, "height": 860}).page
    page.goto(f"/p/{work['id']}/review")
    expect(page.get_by_text("3 people, each on their own")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("button", name="Ask one more person").click()
    expect(page.get_by_text("One more person is asked")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Nothing waits for review")).to_be_visible(timeout=SLOW_MS)
    shot(page, "consensus-asked")
    (waiting,) = [t for t in site.admin.pages(f"/projects/{work['id']}/tasks") if t["state"] == "ready"]
    assert waiting["people"] == 4


SPOIL = """
from backend.annotation.models import RegionVersion
RegionVersion.objects.filter(revisions__task__project_id="{project}").update(geometry={geometry})
"""


def test_answers_that_could_not_be_put_together_are_tried_again(
    site: Site, seat: Callable[..., Seat], tmp_path: Path
) -> None:
    project = make_project(site.admin, site.organisation_id, "Stuck", tmp_path, 1)
    people = {
        name: site.person(name, role)
        for name, role in (("Rick", "reviewer"), ("Dee", "annotator"), ("Eve", "annotator"))
    }
    site.admin.post(f"/projects/{project['id']}/tasks/people", {"task_ids": project["tasks"], "people": 2})
    label_next(people["Dee"].client, project, ONE)
    # A row that no job can read: what is stored is damaged, until somebody puts it right.
    site.running.shell(SPOIL.format(project=project["id"], geometry={}))
    label_next(people["Eve"].client, project, ONE)
    site.admin.wait_idle(project["id"], 60)
    page = seat(people["Rick"], project["id"], viewport={"width": 1360, "height": 860}).page
    page.goto(f"/p/{project['id']}/review")
    note = page.get_by_role("alert")
    expect(note).to_contain_text("could not be put together", timeout=SLOW_MS)
    expect(note).to_contain_text("KeyError")
    assert violations(page) == []
    shot(page, "consensus-stuck")
    page.set_viewport_size({"width": 390, "height": 800})
    shot(page, "consensus-stuck-phone")
    page.set_viewport_size({"width": 1360, "height": 860})
    site.running.shell(SPOIL.format(project=project["id"], geometry={"box": ONE}))
    note.get_by_role("button", name="Try again").click()
    expect(note).to_have_count(0, timeout=SLOW_MS)
    expect(page.get_by_text("2 people, each on their own")).to_be_visible(timeout=SLOW_MS)
