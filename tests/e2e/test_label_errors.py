"""Label errors in the browser: two planted ones are found and put right by keyboard, and one is taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations
from tests.support.shots import shot

SLOW_MS = 30_000
JOB_MS = 120_000
# Inside the instance: approved pictures of a crate and a barrel each; in one the crate is called a barrel, in another
# the barrel is not labelled. What the model in production says of them is right.
FILL = """
from pathlib import Path
from backend.accounts.models import Organisation
from tests.support import factories
from tests.support.label_errors import LABELS, plant
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
project = factories.make_project(
    admin, organisation=organisation, name="Mislabelled", labels=LABELS, settings={{"prelabel": False}}
)
plant(project, Path("{folder}"), bad_box=None)
"""


def labels_of(site: Site, project: dict[str, Any], picture: str) -> list[str]:
    """Names of the labels of a picture's objects now."""
    names = {
        label["id"]: label["name"]
        for label in site.admin.get(f"/projects/{project['id']}")["ontology"]["labels"]
    }
    (task,) = [
        row for row in site.admin.pages(f"/projects/{project['id']}/tasks") if row["asset"]["name"] == picture
    ]
    assert task["state"] == "approved"
    newest = site.admin.get(f"/tasks/{task['id']}/revisions")["results"][0]
    regions = site.admin.get(f"/revisions/{newest['id']}")["labels"]["regions"]
    return sorted(names[region["label_id"]] for region in regions)


def test_planted_errors_are_found_put_right_by_keyboard_and_taken_back(
    signed_in: Callable[..., Page], site: Site, tmp_path: Path
) -> None:
    site.running.shell(FILL.format(organisation=site.organisation_id, folder=tmp_path.as_posix()))
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Mislabelled"]
    page = signed_in("reviewer")
    page.goto(f"/p/{project['id']}/quality")
    page.get_by_role("tab", name="Label errors").click()
    expect(page.get_by_text("24 approved pictures can be looked at.")).to_be_visible(timeout=SLOW_MS)
    shot(page, "errors-never")
    page.get_by_role("button", name="Look for label errors").click()

    ranking = page.get_by_role("navigation", name="Probable label errors").get_by_role("button")
    expect(ranking).to_have_count(2, timeout=JOB_MS)
    page.get_by_text("Swapped 1").click()
    expect(page.get_by_role("img", name="Labelled “barrel”. The model sees “crate”.")).to_be_visible()
    expect(ranking).to_have_count(1)
    shot(page, "errors-swapped")
    assert violations(page) == []
    page.get_by_text("All 2").click()
    expect(ranking).to_have_count(2)
    says = page.get_by_role("img", name="The model sees", exact=False)
    first = says.get_attribute("aria-label")
    page.keyboard.press("J")
    expect(says).not_to_have_attribute("aria-label", first or "")
    page.keyboard.press("K")
    expect(says).to_have_attribute("aria-label", first or "")

    page.keyboard.press("f")
    expect(ranking).to_have_count(1)
    # A filter that was just clicked keeps Enter to itself; a row does not.
    ranking.first.click()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing left to decide")).to_be_visible()
    expect(page.get_by_role("combobox", name="State")).to_have_value("To decide 0", timeout=SLOW_MS)
    shot(page, "errors-done")
    assert labels_of(site, project, "yard-03.png") == ["barrel", "crate"]
    assert labels_of(site, project, "yard-05.png") == ["barrel", "crate"]

    # The last one fixed comes back, and so does the label it had.
    page.keyboard.press("Control+z")
    expect(ranking).to_have_count(1, timeout=SLOW_MS)
    expect(page.get_by_role("combobox", name="State")).to_have_value("To decide 1", timeout=SLOW_MS)
    found = {
        labels: picture
        for picture in ("yard-03.png", "yard-05.png")
        for labels in [tuple(labels_of(site, project, picture))]
    }
    assert ("barrel", "crate") in found
    assert len(found) == 2
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing left to decide")).to_be_visible()

    # What was called right is not asked again.
    url = f"/projects/{project['id']}/label-errors"
    before = site.admin.get(url)["look"]["id"]
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith(url)):
        page.get_by_role("button", name="Look again").click()
    site.admin.wait_idle(project["id"], 120)
    assert site.admin.get(url)["look"]["id"] != before
    expect(page.get_by_role("button", name="Look again")).to_be_visible(timeout=JOB_MS)
    expect(page.get_by_role("combobox", name="State")).to_have_value("To decide 0")
    assert site.admin.get(url)["states"]["fine"] == 1
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(page, "errors-phone-done")
