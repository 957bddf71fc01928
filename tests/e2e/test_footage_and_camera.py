"""A rule is tried on footage before it goes live, and a camera's page shows its day and takes what was missed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations
from tests.support.hall import HALL

SLOW_MS = 90_000
# The live tile shows a picture with something on it.
DRAWN = """() => {
  const canvas = document.querySelector('article canvas');
  if (!canvas || !canvas.width) return false;
  return canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] === 255;
}"""


@pytest.fixture(scope="module")
def feed(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Three people in a hall, seen by a model that always finds them."""
    folder = tmp_path_factory.mktemp("footage-model")
    site.running.shell(HALL.format(organisation=site.organisation_id, name="Footage", folder=folder))
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Footage"]
    (found,) = site.admin.get(f"/projects/{project['id']}/feeds")
    return dict(found)


def test_a_rule_is_tried_on_footage_before_it_is_put_to_work(
    signed_in: Callable[..., Page], site: Site, feed: dict[str, Any]
) -> None:
    page = signed_in("admin", viewport={"width": 1280, "height": 1000})
    page.goto(f"/p/{feed['project_id']}/rules/new")
    page.get_by_label("Name", exact=True).fill("Nobody in the hall")
    tried = page.get_by_role("status").filter(has_text="It would have opened")
    page.get_by_role("button", name="Try it").click()
    expect(tried).to_contain_text("It would have opened 1 incident in", timeout=SLOW_MS)
    picture = tried.get_by_role("img", name="Incident 1")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    expect(tried.get_by_text("3 objects")).to_be_visible()
    assert violations(page) == []
    # Nothing of a trial is kept: no rule is at work, and no incident was opened.
    assert site.admin.get(f"/projects/{feed['project_id']}/rules") == []
    page.goto(f"/p/{feed['project_id']}/incidents")
    expect(page.get_by_text("No incident")).to_be_visible(timeout=SLOW_MS)


def test_a_camera_s_page_shows_its_day_and_makes_a_task_of_what_was_missed(
    signed_in: Callable[..., Page], site: Site, feed: dict[str, Any], tmp_path: Path
) -> None:
    page = signed_in("admin", viewport={"width": 1280, "height": 1000})
    base = f"/p/{feed['project_id']}/live/{feed['id']}"
    page.goto(base)
    expect(page.get_by_role("heading", name=feed["name"])).to_be_visible(timeout=SLOW_MS)
    page.wait_for_function(DRAWN, timeout=SLOW_MS)
    assert violations(page) == []
    page.get_by_role("button", name="You missed this", exact=True).click()
    expect(page.get_by_text("The picture waits to be labelled, before all others")).to_be_visible()
    back = page.get_by_role("region", name="Sent back to be labelled")
    expect(back.get_by_role("link").filter(has_text="missed")).to_have_count(1, timeout=SLOW_MS)
    captures = site.admin.get(f"/feeds/{feed['id']}/captures")["results"]
    assert [capture["reason"] for capture in captures].count("missed") == 1

    page.get_by_role("radiogroup", name="What is counted").get_by_text("Zones").click()
    expect(page.get_by_text("No zone is drawn on this feed yet.")).to_be_visible()
    page.get_by_role("radiogroup", name="What is counted").get_by_text("Picture").click()
    # Counts are stored every few seconds.
    expect(page.get_by_role("definition").last).to_have_text("3", timeout=SLOW_MS)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="CSV, this day").click()
    download.value.save_as(tmp_path / "counts.csv")
    with (tmp_path / "counts.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["label"] for row in rows} == {"", "person", "hard_hat"}
    assert all(row["site"] == "Hall of Footage camera" and row["camera"] == "Footage camera" for row in rows)
    # Not the day before: just after midnight at the site it was watched too.
    for _ in range(2):
        page.get_by_role("button", name="The day before").click()
    expect(page.get_by_text("Nobody watched this camera on that day.")).to_be_visible(timeout=SLOW_MS)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(base)
    page.wait_for_function(DRAWN, timeout=SLOW_MS)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)
    site.admin.call("PATCH", f"/feeds/{feed['id']}", {"enabled": False})
