"""Auto-approval in the browser: promised, proven, tried out, switched on, seen in a picture's history, and stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations

SLOW_MS = 30_000
JOB_MS = 120_000
# Inside the instance: 400 finished blind pictures of a model that is nearly always right where it is sure, and some
# that wait: rows without files, and three real pictures, of which the batch draws one at most.
FILL = """
from pathlib import Path
from backend.accounts.models import Organisation
from tests.support import factories
from tests.support.approval import blind_reviews, waiting
from tests.support.learning import make_model, make_picture
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
labels = [{{"name": "crate", "shapes": ["box"]}}]
settings = {{"random_fraction": 0.05}}
project = factories.make_project(admin, organisation=organisation, name="Proving", labels=labels, settings=settings)
model = make_model(project, Path("{folder}"), classes=("crate",))
blind_reviews(project, model, 400)
waiting(project, model, [0.95] * 4 + [0.4])
for n in range(3):
    make_picture(project, 0.93, name=f"real-{{n}}.png")
"""


def test_a_promise_is_proven_tried_out_switched_on_and_stopped(
    signed_in: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    site.running.shell(FILL.format(organisation=site.organisation_id, folder=tmp_path.as_posix()))
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Proving"]
    page = signed_in("admin", viewport={"width": 1280, "height": 1000})
    page.goto(f"/p/{project['id']}/learning")
    page.get_by_role("tab", name="Auto-approval").click()
    expect(page.get_by_text("Nothing is approved by itself")).to_be_visible()

    page.get_by_role("button", name="Make a promise").click()
    dialog = page.get_by_role("dialog", name="Make a promise")
    dialog.get_by_role("textbox", name="Mistakes allowed").fill("20")
    dialog.get_by_role("textbox", name="something may be missed").fill("30")
    assert violations(page) == []
    dialog.get_by_role("button", name="Begin to collect proof").click()

    card = page.get_by_role("region", name="Whole pictures")
    expect(card.get_by_text("Trying out", exact=True)).to_be_visible(timeout=JOB_MS)
    expect(
        card.get_by_text("of pictures can pass unseen: at most 20 % of their boxes are wrong")
    ).to_be_visible()
    expect(card.get_by_role("img", name="Mistakes by how much is approved")).to_be_visible()
    # Real ones are suggested on by the worker, as any new picture is.
    examples = card.get_by_role("list", name="Newest pictures")
    real = examples.get_by_role("listitem").filter(has_text="real-")
    expect(real.nth(1)).to_be_visible(timeout=JOB_MS)
    assert violations(page) == []
    card.get_by_role("button", name="Figures").click()
    expect(card.get_by_role("table", name="Figures").get_by_text("In use").first).to_be_visible()
    card.get_by_role("button", name="Hide figures").click()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(card.get_by_role("button", name="Switch on")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 1000})

    card.get_by_role("button", name="Switch on").click()
    expect(card.get_by_text("At work", exact=True)).to_be_visible(timeout=SLOW_MS)
    expect(real.filter(has_text="Approved").first).to_be_visible(timeout=JOB_MS)

    real.filter(has_text="Approved").first.get_by_role("link").click()
    expect(page.get_by_role("application").or_(page.locator("canvas")).first).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("Shift+R")
    expect(page.get_by_text("Auto-approval", exact=True).first).to_be_visible(timeout=SLOW_MS)

    page.goto(f"/p/{project['id']}/learning?tab=approval")
    card.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog", name="Stop approving?").get_by_role("button", name="Stop and put back").click()
    expect(card.get_by_text("Stopped by a manager")).to_be_visible(timeout=SLOW_MS)
    expect(card.get_by_text("Put back", exact=True)).to_be_visible(timeout=JOB_MS)
    back = site.admin.pages(f"/projects/{project['id']}/tasks?state=auto_approved")
    assert list(back) == []
    card.get_by_role("button", name="Take up again").click()
    expect(card.get_by_text("Trying out", exact=True)).to_be_visible(timeout=SLOW_MS)
