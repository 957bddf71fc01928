"""Deciding suggestions by keyboard in the review grid, in the product's own page in Chromium: `python bench/review.py`.

A private instance with pictures whose suggestions are boxes and tags. The keys A and R are pressed, each once the crop
after the last one is on the screen; then five a second, as by a person in a hurry; then as fast as the keyboard sends
them; then a batch of crops is accepted and taken back. Of each key of the first two parts: the page's own time from the
key to the frame after it in which the next crop is under the cursor, with its picture painted. Afterwards the server's state of every suggestion is compared with
what was pressed: a decision that is lost, doubled or on another suggestion fails the bench. `--small` is a short run
that writes no results.
"""

from __future__ import annotations

import random
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from backend.exchange.loop.client import Client  # noqa: E402
from tests.support.bench import figures, instance, result_write, sign_in_as  # noqa: E402
from tests.support.browser import launch_arguments  # noqa: E402
from tests.support.running import Running  # noqa: E402

PICTURES, BOXES_A_PICTURE = 80, 8
WARM_UP, DECISIONS, LOOKED, BURST, BATCH = 10, 300, 200, 60, 40
# Nobody reads more than five crops a second.
LOOK_MS = 200
WIDTH, HEIGHT = 1280, 720
SLOW_MS = 60_000
ANSWERED_S = 60.0
PASSWORD = "the bench signs in with this"
GOAL_MS = 50.0

# From the key, before anybody hears it, to the frame that shows another crop under the cursor, painted.
WATCH = """() => {
  const cell = () => document.querySelector('button[data-at]');
  window.times = [];
  window.isShown = true;
  addEventListener('keydown', (event) => {
    if (event.key !== 'a' && event.key !== 'r') return;
    const before = cell();
    window.isShown = false;
    const look = () => {
      const now = cell();
      if (!now || now === before || !now.querySelector('img')?.naturalWidth) return requestAnimationFrame(look);
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        window.times.push(performance.now() - event.timeStamp);
        window.isShown = true;
      };
      channel.port2.postMessage(null);
    };
    requestAnimationFrame(look);
  }, { capture: true });
}"""
UNTIL_SHOWN = """() => new Promise((done, failed) => {
  const late = setTimeout(() => failed(new Error('no other crop came under the cursor')), 20_000);
  const look = () => {
    if (!window.isShown) return setTimeout(look, 2);
    clearTimeout(late);
    done();
  };
  look();
})"""
FILL = """
import random, uuid
from backend.annotation.contracts import SuggestionItem
from backend.annotation.models import Task
from backend.annotation.services import suggestions_create
# The random slice is never shown suggestions, and is not what is measured here.
Task.objects.filter(project_id={project!r}).update(blind=False)
model, rng = uuid.uuid4(), random.Random(5)
for task in Task.objects.filter(project_id={project!r}).order_by("id"):
    items = []
    for n in range({boxes}):
        x, y, side = rng.uniform(0, {width} - 200), rng.uniform(0, {height} - 200), rng.uniform(40, 200)
        box = {{"box": [x, y, x + side, y + side]}}
        items.append(SuggestionItem(rng.choice({box_labels!r}), "box", box, rng.uniform(0.2, 1.0)))
    items.append(SuggestionItem({tag!r}, "tag", {{}}, rng.uniform(0.2, 1.0)))
    assert suggestions_create(task_id=task.pk, model_version_id=model, model_name="bench 1", items=items)
"""


def fill(client: Client, link: str, running: Running, pictures: int) -> str:
    """A project whose pictures have suggestions; its id."""
    session = client.accept_link(link, name="Ada Admin", email="ada@example.org", password=PASSWORD)
    labels = [{"name": name, "shapes": ["box"]} for name in ("person", "pallet", "forklift")]
    labels.append({"name": "night", "shapes": ["tag"]})
    body = {"organisation_id": session["organisations"][0]["id"], "name": "Bench", "labels": labels}
    project: dict[str, Any] = client.post("/projects", body)
    archive = running.data_dir.parent / "pictures.zip"
    rng = np.random.default_rng(7)
    with zipfile.ZipFile(archive, "w") as opened:
        for number in range(pictures):
            small = rng.integers(20, 230, (18, 32, 3), dtype=np.uint8)
            pixels = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            opened.writestr(f"{number:03}.jpg", cv2.imencode(".jpg", pixels)[1].tobytes())
    client.upload(project["id"], archive)
    client.wait_idle(project["id"], 300)
    *boxes, tag = (label["id"] for label in project["ontology"]["labels"])
    running.shell(
        FILL.format(
            project=project["id"],
            boxes=BOXES_A_PICTURE,
            width=WIDTH,
            height=HEIGHT,
            box_labels=list(boxes),
            tag=tag,
        )
    )
    return str(project["id"])


def suggestions(client: Client, project_id: str, state: str) -> list[dict[str, Any]]:
    """In the grid's own order."""
    return list(client.pages(f"/projects/{project_id}/suggestions?state={state}&page_size=200"))


def states(client: Client, project_id: str) -> dict[str, str]:
    """The server's word on every suggestion."""
    every = ("open", "accepted", "rejected")
    return {row["id"]: state for state in every for row in suggestions(client, project_id, state)}


def labels_of(client: Client, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Objects and tags of these suggestions' pictures, and their states, whatever the ids of the objects."""
    found = {}
    for task_id in sorted({row["task_id"] for row in rows}):
        task = client.get(f"/tasks/{task_id}")
        objects = sorted((r["label_id"], str(r["geometry"])) for r in task["labels"]["regions"])
        found[task_id] = (task["state"], objects, sorted(task["labels"]["tags"]))
    return found


class Presser:
    """Presses keys and knows what the server must say afterwards."""

    def __init__(self, page: Page, client: Client, project_id: str) -> None:
        self.page, self.client, self.project_id = page, client, project_id
        self.order = [row["id"] for row in suggestions(client, project_id, "open")]
        self.expected = dict.fromkeys(self.order, "open")
        self.rng = random.Random(11)
        self.at = 0

    def press(self) -> None:
        verdict = self.rng.choice(("accepted", "rejected"))
        self.expected[self.order[self.at]] = verdict
        self.at += 1
        self.page.keyboard.press("a" if verdict == "accepted" else "r")

    def one_by_one(self, count: int, look_ms: int = 0) -> list[float]:
        """Each key once the crop before it is shown, and was looked at for so long; how long each took, ms."""
        self.page.evaluate("window.times = []")
        for _ in range(count):
            self.press()
            self.page.evaluate(UNTIL_SHOWN)
            self.page.wait_for_timeout(look_ms)
        times = [float(each) for each in self.page.evaluate("window.times")]
        assert len(times) == count, f"{len(times)} of {count} keys were followed by another crop"
        return times

    def in_a_burst(self, count: int) -> None:
        for _ in range(count):
            self.press()

    def settle(self) -> Counter[str]:
        """Wait for the answers, then compare. Returns the mistakes by kind: none are right."""
        deadline = time.monotonic() + ANSWERED_S
        while (found := self.mistakes()) and time.monotonic() < deadline:
            self.page.wait_for_timeout(500)
        return found

    def mistakes(self) -> Counter[str]:
        found = states(self.client, self.project_id)
        return Counter(
            "lost" if found.get(pk) == "open" else "other"
            for pk, state in self.expected.items()
            if found.get(pk) != state
        )

    def batch(self, size: int) -> tuple[int, bool]:
        """Accept a range of crops at once and take it back. (decided, whether all is as it was)."""
        chosen = set(self.order[self.at : self.at + size])
        rows = [row for row in suggestions(self.client, self.project_id, "open") if row["id"] in chosen]
        before = (states(self.client, self.project_id), labels_of(self.client, rows))
        for _ in range(size - 1):
            self.page.keyboard.press("Shift+ArrowRight")
        with self.page.expect_response(lambda answer: answer.url.endswith("/suggestions/decide")) as said:
            self.page.keyboard.press("a")
        decided = len(said.value.json()["decided"])
        # The key straight after: the undo may not be forgotten because another request is on its way.
        with self.page.expect_response(lambda answer: answer.url.endswith("/suggestions/undo")):
            self.page.keyboard.press("Control+z")
        after = (states(self.client, self.project_id), labels_of(self.client, rows))
        return decided, before == after


def measure(url: str, client: Client, project_id: str, decisions: int, looked: int) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        # Before the page's own listeners: they may have shown the next crop when they are done.
        context.add_init_script(f"({WATCH})()")
        sign_in_as(context, client, url)
        page = context.new_page()
        page.set_default_timeout(SLOW_MS)
        page.goto(f"/p/{project_id}/review?view=grid")
        expect(page.locator("button[data-at]")).to_be_visible()
        page.wait_for_load_state("networkidle")
        presser = Presser(page, client, project_id)
        presser.one_by_one(WARM_UP)
        took = presser.one_by_one(decisions)
        at_five_a_second = presser.one_by_one(looked, LOOK_MS)
        mistakes = presser.settle()
        presser.in_a_burst(BURST)
        burst = presser.settle()
        decided, is_exact = presser.batch(BATCH)
        version = browser.version
        browser.close()
    return {
        "browser": f"Chromium {version}, headless, no GPU",
        "key_to_next_crop_ms": {"at_once": figures(took), "five_a_second": figures(at_five_a_second)},
        "decisions_in_a_row": {"pressed": WARM_UP + decisions + looked, "wrong_afterwards": dict(mistakes)},
        "as_fast_as_keys_come": {"pressed": BURST, "wrong_afterwards": dict(burst)},
        "batch_undo": {"decided": decided, "all_as_before": is_exact},
    }


def main() -> None:
    is_small = "--small" in sys.argv
    pictures, decisions, looked = (24, 30, 30) if is_small else (PICTURES, DECISIONS, LOOKED)
    with instance() as (client, running, link):
        project_id = fill(client, link, running, pictures)
        found = measure(running.address, client, project_id, decisions, looked)
    body = {
        "pictures": pictures,
        "suggestions": pictures * (BOXES_A_PICTURE + 1),
        **found,
        "goal_key_to_next_crop_ms": GOAL_MS,
    }
    if is_small:
        print(body)
    else:
        result_write("review", body)
    wrong = [found["decisions_in_a_row"], found["as_fast_as_keys_come"]]
    assert not any(each["wrong_afterwards"] for each in wrong), wrong
    assert found["batch_undo"] == {"decided": BATCH, "all_as_before": True}, found["batch_undo"]


if __name__ == "__main__":
    main()
