"""The whole way of a picture of 256 megapixels, in Chromium: `python bench/large_picture.py [FOLDER]`.

A private instance takes a generated 16,000 × 16,000 JPEG in; the page shows it; somebody zooms to a sign in it and
clicks around it; the polygon is saved, approved and exported. The sign's corners are known, so that a polygon
that lands elsewhere fails the bench. With FOLDER, what the page showed is kept there as pictures.
"""

from __future__ import annotations

import io
import json
import sys
import threading
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil
from PIL import Image

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from backend.exchange.loop.client import Client  # noqa: E402
from tests.support.bench import instance, renderer_memory_mb, result_write, sign_in_as  # noqa: E402
from tests.support.browser import launch_arguments  # noqa: E402
from tests.support.running import Running  # noqa: E402

SIDE_PX = 16_000
# Where the sign is, xyxy in the picture's pixels, and its colour, which nothing else has.
SIGN_PX = (8_345, 7_876, 8_745, 8_126)
SIGN_RGB = (255, 0, 255)
# The browser scales and JPEG smears the sign's colour by less than this; no other thing comes so near it.
SIGN_SPREAD = 40
OFF_BY_MAX_PX = 2.0
LOOKS = 5
VIEW = {"width": 1440, "height": 900}
SLOW_MS = 60_000
PASSWORD = "the bench signs in with this"


def picture(path: Path) -> None:
    """A floor seen from above: slow colours, grain, things, and the sign."""
    rng = np.random.default_rng(7)
    grain = rng.normal(0, 10, (1000, 1000)).astype(np.float32).clip(-40, 40)
    grain = np.tile(grain, (1, SIDE_PX // 1000))
    across = np.linspace(20, 200, SIDE_PX, dtype=np.float32)
    pixels = np.empty((SIDE_PX, SIDE_PX, 3), np.uint8)
    for top in range(0, SIDE_PX, 1000):
        down = np.linspace(top, top + 1000, 1000, dtype=np.float32)[:, None] * (200 / SIDE_PX)
        for channel, base in enumerate((across, down, (across + down) / 2)):
            pixels[top : top + 1000, :, channel] = np.clip(base + grain, 0, 220)
    for _ in range(400):
        x, y = rng.integers(0, SIDE_PX - 300, 2)
        w, h = rng.integers(40, 300, 2)
        pixels[y : y + h, x : x + w] = rng.integers(0, 200, 3)
    x1, y1, x2, y2 = SIGN_PX
    pixels[y1:y2, x1:x2] = SIGN_RGB
    Image.fromarray(pixels).save(path, quality=88)


@dataclass
class Memory:
    """The most private memory that a decoding child of the instance held, looked at 20 times a second."""

    running: Running
    most_mb: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Memory:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.05):
            for pid in self.running.pids():
                try:
                    process = psutil.Process(pid)
                    if "backend.media.decoding.child" in process.cmdline():
                        status = Path(f"/proc/{pid}/status").read_text()
                        self.most_mb = max(self.most_mb, int(status.split("RssAnon:")[1].split()[0]) / 1024)
                except (psutil.Error, OSError, IndexError):
                    continue


def fill(client: Client, link: str, running: Running) -> tuple[dict[str, Any], dict[str, Any]]:
    """A project with the picture, and what taking it in cost."""
    session = client.accept_link(link, name="Ada Admin", email="ada@example.org", password=PASSWORD)
    body = {
        "organisation_id": session["organisations"][0]["id"],
        "name": "Bench",
        "labels": [{"name": "sign", "shapes": ["polygon"]}],
    }
    project: dict[str, Any] = client.post("/projects", body)
    settings = {"large_pictures": True, "allow_self_review": True, "prelabel": False}
    address = f"/projects/{project['id']}"
    seen = {"If-Match": client.call("GET", address).headers["ETag"]}
    client.call("PATCH", address, {"settings": settings}, headers=seen)
    path = running.data_dir.parent / "floor.jpg"
    picture(path)
    begun = time.monotonic()
    with Memory(running) as memory:
        upload = client.upload(project["id"], path)
        taken = time.monotonic() - begun
    assert upload["report"]["added"] == 1, upload["report"]
    client.wait_idle(project["id"], 300)
    return project, {
        "file_mb": round(path.stat().st_size / 1e6, 1),
        "upload_to_stored_s": round(taken, 1),
        "decoder_private_mb": round(memory.most_mb),
    }


class Looker:
    """The page, and what it costs."""

    def __init__(self, page: Page, folder: Path | None) -> None:
        self.page, self.folder = page, folder

    def memory(self) -> dict[str, int]:
        return renderer_memory_mb(self.page)

    def keep(self, name: str) -> None:
        if self.folder is not None:
            self.page.screenshot(path=str(self.folder / f"{name}.png"))

    def open(self, address: str) -> float:
        """Milliseconds from asking for the page until the picture can be drawn on."""
        begun = time.monotonic()
        self.page.goto(address)
        expect(self.page.get_by_role("application")).to_be_visible(timeout=SLOW_MS)
        expect(self.page.get_by_label("Loading")).to_have_count(0, timeout=SLOW_MS)
        self.sign()
        return (time.monotonic() - begun) * 1000

    def sign(self) -> tuple[int, int, int, int]:
        """Where the sign is on the screen, xyxy; waits until it is seen."""
        frame = self.page.get_by_role("application").bounding_box()
        assert frame is not None
        deadline = time.monotonic() + SLOW_MS / 1000
        while time.monotonic() < deadline:
            shot = Image.open(io.BytesIO(self.page.screenshot(clip=frame)))  # type: ignore[arg-type]
            pixels = np.asarray(shot.convert("RGB")).astype(np.int16)
            near = (np.abs(pixels - SIGN_RGB) < SIGN_SPREAD).all(axis=2).astype(np.uint8)
            # The largest spot of its colour: the small map shows another one.
            count, _, spots, _ = cv2.connectedComponentsWithStats(near)
            if count > 1:
                x, y, wide, high, _ = (int(value) for value in max(spots[1:], key=lambda spot: spot[4]))
                left, top = x + int(frame["x"]), y + int(frame["y"])
                return left, top, left + wide, top + high
        raise AssertionError("the sign is not on the screen")

    def zoom_in(self, width_px: int) -> float:
        """Turn the wheel over the sign until it is that wide. Returns the milliseconds until all tiles are there."""
        begun = time.monotonic()
        for _ in range(60):
            x1, y1, x2, y2 = self.sign()
            if x2 - x1 >= width_px:
                break
            self.page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2)
            self.page.mouse.wheel(0, -240)
            self.page.wait_for_timeout(30)
        self.page.wait_for_load_state("networkidle")
        return (time.monotonic() - begun) * 1000

    def outline(self) -> None:
        """A polygon around the sign, by clicks on its corners; back when it is saved."""
        x1, y1, x2, y2 = self.sign()
        self.page.keyboard.press("p")
        with self.page.expect_response(lambda r: r.url.endswith("/draft") and r.ok, timeout=SLOW_MS):
            for x, y in ((x1, y1), (x2, y1), (x2, y2), (x1, y2)):
                self.page.mouse.move(x, y, steps=2)
                self.page.mouse.click(x, y)
            self.page.keyboard.press("Enter")
        expect(self.page.locator("footer [role=status]").first).to_contain_text("Saved", timeout=SLOW_MS)


def off_by(points: list[list[float]]) -> float:
    """How far the polygon's corners are from the sign's at most, pixels of the picture."""
    x1, y1, x2, y2 = SIGN_PX
    corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2)]
    return max(min(float(np.hypot(px - x, py - y)) for px, py in points) for x, y in corners)


def measure(url: str, client: Client, project: dict[str, Any], folder: Path | None) -> dict[str, Any]:
    address = f"/p/{project['id']}/annotate"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        context = browser.new_context(base_url=url, viewport=VIEW)  # type: ignore[arg-type]
        sign_in_as(context, client, url)
        looker = Looker(context.new_page(), folder)
        first = looker.open(address)
        again = [looker.open(looker.page.url) for _ in range(LOOKS)]
        looker.page.wait_for_load_state("networkidle")
        looker.keep("whole")
        whole_mb = looker.memory()
        zoomed = looker.zoom_in(500)
        looker.keep("near")
        looker.outline()
        looker.keep("drawn")
        near_mb = looker.memory()
        with looker.page.expect_response(lambda r: r.url.endswith("/submit") and r.ok, timeout=SLOW_MS):
            looker.page.keyboard.press("Control+Enter")
        version = browser.version
        browser.close()
    return {
        "browser": f"Chromium {version}",
        "first_open_ms": round(first),
        "open_again_ms": round(float(np.median(again))),
        "zoom_to_sign_ms": round(zoomed),
        "memory_mb": {"whole": whole_mb, "near": near_mb},
    }


def exported(client: Client, project_id: str) -> list[list[float]]:
    """Approve what waits; the polygon's corners as COCO has them."""
    for row in list(client.pages(f"/projects/{project_id}/review/queue")):
        client.post(f"/revisions/{row['revision']['id']}/decide", {"verdict": "approve", "reason": ""})
    answer = client.call("GET", f"/projects/{project_id}/export?format=coco&images=false")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        tables = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
    rows = [row for table in tables for row in table.get("annotations", [])]
    assert len(rows) == 1, rows
    ring = rows[0]["segmentation"][0]
    return [[x, y] for x, y in zip(ring[0::2], ring[1::2], strict=True)]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with instance() as (client, running, link):
        project, taken = fill(client, link, running)
        found = measure(running.address, client, project, folder)
        off = off_by(exported(client, project["id"]))
    assert off <= OFF_BY_MAX_PX, f"the exported polygon is {off:.1f} pixels off the sign"
    picture = f"{SIDE_PX}x{SIDE_PX} JPEG"
    body = {"picture": picture, **taken, **found, "exported_polygon_off_by_px": round(off, 2)}
    result_write("large_picture", body)


if __name__ == "__main__":
    main()
