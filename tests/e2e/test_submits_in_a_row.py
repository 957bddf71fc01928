"""Sixty pictures submitted as fast as a hand can, on a line that fails: each arrives once, with what was drawn on it."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route

from tests.e2e.conftest import Site
from tests.support.browser_seat import SLOW_MS, Seat
from tests.support.browser_work import make_project

PICTURES = 62
SUBMITTED = 60
FAULTS_END_S = 90
# By number of the request: every 7th is answered "not now", every 11th is done and its answer lost.
BUSY_EVERY, LOST_EVERY = 7, 11
OFFLINE_AT = (20, 41)
OFFLINE_MS = 2_000
PRESSED_MS = 1_500


class BadLine:
    """A line and a server that fail now and then, for saves and submits alike."""

    def __init__(self, page: Page) -> None:
        self.asked, self.busy, self.lost = 0, 0, 0
        page.route(re.compile("/(draft|submit)$"), self._handle)

    def _handle(self, route: Route) -> None:
        self.asked += 1
        if self.asked % BUSY_EVERY == 0:
            self.busy += 1
            body = '{"code": "unavailable", "message": "Not now."}'
            route.fulfill(status=503, content_type="application/json", body=body)
        elif self.asked % LOST_EVERY == 0:
            self.lost += 1
            # While the line is down it is neither asked nor answered.
            with contextlib.suppress(PlaywrightError):
                route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("row")
    return make_project(site.admin, site.organisation_id, "In a row", folder, PICTURES)


def task_of(page: Page) -> str:
    return page.url.rsplit("/", 1)[1].split("?")[0]


def submit(place: Seat) -> None:
    """Press until the next picture is there: the pause that tells a double press swallows a quick hand's key."""
    page = place.page
    left = task_of(page)
    for _ in range(int(SLOW_MS / PRESSED_MS)):
        page.keyboard.press("Control+Enter")
        try:
            page.wait_for_url(lambda url: left not in url, timeout=PRESSED_MS)
        except PlaywrightError:
            continue
        place.ready()
        return
    raise AssertionError("the next picture never came")


def test_sixty_submits_on_a_bad_line_arrive_once_each_with_every_edit(
    seat: Callable[..., Seat], work: dict[str, Any], site: Site
) -> None:
    place = seat(site.person("Sam", "annotator"), work["id"])
    page = place.page
    line = BadLine(page)
    page.goto(f"/p/{work['id']}/annotate")
    page.wait_for_url(re.compile("/annotate/[0-9a-f-]+"), timeout=SLOW_MS)
    place.ready()
    done: list[str] = []
    while len(done) < SUBMITTED:
        task = task_of(page)
        assert task not in done, "a picture that was submitted came again"
        count = 1 + len(done) % 3
        place.draw(*range(count))
        if len(done) in OFFLINE_AT:
            place.context.set_offline(True)
            page.keyboard.press("Control+Enter")
            page.evaluate(f"new Promise((later) => setTimeout(later, {OFFLINE_MS}))")
            place.context.set_offline(False)
        if task_of(page) == task:
            submit(place)
        done.append(task)

    # What still waits to be tried again is through within the longest pause.
    def arrived() -> bool:
        rows = site.admin.pages(f"/projects/{work['id']}/tasks")
        states = {row["id"]: row["state"] for row in rows}
        return all(states[task] == "in_review" for task in done)

    for _ in range(FAULTS_END_S):
        if arrived():
            break
        page.wait_for_timeout(1_000)
    assert arrived()
    assert line.busy > 5 and line.lost > 5, "the line was no bad one"
    for index, task in enumerate(done):
        revisions = list(site.admin.pages(f"/tasks/{task}/revisions"))
        assert len(revisions) == 1
        regions = site.admin.get(f"/revisions/{revisions[0]['id']}")["labels"]["regions"]
        assert len(regions) == 1 + index % 3
        places = Counter(repr(region["geometry"]["box"]) for region in regions)
        assert max(places.values()) == 1, "an edit is there twice"
