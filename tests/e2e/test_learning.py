"""Learning in the browser: a batch by one's own wish with a reason on each picture, honest savings, a map to pick from."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Page, expect

from ml.simulation.scene import render_image
from ml.simulation.truth import SceneConfig
from tests.e2e.conftest import Site

PICTURES = 24


@pytest.fixture(scope="module")
def stocked(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A project whose labels the shipped detector knows, with a scene a picture; the first batch is chosen by itself."""
    body = {
        "organisation_id": site.organisation_id,
        "name": "Learning tests",
        "labels": [{"name": "person", "shapes": ["box"]}, {"name": "forklift", "shapes": ["box"]}],
    }
    project_id: str = site.admin.post("/projects", body)["id"]
    version = site.admin.call("GET", f"/projects/{project_id}").json()["version"]
    settings = {"settings": {"batch_size": 4}}
    site.admin.call("PATCH", f"/projects/{project_id}", settings, headers={"If-Match": f'"{version}"'})
    archive = tmp_path_factory.mktemp("zip") / "pictures.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for number in range(PICTURES):
            frame = render_image(SceneConfig(seed=700 + number, width=480, height=270, people=2 + number % 3))
            path = Path(archive.parent) / f"scene-{number}.jpg"
            cv2.imwrite(str(path), cv2.cvtColor(frame.image_rgb, cv2.COLOR_RGB2BGR))
            opened.write(path, path.name)
    assert site.admin.upload(project_id, archive)["report"]["added"] == PICTURES
    site.admin.wait_idle(project_id, 240)
    return project_id


def test_a_batch_by_ones_own_wish_and_each_picture_says_why(
    signed_in: Callable[..., Page], site: Site, stocked: str
) -> None:
    page = signed_in("admin")
    page.goto(f"/p/{stocked}/learning")
    expect(page.get_by_text("left to choose from")).to_be_visible(timeout=20_000)
    page.get_by_role("combobox", name="Strategy").click()
    page.get_by_role("option", name="Least sure of all answers").click()
    page.get_by_role("textbox", name="Pictures").fill("5")
    page.get_by_role("button", name="Choose a batch").click()
    expect(page.get_by_role("cell", name="Least sure of all answers")).to_be_visible(timeout=60_000)
    rows = site.admin.get(f"/projects/{stocked}/tasks?page_size=100")["results"]
    unsure = [row for row in rows if row["selection_reason"] == "uncertain"]
    assert unsure
    why = unsure[0]["selection_evidence"]["why"]
    page.goto(f"/p/{stocked}/annotate/{unsure[0]['id']}")
    page.get_by_role("button", name="Why this picture").click(timeout=20_000)
    expect(page.get_by_text(why)).to_be_visible()


def test_the_projects_own_limits_are_set_and_kept(signed_in: Callable[..., Page], stocked: str) -> None:
    page = signed_in("admin")
    page.goto(f"/p/{stocked}/settings?tab=selection")
    page.get_by_role("textbox", name="Of one camera").fill("7")
    page.get_by_role("combobox", name="Add a quota: Labels").click()
    page.get_by_role("option", name="forklift").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("the next batch goes by it")).to_be_visible(timeout=20_000)
    page.reload()
    expect(page.get_by_role("textbox", name="Of one camera")).to_have_value("7", timeout=20_000)
    expect(page.get_by_role("textbox", name="At least so many of forklift")).to_have_value("10 objects")


def test_savings_say_how_many_labels_are_missing(signed_in: Callable[..., Page], stocked: str) -> None:
    page = signed_in("admin")
    page.goto(f"/p/{stocked}/learning?tab=savings")
    expect(page.get_by_text("Needs 40 more randomly chosen pictures")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Measure")).to_have_count(0)


def test_a_loop_on_the_map_puts_pictures_first(
    signed_in: Callable[..., Page], site: Site, stocked: str
) -> None:
    page = signed_in("admin")
    page.goto(f"/p/{stocked}/learning?tab=map")
    page.get_by_role("button", name="Draw the map").click(timeout=20_000)
    plane = page.get_by_role("application")
    expect(plane).to_be_visible(timeout=60_000)
    box = plane.bounding_box()
    assert box is not None
    centre, radius = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), box["width"] * 0.49
    page.mouse.move(centre[0] + radius, centre[1])
    page.mouse.down()
    for step in range(1, 37):
        angle = 2 * math.pi * step / 36
        page.mouse.move(centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
    page.mouse.up()
    page.get_by_role("button", name="Label these next").click(timeout=10_000)
    expect(page.get_by_text("are next", exact=False).first).to_be_visible(timeout=20_000)
    rows = site.admin.get(f"/projects/{stocked}/tasks?page_size=100")["results"]
    assert sum(row["selection_reason"] == "manual" for row in rows) >= 5
    assert any(row["selection_reason"] == "random" for row in rows)
