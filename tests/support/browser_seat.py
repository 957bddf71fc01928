"""A person at a browser, and a ledger of what their page was told is saved."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Response, expect
from playwright.sync_api import Error as PlaywrightError

from backend.exchange.loop.client import Client

SLOW_MS = 30_000
# A revision keeps hundredths of a pixel.
ROUNDED_PX = 0.011
COLUMNS, ROWS = 5, 3
DRAFT = re.compile(r"/api/v1/assignments/([0-9a-f-]+)/draft$")
SUBMIT = re.compile(r"/api/v1/assignments/([0-9a-f-]+)/submit$")


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and their own view of the API."""

    id: str
    name: str
    email: str
    client: Client

    def cookies(self, url: str) -> list[Any]:
        kept = self.client._http.cookies
        return [{"name": key, "value": value, "url": url} for key, value in kept.items()]


@dataclass
class Ledger:
    """Every edit that a page was told is saved, by assignment: the promise to be kept.

    Drawn from the network's own events, so that it holds whatever the page believes.
    """

    drafts: dict[str, list[tuple[int, list[dict[str, Any]]]]] = field(default_factory=dict)
    submits: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("response", self._heard)

    def _heard(self, response: Response) -> None:
        if not response.ok:
            return
        if found := DRAFT.search(response.url):
            version = int(response.request.headers["if-match"].strip('"'))
            ops = response.request.post_data_json["ops"]
            self.drafts.setdefault(found[1], []).append((version, ops))
        elif found := SUBMIT.search(response.url):
            self.submits.append(found[1])

    def ops(self, assignment_id: str) -> list[dict[str, Any]]:
        """The acknowledged operations of one work in the order of its versions, each once."""
        rows = sorted(self.drafts.get(assignment_id, []), key=lambda row: row[0])
        return list({op["op_id"]: op for _, ops in rows for op in ops}.values())

    def expected(self, *assignment_ids: str) -> dict[str, dict[str, Any] | None]:
        """What each object named by an acknowledged edit must be now; None: deleted."""
        found: dict[str, dict[str, Any] | None] = {}
        for op in (op for key in assignment_ids for op in self.ops(key)):
            if op["op"] == "put":
                found[op["region"]["region_id"]] = op["region"]
            elif op["op"] == "delete":
                found[op["region_id"]] = None
        return found


@dataclass
class Diary:
    """Requests to the API and what became of them, in their order, with seconds since the first."""

    lines: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self._note(request, "asked"))
        page.on("response", lambda response: self._note(response.request, str(response.status)))
        page.on("requestfailed", lambda request: self._note(request, f"failed: {request.failure}"))
        page.on("console", lambda message: self.lines.append(f"console: {message.text}"))

    def _note(self, request: Request, what: str) -> None:
        if "/api/" in request.url:
            since = time.monotonic() - self.began
            self.lines.append(f"{since:7.2f} {request.method} {request.url.split('/api/')[1]} {what}")


def assert_kept(
    regions: Iterable[dict[str, Any]], expected: dict[str, dict[str, Any] | None], count: int
) -> None:
    """Every acknowledged edit is in the server's labels exactly once, and `count` objects are there in all."""
    rows = list(regions)
    times = Counter(row["region_id"] for row in rows)
    assert all(n == 1 for n in times.values()), times
    places = Counter(repr(sorted(row["geometry"].items())) for row in rows)
    assert all(n == 1 for n in places.values()), f"one object is there twice: {places}"
    by_id = {row["region_id"]: row for row in rows}
    for region_id, region in expected.items():
        if region is None:
            assert region_id not in by_id, "a deleted object is back"
            continue
        assert region_id in by_id, "an acknowledged object is gone"
        kept = by_id[region_id]
        assert kept["label_id"] == region["label_id"]
        assert kept["geometry"].get("box") == pytest.approx(region["geometry"].get("box"), abs=ROUNDED_PX)
    assert len(rows) == count, f"{len(rows)} objects instead of {count}"


class Seat:
    """One page of one person. Everything waits for a state, never for a time."""

    def __init__(self, context: BrowserContext, person: Person, project_id: str) -> None:
        self.context, self.person, self.project_id = context, person, project_id
        self.ledger = Ledger()
        self.diary = Diary()
        self.page = self._new_page()

    def _new_page(self) -> Page:
        page = self.context.new_page()
        self.ledger.watch(page)
        self.diary.watch(page)
        return page

    def report(self) -> str:
        """What a failed test needs to know of this seat: the page's words, its tool, and what it asked of the server."""
        try:
            tool = self.page.locator("[role=toolbar] [aria-pressed=true]").all_inner_texts()
            text = self.page.locator("body").inner_text(timeout=1_000)
        except PlaywrightError as error:
            tool, text = [], f"(the page does not answer: {error})"
        said = "\n".join([line for line in self.diary.lines if "thumbnail" not in line][-60:])
        return (
            f"{self.person.name} at {self.page.url}, pressed: {tool}\n{text}\n-- asked and answered\n{said}"
        )

    def again(self) -> Page:
        """Another page of the same browser, as after a crash or a closed tab."""
        self.page = self._new_page()
        return self.page

    # ---- going about

    def open(self, task_id: str, kind: str = "") -> Page:
        """Open a task by its address; back when it can be drawn on."""
        query = f"?as={kind}" if kind else ""
        self.page.goto(f"/p/{self.project_id}/annotate/{task_id}{query}")
        self.ready()
        return self.page

    def ready(self) -> None:
        expect(self.page.get_by_role("application")).to_be_visible(timeout=SLOW_MS)
        expect(self.page.get_by_label("Loading")).to_have_count(0, timeout=SLOW_MS)

    @property
    def state(self) -> Any:
        """The word at the bottom on what is saved."""
        return self.page.locator("footer [role=status]").first

    def saved(self) -> None:
        """Wait until the page says that all is saved."""
        expect(self.state).to_contain_text(re.compile(r"^Saved"), timeout=SLOW_MS)

    # ---- drawing

    def cell(self, index: int) -> tuple[float, float, float, float]:
        """Screen corners of one of COLUMNS × ROWS places over the middle of the picture."""
        frame = self.page.get_by_role("application").bounding_box()
        assert frame is not None
        width, height = frame["width"] * 0.6 / COLUMNS, frame["height"] * 0.36 / ROWS
        left = frame["x"] + frame["width"] * 0.2 + (index % COLUMNS) * width
        top = frame["y"] + frame["height"] * 0.32 + (index // COLUMNS) * height
        return left, top, left + width * 0.7, top + height * 0.7

    def draw(self, *indexes: int) -> None:
        """Drag one box a place, with the mouse."""
        for index in indexes:
            x1, y1, x2, y2 = self.cell(index)
            self.page.keyboard.press("b")
            self.drag(x1, y1, x2, y2)
            self.page.keyboard.press("Escape")

    def drag(self, x1: float, y1: float, x2: float, y2: float) -> None:
        mouse = self.page.mouse
        mouse.move(x1, y1)
        mouse.down()
        mouse.move((x1 + x2) / 2, (y1 + y2) / 2, steps=2)
        mouse.move(x2, y2, steps=2)
        mouse.up()

    def middle(self, index: int) -> tuple[float, float]:
        x1, y1, x2, y2 = self.cell(index)
        return (x1 + x2) / 2, (y1 + y2) / 2

    def move(self, index: int, dx: float, dy: float) -> None:
        """Select the box of a place and drag it along."""
        x, y = self.middle(index)
        self.page.keyboard.press("s")
        self.page.mouse.click(x, y)
        self.drag(x, y, x + dx, y + dy)

    def place(self, box_px: tuple[float, ...]) -> tuple[float, float]:
        """Where the middle of a box in the picture's pixels is on the screen; the picture is fitted and 640×360."""
        frame = self.page.get_by_role("application").bounding_box()
        assert frame is not None
        scale = self.scale()
        x, y = (box_px[0] + box_px[2]) / 2 - 320, (box_px[1] + box_px[3]) / 2 - 180
        return frame["x"] + frame["width"] / 2 + x * scale, frame["y"] + frame["height"] / 2 + y * scale

    def scale(self) -> float:
        """CSS pixels per picture pixel, as the page says in whole percents."""
        text = " ".join(self.page.locator("footer, [role=toolbar]").all_inner_texts())
        found = re.search(r"(\d+)\s?%", text)
        assert found is not None, text
        return int(found[1]) / 100

    def drag_at(self, place: tuple[float, float], dx: float, dy: float) -> None:
        """Select what lies at a place and drag it along."""
        self.page.keyboard.press("s")
        self.page.mouse.click(*place)
        with self.page.expect_response(is_saved_draft, timeout=SLOW_MS):
            self.drag(*place, place[0] + dx, place[1] + dy)

    def drawing_saves(self, *indexes: int) -> None:
        """Draw, and wait for the server's word on it."""
        with self.page.expect_response(is_saved_draft, timeout=SLOW_MS):
            self.draw(*indexes)
        self.saved()

    # ---- the server's state

    def task(self, task_id: str) -> dict[str, Any]:
        """The task as the server gives it to this person."""
        found: dict[str, Any] = self.person.client.get(f"/tasks/{task_id}")
        return found

    def regions(self, task_id: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.task(task_id)["labels"]["regions"]
        return rows

    def assert_kept(self, task_id: str, count: int) -> None:
        """The acknowledged edits of this seat on a task are there, once, among `count` objects."""
        task = self.task(task_id)
        assignment = task["assignment"]
        expected = self.ledger.expected(assignment["id"]) if assignment else {}
        assert expected, "the page was never told that anything is saved"
        assert_kept(task["labels"]["regions"], expected, count)


def is_draft(request: Request) -> bool:
    return request.method == "PATCH" and DRAFT.search(request.url) is not None


def is_saved_draft(response: Response) -> bool:
    return response.ok and is_draft(response.request)


def lose_answers(page: Page, pattern: str, times: int = 1) -> Callable[[], int]:
    """Let the server do what is asked and lose its answer on the way back, `times` times.

    Gives a function that says how many were lost so far.
    """
    lost = 0

    def handle(route: Any) -> None:
        nonlocal lost
        if lost >= times or route.request.method not in {"PATCH", "POST"}:
            route.continue_()
            return
        answer = route.fetch()
        assert answer.ok, answer.text()
        lost += 1
        route.abort("connectionreset")

    page.route(pattern, handle)
    return lambda: lost
