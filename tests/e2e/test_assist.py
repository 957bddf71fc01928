"""The smart tool in a real browser: each prompt by mouse, key and finger, each state, and both of those who answer."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Site
from tests.e2e.test_workspace_mouse import Hand, Region, saves
from tests.support.browser_seat import SLOW_MS, Person, Seat
from tests.support.browser_work import HEIGHT, SUGGEST, WIDTH
from tests.support.shapes import region_pixels

# x, y, radius of what lies in each picture.
DISKS = ((120, 120, 60), (330, 200, 80), (540, 110, 50))
LABELS = [{"name": "thing", "shapes": ["box", "polygon", "mask"]}, {"name": "crate", "shapes": ["box"]}]
PICTURES = 7
# The server's outline of half a pixel's tolerance is drawn again from its points.
IOU_MIN = 0.98


@pytest.fixture(scope="module")
def work(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    body = {"organisation_id": site.organisation_id, "name": "Assist", "labels": LABELS}
    project: dict[str, Any] = site.admin.post("/projects", body)
    archive = tmp_path_factory.mktemp("assist") / "pictures.zip"
    rng = np.random.default_rng(8)
    with zipfile.ZipFile(archive, "w") as opened:
        for index in range(PICTURES):
            ground = cv2.resize(rng.integers(60, 110, (9, 16, 3), dtype=np.uint8), (WIDTH, HEIGHT))
            for (x, y, radius), colour in zip(
                DISKS, ((30, 140, 240), (60, 200, 90), (200, 90, 60)), strict=True
            ):
                cv2.circle(ground, (x, y), radius, colour, -1)
            noisy = np.clip(ground + rng.normal(0, 6, ground.shape), 0, 255).astype(np.uint8)
            opened.writestr(f"disks-{index}.png", cv2.imencode(".png", noisy)[1].tobytes())
    assert site.admin.upload(project["id"], archive)["report"]["added"] == PICTURES
    site.admin.wait_idle(project["id"], 120)
    project["tasks"] = [row["id"] for row in site.admin.pages(f"/projects/{project['id']}/tasks")]
    boxes = [
        ([x - r - 4, y - r - 4, x + r + 4, y + r + 4], 0.9 - k / 10) for k, (x, y, r) in enumerate(DISKS)
    ]
    label = project["ontology"]["labels"][0]["id"]
    asked = {"project": project["id"], "label": label, "task": project["tasks"][3], "boxes": boxes}
    site.running.shell(SUGGEST.format(**asked))
    return project


@pytest.fixture(scope="module")
def ada(site: Site) -> Person:
    return site.person("Lena", "annotator")


class Smart(Hand):
    """The smart tool in hand."""

    def __init__(self, seat: Seat, task_id: str) -> None:
        super().__init__(seat, task_id)
        self.decodes: list[str] = []
        self.page.on("request", lambda r: self.decodes.append(r.url) if r.url.endswith("/decode") else None)

    @property
    def bar(self) -> Any:
        return self.page.get_by_role("region", name="Smart select")

    def answered_by(self, where: str) -> None:
        expect(self.page.locator(f"[data-assist={where}]")).to_be_visible(timeout=SLOW_MS)

    def previewed(self) -> None:
        expect(self.bar.get_by_role("button", name="Keep", exact=True)).to_be_enabled(timeout=SLOW_MS)

    def alone(self) -> None:
        """From here on the server answers no prompt: what is shown is the browser's own."""
        self.answered_by("browser")
        self.page.route("**/assist/decode", lambda route: route.abort())

    def box(self, disk: int) -> None:
        x, y, r = DISKS[disk]
        self.drag((x - r - 4, y - r - 4), (x, y), (x + r + 4, y + r + 4))
        self.previewed()

    def keep(self) -> Region:
        saves(self, lambda: self.keys("Enter"))
        return self.made()


def pixels(region: Region) -> NDArray[np.bool_]:
    return region_pixels(region["shape"], region["geometry"], (HEIGHT, WIDTH))


def iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return float((a & b).sum() / max((a | b).sum(), 1))


def disk(index: int) -> NDArray[np.bool_]:
    x, y, r = DISKS[index]
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    return np.asarray((cols - x) ** 2 + (rows - y) ** 2 <= r**2)


def sit(seat: Callable[..., Seat], person: Person, work: dict[str, Any], task: int, **options: Any) -> Smart:
    place = seat(person, work["id"], **{"viewport": {"width": 1440, "height": 900}, **options})
    place.open(work["tasks"][task])
    return Smart(place, work["tasks"][task])


def refuse_wasm(page: Page) -> None:
    page.route("**/*.wasm", lambda route: route.abort())


def test_every_prompt_by_mouse(seat: Callable[..., Seat], work: dict[str, Any], ada: Person) -> None:
    hand = sit(seat, ada, work, 0)
    hand.alone()
    hand.keys("w")
    # A box, a click out, the choice among outlines, the last click taken back.
    hand.box(1)
    expect(hand.bar).to_contain_text("1 of 3")
    hand.keys("Tab")
    expect(hand.bar).to_contain_text("2 of 3")
    hand.keys("Shift+Tab")
    hand.click((20, 340), button="right")
    hand.previewed()
    hand.keys("Control+z")
    hand.previewed()
    outlined = hand.keep()
    assert outlined["shape"] == "polygon"
    assert iou(pixels(outlined), disk(1)) > 0.6
    # Fewer points the farther they may stray, at once.
    hand.box(0)
    count = points(hand)
    slider = hand.bar.get_by_role("slider")
    slider.focus()
    for _ in range(12):
        slider.press("ArrowRight")
    assert points(hand) < count
    # As a mask; Enter on the slider keeps it.
    hand.bar.get_by_text("Mask", exact=True).click()
    saves(hand, lambda: hand.keys("Enter"))
    assert hand.made()["shape"] == "mask"
    # A click, in view: zoomed in.
    hand.keys("+", "+")
    x, y = hand.at(*DISKS[1][:2])
    hand.page.mouse.click(x, y)
    hand.previewed()
    hand.keys("Escape")
    expect(hand.bar.get_by_role("button", name="Keep", exact=True)).to_have_count(0)
    # A label that takes only boxes gets the box of the outline.
    hand.keys("Control+0", "2")
    hand.keys("w")
    hand.box(2)
    crate = hand.keep()
    assert crate["shape"] == "box"
    assert np.abs(np.subtract(crate["geometry"]["box"], (490, 60, 590, 160))).max() < 20
    # An object outlined anew stays the object that it was.
    hand.keys("s", "Escape")
    hand.click(DISKS[1][:2])
    hand.keys("Shift+W")
    hand.previewed()
    hand.click((330, 290))
    hand.previewed()
    saves(hand, lambda: hand.keys("Enter"))
    again = hand.row(outlined["region_id"])
    assert again["label_id"] == outlined["label_id"] and again["geometry"] != outlined["geometry"]
    saves(hand, lambda: hand.keys("Control+z"))
    assert hand.row(outlined["region_id"])["geometry"] == outlined["geometry"]


def points(hand: Smart) -> int:
    found = re.search(r"(\d+) points", hand.bar.inner_text())
    assert found is not None, hand.bar.inner_text()
    return int(found[1])


def test_by_keyboard_alone(seat: Callable[..., Seat], work: dict[str, Any], ada: Person) -> None:
    hand = sit(seat, ada, work, 1)
    hand.answered_by("browser")
    hand.page.get_by_role("application").focus()
    hand.keys("w", "+", "+")
    # The cursor starts in the middle of the view; Enter is a click, Enter again keeps what it found.
    hand.keys("ArrowRight", "Enter")
    hand.previewed()
    hand.keys(".", ",")
    saves(hand, lambda: hand.keys("Enter"))
    assert hand.made()["shape"] in {"polygon", "mask"}


def test_by_finger(seat: Callable[..., Seat], work: dict[str, Any], ada: Person) -> None:
    hand = sit(seat, ada, work, 2, has_touch=True, viewport={"width": 1024, "height": 768})
    hand.answered_by("browser")
    hand.tool("Smart select")
    hand.page.touchscreen.tap(*hand.at(*DISKS[1][:2]))
    hand.previewed()
    with hand.page.expect_response(lambda r: r.url.endswith("/draft") and r.ok, timeout=SLOW_MS):
        hand.bar.get_by_role("button", name="Keep", exact=True).tap()
    hand.seat.saved()
    assert len(hand.regions()) == 1


def test_browser_and_server_answer_alike(
    seat: Callable[..., Seat], work: dict[str, Any], ada: Person
) -> None:
    def answers(hand: Smart) -> list[NDArray[np.bool_]]:
        hand.keys("1", "w")
        found = []
        hand.box(1)
        found.append(pixels(hand.keep()))
        hand.box(0)
        hand.click((160, 95))
        hand.previewed()
        found.append(pixels(hand.keep()))
        hand.keys("Control+0", "+", "+", "+")
        hand.page.mouse.click(*hand.at(330, 200))
        hand.previewed()
        found.append(pixels(hand.keep()))
        return found

    hand = sit(seat, ada, work, 4)
    hand.alone()
    by_browser = answers(hand)
    saves(hand, lambda: hand.keys("s", "Control+a", "Delete"))
    hand.seat.again()
    refuse_wasm(hand.seat.page)
    hand.seat.open(hand.task_id)
    hand = Smart(hand.seat, hand.task_id)
    expect(hand.page.locator("footer")).to_contain_text("by the server", timeout=SLOW_MS)
    by_server = answers(hand)
    assert len(hand.decodes) >= 4
    assert [iou(a, b) for a, b in zip(by_browser, by_server, strict=True)] == pytest.approx(
        [1, 1, 1], abs=1 - IOU_MIN
    )


def test_a_killed_worker_comes_back_and_nobody_waits_for_it(
    seat: Callable[..., Seat], work: dict[str, Any], ada: Person
) -> None:
    hand = sit(seat, ada, work, 1)
    hand.answered_by("browser")
    hand.keys("w")
    for worker in [each for each in hand.page.workers if "/worker" in each.url]:
        worker.evaluate("self.close()")
    hand.box(1)  # the server's, if the worker is not back yet
    hand.keys("Escape")
    hand.alone()
    hand.box(1)


def test_each_state_is_said_and_drawing_by_hand_goes_on(
    seat: Callable[..., Seat], work: dict[str, Any], ada: Person
) -> None:
    answer: dict[str, Any] = {
        "state": "encoding",
        "backend": "sam",
        "message": "The picture is being encoded.",
        "eta_seconds": 90.0,
        "decoder": None,
        "embedding": None,
        "picture": {"scale": 1.0},
    }

    def state(route: Route) -> None:
        route.fulfill(json=answer) if answer else route.fulfill(
            status=503, json={"code": "off", "message": "Off."}
        )

    place = seat(ada, work["id"], viewport={"width": 1440, "height": 900})
    place.page.route("**/assist/encode", state)
    place.open(work["tasks"][5])
    hand = Smart(place, work["tasks"][5])
    footer = hand.page.locator("footer")
    expect(footer).to_contain_text(re.compile(r"Preparing smart assist, 1\smin"), timeout=SLOW_MS)
    # Meanwhile the server answers with what it has.
    hand.keys("w")
    hand.box(1)
    assert hand.decodes
    hand.keys("Escape")
    answer |= {"state": "ready", "backend": "network", "eta_seconds": None}
    expect(footer).to_contain_text("Basic assist", timeout=SLOW_MS)
    answer.clear()
    hand.page.reload()
    place.ready()
    expect(footer).to_contain_text("No assist: draw by hand", timeout=SLOW_MS)
    hand.keys("2", "b")
    saves(hand, lambda: hand.drag((20, 20), (80, 70)))
    assert hand.made()["shape"] == "box"
    # A server that was away for a while is found again without a reload.
    answer |= {"state": "ready", "backend": "network", "message": "", "decoder": None, "embedding": None}
    answer |= {"eta_seconds": None, "picture": {"scale": 1.0}}
    expect(footer).to_contain_text("Basic assist", timeout=SLOW_MS)


def test_suggested_boxes_become_outlines_and_everything_is_found(
    seat: Callable[..., Seat], work: dict[str, Any], ada: Person
) -> None:
    hand = sit(seat, ada, work, 3)
    hand.answered_by("browser")
    hand.keys("s", "Escape")
    hand.click(DISKS[1][:2])
    refined = lambda r: r.url.endswith("/suggestions/refine") and r.ok  # noqa: E731
    with hand.page.expect_response(refined, timeout=SLOW_MS):
        hand.keys("Shift+W")
    with hand.page.expect_response(refined, timeout=SLOW_MS):
        expect(hand.page.get_by_text("1 box outlined")).to_be_visible(timeout=SLOW_MS)
        hand.keys("Shift+V")
    expect(hand.page.get_by_text("2 boxes outlined")).to_be_visible(timeout=SLOW_MS)
    rows = [row for row in hand.seat.task(hand.task_id)["suggestions"] if row["state"] == "open"]
    assert sorted(row["shape"] for row in rows) == ["polygon"] * 3
    # Accepted like any suggestion.
    saves(hand, lambda: hand.keys("Shift+A"))
    assert len(hand.regions()) == 3
    hand.keys("1", "w")
    # Stopped at the server too: nothing is added.
    with hand.page.expect_response(lambda r: r.url.endswith("/everything") and r.ok, timeout=SLOW_MS) as job:
        hand.keys("Shift+X")
    hand.bar.get_by_role("button", name="Stop", exact=True).click()
    expect(hand.page.get_by_text("Stopped: nothing was added")).to_be_visible(timeout=SLOW_MS)
    assert ada.client.get(f"/jobs/{job.value.json()['id']}")["state"] == "cancelled"
    hand.drag((20, 20), (300, 300))
    with hand.page.expect_response(lambda r: r.url.endswith("/everything") and r.ok, timeout=SLOW_MS):
        hand.keys("Shift+X")
    expect(hand.page.get_by_text(re.compile("more to review|Nothing more found"))).to_be_visible(
        timeout=10 * SLOW_MS
    )
