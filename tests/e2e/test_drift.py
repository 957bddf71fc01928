"""Drift in the browser: looked for by mouse, told for each camera, its pictures put next, and learned from by a policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations

SLOW_MS = 30_000
JOB_MS = 120_000
# Inside the instance: a model in production for ten days, and three cameras. Dock 2 went dark, Gate did not, Ramp is new.
FILL = """
from datetime import timedelta
from pathlib import Path
from django.utils import timezone
from backend.accounts.models import Organisation
from backend.learning.models import ModelVersion
from backend.sites.models import Camera, Site
from tests.support import factories
from tests.support.drift import arrive
from tests.support.learning import make_model
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
labels = [{{"name": "crate", "shapes": ["box"]}}]
project = factories.make_project(admin, organisation=organisation, name="Drifting", labels=labels)
model = make_model(project, Path("{folder}"), classes=("crate",))
now, day = timezone.now(), timedelta(days=1)
ModelVersion.objects.filter(pk=model.pk).update(promoted_at=now - 10 * day)
site = Site.objects.create(organisation=organisation, name="Drift hall")
for seed, (name, later) in enumerate({{"Dock 2": {{"brightness": 60.0, "people": 0.9}}, "Gate": {{}}}}.items()):
    camera = Camera.objects.create(site=site, name=name).pk
    arrive(project, model, 150, at=now - 9 * day, camera_id=camera, label="crate", seed=10 + seed)
    arrive(project, model, 100, at=now - day, over=0.8 * day, camera_id=camera, label="crate", seed=20 + seed, **later)
camera = Camera.objects.create(site=site, name="Ramp").pk
arrive(project, model, 40, at=now - day, over=0.8 * day, camera_id=camera, label="crate", seed=30)
"""


def test_what_drifted_is_told_its_pictures_put_next_and_a_policy_waits_for_it(
    signed_in: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    site.running.shell(FILL.format(organisation=site.organisation_id, folder=tmp_path.as_posix()))
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Drifting"]
    page = signed_in("admin", viewport={"width": 1280, "height": 1000})
    page.goto(f"/p/{project['id']}/learning")
    page.get_by_role("tab", name="Drift").click()
    page.get_by_role("button", name="Look now").click()
    expect(page.get_by_text("Changed: Dock 2")).to_be_visible(timeout=JOB_MS)

    dock = page.get_by_role("region", name="Dock 2")
    expect(dock.get_by_text("Pictures of Dock 2 are darker than when this model was chosen.")).to_be_visible()
    expect(dock.get_by_text("Fewer objects are found than when this model was chosen.")).to_be_visible()
    expect(dock.get_by_text("Pictures look like those this model was chosen on.")).to_be_visible()
    expect(dock.get_by_role("img", name="Brightness: When it was chosen, Now")).to_be_visible()
    gate, ramp = (page.get_by_role("region", name=name, exact=True) for name in ("Gate", "Ramp"))
    gate.get_by_role("button", name="Show Gate").click()
    expect(gate.get_by_text("As bright as when this model was chosen.")).to_be_visible()
    ramp.get_by_role("button", name="Show Ramp").click()
    expect(ramp.get_by_text("Needs 110 more pictures, and at least a day of this camera")).to_be_visible()
    assert violations(page) == []

    dock.get_by_role("button", name="Label these next").click()
    expect(page.get_by_text("60 pictures put at the head")).to_be_visible(timeout=SLOW_MS)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(dock.get_by_role("button", name="Label these next")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 1000})

    page.goto(f"/p/{project['id']}/models")
    part = page.get_by_role("region", name="Training anew by itself")
    part.get_by_role("button", name="Change… Find objects").click()
    dialog = page.get_by_role("dialog", name="When to train anew")
    dialog.get_by_role("textbox", name="Newly approved pictures").fill("")
    dialog.get_by_role("switch", name="When what it is shown has drifted").click()
    assert violations(page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(part.get_by_text("When what it is shown has drifted. 10 CPU minutes each.")).to_be_visible()
    # Nothing was approved since: it would train the same model once more.
    expect(part.get_by_text("waits for a newly approved picture to learn from")).to_be_visible()
    # Whoever may train was told, and is led there.
    page.get_by_role("button", name=re.compile(r"^Notices: \d+ unread")).click()
    page.get_by_role("button", name="Dock 2: pictures are darker, fewer objects are found.").click()
    expect(page.get_by_role("tab", name="Drift")).to_have_attribute("aria-selected", "true")
