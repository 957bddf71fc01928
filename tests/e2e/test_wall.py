"""The wall: sixteen cameras moving on one page, seven tabs on one connection, and metres in red."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Site
from tests.support.accessibility import violations
from tests.support.clock_cameras import BITS, BLOCK, HEIGHT, WIDTH, clock_cameras
from tests.support.hall import HALL

SLOW_MS = 90_000
CAMERAS, TABS = 16, 7
# What is shown is scored before, sixteen times on the machine that runs the browser, too.
SIXTEEN_FPS = 2.0
PROJECT = """
from backend.accounts.models import Organisation
from tests.support import factories
organisation = Organisation.objects.get(pk="{organisation}")
admin = organisation.memberships.filter(role="admin").first().user
factories.make_project(admin, organisation=organisation, name="{name}")
"""
# Whether so many tiles have shown three pictures each since the page, or somebody, began to look: what their clocks say.
MOVES = """([count, width, height, block, bits]) => {
  const seen = (window.seenClocks ??= {});
  for (const tile of document.querySelectorAll('article')) {
    const canvas = tile.querySelector('canvas');
    if (!canvas || !canvas.width) continue;
    const scale = Math.min(canvas.width / width, canvas.height / height);
    const left = (canvas.width - width * scale) / 2, top = (canvas.height - height * scale) / 2;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const at = (x, y) => data[4 * (Math.round(top + y * scale) * canvas.width + Math.round(left + x * scale))];
    if (at(4, 20) < 150) continue;  // no picture yet: the camera's edge is light
    let shown = 0;
    for (let bit = 0; bit < bits; bit += 1)
      if (at(16 + bit * block + block / 2, height / 2) > 128) shown += 2 ** bit;
    (seen[tile.ariaLabel] ??= new Set()).add(shown);
  }
  const moved = Object.values(seen).filter((clocks) => clocks.size >= 3);
  return moved.length === count;
}"""
SHAPE = [WIDTH, HEIGHT, BLOCK, BITS]


def project_of(site: Site, name: str) -> str:
    site.running.shell(PROJECT.format(organisation=site.organisation_id, name=name))
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == name]
    return str(project["id"])


@contextmanager
def cameras(site: Site, project: str, count: int, **settings: float) -> Iterator[list[str]]:
    """Ids of so many feeds on clocks, paused in the end."""
    with clock_cameras() as port:
        made = add_cameras(site, project, port, count, settings)
        try:
            yield made
        finally:
            remove(site, made)


def add_cameras(site: Site, project: str, port: int, count: int, settings: dict[str, float]) -> list[str]:
    made = []
    for number in range(count):
        body = {"name": f"cam {number}", "source_kind": "mjpeg", "settings": settings}
        body["source"] = f"http://127.0.0.1:{port}/{number}"
        made.append(site.admin.post(f"/projects/{project}/feeds", body)["id"])
    return made


def remove(site: Site, feeds: list[str]) -> None:
    for feed in feeds:
        site.admin.call("PATCH", f"/feeds/{feed}", {"enabled": False})


def moves(page: Page, count: int) -> None:
    page.wait_for_function(MOVES, arg=[count, *SHAPE], timeout=SLOW_MS)


def test_sixteen_cameras_move_on_one_page_by_one_connection(
    signed_in: Callable[..., Page], site: Site
) -> None:
    project = project_of(site, "Sixteen")
    page = signed_in("admin", viewport={"width": 1600, "height": 1000})
    streams: list[str] = []
    page.on("request", lambda asked: streams.append(asked.url) if "/live/stream" in asked.url else None)
    with cameras(site, project, CAMERAS, target_fps=SIXTEEN_FPS) as feeds:
        page.goto(f"/p/{project}/live")
        expect(page.get_by_role("article")).to_have_count(CAMERAS, timeout=SLOW_MS)
        moves(page, CAMERAS)
    # One connection carries them all.
    assert len({url for url in streams if f"{feeds[0]}" in url}) <= 2
    assert violations(page) == []


def test_seven_tabs_share_one_connection_and_the_next_takes_over(
    signed_in: Callable[..., Page], site: Site
) -> None:
    project = project_of(site, "Seven tabs")
    first = signed_in("admin")
    asked: list[str] = []
    first.context.on("request", lambda request: asked.append(request.url))

    def streams(of: str) -> int:
        return sum(of in url for url in asked)

    with cameras(site, project, 1):
        tabs = [first, *(first.context.new_page() for _ in range(TABS - 1))]
        for tab in tabs:
            # Browsers open six connections to a host: with one for each tab, the last would never come.
            tab.goto(f"/p/{project}/live")
            moves(tab, 1)
        assert (streams("/live/stream"), streams("/api/v1/events")) == (1, 1)
        first.close()
        for tab in tabs[1:]:
            tab.evaluate("window.seenClocks = {}")
            moves(tab, 1)
        assert (streams("/live/stream"), streams("/api/v1/events")) == (2, 2)


# --- metres

# The mirror sounds anew only after nobody was near for 1.5 s of pictures; a near one in between begins it anew here, too.
CALM_MS = 2_000
STAYS_CALM = """(ms) => {
  const said = [...document.querySelectorAll('[role=status]')].map((each) => each.textContent);
  const isCalm = said.some((text) => text.includes('0 too near'));
  window.calmSince = isCalm ? (window.calmSince ?? performance.now()) : null;
  return isCalm && performance.now() - window.calmSince > ms;
}"""
NEAR_RED = """(want) => {
  const canvas = document.querySelector('canvas');
  if (!canvas || !canvas.width) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let red = 0, green = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = [data[at], data[at + 1], data[at + 2]];
    if (Math.abs(r - 255) < 12 && Math.abs(g - 93) < 12 && Math.abs(b - 93) < 12) red += 1;
    if (Math.abs(r - 61) < 12 && Math.abs(g - 220) < 12 && Math.abs(b - 151) < 12) green += 1;
  }
  return want ? red > 200 && green > 50 : red === 0 && green > 200;
}"""
# The mirror's tone, counted instead of heard.
COUNT_TONES = """
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""


def limit_set(site: Site, feed_id: str, limit_m: float) -> None:
    seen = site.admin.get(f"/feeds/{feed_id}")
    body = {"settings": {**seen["settings"], "limit_m": limit_m}}
    site.admin.call("PATCH", f"/feeds/{feed_id}", body, headers={"If-Match": f'"{seen["version"]}"'})


def test_people_nearer_than_the_limit_are_red_on_the_wall_and_heard_in_the_mirror(
    signed_in: Callable[..., Page], site: Site, tmp_path_factory
) -> None:
    folder = tmp_path_factory.mktemp("hall-model")
    site.running.shell(HALL.format(organisation=site.organisation_id, name="Near", folder=folder))
    (project,) = [row for row in site.admin.pages("/projects") if row["name"] == "Near"]
    (feed,) = site.admin.get(f"/projects/{project['id']}/feeds")
    page = signed_in("admin")
    page.add_init_script(COUNT_TONES)
    page.goto(f"/p/{project['id']}/live")
    page.wait_for_function(NEAR_RED, arg=True, timeout=SLOW_MS)
    tile = page.get_by_role("article", name="Hall")
    expect(tile.get_by_text("2 too near, closest 1.")).to_be_visible(timeout=SLOW_MS)
    expect(tile.get_by_text("±")).to_be_visible()
    assert violations(page) == []
    said = json.loads(page.request.get(f"/api/v1/feeds/{feed['id']}/status.json").text())
    assert (said["people"], said["near"]) == (3, 2)
    assert 1.2 < said["closest_m"] < 1.8

    page.goto(f"/feeds/{feed['id']}/mirror")
    page.wait_for_function(NEAR_RED, arg=True, timeout=SLOW_MS)
    expect(page.get_by_role("status")).to_contain_text("2 too near")
    assert page.evaluate("window.tones") == 0
    page.get_by_role("switch").click(force=True)
    # One for the switch itself: whoever switches it on hears that it works.
    assert page.evaluate("window.tones") == 1
    limit_set(site, feed["id"], 1.0)
    page.wait_for_function(NEAR_RED, arg=False, timeout=SLOW_MS)
    expect(page.get_by_role("status")).to_contain_text("0 too near", timeout=SLOW_MS)
    page.wait_for_function(STAYS_CALM, arg=CALM_MS, timeout=SLOW_MS)
    limit_set(site, feed["id"], 2.0)
    page.wait_for_function(NEAR_RED, arg=True, timeout=SLOW_MS)
    page.wait_for_function("window.tones === 2", timeout=SLOW_MS)
    # Off the switch, whose hint lies outside the page's landmarks.
    page.mouse.move(5, 400)
    expect(page.get_by_role("tooltip")).to_have_count(0)
    assert violations(page) == []
    remove(site, [feed["id"]])
