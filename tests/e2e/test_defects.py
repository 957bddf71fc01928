"""Defects without examples in the browser: from nothing, over too little, to suspects with heat and suggested boxes."""

from __future__ import annotations

import zipfile
from collections.abc import Callable

import cv2
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.ml.anomaly.test_anomaly import BLOT, part

GOOD, FLAWED = 24, 8
JOB_MS = 120_000

APPROVE = """
from backend.media.models import Asset
from backend.projects.models import Project
from tests.support import datasets
project = Project.objects.get(pk="{project}")
for asset in Asset.objects.filter(project_assets__project=project, name__in={names}):
    datasets.label_asset(project, asset, regions=[])
"""


@pytest.fixture(scope="module")
def parts(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A project of brushed metal: good parts, and waiting ones with a blot."""
    body = {
        "organisation_id": site.organisation_id,
        "name": "Parts",
        "labels": [{"name": "flaw", "shapes": ["box"]}],
    }
    project_id: str = site.admin.post("/projects", body)["id"]
    archive = tmp_path_factory.mktemp("parts") / "parts.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for seed in range(GOOD + FLAWED):
            pixels = part(seed, BLOT if seed >= GOOD else None)
            opened.writestr(f"part-{seed}.png", cv2.imencode(".png", pixels)[1].tobytes())
    assert site.admin.upload(project_id, archive)["report"]["added"] == GOOD + FLAWED
    site.admin.wait_idle(project_id, 120)
    return project_id


def test_from_too_few_good_ones_to_suggested_boxes(
    signed_in: Callable[..., Page], site: Site, parts: str
) -> None:
    page = signed_in("admin")
    page.goto(f"/p/{parts}/learning?tab=defects")
    expect(page.get_by_text("Needs 20 more approved pictures")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Look for defects")).to_have_count(0)

    site.running.shell(APPROVE.format(project=parts, names=[f"part-{seed}.png" for seed in range(GOOD)]))
    page.reload()
    expect(page.get_by_text("24 good pictures, 0 pictures with a known defect")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="Look for defects").click()
    expect(page.get_by_text("unlike the good ones, most unlike first")).to_be_visible(timeout=JOB_MS)
    expect(page.get_by_text("How well it tells defects is not known")).to_be_visible()
    suspects = page.get_by_role("link", name="times the threshold")
    assert suspects.count() >= 2
    expect(suspects.first.locator("canvas")).to_be_visible()
    page.get_by_text("Picture", exact=True).click()
    expect(suspects.first.locator("canvas")).to_have_count(0)

    page.get_by_role("button", name="Suggest boxes of “flaw”").click()
    expect(page.get_by_text("Suggested on")).to_be_visible(timeout=20_000)
    suspects.first.click()
    expect(page.get_by_role("application")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Suggestions").first).to_be_visible(timeout=20_000)
