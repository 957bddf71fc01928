"""A zone is drawn and a rule built by mouse; its incident is looked at, acted on and kept, by keys and mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations

SLOW_MS = 60_000
# A feed that no worker needs to run: its still, and what its rule is said to have found, are put there.
FILL = """
from backend.accounts.models import Organisation
from backend.feeds.models import Feed
from backend.feeds.services import stills
from PIL import Image
from tests.support import factories, media
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
project = factories.make_project(admin, organisation=organisation, name="Ruled")
feed = Feed.objects.create(project=project, name="Yard", source_kind="file", source="none.mp4", enabled=False)
stills.still_keep(feed.pk, media.encoded(Image.new("RGB", (640, 360), (96, 120, 140))), 0.0)
"""
INCIDENTS = """
from datetime import timedelta
from django.utils import timezone
from backend.feeds.models import Feed, Incident, IncidentNote, Rule
from backend.feeds.services import incidents
from PIL import Image
from tests.support import media
feed = Feed.objects.get(project_id="{project}")
rule = Rule.objects.get(feed=feed)
for minutes in (30, 20, 10):
    at = timezone.now() - timedelta(minutes=minutes)
    incident = Incident.objects.create(
        feed=feed, rule=rule, name=rule.name, severity="high", asked={{}}, opened_at=at, seen_at=at, closed_at=at,
        peak={{"count": 1, "dwell_s": 12.0}},
        involved=[{{"track_id": 1, "label": "person", "box": [0.3, 0.2, 0.4, 0.7]}}],
    )
    IncidentNote.objects.create(incident=incident, kind="opened")
    incidents.evidence_store(incident_id=incident.pk, snapshot=media.encoded(Image.new("RGB", (640, 360), (90, 96, 104))))
gone = Incident.objects.filter(feed=feed).order_by("id").first()
Incident.objects.filter(pk=gone.pk).update(snapshot_key="", evidence_erased_at=timezone.now())
"""


@pytest.fixture(scope="module")
def project(site: Site) -> dict[str, Any]:
    site.running.shell(FILL.format(organisation=site.organisation_id))
    (found,) = [row for row in site.admin.pages("/projects") if row["name"] == "Ruled"]
    return dict(found)


def draw_zone(page: Page) -> None:
    page.get_by_role("radiogroup", name="Tool").get_by_text("Zone").click()
    room = page.get_by_role("application").bounding_box()
    assert room is not None
    for x, y in ((0.2, 0.4), (0.8, 0.4), (0.8, 0.9), (0.2, 0.9), (0.2, 0.4)):
        page.mouse.click(room["x"] + room["width"] * x, room["y"] + room["height"] * y)
    expect(page.get_by_text("Not saved yet")).to_be_visible()


def test_from_a_drawn_zone_to_an_incident_that_is_dealt_with(
    signed_in: Callable[..., Page], site: Site, project: dict[str, Any]
) -> None:
    page = signed_in("admin", viewport={"width": 1280, "height": 900})
    base = f"/p/{project['id']}"
    page.goto(f"{base}/rules")
    expect(page.get_by_text("No rule yet")).to_be_visible(timeout=SLOW_MS)
    (feed,) = site.admin.get(f"/projects/{project['id']}/feeds")
    page.goto(f"{base}/live/{feed['id']}/zones")
    draw_zone(page)
    assert violations(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The camera uses it within seconds.").first).to_be_visible(timeout=SLOW_MS)

    page.goto(f"{base}/rules/new")
    page.get_by_label("Name", exact=True).fill("Nobody in the yard")
    page.get_by_text("In a zone").click()
    # The field itself is a hidden input below what is clicked.
    page.get_by_role("combobox", name="Zones").click(force=True)
    page.get_by_role("option", name="Zone 1").click()
    page.keyboard.press("Escape")
    assert violations(page) == []
    page.get_by_role("button", name="Put to work").click()
    expect(page.get_by_role("link", name="Nobody in the yard")).to_be_visible(timeout=SLOW_MS)

    site.running.shell(INCIDENTS.format(project=project["id"]))
    page.goto(f"{base}/incidents")
    rows = page.get_by_role("listitem").filter(has_text="Nobody in the yard")
    expect(rows).to_have_count(3, timeout=SLOW_MS)
    assert violations(page) == []
    rows.first.click()
    expect(page.get_by_role("img", name="When Nobody in the yard opened")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Acknowledged")).to_be_disabled()
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Escalated")).to_be_disabled()
    page.get_by_label("Comment").fill("A delivery, let in by the gate.")
    page.get_by_role("button", name="Say it").click()
    expect(page.get_by_text("A delivery, let in by the gate.")).to_be_visible()
    page.get_by_role("button", name="Keep its pictures").click()
    expect(page.get_by_role("button", name="Let its pictures go")).to_be_visible()
    page.get_by_role("button", name="Mute this rule for an hour").click()
    expect(page.get_by_text("Muted for an hour.").first).to_be_visible()
    page.keyboard.press("w")
    expect(page.get_by_role("link", name="Open the task")).to_be_visible(timeout=SLOW_MS)
    assert violations(page) == []
    # The oldest one's pictures are gone: it says so, and offers nothing that needs them.
    # Two steps in one breath: the second does not wait until the first is shown.
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_text("its picture and clip were deleted")).to_be_visible()
    expect(page.get_by_role("button", name="This alert is wrong")).to_be_disabled()
    expect(page.get_by_role("button", name="Keep its pictures")).to_be_hidden()
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{base}/incidents")
    expect(rows).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    newest = site.admin.get(f"/projects/{project['id']}/incidents")["results"][0]
    kinds = [note["kind"] for note in site.admin.get(f"/incidents/{newest['id']}/notes")]
    assert kinds == ["opened", "acknowledged", "escalated", "comment", "held", "wrong"]
