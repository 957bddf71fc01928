"""Nobody's work is lost: each fault in a real browser, and at its end every acknowledged edit is there once.

A ledger listens to the network: what a page was told is saved must be in the server's own state, exactly once.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import psycopg2
import pytest
from playwright.sync_api import Dialog, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.conftest import PASSWORD, Site
from tests.support.browser_seat import (
    SLOW_MS,
    Person,
    Seat,
    assert_kept,
    is_draft,
    is_saved_draft,
    lose_answers,
)

PICTURES = 32
Sit = Callable[[Person], Seat]


@dataclass
class Stock:
    """A project full of pictures that nobody has opened, and people to open them."""

    site: Site
    project_id: str
    label_ids: list[str]
    free: list[str]
    ann: Person
    bob: Person
    rita: Person
    newcomers: int = 0

    def take(self, person: Person, count: int = 1) -> list[str]:
        """Untouched tasks that the queue gives to this person and nobody else."""
        taken = [self.free.pop() for _ in range(count)]
        self.assign(person, taken)
        return taken

    def newcomer(self) -> Person:
        """Somebody with no other work: no next picture waits, so that the page stays until a submit is answered."""
        self.newcomers += 1
        return self.site.person(f"Newcomer{self.newcomers}", "annotator")

    def assign(self, person: Person, task_ids: list[str]) -> None:
        body = {"user_id": person.id, "task_ids": task_ids}
        self.site.admin.post(f"/projects/{self.project_id}/tasks/assign", body)

    def run(self, sql: str, *values: Any) -> None:
        """Change the database behind the application's back, as time or an administrator would."""
        services: Any = self.site.running.note()["services"]
        connection = psycopg2.connect(services["DATABASE_URL"])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, values)
        finally:
            connection.close()

    def revisions(self, task_id: str) -> list[dict[str, Any]]:
        return list(self.site.admin.pages(f"/tasks/{task_id}/revisions"))

    def revision(self, revision_id: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.site.admin.get(f"/revisions/{revision_id}")["labels"]["regions"]
        return rows


@pytest.fixture(scope="module")
def stock(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Stock:
    body = {
        "organisation_id": site.organisation_id,
        "name": "Nothing lost",
        "labels": [{"name": "person", "shapes": ["box", "polygon"]}, {"name": "pallet", "shapes": ["box"]}],
    }
    project = site.admin.post("/projects", body)
    archive = tmp_path_factory.mktemp("stock") / "pictures.zip"
    rng = np.random.default_rng(7)
    with zipfile.ZipFile(archive, "w") as opened:
        for index in range(PICTURES):
            tiles = rng.integers(40, 200, (9, 16, 3), dtype=np.uint8)
            picture = cv2.resize(tiles, (640, 360), interpolation=cv2.INTER_NEAREST)
            opened.writestr(f"bay-{index:02}.png", cv2.imencode(".png", picture)[1].tobytes())
    upload = site.admin.upload(project["id"], archive)
    assert upload["report"]["added"] == PICTURES
    site.admin.wait_idle(project["id"], 120)
    tasks = [row["id"] for row in site.admin.pages(f"/projects/{project['id']}/tasks")]
    assert len(tasks) == PICTURES
    people = [
        site.person("Ann", "annotator"),
        site.person("Bob", "annotator"),
        site.person("Rita", "reviewer"),
    ]
    labels = [label["id"] for label in project["ontology"]["labels"]]
    made = Stock(site, project["id"], labels, tasks, *people)
    # Given to somebody who never comes: a page that looks ahead must not claim what a later test will take.
    made.assign(site.person("Nora", "annotator"), tasks)
    return made


@pytest.fixture
def sit(seat: Callable[..., Seat], stock: Stock) -> Sit:
    return lambda person: seat(person, stock.project_id)


def wait_until(condition: Callable[[], bool], page: Page, timeout_s: float = 30.0) -> None:
    """Look at the server's state until it is so."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "the server never came to this state"
        page.wait_for_timeout(100)


# ---- one person, one tab


def test_an_edit_is_on_the_server_within_two_seconds_of_the_last_change(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.ann)
    ann = sit(stock.ann)
    page = ann.open(task)
    sent: list[float] = []
    page.on("request", lambda request: sent.append(time.monotonic()) if is_draft(request) else None)
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        ann.draw(0)
        last_change = time.monotonic()
    assert sent[0] - last_change < 2.0
    ann.saved()
    # A hand that never rests is saved all the same: by the time of the first change, not only of the last.
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        ann.move(0, 20, 10)
        page.keyboard.press("ArrowRight")
    ann.saved()
    ann.assert_kept(task, 1)


def test_a_tab_closed_right_after_an_edit_keeps_it(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.ann)
    ann = sit(stock.ann)
    ann.open(task)
    ann.drawing_saves(0)
    ann.draw(1)
    ann.page.close()
    page = ann.again()
    # On the server without anybody coming back for it.
    wait_until(lambda: len(ann.regions(task)) == 2, page)
    ann.open(task)
    ann.drawing_saves(2)
    ann.assert_kept(task, 3)


def test_edits_on_two_pictures_while_offline_arrive_in_order(sit: Sit, stock: Stock) -> None:
    first, _ = stock.take(stock.ann, 2)
    ann = sit(stock.ann)
    with ann.page.expect_response(lambda r: r.url.endswith("/tasks/next"), timeout=SLOW_MS) as ahead:
        ann.open(first)
    second = ahead.value.json()["id"]
    before = len(ann.regions(second))
    ann.drawing_saves(0)
    ann.context.set_offline(True)
    ann.draw(1, 2)
    expect(ann.state).to_contain_text("Offline", timeout=SLOW_MS)
    ann.page.keyboard.press("PageDown")
    ann.page.wait_for_url(f"**/{second}", timeout=SLOW_MS)
    ann.ready()
    ann.draw(6, 7)
    ann.page.keyboard.press("s")
    ann.page.mouse.click(*ann.middle(6))
    ann.page.keyboard.press("Delete")
    ann.draw(8)
    expect(ann.state).to_contain_text("Offline", timeout=SLOW_MS)
    with ann.page.expect_response(is_saved_draft, timeout=SLOW_MS):
        ann.context.set_offline(False)
    ann.saved()
    wait_until(lambda: len(ann.regions(first)) == 3, ann.page)
    ann.assert_kept(first, 3)
    ann.assert_kept(second, before + 2)
    # In the order of the hand: from left to right, as they were drawn.
    ops = ann.ledger.ops(ann.task(first)["assignment"]["id"])
    lefts = [op["region"]["geometry"]["box"][0] for op in ops if op["op"] == "put"]
    assert lefts == sorted(lefts)


def test_a_session_that_expires_loses_nothing(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.bob)
    bob = sit(stock.bob)
    page = bob.open(task)
    bob.drawing_saves(0)
    key = next(c["value"] for c in bob.context.cookies() if c["name"] == "sessionid")
    stock.run("DELETE FROM django_session WHERE session_key = %s", key)
    bob.draw(1, 2)
    dialog = page.get_by_role("dialog", name="You were signed out")
    expect(dialog).to_be_visible(timeout=SLOW_MS)
    dialog.get_by_label("Password", exact=False).first.fill(PASSWORD)
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden(timeout=SLOW_MS)
    bob.saved()
    bob.drawing_saves(3)
    stock.bob.client.sign_in(stock.bob.email, PASSWORD)
    bob.assert_kept(task, 4)


def test_a_killed_tab_brings_unsent_edits_back(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.ann)
    ann = sit(stock.ann)
    page = ann.open(task)
    ann.drawing_saves(0)
    page.route("**/draft", lambda route: route.abort("connectionrefused"))
    ann.draw(1, 2)
    expect(ann.state).to_contain_text("Offline", timeout=SLOW_MS)
    with page.expect_event("crash", timeout=SLOW_MS), contextlib.suppress(PlaywrightError):
        # Kills the renderer where it stands: no event of the page's end is heard.
        page.goto("chrome://crash")
    assert len(ann.regions(task)) == 1
    again = ann.again()
    # By the first page that opens: the picture itself may find it saved already.
    with again.expect_response(is_saved_draft, timeout=SLOW_MS):
        ann.open(task)
    ann.assert_kept(task, 3)


# ---- the server fails


def test_an_answer_lost_after_the_save_leaves_the_edit_there_once(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.ann)
    ann = sit(stock.ann)
    page = ann.open(task)
    lost = lose_answers(page, "**/draft")
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        ann.draw(0, 1)
    ann.saved()
    assert lost() == 1
    ann.assert_kept(task, 2)


def test_edits_while_the_database_restarts_are_kept(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.ann)
    ann = sit(stock.ann)
    page = ann.open(task)
    ann.drawing_saves(0)
    postgres = stock.site.running.note()["pids"]["PostgresServer"]
    ann.draw(1)
    os.kill(postgres, signal.SIGINT)  # a fast shutdown: transactions are cut off
    ann.draw(2, 3)
    stock.site.running.read_until("PostgresServer ended")
    wait_until(lambda: stock.site.running.status() == 200, page, 60)
    ann.drawing_saves(4)
    wait_until(lambda: len(ann.regions(task)) == 5, page)
    ann.assert_kept(task, 5)


def test_edits_while_the_server_is_killed_and_started_again_are_kept(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.ann)
    ann = sit(stock.ann)
    page = ann.open(task)
    ann.drawing_saves(0)
    ann.draw(1)
    # The web process alone: its supervisor starts it again.
    os.kill(stock.site.running.note()["pids"]["web"], signal.SIGKILL)
    ann.draw(2)
    stock.site.running.read_until("web ended")
    wait_until(lambda: stock.site.running.status() == 200, page, 60)
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        ann.draw(3)
    ann.saved()
    # Everything at once, as in a power cut.
    ann.draw(4)
    stock.site.kill_and_start_again()
    ann.drawing_saves(5)
    wait_until(lambda: len(ann.regions(task)) == 6, page)
    ann.assert_kept(task, 6)


# ---- two at once


def test_two_tabs_of_one_person_are_merged(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.bob)
    bob = sit(stock.bob)
    bob.open(task)
    bob.drawing_saves(0)
    first = bob.page
    second = bob.again()
    bob.open(task)
    bob.drawing_saves(1)
    bob.page = first
    bob.drawing_saves(2)  # stale: merged without a question
    assert_kept(bob.regions(task), bob.ledger.expected(bob.task(task)["assignment"]["id"]), 3)
    # The same object in both: the person is asked, and the rest is merged already.
    bob.page = second
    with second.expect_response(is_saved_draft, timeout=SLOW_MS):
        bob.move(0, 30, 0)
    bob.saved()
    moved = next(r for r in bob.regions(task) if r["region_id"] == first_id(bob, task))
    bob.page = first
    held: list[Route] = []
    first.route("**/draft", lambda route: held.append(route))
    bob.move(0, 0, 30)
    bob.draw(3)
    wait_until(lambda: len(held) == 1, first)
    held[0].continue_()
    first.unroute("**/draft")
    dialog = first.get_by_role("dialog", name=re.compile("saved elsewhere"))
    expect(dialog).to_be_visible(timeout=SLOW_MS)
    # Both are of one's own hand here; the clashing one is chosen, nothing is chosen for the person.
    expect(dialog.get_by_role("button", name="Keep what is chosen")).to_be_disabled()
    dialog.get_by_role("radio", name=re.compile("The other save")).click()
    with first.expect_response(is_saved_draft, timeout=SLOW_MS):
        dialog.get_by_role("button", name="Keep what is chosen").click()
    bob.saved()
    regions = bob.regions(task)
    assert len(regions) == 4
    kept = next(r for r in regions if r["region_id"] == moved["region_id"])
    assert kept["geometry"]["box"] == pytest.approx(moved["geometry"]["box"]), "theirs was chosen"


def first_id(seat: Seat, task_id: str) -> str:
    """The object that was drawn first."""
    ops = seat.ledger.ops(seat.task(task_id)["assignment"]["id"])
    found: str = ops[0]["region"]["region_id"]
    return found


def api_open(stock: Stock, person: Person, task_id: str, kind: str = "label") -> dict[str, Any]:
    found: dict[str, Any] = person.client.post(f"/tasks/{task_id}/open", {"as": kind})
    return found


def api_draw(stock: Stock, person: Person, task_id: str, *boxes: list[float]) -> None:
    """Draw and submit without a browser."""
    work = api_open(stock, person, task_id)["assignment"]
    ops = [
        {
            "op_id": str(uuid.uuid4()),
            "op": "put",
            "region": {
                "region_id": str(uuid.uuid4()),
                "label_id": stock.label_ids[0],
                "shape": "box",
                "geometry": {"box": box},
            },
        }
        for box in boxes
    ]
    version = work["draft_version"]
    path, guard = f"/assignments/{work['id']}", {"If-Match": f'"{version}"'}
    person.client.call("PATCH", f"{path}/draft", {"ops": ops}, headers=guard)
    person.client.post(f"{path}/submit", {}, headers={"If-Match": f'"{version + 1}"'})


def test_a_reviewers_edit_in_between_is_merged_by_object_and_the_person_chooses(
    sit: Sit, stock: Stock
) -> None:
    ann_alone = stock.newcomer()
    (task,) = stock.take(ann_alone)
    boxes = [[140.0, 120.0, 200.0, 160.0], [240.0, 120.0, 300.0, 160.0], [340.0, 120.0, 400.0, 160.0]]
    api_draw(stock, ann_alone, task, *boxes)
    rita = sit(stock.rita)
    rita.open(task, "review")
    revision = stock.revisions(task)[0]["id"]
    stock.site.admin.post(f"/revisions/{revision}/decide", {"verdict": "return", "reason": "Look again."})

    ann = sit(ann_alone)
    ann.open(task)
    places = {box[0]: ann.place(box) for box in map(tuple, boxes)}
    ann.drag_at(places[140.0], 0, 40)
    ann.drag_at(places[240.0], 0, 40)
    ann.saved()

    rita.drag_at(places[140.0], 0, -40)
    rita.drag_at(places[340.0], 0, -40)
    rita.saved()
    with rita.page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        rita.page.get_by_role("button", name="Save and approve").click()

    ann.page.keyboard.press("Control+Enter")
    dialog = ann.page.get_by_role("dialog", name=re.compile("saved elsewhere"))
    expect(dialog).to_be_visible(timeout=SLOW_MS)
    expect(dialog.get_by_role("radio", name=re.compile("Rita"))).to_be_visible()
    # By keyboard alone: into the choice, on to mine, keep it.
    dialog.get_by_role("radio", name=re.compile("Mine")).focus()
    ann.page.keyboard.press("Space")
    with ann.page.expect_response(is_saved_draft, timeout=SLOW_MS):
        dialog.get_by_role("button", name="Keep what is chosen").press("Enter")
    ann.saved()
    with ann.page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        ann.page.keyboard.press("Control+Enter")
    newest = max(stock.revisions(task), key=lambda row: row["number"])
    assert newest["author"]["name"] == ann_alone.name
    tops = {round(r["geometry"]["box"][0]): r["geometry"]["box"][1] for r in stock.revision(newest["id"])}
    assert len(tops) == 3
    assert tops[140] > 125, "chosen: mine"
    assert tops[240] > 125, "only I touched it"
    assert tops[340] < 115, "only the reviewer touched it"


def test_saving_needs_the_version_it_is_made_on(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.bob)
    bob = sit(stock.bob)
    bob.open(task)
    bob.drawing_saves(0)
    path = f"/assignments/{bob.task(task)['assignment']['id']}"
    client = stock.bob.client
    op = {"op_id": "x", "op": "delete", "region_id": bob.regions(task)[0]["region_id"]}
    assert client.call("PATCH", f"{path}/draft", {"ops": [op]}, allow=(428,)).status_code == 428
    assert client.call("POST", f"{path}/submit", {}, allow=(428,)).status_code == 428
    stale = {"If-Match": '"0"'}
    answer = client.call("PATCH", f"{path}/draft", {"ops": [op]}, headers=stale, allow=(412,))
    assert answer.status_code == 412 and len(answer.json()["current"]["labels"]["regions"]) == 1
    bob.assert_kept(task, 1)


def test_work_after_the_lease_has_gone_to_another_waits_beside_it_for_the_reviewer(
    sit: Sit, stock: Stock
) -> None:
    (task,) = stock.take(stock.ann)
    ann = sit(stock.ann)
    ann.open(task)
    ann.drawing_saves(0)
    stock.run(
        "UPDATE annotation_assignment SET lease_expires_at = now() - interval '1 minute' WHERE task_id = %s",
        task,
    )
    stock.site.running.shell("from backend.annotation.services import leases_expire; leases_expire()")
    stock.assign(stock.bob, [task])
    api_draw(stock, stock.bob, task, [10.0, 10.0, 60.0, 60.0])
    ann.drawing_saves(1)
    with ann.page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        ann.page.keyboard.press("Control+Enter")
    (mine,) = [row for row in stock.revisions(task) if row["author"]["name"] == "Ann"]
    (theirs,) = [row for row in stock.revisions(task) if row["author"]["name"] == "Bob"]
    assert mine["late"] and mine["pending"] and theirs["pending"]
    (work,) = ann.ledger.drafts
    assert_kept(stock.revision(mine["id"]), ann.ledger.expected(work), 2)
    assert len(stock.revision(theirs["id"])) == 1


# ---- submitting


def test_a_double_click_on_submit_makes_one_revision(sit: Sit, stock: Stock) -> None:
    (task,) = stock.take(stock.bob)
    bob = sit(stock.bob)
    page = bob.open(task)
    bob.drawing_saves(0)
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        page.get_by_role("button", name=re.compile("^Submit")).dblclick()
    page.wait_for_url(lambda url: task not in url, timeout=SLOW_MS)
    assert len(stock.revisions(task)) == 1
    assert len(bob.ledger.submits) == 1


def test_a_submit_whose_answer_was_lost_is_the_same_submit_again(sit: Sit, stock: Stock) -> None:
    alone = stock.newcomer()
    (task,) = stock.take(alone)
    bob = sit(alone)
    page = bob.open(task)
    bob.drawing_saves(0)
    lost = lose_answers(page, "**/submit")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Not submitted", timeout=SLOW_MS)
    assert lost() == 1
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: task not in url, timeout=SLOW_MS)
    assert len(stock.revisions(task)) == 1


def test_an_edit_after_a_submit_whose_answer_was_lost_is_kept(sit: Sit, stock: Stock) -> None:
    alone = stock.newcomer()
    (task,) = stock.take(alone)
    bob = sit(alone)
    page = bob.open(task)
    bob.drawing_saves(0)
    lose_answers(page, "**/submit")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Not submitted", timeout=SLOW_MS)
    bob.drawing_saves(1)
    with page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
        page.keyboard.press("Control+Enter")
    newest = max(stock.revisions(task), key=lambda row: row["number"])
    (work,) = bob.ledger.drafts
    assert_kept(stock.revision(newest["id"]), bob.ledger.expected(work), 2)


# ---- a browser that keeps nothing

REFUSED = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });"
FULL = """IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };"""


@pytest.mark.parametrize("script", [REFUSED, FULL], ids=["refused", "full"])
def test_a_browser_that_keeps_nothing_says_so_and_warns_on_leaving(
    sit: Sit, stock: Stock, script: str
) -> None:
    (task,) = stock.take(stock.ann)
    ann = sit(stock.ann)
    ann.page.add_init_script(script)
    page = ann.open(task)
    ann.drawing_saves(0)
    page.route("**/draft", lambda route: route.abort("connectionrefused"))
    ann.draw(1)
    expect(ann.state).to_contain_text("keep this page open", timeout=SLOW_MS)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    wait_until(lambda: asked == ["beforeunload"], page)
    page.unroute("**/draft")
    ann.drawing_saves(2)
    ann.assert_kept(task, 3)
