"""A camera calibrated by mouse and by keyboard, and its metres on the wall and in the mirror."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations

SLOW_MS = 60_000
# Inside the instance: a feed that shows a still hall for ever, with the full-size picture its worker would keep.
FILL = """
from backend.accounts.models import Organisation
from backend.feeds.models import Feed
from tests.support import factories, floor
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
labels = [{{"name": "person", "shapes": ["box"]}}]
project = factories.make_project(admin, organisation=organisation, name="Measured hall", labels=labels)
feed = Feed.objects.create(project=project, name="Hall", source_kind="file", source="none.mp4", enabled=False)
floor.make_camera(feed, "Hall camera")
floor.show_picture(feed)
"""
# Where a camera that looks straight at a plan would show a floor of 6 × 4 m, and a little off.
CORNERS = [(0.30, 0.40), (0.70, 0.40), (0.85, 0.85), (0.15, 0.85)]


def test_a_camera_is_calibrated_by_mouse_and_by_keyboard(signed_in: Callable[..., Page], site: Site) -> None:
    site.running.shell(FILL.format(organisation=site.organisation_id))
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Measured hall"]
    (feed,) = site.admin.get(f"/projects/{project['id']}/feeds")
    page = signed_in("admin", viewport={"width": 1280, "height": 900})
    page.goto(f"/feeds/{feed['id']}/calibrate")
    page.get_by_role("button", name="Take a picture").first.click()
    board = page.get_by_role("application")
    box = board.bounding_box()
    assert box is not None
    for x, y in CORNERS[:3]:
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    # The fourth by keyboard: the cross starts in the middle of the picture.
    page.mouse.move(1, 1)
    board.focus()
    for key, times in (("Shift+ArrowLeft", 7), ("Shift+ArrowDown", 4)):
        for _ in range(times):
            page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Point 4.")).to_be_visible()
    page.get_by_role("textbox", name="Width, m").fill("6")
    page.get_by_role("textbox", name="Depth, m").fill("4")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("4 points fit almost any floor")).to_be_visible(timeout=SLOW_MS)
    point = page.get_by_role("button", name="Point 4.")
    before = point.get_attribute("transform")
    point.press("ArrowLeft")
    assert point.get_attribute("transform") != before
    page.get_by_role("button", name="Undo").click()
    expect(point).to_have_attribute("transform", before or "")
    assert violations(page) == []
    page.get_by_role("button", name="Save, valid from now").click()
    expect(page.get_by_text("holds now")).to_be_visible(timeout=SLOW_MS)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
