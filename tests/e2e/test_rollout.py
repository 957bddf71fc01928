"""A model's way to production and back, by mouse: shadow, canary, all, rollback; and who did what."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations

SLOW_MS = 30_000
# Work of a queue, on a machine that does much else.
JOB_MS = 120_000
PICTURES = 8
# Inside the instance: grey pictures, a model in production that sees one box, one that passed and sees two.
FILL = """
from pathlib import Path
from backend.accounts.models import Organisation
from backend.annotation.models import Task
from backend.learning.enums import ModelState
from backend.learning.services import promotion
from backend.projects.models import Project
from tests.support import factories
from tests.support.learning import gate, make_model, make_picture
organisation = Organisation.objects.get(pk="{organisation}")
labels = [{{"name": "crate", "shapes": ["box"]}}]
admin = organisation.memberships.filter(role="admin").first().user
project = factories.make_project(admin, organisation=organisation, name="Rolled out", labels=labels)
first = make_model(project, Path("{folder}"), classes=("crate",))
boxes = ((16.0, 16.0, 48.0, 48.0), (0.0, 0.0, 14.0, 14.0))
second = make_model(project, Path("{folder}"), ModelState.CANDIDATE, classes=("crate",), boxes=boxes)
gate(second, first)
for index in range({pictures}):
    make_picture(project, 0.2 + 0.08 * index)
Task.objects.filter(project=project).update(selection_reason="manual", priority=1.0)
"""


def test_a_model_comes_step_by_step_and_goes_in_one(
    signed_in: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    site.running.shell(
        FILL.format(organisation=site.organisation_id, pictures=PICTURES, folder=tmp_path.as_posix())
    )
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Rolled out"]
    models = {row["state"]: row for row in site.admin.pages(f"/projects/{project['id']}/models")}
    second, first = models["candidate"], models["production"]

    page = signed_in("admin", viewport={"width": 1280, "height": 1000})
    page.goto(f"/p/{project['id']}/models/{second['id']}")
    way = page.get_by_role("region", name="On its way to production")
    expect(way.get_by_text("Nobody has taken a step yet.")).to_be_visible(timeout=SLOW_MS)
    way.get_by_role("button", name="Watch in shadow").click()
    expect(page.get_by_text(f"Model {second['number']} watches in shadow")).to_be_visible()
    here = way.locator("[aria-current=step]")
    expect(here).to_contain_text("Shadow")
    # The worker has it look at the pictures; what it would have said is compared, and suggested to nobody.
    beside = page.get_by_role("heading", name="Beside production")
    expect(beside).to_be_visible(timeout=JOB_MS)
    expect(way.get_by_text(f"of {PICTURES} pictures")).to_be_visible()
    expect(
        way.get_by_role("img", name=re.compile("1 only this model, 0 only production")).first
    ).to_be_visible()
    assert violations(page) == []

    way.get_by_role("radiogroup", name="Share of the cameras").get_by_text("50 %").click()
    way.get_by_role("button", name="Answer for 50 %").click()
    expect(here).to_contain_text("Canary, 50 %")
    page.get_by_role("button", name="Put into production").click()
    page.get_by_role("region", name="Answers for all").wait_for()
    back = page.get_by_role("button", name=f"Roll back to model {first['number']}")
    back.click()
    expect(page.get_by_text(f"Model {second['number']} was rolled back")).to_be_visible()
    expect(page.get_by_role("button", name="Bring back")).to_be_visible()
    acts = way.get_by_role("listitem").filter(has_text="Ada Admin")
    expect(acts).to_have_count(4)
    expect(acts.first).to_contain_text(
        f"rolled back from model {second['number']} to model {first['number']}"
    )
    states = {row["number"]: row["state"] for row in site.admin.pages(f"/projects/{project['id']}/models")}
    assert (states[first["number"]], states[second["number"]]) == ("production", "retired")
