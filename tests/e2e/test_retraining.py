"""When a project trains anew by itself: told, changed and switched off by mouse."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations

SLOW_MS = 30_000


def test_when_to_train_anew_is_told_changed_and_switched_off(
    signed_in: Callable[..., Page], site: Site
) -> None:
    body = {"organisation_id": site.organisation_id, "name": "Anew", "labels": [{"name": "crate"}]}
    project = site.admin.post("/projects", body)
    page = signed_in("admin")
    page.goto(f"/p/{project['id']}/models")
    part = page.get_by_role("region", name="Training anew by itself")
    expect(part.get_by_text("Off: trainings are started by hand.").first).to_be_visible(timeout=SLOW_MS)
    part.get_by_role("button", name="Change… Find objects").click()
    dialog = page.get_by_role("dialog", name="When to train anew")
    dialog.get_by_role("textbox", name="Newly approved pictures").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()  # on, and nothing to wait for
    dialog.get_by_role("textbox", name="Newly approved pictures").fill("3")
    dialog.get_by_role("textbox", name="Days").fill("7")
    assert violations(page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(part.get_by_text("After 3 newly approved pictures, or every 7 days.")).to_be_visible()
    expect(part.get_by_text("New labels: 0 of 3")).to_be_visible()
    assert violations(page) == []
    part.get_by_role("button", name="Change… Find objects").click()
    dialog.get_by_role("switch", name="Train anew by itself").press("Space")
    dialog.get_by_role("button", name="Save").click()
    expect(part.get_by_text("New labels: 0 of 3")).to_have_count(0)
