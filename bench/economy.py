"""What outlines cost: `python bench/economy.py`. By polygon, by the assist, by suggestions and the assist, in Chromium.

A scripted expert labels every object of 20 photos of `hardhat_seg` that the shipped networks never saw, three ways, to
the same mean IoU. The expert knows the truth and never slips: it clicks the corners of the coarsest polygon that is
good enough, drags tight boxes, corrects where the outline is most wrong, and walks through suggestions from the surest
on, one key each. Label and tool are chosen where they differ from those in hand, objects of one label after another.
Only its actions count: a click, a drag (two clicks), a key, with a stated time each; thinking and looking are left out
of all three ways alike. Plans come from the same network in Python; what they reach is read back from what the server
stored.

`SITELOOP_BENCH_DETECTOR=RUN` makes a detector of the site's own the projects' production model, as the product's loop
gives a site one after its first pictures: a RUN folder that saw none of these photos. Without it suggestions come from
the detector that ships.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

REPO = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPO))

from playwright.sync_api import Page, expect, sync_playwright  # noqa: E402

from backend.exchange.loop.client import Client  # noqa: E402
from ml.contracts import Box, LabelledImage, Polygon  # noqa: E402
from ml.data.instances import InstancePicture, instance_of  # noqa: E402
from ml.data.prompts import correction  # noqa: E402
from ml.data.readers import detection_read  # noqa: E402
from ml.evaluation.assist import iou  # noqa: E402
from ml.evaluation.assist_seen import unseen  # noqa: E402
from ml.geometry.masks import mask_to_polygons, polygon_to_mask  # noqa: E402
from ml.inference.assist_segmenter import AssistSegmenter  # noqa: E402
from ml.inference.pictures import picture_load  # noqa: E402
from ml.inference.segmenter import PromptPoint, Prompts  # noqa: E402
from tests.support.bench import instance, result_write, sign_in_as  # noqa: E402
from tests.support.browser import launch_arguments  # noqa: E402
from tests.support.running import Running  # noqa: E402
from tests.support.shapes import region_pixels  # noqa: E402

DATA = Path(os.environ.get("SITELOOP_DATA") or REPO / "../shared/data")
PICTURES, SEED = 20, 7
TARGETS = (0.75, 0.85)
# An object good enough for the expert: swept until the mean over all of them is the target.
ENOUGH = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.74, 0.78, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 0.93)
CORRECTIONS_MAX = 4
# Card, Moran and Newell's keystroke-level model: pointing 1.1 s and pressing .2 s, a key .28 s.
CLICK_S, KEY_S = 1.3, 0.28
TOLERANCES_PX = (24, 17, 12, 9, 7, 5, 4, 3, 2, 1.5, 1, 0.5)
SLOW_MS = 60_000
PASSWORD = "the bench signs in with this"
PLOTS = REPO / "docs" / "images"
DETECTOR = os.environ.get("SITELOOP_BENCH_DETECTOR", "")
# The site's own in the place of the one that ships, which is what a promotion does.
OWN_DETECTOR = """
from pathlib import Path
from backend.learning.enums import ModelState
from backend.learning.models import ModelVersion
from backend.learning.services.registry import model_register_run
from backend.projects.models import Project
project = Project.objects.get(pk='{project}')
ModelVersion.objects.filter(project=project, kind='detect').update(state=ModelState.RETIRED)
model_register_run(project=project, run_dir=Path('{run}'), name="The site's own", state=ModelState.PRODUCTION)
"""

Mask = NDArray[np.bool_]
Point = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Thing:
    """One object: its true mask over the whole picture, tight box and label."""

    label: str
    mask: Mask
    box: Box


@dataclass(frozen=True, eq=False)
class Photo:
    path: Path
    pixels: NDArray[np.uint8]
    things: tuple[Thing, ...]


@dataclass
class Plan:
    """What the expert does for one object, and the IoU it expects. `ways`: polygon corners, or box and corrections."""

    thing: Thing
    iou: float
    corners: list[Point] = field(default_factory=list)
    by_box: bool = False
    clicks: list[tuple[Point, bool]] = field(default_factory=list)

    @property
    def clicks_needed(self) -> int:
        """A drag is two clicks."""
        return len(self.corners) + (2 + len(self.clicks) if self.by_box else 0)


@dataclass
class Grip:
    """Label and tool in hand; what a new picture begins with is not relied on."""

    label: str = ""
    tool: str = ""

    def begin(self, plan: Plan) -> list[str]:
        """What has to be chosen first: `label`, and the key of the tool."""
        chosen = [] if self.label == plan.thing.label else ["label"]
        self.label = plan.thing.label
        return [*chosen, *self.take("w" if plan.by_box else "p")]

    def take(self, tool: str) -> list[str]:
        chosen = [] if self.tool == tool else [tool]
        self.tool = tool
        return chosen


@dataclass
class Cost:
    clicks: int = 0
    keys: int = 0

    def add(self, clicks: int, keys: int) -> None:
        self.clicks += clicks
        self.keys += keys

    @property
    def seconds(self) -> float:
        return self.clicks * CLICK_S + self.keys * KEY_S


# --- the photos


def photos() -> list[Photo]:
    """Photos in which every object has an outline, none of them seen in training, drawn by a fixed seed."""
    loaded = detection_read(DATA / "hardhat_seg").dataset.images
    whole = [item for item in loaded if item.annotations and all(a.polygon for a in item.annotations)]
    seen = {id(p.image) for p in unseen(REPO / "ml/weights/assist", [_as_instances(i) for i in whole])}
    held = [item for item in whole if id(item.image) in seen]
    picks = np.random.default_rng(SEED).permutation(len(held))[:PICTURES]
    return [_photo(held[k]) for k in sorted(picks.tolist())]


def _as_instances(item: LabelledImage) -> InstancePicture:
    return InstancePicture(item.image, "hardhat_seg", ())


def _photo(item: LabelledImage) -> Photo:
    pixels = picture_load(item.image.path)
    things = []
    for annotation in item.annotations:
        assert annotation.polygon is not None
        mask = polygon_to_mask(annotation.polygon, *pixels.shape[:2])
        found = instance_of(mask)
        if found is not None:
            things.append(Thing(annotation.label, mask, found.box))
    return Photo(item.image.path, pixels, tuple(things))


# --- the expert's plans


def by_polygon(thing: Thing, enough: float) -> Plan:
    """The fewest corners that are good enough."""
    ring = max(mask_to_polygons(thing.mask), key=lambda polygon: len(polygon.points)).points
    best: Plan | None = None
    for tolerance in TOLERANCES_PX:
        thin = cv2.approxPolyDP(np.array(ring, np.float32), tolerance, True)[:, 0]
        if len(thin) < 3:
            continue
        corners = [(float(x), float(y)) for x, y in thin]
        reached = iou(polygon_to_mask(Polygon(tuple(corners)), *thing.mask.shape), thing.mask)
        best = Plan(thing, reached, corners)
        if reached >= enough:
            break
    assert best is not None
    return best


class Assisted:
    """Plans with the shipped network; answers are remembered over thresholds."""

    def __init__(self) -> None:
        self.segmenter = AssistSegmenter.load(REPO / "ml/weights/assist")
        self._steps: dict[int, list[tuple[float, tuple[Point, bool] | None]]] = {}

    def plan(self, photo: Photo, thing: Thing, enough: float) -> Plan:
        """A box, then clicks into the deepest error while it is not good enough; then by polygon."""
        if id(thing) not in self._steps:
            self._steps[id(thing)] = self._walk(photo, thing)
        steps = self._steps[id(thing)]
        clicks: list[tuple[Point, bool]] = []
        for reached, fix in steps:
            if reached >= enough:
                return Plan(thing, reached, by_box=True, clicks=list(clicks))
            if fix is not None:
                clicks.append(fix)
        drawn = by_polygon(thing, enough)
        return Plan(thing, drawn.iou, drawn.corners, by_box=True, clicks=clicks)

    def _walk(self, photo: Photo, thing: Thing) -> list[tuple[float, tuple[Point, bool] | None]]:
        features = self.segmenter.encode(photo.pixels)
        rng, points, previous = np.random.default_rng(0), (), None
        steps: list[tuple[float, tuple[Point, bool] | None]] = []
        for number in range(CORRECTIONS_MAX + 1):
            answer = self.segmenter.decode(features, Prompts(points, thing.box, None, previous))
            assert answer.low_res is not None
            mask, previous = answer.masks[0], answer.low_res[0]
            fix = None
            if number < CORRECTIONS_MAX:
                fix = correction(rng, *(_near(m, thing.box) for m in (thing.mask, mask)), deepest_share=1.0)
            steps.append((iou(mask, thing.mask), _moved(fix, thing.box)))
            if fix is None:
                break
            (x, y), inside = _moved(fix, thing.box) or ((0.0, 0.0), True)
            points = (*points, PromptPoint(x, y, inside))
        return steps


def _near(mask: Mask, box: Box) -> Mask:
    """Round the box only: a person corrects what they look at."""
    left, top, right, bottom = _around(box)
    return mask[top:bottom, left:right]


def _around(box: Box) -> tuple[int, int, int, int]:
    spare = 0.15 * max(box.width, box.height)
    return max(int(box.x1 - spare), 0), max(int(box.y1 - spare), 0), int(box.x2 + spare), int(box.y2 + spare)


def _moved(fix: tuple[Point, bool] | None, box: Box) -> tuple[Point, bool] | None:
    if fix is None:
        return None
    left, top, _, _ = _around(box)
    return (fix[0][0] + left, fix[0][1] + top), fix[1]


@dataclass
class Sheet:
    """One photo's work: suggestions to take or not, surest first, then objects to draw, label by label."""

    photo: Photo
    plans: list[Plan]
    decided: list[bool] = field(default_factory=list)
    taken_iou: list[float] = field(default_factory=list)
    refined: bool = False

    @property
    def walk(self) -> list[str]:
        """Keys over the suggestions, surest first: all at once where all are right, else the first A takes hold of them."""
        last = max((k for k, taken in enumerate(self.decided) if taken), default=-1)
        if last < 0:
            return []
        if all(self.decided):
            return ["Shift+A"]
        return ["a", *("a" if taken else "r" for taken in self.decided[: last + 1])]

    def cost(self) -> Cost:
        cost, grip = Cost(), Grip()
        cost.add(0, len(self.walk) + self.refined)
        for plan in self.plans:
            cost.add(plan.clicks_needed, len(grip.begin(plan)) + 1)
            if plan.by_box and plan.corners:
                # Given up on: Esc, and by polygon.
                cost.add(0, 1 + len(grip.take("p")))
        return cost

    def ious(self) -> list[float]:
        return [*self.taken_iou, *(plan.iou for plan in self.plans)]


def sheets_of(
    way: str, shown: Sequence[Photo], assisted: Assisted, offers: Any, enough: float
) -> list[Sheet]:
    if way == "polygon":
        return [Sheet(p, sorted((by_polygon(t, enough) for t in p.things), key=_label)) for p in shown]
    if way == "assist":
        return [Sheet(p, sorted((assisted.plan(p, t, enough) for t in p.things), key=_label)) for p in shown]
    return [_with_offers(p, assisted, offers[p.path.name], enough) for p in shown]


def _with_offers(photo: Photo, assisted: Assisted, offers: list[dict[str, Any]], enough: float) -> Sheet:
    """Each object takes the outline suggested for it if that is good enough; the rest is drawn."""
    free, sheet = list(offers), Sheet(photo, [], refined=bool(offers))
    for thing in photo.things:
        best = max(free, key=lambda o: iou(o["mask"], thing.mask), default=None)
        reached = 0.0 if best is None else iou(best["mask"], thing.mask)
        if best is not None and reached >= enough and best["label"] == thing.label:
            free.remove(best)
            sheet.taken_iou.append(reached)
        else:
            sheet.plans.append(assisted.plan(photo, thing, enough))
    left = {offer["id"] for offer in free}
    sheet.decided = [offer["id"] not in left for offer in offers]
    sheet.plans.sort(key=_label)
    return sheet


def _label(plan: Plan) -> str:
    return plan.thing.label


def curve(way: str, shown: Sequence[Photo], assisted: Assisted, offers: Any) -> list[dict[str, float]]:
    """Planned cost an object against the mean IoU it reaches."""
    rows = []
    for enough in ENOUGH:
        sheets = sheets_of(way, shown, assisted, offers, enough)
        ious = [value for sheet in sheets for value in sheet.ious()]
        costs = [sheet.cost() for sheet in sheets]
        rows.append(
            {
                "enough": enough,
                "iou": round(float(np.mean(ious)), 4),
                "clicks": round(sum(c.clicks for c in costs) / len(ious), 3),
                "keys": round(sum(c.keys for c in costs) / len(ious), 3),
                "seconds": round(sum(c.seconds for c in costs) / len(ious), 3),
            }
        )
    return rows


# --- in the browser


class Hand:
    """The mouse over the picture in its own pixels, and the keyboard; every action is counted."""

    def __init__(self, page: Page, photo: Photo) -> None:
        self.page, self.cost = page, Cost()
        self.height, self.width = photo.pixels.shape[:2]

    def at(self, point: Point) -> tuple[float, float]:
        frame = self.page.get_by_role("application").bounding_box()
        assert frame is not None
        scale = min((frame["width"] - 48) / self.width, (frame["height"] - 48) / self.height)
        x, y = (point[0] - self.width / 2) * scale, (point[1] - self.height / 2) * scale
        return frame["x"] + frame["width"] / 2 + x, frame["y"] + frame["height"] / 2 + y

    def click(self, point: Point, button: Any = "left") -> None:
        self.cost.clicks += 1
        self.page.mouse.click(*self.at(point), button=button)

    def drag(self, box: Box) -> None:
        self.cost.clicks += 2
        self.page.mouse.move(*self.at((box.x1, box.y1)))
        self.page.mouse.down()
        self.page.mouse.move(*self.at((box.x2, box.y2)), steps=3)
        self.page.mouse.up()

    def press(self, *keys: str) -> None:
        self.cost.keys += len(keys)
        for key in keys:
            self.page.keyboard.press(key)


def draw(hand: Hand, plan: Plan, label: str, grip: Grip) -> None:
    kept = hand.page.get_by_role("region", name="Smart select").get_by_role("button", name="Keep", exact=True)
    hand.press(*(label if key == "label" else key for key in grip.begin(plan)))
    if plan.by_box:
        answered(hand, kept, lambda: hand.drag(plan.thing.box))
        for point, inside in plan.clicks:
            answered(hand, kept, lambda p=point, i=inside: hand.click(p, "left" if i else "right"))  # type: ignore[misc]
        if plan.corners:
            hand.press("Escape", *grip.take("p"))
    for corner in plan.corners:
        hand.click(corner)
    hand.press("Enter")


def answered(hand: Hand, kept: Any, act: Any) -> None:
    act()
    expect(hand.page.locator("[data-busy]")).to_have_count(0, timeout=SLOW_MS)
    expect(kept).to_be_enabled(timeout=SLOW_MS)


def work(page: Page, url: str, sheet: Sheet, keys: dict[str, str]) -> Cost:
    """Label one photo as planned; back once the server has it all."""
    page.goto(url)
    expect(page.get_by_role("application")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_label("Loading")).to_have_count(0, timeout=SLOW_MS)
    expect(page.locator("[data-assist=browser]")).to_be_visible(timeout=SLOW_MS)
    page.get_by_role("application").focus()
    hand = Hand(page, sheet.photo)
    # Snapping to neighbours would move corners; switched off once a session, so not counted.
    page.keyboard.press("Shift+N")
    if sheet.refined:
        hand.cost.keys += 1  # Shift+V, pressed before these outlines were read
        hand.press(*sheet.walk)
    grip = Grip()
    for plan in sheet.plans:
        draw(hand, plan, keys[plan.thing.label], grip)
    expect(page.locator("footer [role=status]").first).to_contain_text("Saved", timeout=SLOW_MS)
    return hand.cost


def stored(client: Client, task: str, shape: tuple[int, ...]) -> list[tuple[str, Mask]]:
    rows = client.get(f"/tasks/{task}")["labels"]["regions"]
    return [(row["label_id"], region_pixels(row["shape"], row["geometry"], shape)) for row in rows]


class Site:
    """A private instance with a project a way and target."""

    def __init__(self, client: Client, running: Running, link: str, shown: Sequence[Photo]) -> None:
        self.client, self.running, self.shown = client, running, shown
        session = client.accept_link(link, name="Ada Admin", email="ada@example.org", password=PASSWORD)
        self.organisation = session["organisations"][0]["id"]
        self.labels = sorted({thing.label for photo in shown for thing in photo.things})
        self.archive = running.data_dir.parent / "photos.zip"
        with zipfile.ZipFile(self.archive, "w") as opened:
            for photo in shown:
                opened.write(photo.path, photo.path.name)

    def project(self, name: str) -> dict[str, Any]:
        """The photos as tasks with suggestions; `tasks` by file name, `names` by label id."""
        labels = [{"name": label, "shapes": ["polygon", "mask", "box"]} for label in self.labels]
        body = {"organisation_id": self.organisation, "name": name, "labels": labels}
        project: dict[str, Any] = self.client.post("/projects", body)
        path = f"/projects/{project['id']}"
        assert self.client.upload(project["id"], self.archive)["report"]["added"] == len(self.shown)
        self.client.wait_idle(project["id"], 600)
        code = f"from backend.annotation.models import Task\nTask.objects.filter(project_id='{project['id']}').update(blind=False)"
        self.running.shell(code)
        if DETECTOR:
            self.running.shell(OWN_DETECTOR.format(project=project["id"], run=DETECTOR))
        self.client.post(f"{path}/prelabels")
        self.client.wait_idle(project["id"], 600)
        project["names"] = {label["id"]: label["name"] for label in project["ontology"]["labels"]}
        project["tasks"] = {row["asset"]["name"]: row["id"] for row in self.client.pages(f"{path}/tasks")}
        return project

    def offers(self, project: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        """Suggested outlines by file name, best first, as the panel lists them."""
        found = {}
        for photo in self.shown:
            task = project["tasks"][photo.path.name]
            self.client.post(f"/tasks/{task}/suggestions/refine", {})
            rows = [r for r in self.client.get(f"/tasks/{task}")["suggestions"] if r["state"] == "open"]
            rows.sort(key=lambda row: (-row["score"], row["id"]))
            found[photo.path.name] = [
                {
                    "id": row["id"],
                    "label": project["names"][row["label_id"]],
                    "mask": region_pixels(row["shape"], row["geometry"], photo.pixels.shape),
                }
                for row in rows
            ]
        return found


def drive(site: Site, page: Page, way: str, enough: float, assisted: Assisted) -> dict[str, Any]:
    """Label all photos one way; what it took and what the server holds."""
    project = site.project(f"{way} {enough}")
    offers = site.offers(project) if way == "suggestions" else {}
    keys = {label["name"]: str(place + 1) for place, label in enumerate(project["ontology"]["labels"])}
    total, reached = Cost(), []
    for sheet in sheets_of(way, site.shown, assisted, offers, enough):
        name = sheet.photo.path.name
        address = f"/p/{project['id']}/annotate/{project['tasks'][name]}"
        cost = work(page, address, sheet, keys)
        total.add(cost.clicks, cost.keys)
        held = stored(site.client, project["tasks"][name], sheet.photo.pixels.shape)
        for thing in sheet.photo.things:
            same = [iou(mask, thing.mask) for label, mask in held if project["names"][label] == thing.label]
            reached.append(max(same, default=0.0))
    each = len(reached)
    return {
        "enough": enough,
        "iou": round(float(np.mean(reached)), 4),
        "clicks": round(total.clicks / each, 3),
        "keys": round(total.keys / each, 3),
        "seconds": round(total.seconds / each, 3),
        "objects": each,
    }


def least(rows: Sequence[dict[str, float]], target: float) -> float:
    """The laxest threshold whose plan reaches the target."""
    return next((row["enough"] for row in rows if row["iou"] >= target), ENOUGH[-1])


def main() -> None:
    shown = photos()
    assisted = Assisted()
    result: dict[str, Any] = {
        "planned": {},
        "driven": {way: {} for way in ("polygon", "assist", "suggestions")},
    }
    with instance() as (client, running, link), sync_playwright() as playwright:
        site = Site(client, running, link, shown)
        offers = site.offers(site.project("plan"))
        for way in result["driven"]:
            result["planned"][way] = curve(way, shown, assisted, offers)
        browser = playwright.chromium.launch(**launch_arguments())
        context = browser.new_context(base_url=running.address, viewport={"width": 1440, "height": 900})
        sign_in_as(context, client, running.address)
        page = context.new_page()
        for way, rows in result["planned"].items():
            for target in TARGETS:
                found = drive(site, page, way, least(rows, target), assisted)
                result["driven"][way][str(target)] = found
                print(way, target, found, flush=True)
        browser.close()
    write(result, len(shown))


def write(result: dict[str, Any], pictures: int) -> None:
    by_hand = result["driven"]["polygon"]
    shares = {
        way: {
            target: round(found["seconds"] / by_hand[target]["seconds"], 3) for target, found in rows.items()
        }
        for way, rows in result["driven"].items()
    }
    own = json.loads((Path(DETECTOR) / "manifest.json").read_text())["sha256"][:12] if DETECTOR else ""
    # What the detector that ships gives stands beside it, in files of its own.
    name = "economy" if DETECTOR else "economy_shipped_detector"
    result_write(
        name,
        {
            "pictures": pictures,
            "detector": f"the site's own, {own}" if own else "shipped",
            "seconds_a_click": CLICK_S,
            "seconds_a_key": KEY_S,
            **result,
            "share_of_polygon_time": shares,
        },
    )
    (PLOTS / f"{name}.svg").write_text(plot(result))


WAYS = {
    "polygon": ("by polygon", "#6b7280"),
    "assist": ("by the assist", "#0f766e"),
    "suggestions": ("suggestions + assist", "#b45309"),
}


def plot(result: dict[str, Any]) -> str:
    """Seconds an object against mean IoU: planned as lines, driven in Chromium as dots."""
    most = max(row["seconds"] for rows in result["planned"].values() for row in rows)

    def place(row: dict[str, float]) -> tuple[float, float]:
        return 60 + (row["iou"] - 0.5) / 0.5 * 500, 300 - row["seconds"] / most * 260

    parts = [
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 600 350' font-family='sans-serif' font-size='12'>"
    ]
    parts.append("<rect width='600' height='350' fill='white'/>")
    for k in range(6):
        x = 60 + k * 100
        parts.append(
            f"<path d='M{x} 40V300' stroke='#e5e7eb'/><text x='{x}' y='318' text-anchor='middle'>{0.5 + k / 10:.1f}</text>"
        )
        y = 300 - k * 52
        parts.append(
            f"<path d='M60 {y}H560' stroke='#e5e7eb'/><text x='52' y='{y + 4}' text-anchor='end'>{most * k / 5:.0f}</text>"
        )
    parts.append(
        "<text x='310' y='340' text-anchor='middle'>mean IoU</text><text x='60' y='28'>seconds an object</text>"
    )
    for number, (way, (words, colour)) in enumerate(WAYS.items()):
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, result["planned"][way]) if x >= 60)
        parts.append(f"<polyline points='{line}' fill='none' stroke='{colour}' stroke-width='2'/>")
        for found in result["driven"][way].values():
            x, y = place(found)
            parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='5' fill='{colour}'/>")
        parts.append(f"<text x='{200 + number * 120}' y='28' fill='{colour}'>{words}</text>")
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    main()
