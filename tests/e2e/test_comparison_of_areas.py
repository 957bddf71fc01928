"""The comparison of models that paint areas: pixels in place of objects, patches behind each number, no curves over scores."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations

SLOW_MS = 30_000
DISCS = 9
# Inside the instance: outlined discs drawn blind, a model in production that paints none of them, one that paints all.
FILL = """
from pathlib import Path
from backend.accounts.models import Organisation
from backend.learning.enums import ModelState
from backend.learning.services import training
from tests.support import datasets, factories
from tests.support.areas import make_areas_model
from tests.support.discs import blind_discs
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
project = factories.make_project(admin, organisation=organisation, name="Painted")
blind_discs(project, {discs})
datasets.freeze(project)
folder = Path("{folder}")
make_areas_model(project, folder / "dull", gain=0.5)
training.gate_enqueue(model=make_areas_model(project, folder / "bright", ModelState.CANDIDATE), actor=None)
"""


def test_painted_areas_are_compared_by_pixels_and_shown_by_patches(
    signed_in: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    site.running.shell(
        FILL.format(organisation=site.organisation_id, discs=DISCS, folder=tmp_path.as_posix())
    )
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Painted"]
    models = f"/projects/{project['id']}/models"
    site.admin.wait("comparison", lambda: next(iter(site.admin.pages(models))), lambda row: row["gate"], 120)
    candidate = next(iter(site.admin.pages(models)))

    page = signed_in("admin", viewport={"width": 1024, "height": 900})
    page.goto(f"/p/{project['id']}/models/{candidate['id']}/comparison")
    table = page.get_by_role("table", name="What is taken for what")
    expect(table).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("In pixels: rows are what is there")).to_be_visible()
    expect(page.get_by_text("mean IoU").first).to_be_visible()
    expect(page.get_by_role("heading", name="Precision and recall")).to_have_count(0)
    expect(page.get_by_role("heading", name="Do scores mean what they say?")).to_have_count(0)
    assert violations(page) == []

    table.get_by_role("button", name=re.compile(r"^hard_hat found, [\d,]{5,} pixels$")).click()
    drawer = page.get_by_role("dialog", name="hard_hat, found")
    expect(drawer.get_by_text(f"The {DISCS} largest patches")).to_be_visible(timeout=SLOW_MS)
    expect(drawer.get_by_role("listitem")).to_have_count(DISCS)
    assert violations(page) == []
    page.keyboard.press("Escape")

    # Production paints nothing: every disc is missed whole.
    page.get_by_text(f"Model {candidate['number'] - 1}", exact=True).first.click()
    expect(table.get_by_role("button", name=re.compile("^hard_hat missed, .* pixels$"))).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
