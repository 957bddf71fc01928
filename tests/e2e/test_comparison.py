"""Two models side by side: from the model's page to the pictures behind one number, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations

SLOW_MS = 30_000
PICTURES = 9
# Inside the instance: grey pictures with one crate each, a model in production that never finds it, one that does.
FILL = """
from pathlib import Path
from backend.accounts.models import Organisation
from backend.learning.enums import ModelState
from backend.learning.services import training
from backend.projects.models import Project
from tests.support import datasets, factories
from tests.support.learning import make_model, make_picture
organisation = Organisation.objects.get(pk="{organisation}")
labels = [{{"name": name, "shapes": ["box"]}} for name in ("crate", "lid")]
project = factories.make_project(organisation=organisation, name="Compared", labels=labels)
for index in range({pictures}):
    asset = make_picture(project, 0.5 + 0.04 * index)
    datasets.label_asset(project, asset, [datasets.box(project, "crate", (16, 16, 48, 48))], blind=True)
datasets.freeze(project)
classes = ("crate", "lid")
make_model(project, Path("{folder}"), classes=classes, boxes=((0.0, 0.0, 6.0, 6.0),))
candidate = make_model(project, Path("{folder}"), ModelState.CANDIDATE, classes=classes)
training.gate_enqueue(model=candidate, actor=None)
"""


def test_a_number_leads_to_its_pictures(signed_in: Callable[..., Page], site: Site, tmp_path: Path) -> None:
    site.running.shell(
        FILL.format(organisation=site.organisation_id, pictures=PICTURES, folder=tmp_path.as_posix())
    )
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Compared"]
    models = f"/projects/{project['id']}/models"
    site.admin.wait("comparison", lambda: next(iter(site.admin.pages(models))), lambda row: row["gate"], 120)
    candidate = next(iter(site.admin.pages(models)))

    page = signed_in("admin", viewport={"width": 1024, "height": 900})
    page.goto(f"/p/{project['id']}/models/{candidate['id']}")
    page.get_by_role("link", name="Where it errs").click()
    table = page.get_by_role("table", name="What is taken for what")
    expect(table).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("heading", name=f"Model {candidate['number']} beside model")).to_be_visible()
    expect(table.get_by_role("button", name=f"crate found, {PICTURES} times")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("bright"))).to_be_visible()
    assert violations(page) == []

    page.get_by_text(f"Model {candidate['number'] - 1}", exact=True).first.click()
    missed = table.get_by_role("button", name=f"crate missed, {PICTURES} times")
    missed.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="crate, missed")
    expect(drawer.get_by_text(f"All {PICTURES}")).to_be_visible(timeout=SLOW_MS)
    expect(drawer.get_by_role("listitem")).to_have_count(PICTURES)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(missed).to_be_focused()


def test_a_model_that_was_not_compared_says_what_to_do(
    signed_in: Callable[..., Page], site: Site, project: str
) -> None:
    (model, *_) = site.admin.pages(f"/projects/{project}/models")
    page = signed_in("annotator")
    page.goto(f"/p/{project}/models/{model['id']}/comparison")
    expect(page.get_by_text("Not compared yet")).to_be_visible(timeout=SLOW_MS)
