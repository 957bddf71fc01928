"""Tracks that a detector proposes for a video, in the browser: accepted, taken over, rejected, joined, and what is kept of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from ml.simulation.scene import render_clip
from ml.simulation.truth import SceneConfig, View
from tests.e2e.conftest import Site
from tests.support import clips
from tests.support.accessibility import violations
from tests.support.browser_seat import SLOW_MS, Person, Seat, is_saved_draft
from tests.support.shots import looks
from tests.support.video_project import video_project

SECONDS, FRAMES_PER_S = 6.0, 25.0
# Whatever chance drew: only what is not blind gets suggestions.
SEEN = """
from backend.annotation.models import Task
Task.objects.filter(project_id="{project}").update(blind=False, selection_reason="manual", priority=1.0)
"""
PIECES = """
import uuid
from backend.annotation.models import Task
from backend.annotation.contracts import SuggestionItem
from backend.annotation.services import suggestions_create
def track(first, x):
    key = {{"outside": False, "occluded": False, "by": "tracker", "confidence": 0.8}}
    places = [(first, x, False), (first + 40, x + 80.0, False), (first + 41, x + 80.0, True)]
    keys = [{{**key, "frame": f, "box": [at, 60.0, at + 40, 120.0], "outside": gone}} for f, at, gone in places]
    return SuggestionItem("{label}", "track", {{"of": "box", "keyframes": keys}}, 0.8)
task = Task.objects.get(pk="{task}")
suggestions_create(
    task_id=task.pk, model_version_id=uuid.uuid4(), model_name="piecemeal 1", items=[track(0, 10.0), track(60, 130.0)]
)
"""
MANY = """
import uuid
from backend.annotation.models import Task
from backend.annotation.contracts import SuggestionItem
from backend.annotation.services import suggestions_create
task = Task.objects.get(pk="{task}")
key = {{"outside": False, "occluded": False, "box": [10.0, 10.0, 60.0, 90.0]}}
items = [
    SuggestionItem("{label}", "track", {{"of": "box", "keyframes": [{{"frame": at % 140, **key}}]}}, 0.5 + at / 4000)
    for at in range(1007)
]
suggestions_create(task_id=task.pk, model_version_id=uuid.uuid4(), model_name="eager 1", items=items)
"""


@pytest.fixture(scope="module")
def hall(site: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A generated hall, looked through by the shipped detector."""
    config = SceneConfig(seed=22, width=640, height=360, people=5, forklifts=1, view=View.EYE)
    frames = list(render_clip(config, SECONDS, FRAMES_PER_S))
    content = clips.clip(
        [frame.time_s * 1000 for frame in frames], draw=lambda index: frames[index].image_rgb
    )
    labels = [{"name": name, "shapes": ["box", "track"]} for name in ("person", "forklift", "hard_hat")]
    folder = tmp_path_factory.mktemp("hall")
    ids = video_project(
        site.admin, site.organisation_id, folder, "Suggested tracks", labels, {"hall.mp4": content}
    )
    site.running.shell(SEEN.format(project=ids["project"]))
    site.admin.post(f"/projects/{ids['project']}/prelabels", {})
    site.admin.wait(
        "tracks to be suggested",
        lambda: site.admin.get(f"/tasks/{ids['hall.mp4']}"),
        lambda row: len(row["suggestions"]) >= 5,
        120,
    )
    return ids


@pytest.fixture(scope="module")
def tess(site: Site) -> Person:
    return site.person("Tess", "manager")


def lanes(page: Page, suggested: bool) -> Locator:
    own = "[data-suggested]" if suggested else ":not([data-suggested])"
    return page.get_by_role("group", name="Tracks").locator(f"button[aria-pressed]{own}")


def belt(site: Site, folders: pytest.TempPathFactory, name: str) -> dict[str, str]:
    """A project of a clip that no detector here knows anything of."""
    content = clips.clip([at * 40.0 for at in range(150)], draw=clips.framed_frame)
    labels = [{"name": "parcel", "shapes": ["box", "track"]}]
    folder = folders.mktemp("belt")
    ids = video_project(site.admin, site.organisation_id, folder, name, labels, {"belt.mp4": content})
    site.running.shell(SEEN.format(project=ids["project"]))
    return ids


def submitted(place: Seat, task_id: str) -> dict[str, Any]:
    client, address = place.person.client, f"/tasks/{task_id}"
    return client.wait("the submit", lambda: client.get(address), lambda row: row["state"] == "in_review", 60)


def test_suggested_tracks_are_accepted_taken_over_and_rejected(
    seat: Callable[..., Seat], hall: dict[str, str], tess: Person
) -> None:
    place = seat(tess, hall["project"])
    page = place.open(hall["hall.mp4"])
    shown = place.task(hall["hall.mp4"])["suggestions"]
    count = len(shown)
    expect(lanes(page, suggested=True)).to_have_count(count, timeout=SLOW_MS)
    assert all(row["model_name"].startswith("Shipped detector") for row in shown)
    assert violations(page) == []
    looks(page, "suggested-tracks")

    def pick(number: int) -> None:
        lane = lanes(page, suggested=True).nth(number)
        lane.click()
        expect(lane).to_have_attribute("aria-pressed", "true")

    def decide(key: str) -> None:
        with page.expect_response(is_saved_draft, timeout=SLOW_MS):
            page.keyboard.press(key)

    pick(0)
    looks(page, "suggested-tracks-picked")
    decide("a")
    expect(lanes(page, suggested=True)).to_have_count(count - 1)
    pick(0)
    decide("e")
    expect(lanes(page, suggested=True)).to_have_count(count - 2)
    expect(lanes(page, suggested=False)).to_have_count(2)
    # Taken over, it is changed like any track: at the end of the video it leaves.
    page.keyboard.press("End")
    expect(page.get_by_role("slider", name="Timeline")).to_have_attribute(
        "aria-valuenow", "150", timeout=SLOW_MS
    )
    decide("o")
    pick(0)
    page.keyboard.press("r")
    expect(lanes(page, suggested=True)).to_have_count(count - 3)
    decide("Shift+A")
    expect(lanes(page, suggested=True)).to_have_count(0)
    expect(lanes(page, suggested=False)).to_have_count(count - 1)
    place.saved()
    looks(page, "suggested-tracks-decided")

    page.keyboard.press("Control+Enter")
    task = submitted(place, hall["hall.mp4"])
    assert len(task["labels"]["regions"]) == count - 1
    states = Counter(row["state"] for row in task["suggestions"])
    assert states == {"accepted": count - 2, "fixed": 1, "rejected": 1}


def test_two_pieces_of_one_object_are_accepted_and_joined(
    seat: Callable[..., Seat], site: Site, tess: Person, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ids = belt(site, tmp_path_factory, "In two pieces")
    label = site.admin.get(f"/projects/{ids['project']}")["ontology"]["labels"][0]["id"]
    site.running.shell(PIECES.format(task=ids["belt.mp4"], label=label))
    place = seat(tess, ids["project"])
    page = place.open(ids["belt.mp4"])
    expect(lanes(page, suggested=True)).to_have_count(2, timeout=SLOW_MS)
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        page.keyboard.press("Shift+A")
    lanes(page, suggested=False).nth(0).click()
    lanes(page, suggested=False).nth(1).click(modifiers=["Shift"])
    with page.expect_response(is_saved_draft, timeout=SLOW_MS):
        page.keyboard.press("j")
    expect(lanes(page, suggested=False)).to_have_count(1)
    place.saved()
    page.keyboard.press("Control+Enter")
    task = submitted(place, ids["belt.mp4"])
    (track,) = task["labels"]["regions"]
    assert [key["frame"] for key in track["geometry"]["keyframes"]] == [0, 40, 41, 60, 100, 101]
    # The one that goes on in the other was mended too: nobody has rejected it.
    assert [row["state"] for row in task["suggestions"]] == ["fixed", "fixed"]


def test_more_tracks_than_a_task_holds_are_told(
    seat: Callable[..., Seat], site: Site, tess: Person, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ids = belt(site, tmp_path_factory, "Too many tracks")
    label = site.admin.get(f"/projects/{ids['project']}")["ontology"]["labels"][0]["id"]
    site.running.shell(MANY.format(task=ids["belt.mp4"], label=label))
    page = seat(tess, ids["project"]).open(ids["belt.mp4"])
    expect(page.get_by_text("Only the surest are kept: 7 more were proposed.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("900 more in the list of suggestions")).to_be_attached()
    expect(lanes(page, suggested=True)).to_have_count(100)
    looks(page, "suggested-tracks-many")
