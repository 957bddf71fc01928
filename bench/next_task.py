"""Submit to the next picture with its labels painted, in Chromium: `python bench/next_task.py`.

A private instance with 1920×1080 pictures of 30 suggestions each; one person accepts, submits, and so on. The
time is the page's own: from the mark at the submit key to the mark after the frame that shows the next picture.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from backend.exchange.loop.client import Client  # noqa: E402
from tests.support.bench import figures, instance, result_write, sign_in_as  # noqa: E402
from tests.support.browser import launch_arguments  # noqa: E402
from tests.support.running import Running  # noqa: E402

PICTURES = 48
WARM_UP = 3
MEASURED = 40
SUGGESTIONS = 30
WIDTH, HEIGHT = 1920, 1080
SLOW_MS = 30_000
PASSWORD = "the bench signs in with this"
GOAL_P95_MS = 200.0
GOAL_API_P95_MS = 50.0
GOAL_MEMORY_MB = 300.0

# Run inside the instance: suggestions as a pre-label job would store them.
SEED = """
import random, uuid
from backend.annotation.contracts import SuggestionItem
from backend.annotation.models import Task
from backend.annotation.services import suggestions_create
from backend.projects import selectors
random.seed(3)
model = uuid.uuid4()
tasks = Task.objects.filter(project_id="{project}")
tasks.update(blind=False)  # blind pictures come without suggestions; here each one is to have them
for task in tasks.select_related("project"):
    items = []
    for n in range({count}):
        x, y = random.uniform(0, {width} - 160), random.uniform(0, {height} - 200)
        box = [x, y, x + random.uniform(30, 150), y + random.uniform(40, 190)]
        items.append(SuggestionItem("{label}", "box", {{"box": box}}, random.uniform(0.4, 0.99)))
    suggestions_create(task_id=task.pk, model_version_id=model, model_name="bench 1", items=items)
"""


def pictures(path: Path) -> None:
    """Noisy photographs: smooth shapes with grain, as hard to decode as real ones."""
    rng = np.random.default_rng(5)
    with zipfile.ZipFile(path, "w") as opened:
        for index in range(PICTURES):
            small = rng.integers(20, 230, (18, 32, 3), dtype=np.uint8)
            smooth = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            grain = rng.normal(0, 6, (HEIGHT, WIDTH, 3))
            picture = np.clip(smooth + grain, 0, 255).astype(np.uint8)
            _, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
            opened.writestr(f"aisle-{index:02}.jpg", content.tobytes())


def fill(client: Client, link: str, running: Running) -> str:
    """A project of unlabelled pictures with suggestions. Returns its id."""
    session = client.accept_link(link, name="Ada Admin", email="ada@example.org", password=PASSWORD)
    body = {
        "organisation_id": session["organisations"][0]["id"],
        "name": "Bench",
        "labels": [{"name": "person", "shapes": ["box"]}],
    }
    project: dict[str, Any] = client.post("/projects", body)
    archive = running.data_dir.parent / "pictures.zip"
    pictures(archive)
    upload = client.upload(project["id"], archive)
    assert upload["report"]["added"] == PICTURES, upload["report"]
    client.wait_idle(project["id"], 300)
    label = project["ontology"]["labels"][0]["id"]
    sizes = {"width": WIDTH, "height": HEIGHT, "count": SUGGESTIONS}
    running.shell(SEED.format(project=project["id"], label=label, **sizes))
    return str(project["id"])


class Reading:
    """What the page and the network said."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.submit_ms: list[float] = []
        self.next_api_ms: list[float] = []
        self.submit_api_ms: list[float] = []
        self.memory_mb: list[tuple[float, float]] = []
        self._cdp = page.context.new_cdp_session(page)
        browser = page.context.browser
        assert browser is not None
        self._browser_cdp = browser.new_browser_cdp_session()
        page.on("requestfinished", self._finished)

    def _finished(self, request: Any) -> None:
        # responseStart - requestStart of the browser's own timing: the server and the loopback.
        taken = request.timing["responseEnd"] - request.timing["requestStart"]
        if request.url.endswith("/tasks/next"):
            self.next_api_ms.append(taken)
        elif request.url.endswith("/submit"):
            self.submit_api_ms.append(taken)

    def memory(self) -> tuple[float, float]:
        """After a forced collection, in MiB: the JavaScript heap; the renderer's own memory, pictures included."""
        self._cdp.send("HeapProfiler.collectGarbage")
        heap = float(self._cdp.send("Runtime.getHeapUsage")["usedSize"])
        processes = self._browser_cdp.send("SystemInfo.getProcessInfo")["processInfo"]
        renderers = [psutil.Process(row["id"]) for row in processes if row["type"] == "renderer"]
        own = max(float(each.memory_full_info().uss) for each in renderers)
        return heap / 2**20, own / 2**20

    def turn(self) -> None:
        """Accept all, wait until all is saved and the next one is fetched, submit, wait for the picture."""
        page = self.page
        page.evaluate("performance.clearMarks()")
        with page.expect_response(lambda r: r.url.endswith("/draft") and r.ok, timeout=SLOW_MS):
            page.keyboard.press("Shift+A")
        expect(page.locator("footer [role=status]").first).to_contain_text("Saved", timeout=SLOW_MS)
        address = page.url
        with page.expect_response(lambda r: r.url.endswith("/tasks/next"), timeout=SLOW_MS):
            page.keyboard.press("Control+Enter")
            page.wait_for_url(lambda url: url != address, timeout=SLOW_MS)
        ready = "performance.getEntriesByName('siteloop:ready').length > 0"
        page.wait_for_function(ready, timeout=SLOW_MS)
        took = page.evaluate(
            "performance.getEntriesByName('siteloop:ready').at(-1).startTime"
            " - performance.getEntriesByName('siteloop:submit').at(-1).startTime"
        )
        self.submit_ms.append(float(took))
        page.wait_for_load_state("networkidle")
        self.memory_mb.append(self.memory())


def course(values: list[float]) -> dict[str, float | int]:
    """How memory went over the tasks: flat is what is wanted."""
    first, last, most = values[0], values[-1], max(values)
    return {"first": round(first, 1), "last": round(last, 1), "max": round(most, 1), "tasks": len(values)}


def measure(url: str, client: Client, project_id: str) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        sign_in_as(context, client, url)
        page = context.new_page()
        reading = Reading(page)
        with page.expect_response(lambda r: r.url.endswith("/tasks/next"), timeout=SLOW_MS):
            page.goto(f"/p/{project_id}/annotate")
        expect(page.get_by_role("application")).to_be_visible(timeout=SLOW_MS)
        page.wait_for_load_state("networkidle")
        for _ in range(WARM_UP + MEASURED):
            reading.turn()
        version = browser.version
        browser.close()
    return {
        "browser": f"Chromium {version}",
        "submit_to_ready_ms": figures(reading.submit_ms[WARM_UP:]),
        "next_api_ms": figures(reading.next_api_ms[WARM_UP:]),
        "submit_api_ms": figures(reading.submit_api_ms[WARM_UP:]),
        "js_heap_after_gc_mb": course([heap for heap, _ in reading.memory_mb[WARM_UP:]]),
        "renderer_after_gc_mb": course([own for _, own in reading.memory_mb[WARM_UP:]]),
    }


def main() -> None:
    with instance() as (client, running, link):
        found = measure(running.address, client, fill(client, link, running))
    result_write(
        "next_task",
        {
            "picture": f"{WIDTH}x{HEIGHT}",
            "suggestions_each": SUGGESTIONS,
            **found,
            "goal_submit_to_ready_p95_ms": GOAL_P95_MS,
            "goal_next_api_p95_ms": GOAL_API_P95_MS,
            "goal_renderer_mb": GOAL_MEMORY_MB,
        },
    )


if __name__ == "__main__":
    main()
