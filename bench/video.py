"""A video in Chromium, as somebody who labels it meets it: `python bench/video.py [FOLDER]`.

A private instance takes a generated clip in (1280 × 720, 25 frames a second, a keyframe every ten seconds, grain that
codes badly); its frames carry their number, read back from the screen at the end of every part, so that a quick wrong
frame fails the bench. With FOLDER, what the page showed is kept there as pictures.
"""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from backend.exchange.loop.client import Client  # noqa: E402
from tests.support import clips  # noqa: E402
from tests.support.bench import instance, renderer_memory_mb, result_write, sign_in_as  # noqa: E402
from tests.support.browser import launch_arguments  # noqa: E402
from tests.support.running import Running  # noqa: E402

WIDTH, HEIGHT, FRAMES, STEP_MS, KEYFRAME_EVERY = 1280, 720, 1_000, 40, 250
OPENS, STEPS, JUMPS, PLAYED_S, SCRUB_S = 7, 60, 30, 10.0, 3.0
# A person who steps looks at each frame; nobody steps slower than this and calls it quick.
BETWEEN_STEPS_MS = 120
VIEW = {"width": 1440, "height": 900}
SLOW_MS = 60_000
PASSWORD = "the bench signs in with this"

# Milliseconds from a deed until the timeline says that another frame is shown; the picture is drawn in that turn.
TIMED = """([deed, wanted]) => new Promise((resolve) => {
  const ruler = document.querySelector('[role=slider][aria-label=Timeline]');
  const begun = performance.now();
  const watch = new MutationObserver(() => {
    if (wanted !== null && ruler.ariaValueNow !== String(wanted + 1)) return;
    watch.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - begun));
  });
  watch.observe(ruler, { attributes: true, attributeFilter: ['aria-valuenow'] });
  if (deed.key) window.dispatchEvent(new KeyboardEvent('keydown', { key: deed.key, bubbles: true, cancelable: true }));
  else {
    const field = document.querySelector('[aria-label="Go to a frame or a time"]');
    field.focus();
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, String(deed.frame + 1));
    field.dispatchEvent(new Event('input', { bubbles: true }));
    requestAnimationFrame(() =>
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })));
  }
})"""
# Frames shown from now on, with the milliseconds; `seen()` gives them.
SEEN = """() => {
  const ruler = document.querySelector('[role=slider][aria-label=Timeline]');
  const rows = [];
  const watch = new MutationObserver(() => rows.push([performance.now(), Number(ruler.ariaValueNow) - 1]));
  watch.observe(ruler, { attributes: true, attributeFilter: ['aria-valuenow'] });
  window.seen = () => { watch.disconnect(); return rows; };
}"""

# Pictures presented from now on: the small one that lies over the stage, or else the exact frame. As `SEEN`, with which it is.
PICTURES = """() => {
  const ruler = document.querySelector('[role=slider][aria-label=Timeline]');
  const rows = [];
  let isOver = false;
  const look = () => {
    if (isOver) return;
    const coarse = document.querySelector('[data-coarse]');
    const [kind, frame] = coarse ? ['coarse', Number(coarse.dataset.coarse)] : ['exact', Number(ruler.ariaValueNow) - 1];
    const last = rows.at(-1);
    if (!last || last[1] !== frame || last[2] !== kind) rows.push([performance.now(), frame, kind]);
    requestAnimationFrame(look);
  };
  look();
  window.seen = () => { isOver = true; return rows; };
}"""


def grain(index: int) -> np.ndarray:
    """A frame with its number over a floor that moves, with grain."""
    rng = np.random.default_rng(index % 7)
    frame = clips.framed_frame(index, width=WIDTH, height=HEIGHT)
    half = HEIGHT // 2
    floor = np.roll(np.linspace(40, 200, WIDTH), index * 3)[None, :, None]
    noisy = floor + rng.normal(0, 12, (half - HEIGHT // 6 - 20, WIDTH, 1))
    frame[HEIGHT // 6 : HEIGHT // 6 + noisy.shape[0]] = np.clip(noisy, 0, 255).astype(np.uint8)
    return frame


def fill(client: Client, link: str, running: Running) -> tuple[str, str, dict[str, Any]]:
    session = client.accept_link(link, name="Ada Admin", email="ada@example.org", password=PASSWORD)
    body = {
        "organisation_id": session["organisations"][0]["id"],
        "name": "Bench",
        "labels": [{"name": "person", "shapes": ["track"]}],
    }
    project_id = client.post("/projects", body)["id"]
    path = running.data_dir.parent / "clip.mp4"
    times = [index * STEP_MS for index in range(FRAMES)]
    path.write_bytes(clips.clip(times, draw=grain, keyframe_every=KEYFRAME_EVERY))
    begun = time.monotonic()
    upload = client.upload(project_id, path)
    taken = time.monotonic() - begun
    assert upload["report"]["added"] == 1, upload["report"]
    client.wait_idle(project_id, 300)
    (task,) = client.pages(f"/projects/{project_id}/tasks")
    facts = {"file_mb": round(path.stat().st_size / 1e6, 1), "upload_to_ready_s": round(taken, 1)}
    return project_id, task["id"], facts


class Looker:
    """The page, and what it costs."""

    def __init__(self, page: Page, folder: Path | None) -> None:
        self.page, self.folder = page, folder

    def keep(self, name: str) -> None:
        if self.folder is not None:
            self.page.screenshot(path=str(self.folder / f"{name}.png"))

    def check(self, frame: int, what: str) -> None:
        """Read the number from the screen."""
        stage = self.page.get_by_role("application").bounding_box()
        shot = Image.open(io.BytesIO(self.page.screenshot(clip=stage)))  # type: ignore[arg-type]
        found = clips.framed_number(np.asarray(shot.convert("RGB")))
        assert found == frame, f"{what}: the screen shows {found}, not {frame}"

    def now(self) -> int:
        ruler = self.page.get_by_role("slider", name="Timeline")
        return int(ruler.get_attribute("aria-valuenow") or 0) - 1

    def settle(self) -> None:
        expect(self.page.get_by_label("Fetching the frame")).to_have_count(0, timeout=SLOW_MS)
        self.page.wait_for_load_state("networkidle")

    def open(self, address: str) -> float:
        """Milliseconds from asking for the first frame until it is there, as the browser's own clock has it."""
        self.page.goto(address)
        expect(self.page.get_by_role("application")).to_be_visible(timeout=SLOW_MS)
        self.settle()
        self.check(0, "first frame")
        asked = """() => {
          const [row] = performance.getEntriesByType('resource').filter((e) => e.name.endsWith('/frames/0.jpg'));
          return row.responseEnd - row.startTime;
        }"""
        return float(self.page.evaluate(asked))

    def timed(self, deed: dict[str, Any], wanted: int | None = None) -> float:
        return float(self.page.evaluate(TIMED, [deed, wanted]))

    def steps(self, key: str, count: int) -> list[float]:
        found = []
        for _ in range(count):
            found.append(self.timed({"key": key}))
            self.page.wait_for_timeout(BETWEEN_STEPS_MS)
        self.settle()
        self.check(self.now(), f"after {count} steps by {key}")
        return found

    def jump(self, frame: int) -> float:
        taken = self.timed({"frame": frame}, frame)
        self.check(frame, "a jump")
        return taken

    def play(self) -> dict[str, float]:
        self.jump(100)
        self.settle()
        self.page.evaluate(SEEN)
        self.page.keyboard.press(" ")
        self.page.wait_for_timeout(PLAYED_S * 1000)
        self.page.keyboard.press(" ")
        rows = self.page.evaluate("() => window.seen()")
        self.check(self.now(), "after playing")
        seconds = (rows[-1][0] - rows[0][0]) / 1000
        gaps = np.diff([row[0] for row in rows])
        return {
            "frames_shown_per_s": round((len(rows) - 1) / seconds, 1),
            "speed": round((rows[-1][1] - rows[0][1]) * STEP_MS / 1000 / seconds, 3),
            "longest_gap_ms": round(float(gaps.max()), 1),
        }

    def scrub(self) -> dict[str, float]:
        """Drag along the whole timeline in a few seconds; how often something new is seen, and when the exact end is."""
        self.jump(0)
        self.settle()
        box = self.page.get_by_role("slider", name="Timeline").bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + 2, y)
        self.page.evaluate(PICTURES)
        self.page.mouse.down()
        begun = time.monotonic()
        while (gone := (time.monotonic() - begun) / SCRUB_S) < 1:
            self.page.mouse.move(box["x"] + 2 + gone * (box["width"] - 4), y)
            self.page.wait_for_timeout(16)
        released = time.monotonic()
        self.page.mouse.up()
        self.settle_frame()
        late = (time.monotonic() - released) * 1000
        rows = self.page.evaluate("() => window.seen()")
        # Only the exact frame has a number to read: nothing lies over it any more.
        assert rows[-1][2] == "exact", rows[-1]
        self.check(self.now(), "after scrubbing")
        end = next(row[0] for row in rows) + SCRUB_S * 1000
        moving = [row for row in rows if row[0] <= end]
        return {
            "pictures_shown_per_s": round(len(moving) / SCRUB_S, 1),
            "exact_frames_shown_per_s": round(sum(row[2] == "exact" for row in moving) / SCRUB_S, 1),
            "longest_gap_ms": round(float(np.diff([row[0] for row in moving]).max()), 1),
            "there_after_release_ms": round(late, 1),
        }

    def settle_frame(self) -> None:
        expect(self.page.get_by_label("Fetching the frame")).to_have_count(0, timeout=SLOW_MS)


def spread(values: list[float]) -> dict[str, float]:
    return {
        "median": round(float(np.median(values)), 1),
        "p95": round(float(np.percentile(values, 95)), 1),
        "n": len(values),
    }


def decoder_memory_mb(running: Running) -> float:
    """The largest private memory of a decoding child."""
    most = 0.0
    for pid in running.pids():
        process = psutil.Process(pid)
        if "backend.media.decoding.child" in process.cmdline():
            most = max(most, process.memory_full_info().uss / 2**20)
    return round(most)


def measure(running: Running, client: Client, address: str, folder: Path | None) -> dict[str, Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        context = browser.new_context(base_url=running.address, viewport=VIEW)  # type: ignore[arg-type]
        sign_in_as(context, client, running.address)
        looker = Looker(context.new_page(), folder)
        first = []
        for _ in range(OPENS):
            # What a browser keeps would answer at once.
            context.new_cdp_session(looker.page).send("Network.clearBrowserCache")
            first.append(looker.open(address))
        looker.keep("first")
        found: dict[str, Any] = {"first_frame_ms": spread(first)}
        looker.jump(120)
        looker.settle()
        found["step_on_ms"] = spread(looker.steps("f", STEPS))
        found["step_back_ms"] = spread(looker.steps("d", STEPS))
        found["ten_on_ms"] = spread(looker.steps("v", STEPS // 2))
        places = np.random.default_rng(2).permutation(FRAMES)[:JUMPS].tolist()
        found["jump_ms"] = spread([looker.jump(place) for place in places])
        found["playing"] = looker.play()
        looker.keep("played")
        found["scrubbing"] = looker.scrub()
        looker.keep("scrubbed")
        found["renderer_mb"] = renderer_memory_mb(looker.page)
        found["decoder_mb"] = decoder_memory_mb(running)
        found["browser"] = f"Chromium {browser.version}"
        browser.close()
    return found


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with instance() as (client, running, link):
        project_id, task_id, taken = fill(client, link, running)
        found = measure(running, client, f"/p/{project_id}/annotate/{task_id}", folder)
    clip = f"{FRAMES} frames of {WIDTH} × {HEIGHT}, {1000 // STEP_MS} a second, a keyframe every {KEYFRAME_EVERY}"
    result_write("video", {"clip": clip, **taken, **found})


if __name__ == "__main__":
    main()
