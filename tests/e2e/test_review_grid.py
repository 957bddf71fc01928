"""The grid of suggestions by keyboard alone, from a cell that was reached by Tab."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Seat
from tests.support.browser_work import SUGGEST, make_project
from tests.support.shots import shot

CROPS = 24
FOCUSED = """() => {
  const cells = [...document.querySelectorAll('[data-arrows]')];
  return [cells.indexOf(document.activeElement), cells.findIndex((each) => each.dataset.at)];
}"""
PICKED = "() => [...document.querySelectorAll('[data-arrows]')].flatMap((each, at) => each.dataset.picked ? [at] : [])"


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A picture on which a model suggests many things; Gus reviews."""
    folder: Path = tmp_path_factory.mktemp("grid")
    project: dict[str, Any] = make_project(site.admin, site.organisation_id, "Grid", folder, 1)
    boxes = [
        (
            [20.0 + 75 * (n % 8), 20.0 + 110 * (n // 8), 80.0 + 75 * (n % 8), 110.0 + 110 * (n // 8)],
            0.9 - n / 100,
        )
        for n in range(CROPS)
    ]
    label = next(each["id"] for each in project["ontology"]["labels"] if each["name"] == "thing")
    (task,) = project["tasks"]
    site.running.shell(SUGGEST.format(project=project["id"], task=task, label=label, boxes=boxes))
    return {**project, "people": {"Gus": site.person("Gus", "reviewer")}}


def at(page: Page, index: int) -> None:
    """The focus and the grid's cursor are on this cell, and it is in sight."""
    page.wait_for_function(f"({FOCUSED})().every((each) => each === {index})", timeout=SLOW_MS)
    expect(page.locator("[data-arrows]").nth(index)).to_be_in_viewport()


def test_arrows_go_on_from_a_cell_reached_by_tab(seat: Callable[..., Seat], work: dict[str, Any]) -> None:
    page = seat(work["people"]["Gus"], work["id"], viewport={"width": 1000, "height": 520}).page
    page.goto(f"/p/{work['id']}/review?view=grid")
    cells = page.locator("[data-arrows]")
    expect(cells).to_have_count(CROPS, timeout=SLOW_MS)
    columns = page.evaluate(
        "() => getComputedStyle(document.querySelector('[data-arrows]').closest('ul')).gridTemplateColumns.split(' ').length"
    )
    assert 2 < columns < CROPS / 3
    # From the last thing before the grid, one Tab.
    page.get_by_role("slider").first.focus()
    for _ in range(6):
        if page.evaluate(FOCUSED)[0] >= 0:
            break
        page.keyboard.press("Tab")
    at(page, 0)
    page.keyboard.press("ArrowRight")
    at(page, 1)
    page.keyboard.press("ArrowDown")
    at(page, 1 + columns)
    page.keyboard.press("ArrowDown")
    at(page, 1 + 2 * columns)
    shot(page, "grid-by-tab")
    assert violations(page) == []
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    at(page, columns)
    page.keyboard.press("Shift+ArrowRight")
    at(page, columns + 1)
    assert page.evaluate(PICKED) == [columns, columns + 1]
    # Space adds the one under the cursor, as it does anywhere on the page.
    page.keyboard.press("ArrowRight")
    at(page, columns + 2)
    page.keyboard.press("Space")
    assert page.evaluate(PICKED) == [columns + 2]
    page.keyboard.press("Enter")
    assert page.evaluate(PICKED) == []
    at(page, columns + 2)
    page.keyboard.press("r")
    expect(page.get_by_text("1 decided")).to_be_visible(timeout=SLOW_MS)
    at(page, columns + 3)
    page.keyboard.press("Control+z")
    expect(page.get_by_text("0 decided")).to_be_visible(timeout=SLOW_MS)
    at(page, columns + 2)
    # One stop for Tab: back out, and in again where one was.
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) == [-1, columns + 2]
    page.keyboard.press("Tab")
    at(page, columns + 2)
