"""Where the parts of a long video meet: two tracks joined by hand, a pair parted, and what then leaves."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Site
from tests.e2e.parted import parted_project, parts_of
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Seat
from tests.support.shots import looks

# x of the left edge over (first frame, last frame): away over the shared frames 30 to 39, and there on them.
AWAY = ((5, 20, 80.0), (50, 69, 90.0))
STAYS = ((0, 39, 10.0), (30, 69, 14.0))


@pytest.fixture(scope="module")
def project(site: Site, tmp_path_factory: pytest.TempPathFactory) -> str:
    return parted_project(site, "Seams", ("forklift", "person"), tmp_path_factory.mktemp("seams"))


@pytest.fixture(scope="module")
def tasks(site: Site, project: str) -> list[dict[str, Any]]:
    return parts_of(site, project)


@pytest.fixture(scope="module")
def labelled(site: Site, project: str, tasks: list[dict[str, Any]]) -> None:
    """Parts 1 and 2 are approved with three tracks each; part 3 waits."""
    labels = {row["name"]: row["id"] for row in site.admin.get(f"/projects/{project}")["ontology"]["labels"]}
    for number in (0, 1):
        rows = [("forklift", AWAY[number]), ("person", STAYS[number])]
        work = site.admin.post(f"/tasks/{tasks[number]['id']}/open", {})["assignment"]
        ops = [
            {"op_id": f"op {at}", "op": "put", "region": track(labels[name], *span)}
            for at, (name, span) in enumerate(rows)
        ]
        draft = site.admin.call(
            "PATCH", f"/assignments/{work['id']}/draft", {"ops": ops}, headers={"If-Match": '"0"'}
        )
        site.admin.call(
            "POST",
            f"/assignments/{work['id']}/submit",
            {"base_revision_id": None},
            headers={"If-Match": f'"{draft.json()["draft_version"]}"'},
        )


def track(label_id: str, first: int, last: int, x: float) -> dict[str, Any]:
    box = [x, 20.0, x + 30.0, 60.0]
    keyframes = [{"frame": first, "outside": False, "occluded": False, "box": box}]
    if last not in (39, 69):
        keyframes.append({"frame": last + 1, "outside": True, "occluded": False, "box": box})
    return {
        "region_id": str(uuid.uuid4()),
        "label_id": label_id,
        "shape": "track",
        "geometry": {"of": "box", "keyframes": keyframes},
    }


def exported_tracks(site: Site, project: str) -> dict[str, list[int]]:
    """Frames from 1 of each track, as MOT has them."""
    content = site.admin.call("GET", f"/projects/{project}/export?format=mot&images=false").content
    found: dict[str, list[int]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for line in archive.read("yard/gt/gt.txt").decode().split():
            frame, name = line.split(",")[:2]
            found.setdefault(name, []).append(int(frame))
    return found


def rows(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True).get_by_role("button")


def pictured(page: Page) -> None:
    """No picture is on its way any more."""
    expect(page.locator("main .mantine-Loader-root")).to_have_count(0, timeout=SLOW_MS)


def test_a_reviewer_joins_two_tracks_by_mouse_and_parts_a_pair_by_keyboard(
    seat: Callable[..., Seat], site: Site, project: str, tasks: list[dict[str, Any]], labelled: None
) -> None:
    reviewer = site.person("Rita", "reviewer")
    page = seat(reviewer, project).page
    page.goto(f"/p/{project}/data")
    page.get_by_role("gridcell").filter(has_text="yard.mp4").click()
    panel = page.get_by_role("complementary", name="Picture")
    panel.get_by_role("link", name="Where the parts meet").click()
    expect(page.get_by_role("heading", name="Where the parts meet")).to_be_visible(timeout=SLOW_MS)
    # The pair is looked at first, on a frame that has both.
    expect(page.get_by_role("img", name="person at frame 35")).to_be_visible(timeout=SLOW_MS)
    expect(rows(page, "Joined by themselves")).to_have_count(1)
    pictured(page)
    assert violations(page) == []
    looks(page, "seam-pair")

    # By mouse: one left over on each side.
    rows(page, "Left over in part 1").click()
    rows(page, "Left over in part 2").click()
    expect(page.get_by_role("img", name="forklift at frame 21")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_role("img", name="forklift at frame 51")).to_be_visible(timeout=SLOW_MS)
    pictured(page)
    looks(page, "seam-left-over")
    join = page.get_by_role("button", name=re.compile("^Join"))
    join.click()
    expect(rows(page, "Joined by hand")).to_have_count(1, timeout=SLOW_MS)
    expect(page.get_by_role("status").filter(has_text="Joined")).to_be_visible()
    expect(rows(page, "Left over in part 1")).to_have_count(0)
    # Nothing is left to join, and whoever goes by keyboard is still there.
    expect(join).to_be_disabled()
    expect(join).to_be_focused()
    away = [*range(6, 22), *range(51, 71)]
    assert sorted(exported_tracks(site, project).values()) == sorted([[*range(1, 71)], away])

    # By keyboard: to the pair that joined by itself, and parted.
    rows(page, "Joined by hand").focus()
    page.keyboard.press("ArrowUp")
    expect(rows(page, "Joined by themselves")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(page, "Joined by themselves")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("img", name="person at frame 36")).to_be_visible(timeout=SLOW_MS)
    page.keyboard.press("p")
    expect(rows(page, "Kept apart by hand")).to_have_count(1, timeout=SLOW_MS)
    # Whoever was on its row is on it again, where it is now.
    expect(rows(page, "Kept apart by hand")).to_be_focused()
    pictured(page)
    assert violations(page) == []
    looks(page, "seam-apart")
    both = [[*range(1, 41)], [*range(31, 71)]]
    assert sorted(exported_tracks(site, project).values()) == sorted([*both, away])

    page.keyboard.press("Control+z")
    expect(rows(page, "Joined by themselves")).to_have_count(1, timeout=SLOW_MS)
    expect(page.get_by_role("region", name="Kept apart by hand")).to_have_count(0)
    assert len(exported_tracks(site, project)) == 2
    page.keyboard.press("Control+z")
    expect(rows(page, "Joined by hand")).to_have_count(0, timeout=SLOW_MS)
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_disabled()
    assert len(exported_tracks(site, project)) == 3

    # The part behind is not approved yet.
    page.get_by_role("tab", name="Parts 2 and 3").click()
    expect(page.get_by_role("heading", name="Part 3 is not approved yet")).to_be_visible(timeout=SLOW_MS)
    assert violations(page) == []
    looks(page, "seam-waits")


def test_an_annotator_looks_and_joins_nothing(
    seat: Callable[..., Seat], site: Site, project: str, tasks: list[dict[str, Any]], labelled: None
) -> None:
    page = seat(site.person("Nora", "annotator"), project).page
    address = f"/p/{project}/videos/{tasks[0]['asset']['id']}/seams"
    page.goto(address)
    expect(page.get_by_text("Reviewers and managers join and part tracks.")).to_be_visible(timeout=SLOW_MS)
    expect(rows(page, "Joined by themselves")).to_have_count(1, timeout=SLOW_MS)
    expect(page.get_by_role("button", name=re.compile("^(Join|Part|Undo)$"))).to_have_count(0)
    pictured(page)
    looks(page, "seam-reader")


def test_what_is_no_video_of_the_project_is_refused(
    seat: Callable[..., Seat], site: Site, project: str
) -> None:
    page = seat(site.person("Olga", "reviewer"), project).page
    page.goto(f"/p/{project}/videos/{project}/seams")
    expect(page.get_by_role("heading", name="There is nothing here for you")).to_be_visible(timeout=SLOW_MS)
    looks(page, "seam-refused")
