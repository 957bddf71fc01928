"""A click in the list of 5,000 objects, in the product's own page in Chromium: `python bench/objects_list.py`.

A private instance with one 3840×2160 picture and 5,000 polygons of 12 points in its draft. Rows in sight are clicked
one after the other, each another one, all over the list. Two figures of each: the page's own time from the click to
the frame after it that shows the row as chosen; and the CPU time (`tdur`, so that other processes do not count) of
the renderer's main thread between the two.
"""

from __future__ import annotations

import json
import math
import os
import random
import re
import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from playwright.sync_api import CDPSession, Page, expect, sync_playwright  # noqa: E402

from backend.exchange.loop.client import Client  # noqa: E402
from tests.support.bench import figures, instance, result_write, sign_in_as  # noqa: E402
from tests.support.browser import launch_arguments  # noqa: E402

OBJECTS = 5_000
POINTS = 12
OPS_AT_ONCE = 500
WARM_UP, CLICKS = 5, 40
WIDTH, HEIGHT = 3840, 2160
SLOW_MS = 120_000
PASSWORD = "the bench signs in with this"
GOAL_MS = 50.0

# In the page: from the click, before anybody hears it, to the frame that is drawn after it.
WATCH = """() => {
  addEventListener('click', (event) => {
    performance.mark('list-click', { startTime: event.timeStamp });
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => performance.mark('list-shown');
      channel.port2.postMessage(null);
    });
  }, { capture: true });
}"""
TOOK = """() => {
  const last = (name) => performance.getEntriesByName(name).at(-1).startTime;
  return last('list-shown') - last('list-click');
}"""


def polygon(rng: random.Random) -> dict[str, Any]:
    x, y, radius = rng.uniform(60, WIDTH - 60), rng.uniform(60, HEIGHT - 60), rng.uniform(12, 50)
    turns = [2 * math.pi * n / POINTS for n in range(POINTS)]
    points = [[x + radius * math.cos(turn), y + radius * math.sin(turn)] for turn in turns]
    return {"points": points, "holes": []}


def fill(client: Client, link: str, folder: Path) -> tuple[str, str]:
    """A project with one picture, and its draft. Returns the ids of project and task."""
    session = client.accept_link(link, name="Ada Admin", email="ada@example.org", password=PASSWORD)
    labels = [
        {"name": name, "shapes": ["polygon"], "attributes": [{"name": "note", "type": "text"}]}
        for name in ("person", "pallet", "forklift")
    ]
    body = {"organisation_id": session["organisations"][0]["id"], "name": "Bench", "labels": labels}
    project: dict[str, Any] = client.post("/projects", body)
    archive = folder / "picture.zip"
    small = np.random.default_rng(7).integers(20, 230, (18, 32, 3), dtype=np.uint8)
    picture = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("hall.jpg", cv2.imencode(".jpg", picture)[1].tobytes())
    client.upload(project["id"], archive)
    client.wait_idle(project["id"], 300)
    (task,) = client.pages(f"/projects/{project['id']}/tasks")
    work = client.post(f"/tasks/{task['id']}/open", {"as": "label"})["assignment"]
    rng = random.Random(5)
    ids = [label["id"] for label in project["ontology"]["labels"]]
    version = work["draft_version"]
    for _ in range(OBJECTS // OPS_AT_ONCE):
        ops = [
            {
                "op_id": str(uuid.uuid4()),
                "op": "put",
                "region": {
                    "region_id": str(uuid.uuid4()),
                    "label_id": rng.choice(ids),
                    "shape": "polygon",
                    "geometry": polygon(rng),
                },
            }
            for _ in range(OPS_AT_ONCE)
        ]
        guard = {"If-Match": f'"{version}"'}
        answer = client.call("PATCH", f"/assignments/{work['id']}/draft", {"ops": ops}, headers=guard)
        version = answer.json()["draft_version"]
    return project["id"], task["id"]


class Tracer:
    """CPU time of the page's main thread between two marks."""

    def __init__(self, page: Page) -> None:
        assert page.context.browser is not None
        self.page = page
        self._events: list[dict[str, Any]] = []
        self._cdp: CDPSession = page.context.browser.new_browser_cdp_session()
        self._cdp.on("Tracing.dataCollected", lambda part: self._events.extend(part["value"]))

    def start(self) -> None:
        self._events = []
        self._cdp.send("Tracing.start", {"categories": "toplevel,blink.user_timing"})

    def cpu_ms(self) -> list[float]:
        """Of each click since `start`."""
        done: list[bool] = []
        self._cdp.once("Tracing.tracingComplete", lambda _: done.append(True))
        self._cdp.send("Tracing.end")
        while not done:
            self.page.wait_for_timeout(20)
        events = sorted(self._events, key=lambda event: event["ts"])
        shown = [e for e in events if e["name"] == "list-shown"]
        main = (shown[0]["pid"], shown[0]["tid"])
        clicks = [float(e["ts"]) for e in events if e["name"] == "list-click"]
        tasks = [
            e
            for e in events
            if e["name"].endswith("RunTask") and (e["pid"], e["tid"]) == main and "tdur" in e
        ]
        ends = np.array([float(e["ts"]) + float(e["dur"]) for e in tasks])
        cpu = np.array([float(e["tdur"]) / 1000 for e in tasks])
        # The mark lies inside of the task that says it is shown: up to the end of the frame before it.
        return [
            float(cpu[(ends >= a) & (ends < float(b["ts"]))].sum())
            for a, b in zip(clicks, shown, strict=True)
        ]


def click_all(page: Page) -> list[float]:
    """Click rows all over the list; how long each took, ms."""
    rows = page.locator("[data-object]")
    took = []
    for index in range(WARM_UP + CLICKS):
        shown = rows.count()
        name = rows.nth(2 + index * 7 % (shown - 4)).inner_text()
        # By its name: a click may scroll the list, and then the same place is another row.
        row = rows.filter(has_text=re.compile(f"^{re.escape(name)}$"))
        row.click()
        expect(row).to_have_attribute("aria-pressed", "true")
        took.append(float(page.evaluate(TOOK)))
        if index % 8 == 7:
            page.mouse.wheel(0, 4_000)
            page.wait_for_timeout(200)
    return took


def measure(url: str, client: Client, project_id: str, task_id: str) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        sign_in_as(context, client, url)
        page = context.new_page()
        page.set_default_timeout(SLOW_MS)
        page.goto(f"/p/{project_id}/annotate/{task_id}")
        expect(page.get_by_role("application")).to_be_visible(timeout=SLOW_MS)
        expect(page.locator("[data-object]").first).to_be_visible(timeout=SLOW_MS)
        page.wait_for_load_state("networkidle")
        page.evaluate(WATCH)
        profile = os.environ.get("PROFILE")
        if profile:
            cdp = context.new_cdp_session(page)
            cdp.send("Profiler.enable")
            cdp.send("Profiler.setSamplingInterval", {"interval": 200})
            cdp.send("Profiler.start")
            click_all(page)
            Path(profile).write_text(json.dumps(cdp.send("Profiler.stop")["profile"]))
        tracer = Tracer(page)
        tracer.start()
        took = click_all(page)
        cpu = tracer.cpu_ms()
        version = browser.version
        browser.close()
    return {
        "browser": f"Chromium {version}, headless, no GPU",
        "click_to_shown_ms": figures(took[WARM_UP:]),
        "click_to_shown_cpu_ms": figures(cpu[WARM_UP:]),
    }


def main() -> None:
    with instance() as (client, running, link):
        found = measure(running.address, client, *fill(client, link, running.data_dir.parent))
    body = {"picture": f"{WIDTH}x{HEIGHT}", "objects": OBJECTS, **found, "goal_click_ms": GOAL_MS}
    result_write("objects_list", body)


if __name__ == "__main__":
    main()
