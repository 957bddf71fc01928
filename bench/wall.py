"""How far behind the cameras a wall is, and how smooth: `python bench/wall.py`.

Cameras show the time they sent a picture at; the page reads it from its own canvas in the moment in which the picture is
drawn. Sixteen tiles at two pictures a second, then four at five, all scored by the shipped people detector on the machine
that runs the browser and the cameras as well. A picture is `drawn_behind_ms` old when it appears, and grows older until
the next one does: `looked_at_behind_ms` is what somebody sees who looks at any moment.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from backend.exchange.loop.client import Client  # noqa: E402
from tests.support.bench import figures, result_write, sign_in_as  # noqa: E402
from tests.support.browser import launch_arguments  # noqa: E402
from tests.support.clock_cameras import BITS, BLOCK, CAMERA_FPS, HEIGHT, MARGIN, WIDTH, clock_cameras  # noqa: E402
from tests.support.outside import free_port  # noqa: E402
from tests.support.running import Running  # noqa: E402

WALLS = ((16, 2.0), (4, 5.0))
WARM_UP_MS, MEASURED_MS, SLOW_MS = 10_000, 60_000, 120_000
GOAL_MS = 1_000.0
EMAIL, PASSWORD = "admin@demo.siteloop", "siteloop-demo"

# Every picture drawn on a tile: [tile, when, the camera's clock], both in milliseconds, modulo what the blocks hold.
WATCH = (
    (
        """
window.__drawn = [];
const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (picture, left, top, width, height) {
  draw.apply(this, arguments);
  const tile = this.canvas.closest('article');
  if (!tile || !(picture instanceof ImageBitmap)) return;
  const [scale, y] = [width / WIDTH, Math.round(top + height / 2)];
  const { data } = this.getImageData(Math.round(left), y, Math.round(width), 1);
  let shown = 0;
  for (let bit = 0; bit < BITS; bit += 1)
    if (data[4 * Math.round((MARGIN + bit * BLOCK + BLOCK / 2) * scale)] > 128) shown += 2 ** bit;
  window.__drawn.push([tile.ariaLabel, Date.now() % 2 ** BITS, shown]);
};
"""
    )
    .replace("WIDTH", str(WIDTH))
    .replace("MARGIN", str(MARGIN))
    .replace("BLOCK", str(BLOCK))
    .replace("BITS", str(BITS))
)


def told(drawn: list[tuple[str, float, float]]) -> dict[str, Any]:
    behind, looked, tiles = [], [], {}
    for tile, at, shown in drawn:
        tiles.setdefault(tile, []).append((at, at - shown))
    for rows in tiles.values():
        behind += [old for _, old in rows]
        # Older by the moment until the next one is drawn: each of its milliseconds counts alike.
        for (at, old), (later, _) in zip(rows, rows[1:], strict=False):
            looked += [old + passed for passed in np.arange(0, later - at, 20)]
    pauses = np.concatenate([np.diff([at for at, _ in rows]) for rows in tiles.values()])
    seconds = MEASURED_MS / 1000
    return {
        "tiles": len(tiles),
        "drawn_per_s": {
            "min": round(min(len(rows) for rows in tiles.values()) / seconds, 2),
            "median": round(float(np.median([len(rows) for rows in tiles.values()])) / seconds, 2),
        },
        "drawn_behind_ms": figures(np.array(behind)),
        "looked_at_behind_ms": figures(np.array(looked)),
        "pause_ms": figures(pauses),
    }


def add(client: Client, project: str, port: int, count: int, target_fps: float) -> list[str]:
    settings = {"target_fps": target_fps, "capture_per_hour": 0, "capture_random_per_hour": 0}
    made = []
    for number in range(count):
        body = {"name": f"cam {number}", "source_kind": "mjpeg", "settings": settings}
        body["source"] = f"http://127.0.0.1:{port}/{number}"
        made.append(str(client.post(f"/projects/{project}/feeds", body)["id"]))
    return made


def wall(browser: Browser, client: Client, address: str, project: str, count: int) -> dict[str, Any]:
    context = browser.new_context(base_url=address, viewport={"width": 1600, "height": 1000})
    sign_in_as(context, client, address)
    page: Page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"/p/{project}/live")
    expect(page.get_by_role("article")).to_have_count(count, timeout=SLOW_MS)
    page.wait_for_function(
        "n => new Set(window.__drawn.map(([tile]) => tile)).size === n", arg=count, timeout=SLOW_MS
    )
    page.wait_for_timeout(WARM_UP_MS)
    page.evaluate("window.__drawn = []")
    page.wait_for_timeout(MEASURED_MS)
    drawn = page.evaluate("window.__drawn")
    context.close()
    return {**told(drawn), "load_1min": round(os.getloadavg()[0], 1)}


def measure(client: Client, running: Running) -> dict[str, Any]:
    client.sign_in(EMAIL, PASSWORD)
    project = client.get("/projects")["results"][0]["id"]
    client.wait_idle(project, 240.0)
    for row in client.get(f"/projects/{project}/feeds"):
        client.call("DELETE", f"/feeds/{row['id']}")
    found: dict[str, Any] = {"camera": f"{WIDTH}x{HEIGHT} at {CAMERA_FPS}/s, MJPEG"}
    with sync_playwright() as playwright, clock_cameras() as port:
        browser = playwright.chromium.launch(**launch_arguments())
        for count, target_fps in WALLS:
            feeds = add(client, project, port, count, target_fps)
            found[f"tiles_{count}_at_{target_fps:g}_a_second"] = wall(
                browser, client, running.address, project, count
            )
            for feed in feeds:
                client.call("DELETE", f"/feeds/{feed}")
        found["browser"] = f"Chromium {browser.version}"
        browser.close()
    return {**found, "goal_p95_ms": GOAL_MS}


def main() -> None:
    os.environ["SITELOOP_OUTGOING_ALLOWED_HOSTS"] = "127.0.0.1"
    with tempfile.TemporaryDirectory(prefix="sl-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        running = Running(Path(name) / "data", free_port(), "--demo")
        client = Client(running.address)
        try:
            running.read_until("is ready at", 300.0)
            result_write("wall", measure(client, running))
        finally:
            client.close()
            running.stop()


if __name__ == "__main__":
    main()
