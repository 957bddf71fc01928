"""A camera in the browser: tried, added by RTSP, and what it is told to hide is black on the wall."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations
from tests.support.cameras import camera_clip, rtsp_server

SLOW_MS = 60_000
FILL = """
from backend.accounts.models import Organisation
from backend.sites.models import Camera, Site
from tests.support import factories
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
factories.make_project(admin, organisation=organisation, name="Watched")
Camera.objects.create(site=Site.objects.create(organisation=organisation, name="Yard site"), name="Yard cam")
"""
# The picture's middle on the wall: grey or white in the clip, black only where it is hidden.
MIDDLE = """(black) => {
  const canvas = document.querySelector('article[aria-label="Yard"] canvas');
  if (!canvas || !canvas.width) return false;
  const [r, g, b, a] = canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
  return a === 255 && (Math.max(r, g, b) < 12) === black;
}"""


def test_a_camera_is_tried_and_added_and_what_it_hides_is_black_on_the_wall(
    signed_in: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    site.running.shell(FILL.format(organisation=site.organisation_id))
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Watched"]
    page = signed_in("admin", viewport={"width": 1280, "height": 1000})
    clip = camera_clip(tmp_path / "clip.mp4", seconds=300)
    with rtsp_server(clip, "admin", "pass word") as server:
        page.goto(f"/p/{project['id']}/live")
        page.get_by_role("button", name="Add feed").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name", exact=True).fill("Yard")
        dialog.get_by_label("Address").fill(server.url())
        dialog.get_by_role("button", name="Test connection").click()
        expect(dialog.get_by_role("alert")).to_have_text(
            "Name or password is missing or wrong.", timeout=SLOW_MS
        )
        dialog.get_by_label("User name").fill("admin")
        dialog.get_by_role("textbox", name="Password").fill("pass word")
        dialog.get_by_role("button", name="Test connection").click()
        expect(dialog.get_by_role("img", name="What the source shows now")).to_be_visible(timeout=SLOW_MS)
        assert violations(page) == []
        dialog.get_by_label("Camera", exact=True).first.click()
        page.get_by_role("option", name="Yard cam").click()
        dialog.get_by_role("button", name="Add feed").click()
        page.wait_for_function(MIDDLE, arg=False, timeout=SLOW_MS)

        page.goto("/sites")
        page.get_by_role("row").filter(has_text="Yard cam").get_by_role("button", name="Privacy").click()
        page.get_by_role("button", name="Hide an area").click()
        board = page.get_by_role("application")
        room = board.bounding_box()
        assert room is not None
        for x, y in ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7), (0.3, 0.3)):
            page.mouse.click(room["x"] + room["width"] * x, room["y"] + room["height"] * y)
        expect(page.get_by_text("1 area is hidden.")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog")).to_be_hidden(timeout=SLOW_MS)
        page.goto(f"/p/{project['id']}/live")
        page.wait_for_function(MIDDLE, arg=True, timeout=SLOW_MS)
        assert "pass word" not in page.content()
        (feed,) = site.admin.get(f"/projects/{project['id']}/feeds")
        site.admin.call("PATCH", f"/feeds/{feed['id']}", {"enabled": False})
