"""An operator's weights for detectors, from the file on the server to a model version: nothing is said of its quality."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.dfine import named, published_file

SLOW_MS = 30_000
JOB_S = 600
# Inside the instance: a project with approved boxes, frozen, to train on.
FILL = """
from backend.accounts.models import Organisation
from tests.support import datasets, factories
from tests.support.learning import make_picture
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
labels = [{{"name": name, "shapes": ["box"]}} for name in ("crate", "lid")]
project = factories.make_project(admin, organisation=organisation, name="From weights", labels=labels)
for index in range(8):
    asset = make_picture(project, 0.5 + 0.04 * index)
    datasets.label_asset(project, asset, [datasets.box(project, "crate", (16, 16, 48, 48))])
datasets.freeze(project)
"""


@pytest.fixture
def weights(tmp_path: Path) -> tuple[Path, str]:
    """Random weights in the published layout, as a model's folder holds them, and their SHA-256."""
    path, sha256 = published_file(tmp_path, classes=2)
    folder = tmp_path / "dfine-nano-yard"
    folder.mkdir()
    named(folder / "config.safetensors", ["crate", "truck"])
    return path.rename(folder / "model.safetensors"), sha256


def test_installed_weights_are_gone_on_from_and_become_a_model_version(
    signed_in: Callable[..., Page], site: Site, weights: tuple[Path, str]
) -> None:
    site.running.shell(FILL.format(organisation=site.organisation_id))
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "From weights"]
    path, sha256 = weights
    site.running.manage("models", "add", str(path), "--sha256", sha256)
    start_from = f"/projects/{project['id']}/starting-weights"
    site.admin.wait("the check of the file", lambda: site.admin.get(start_from), bool, JOB_S)
    site.running.manage("models", "verify", "dfine-nano-yard.safetensors")

    page = signed_in("admin", viewport={"width": 1280, "height": 1000})
    page.goto(f"/p/{project['id']}/models")
    row = page.get_by_role("row").filter(has_text="d-fine-n")
    expect(row.get_by_text("Training detectors")).to_be_visible(timeout=SLOW_MS)
    expect(row.get_by_text("Ready")).to_be_visible()
    page.get_by_role("button", name="Train…").first.click()
    dialog = page.get_by_role("dialog", name="Train a model")
    dialog.get_by_text("Installed weights", exact=True).click()
    expect(dialog.get_by_text("Knows 2 classes by name (crate, truck)", exact=False)).to_be_visible()
    # A handful of steps, then export and parity as ever.
    dialog.get_by_role("textbox", name="CPU minutes").fill("0.5")
    dialog.get_by_role("button", name="More settings").click()
    dialog.get_by_role("combobox", name="Picture size").click()
    page.get_by_role("option", name="256 px").click()
    dialog.get_by_role("button", name="Train", exact=True).click()
    expect(dialog).to_be_hidden(timeout=SLOW_MS)

    trainings = f"/projects/{project['id']}/trainings"
    over = ("done", "failed", "cancelled")
    newest = lambda: next(iter(site.admin.pages(trainings)))  # noqa: E731 - asked again and again
    run = site.admin.wait("the training", newest, lambda found: found["state"] in over, JOB_S)
    assert run["state"] == "done", run["error"]
    assert run["curve"][-1]["step"] >= 2
    page.goto(f"/p/{project['id']}/models/{run['model_version_id']}")
    expect(page.get_by_text("Trained here, d-fine-n")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("cell", name="dfine-nano-yard.safetensors")).to_be_visible()
    page.get_by_text("on its training").click()
    expect(page.get_by_text("classes known to it: crate; new: lid", exact=False)).to_be_visible()
