"""The editor's canvas in headless Chromium without a GPU: `python bench/canvas.py`.

A bare page (`bench/canvas_page`, built here, no part of the product) hosts the product's own editor with a
3840×2160 picture and 500, 2,000 and 5,000 polygons of 12 points. Events go in one a frame. From a trace: the CPU
time (`tdur`, so that other processes do not count) of all tasks of the renderer's main thread, put to the gesture
frame they began in; the time between frames the compositor drew; the longest task of the crisp redraw after it.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from playwright.sync_api import CDPSession, Page, sync_playwright  # noqa: E402

from tests.support.browser import launch_arguments  # noqa: E402

COUNTS = (500, 2000, 5000)
FRAMES = 120
OPENED = 10
OPEN_SHAPES = 1000
TASKS = 500
TASK_SHAPES = 200
MEMORY_EVERY = 50
WIDTH, HEIGHT = 3840, 2160
SLOW_MS = 600_000
GOALS = {
    "gesture_frame_cpu_ms": {"2000": 16, "5000": 33},
    "longest_redraw_task_ms": 50,
    "open_1000_ms": 300,
    "renderer_mb": 300,
}
RESULT = REPO / "bench" / "results" / "canvas.json"


def build(folder: Path) -> None:
    """The page, and a picture as hard to decode as a photograph."""
    command = ["npx", "vite", "build", "--config", str(REPO / "bench/canvas_page/vite.config.mjs")]
    command += ["--outDir", str(folder), "--logLevel", "warn"]
    subprocess.run(command, cwd=REPO / "frontend", check=True)
    rng = np.random.default_rng(7)
    small = rng.integers(20, 230, (18, 32, 3), dtype=np.uint8)
    smooth = cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0, 6, (HEIGHT, WIDTH, 3))
    cv2.imwrite(str(folder / "picture.jpg"), np.clip(smooth + grain, 0, 255).astype(np.uint8))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()


Event = dict[str, Any]


class Browser:
    """The page with what the browser can say of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        assert page.context.browser is not None
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._whole: CDPSession = page.context.browser.new_browser_cdp_session()
        self._events: list[Event] = []
        self._whole.on("Tracing.dataCollected", lambda part: self._events.extend(part["value"]))

    def traced(self, script: str) -> list[Event]:
        """Runs a script; its trace events, by time."""
        self._events = []
        done: list[bool] = []
        self._whole.once("Tracing.tracingComplete", lambda _: done.append(True))
        names = "toplevel,blink.user_timing,devtools.timeline,disabled-by-default-devtools.timeline"
        self._whole.send(
            "Tracing.start",
            {"categories": f"{names},devtools.timeline.frame,disabled-by-default-devtools.timeline.frame"},
        )
        self.page.evaluate(script)
        self._whole.send("Tracing.end")
        while not done:
            self.page.wait_for_timeout(20)
        return sorted(self._events, key=lambda event: event["ts"])

    def memory(self) -> tuple[float, float]:
        """After a forced collection, MiB: the JavaScript heap; the renderer's own memory, pictures included."""
        self._cdp.send("HeapProfiler.collectGarbage")
        heap = float(self._cdp.send("Runtime.getHeapUsage")["usedSize"])
        rows = self._whole.send("SystemInfo.getProcessInfo")["processInfo"]
        renderers = [psutil.Process(row["id"]) for row in rows if row["type"] == "renderer"]
        return heap / 2**20, max(each.memory_full_info().uss for each in renderers) / 2**20


def figures(values: list[float]) -> dict[str, float | int]:
    array = np.array(values)
    median, p95 = float(np.median(array)), float(np.percentile(array, 95))
    return {
        "median": round(median, 1),
        "p95": round(p95, 1),
        "max": round(float(array.max()), 1),
        "n": len(values),
    }


def read(events: list[Event]) -> dict[str, Any]:
    """Figures of one gesture and of the redraw after it."""
    marks = [
        e for e in events if e["name"] in ("gesture-frame", "gesture-begin", "gesture-end", "redraw-end")
    ]
    begin = [e for e in marks if e["name"] == "gesture-begin"][-1]
    times = {e["name"]: float(e["ts"]) for e in marks}
    main = (begin["pid"], begin["tid"])
    tasks = [
        e for e in events if e["name"].endswith("RunTask") and (e["pid"], e["tid"]) == main and "tdur" in e
    ]
    if not tasks:
        raise RuntimeError("the trace holds no task of the main thread")
    starts = [float(e["ts"]) for e in marks if e["name"] == "gesture-frame" and e["ts"] > begin["ts"]]
    edges = [*starts, times["gesture-end"]]
    # The mark lies inside of the frame's task: a task counts to the frame in which it ends.
    ends = np.array([float(e["ts"]) + float(e["dur"]) for e in tasks])
    cpu = np.array([float(e["tdur"]) / 1000 for e in tasks])
    wall = np.array([float(e["dur"]) / 1000 for e in tasks])
    frames = [float(cpu[(ends >= a) & (ends < b)].sum()) for a, b in zip(edges, edges[1:], strict=False)]
    during = (ends >= starts[0]) & (ends < times["gesture-end"])
    after = (ends >= times["gesture-end"]) & (ends < times["redraw-end"])
    drawn = [float(e["ts"]) for e in events if e["name"] == "DrawFrame" and e["pid"] == main[0]]
    drawn = [ts for ts in drawn if starts[0] <= ts < times["gesture-end"]]
    return {
        "frame_cpu_ms": figures(frames),
        "between_frames_ms": figures([(b - a) / 1000 for a, b in zip(drawn, drawn[1:], strict=False)]),
        "longest_gesture_task_ms": {"cpu": round(cpu[during].max(), 1), "wall": round(wall[during].max(), 1)},
        "longest_redraw_task_ms": {"cpu": round(cpu[after].max(), 1), "wall": round(wall[after].max(), 1)},
    }


def measure_gestures(browser: Browser, url: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for count in COUNTS:
        browser.page.goto(url)
        browser.page.evaluate(f"bench.open({count}, 1, 'picture.jpg')")
        found[str(count)] = {}
        for name in ("pan", "zoom", "drag"):
            browser.page.evaluate("bench.fit()")
            browser.page.evaluate(f"bench.gesture('{name}', 20)")
            browser.page.evaluate("bench.fit()")
            found[str(count)][name] = read(browser.traced(f"bench.gesture('{name}', {FRAMES})"))
            print(count, name, json.dumps(found[str(count)][name]), flush=True)
    return found


def measure_opening(browser: Browser, url: str) -> dict[str, float | int]:
    browser.page.goto(url)
    browser.page.evaluate("bench.open(10, 1, 'picture.jpg')")
    times = [
        browser.page.evaluate(f"bench.open({OPEN_SHAPES}, {seed}, 'picture.jpg')") for seed in range(OPENED)
    ]
    return figures(times)


def measure_memory(browser: Browser, url: str) -> dict[str, Any]:
    """Tasks opened one after the other, each with a picture of its own, one object moved in each."""
    browser.page.goto(url)
    course = []
    for first in range(0, TASKS, MEMORY_EVERY):
        for task in range(first, first + MEMORY_EVERY):
            browser.page.evaluate(f"bench.open({TASK_SHAPES}, {task}, 'picture.jpg?task={task}')")
        course.append([round(mb, 1) for mb in browser.memory()])
        print("memory", first + MEMORY_EVERY, course[-1], flush=True)
    return {
        "after_tasks": list(range(MEMORY_EVERY, TASKS + 1, MEMORY_EVERY)),
        "js_heap_mb": [heap for heap, _ in course],
        "renderer_mb": [own for _, own in course],
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="sl-canvas-") as name, sync_playwright() as playwright:
        build(Path(name))
        arguments = launch_arguments()
        arguments["args"] = [*arguments["args"], "--disable-gpu"]
        chromium = playwright.chromium.launch(**arguments)
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(SLOW_MS)
        browser = Browser(page)
        with served(Path(name)) as url:
            gestures = measure_gestures(browser, url)
            opening = measure_opening(browser, url)
            memory = measure_memory(browser, url)
        version = chromium.version
        chromium.close()
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False, cwd=REPO
    )
    result = {
        "bench": "canvas",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "browser": f"Chromium {version}, headless, no GPU",
        "commit": commit.stdout.strip() or "unknown",
        "load_1min": round(os.getloadavg()[0], 1),
        "picture": f"{WIDTH}x{HEIGHT}",
        "viewport": "1440x900",
        "gestures_by_shapes": gestures,
        "open_1000_ms": opening,
        "memory_after_gc": memory,
        "goals": GOALS,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
