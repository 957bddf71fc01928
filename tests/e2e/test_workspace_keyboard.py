"""A picture labelled without a mouse: into the canvas, drawn, described, submitted, and on to the next."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Site
from tests.support.browser_seat import SLOW_MS, Seat, is_saved_draft
from tests.support.browser_work import make_project

TABS_MAX = 80


def tab_to(seat: Seat, condition: str) -> None:
    """Press Tab until the focused element `e` meets a JavaScript condition."""
    for _ in range(TABS_MAX):
        if seat.page.evaluate(
            f"(() => {{ const e = document.activeElement; return Boolean({condition}); }})()"
        ):
            return
        seat.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {condition}")


@pytest.fixture(scope="module")
def tasks(site: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str]]:
    folder = tmp_path_factory.mktemp("keys")
    project = make_project(site.admin, site.organisation_id, "By keyboard", folder, 2)
    return project["id"], project["tasks"]


def test_a_picture_is_labelled_by_keyboard_alone(
    seat: Callable[..., Seat], site: Site, tasks: tuple[str, list[str]]
) -> None:
    project_id, (task, _) = tasks
    kim = seat(site.person("Kim", "annotator"), project_id)
    page = kim.open(task)
    keys = page.keyboard

    tab_to(kim, "e.getAttribute('role') === 'application'")
    # The label by its digit, the tool by its letter; arrows move a cursor, Enter presses there.
    keys.press("1")
    keys.press("b")
    for _ in range(6):
        keys.press("Shift+ArrowLeft")
    keys.press("Enter")
    for _ in range(8):
        keys.press("Shift+ArrowRight")
        keys.press("Shift+ArrowDown")
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        keys.press("Enter")
    kim.saved()
    (box,) = kim.regions(task)
    x1, y1, x2, y2 = box["geometry"]["box"]
    assert x2 - x1 == pytest.approx(80, abs=8) and y2 - y1 == pytest.approx(80, abs=8)

    # A polygon by points, ended by a second Enter on the last one.
    keys.press("p")
    for step in ("ArrowRight", "ArrowUp", "ArrowRight"):
        for _ in range(5):
            keys.press(f"Shift+{step}")
        keys.press("Enter")
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        keys.press("Enter")
    kim.saved()
    assert sorted(row["shape"] for row in kim.regions(task)) == ["box", "polygon"]

    # Out of the canvas by Esc: no trap; on to the attributes of the selected one.
    keys.press("s")
    tab_to(kim, "e.getAttribute('role') === 'application'")
    keys.press("Tab")  # the next object
    for _ in range(4):
        keys.press("Escape")
    tab_to(kim, "e.getAttribute('role') === 'application'")
    keys.press("Tab")
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        keys.press("ArrowRight")
    page.get_by_label("note").first.focus()
    keys.type("seen from above")
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        keys.press("Tab")
    kim.saved()
    assert any("seen from above" in row["attributes"].values() for row in kim.regions(task))

    before = kim.regions(task)
    page.reload()
    kim.ready()
    assert kim.regions(task) == before

    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        keys.press("Control+Enter")
    page.wait_for_url(lambda url: task not in url, timeout=SLOW_MS)
    kim.ready()
    # The sheet of all keys, opened and left by keyboard.
    keys.press("?")
    sheet = page.get_by_role("dialog", name=re.compile("Shortcuts"))
    expect(sheet).to_be_visible()
    keys.press("Escape")
    expect(sheet).to_be_hidden()
    (revision,) = site.admin.pages(f"/tasks/{task}/revisions")
    assert len(site.admin.get(f"/revisions/{revision['id']}")["labels"]["regions"]) == 2
