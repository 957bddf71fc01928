"""Clicks and boxes in, outlines in picture pixels out, by the shipped network or without any model file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from backend.annotation.models import Task
from backend.core.enums import Role
from backend.media import services as media
from backend.projects.models import Project
from tests.support import clips, factories
from tests.support.media import encoded

API = "/api/v1"
DISC = (80, 60, 30)  # centre and radius in pixels


@pytest.fixture
def task(project: Project) -> Task:
    """A bright disc on a dark ground, 160 × 120."""
    y, x = np.mgrid[:120, :160]
    noise = np.random.default_rng(0).integers(0, 12, (120, 160, 3))
    inside = (x - DISC[0]) ** 2 + (y - DISC[1]) ** 2 <= DISC[2] ** 2
    pixels = (noise + np.where(inside[..., None], (210, 180, 60), (30, 40, 60))).astype(np.uint8)
    content = encoded(Image.fromarray(pixels), "PNG")
    media.asset_register(project=project, content=content, name="disc.png", actor=None)
    return Task.objects.get(project=project)


def _ask(project: Project, task: Task, body: dict[str, Any], role: Role = Role.ANNOTATOR) -> Any:
    client = factories.client_for(factories.make_project_member(project, role))
    return client.post(f"{API}/tasks/{task.pk}/assist/decode", body, format="json")


@pytest.mark.parametrize(
    "prompt",
    [
        {"box": [45, 25, 115, 95]},
        {"points": [{"x": 80, "y": 60, "inside": True}]},
        {"points": [{"x": 80, "y": 60}, {"x": 10, "y": 10, "inside": False}], "viewport": [20, 10, 140, 110]},
    ],
)
def test_a_box_or_a_click_gives_the_object_s_outline_in_picture_pixels(project, task, prompt):
    answer = _ask(project, task, prompt)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["backend"] == "basic"
    points = np.array(body["candidates"][0]["polygon"]["points"])
    assert points[:, 0].min() == pytest.approx(50, abs=4)
    assert points[:, 0].max() == pytest.approx(110, abs=4)
    assert points[:, 1].min() == pytest.approx(30, abs=4)
    assert points[:, 1].max() == pytest.approx(90, abs=4)


@pytest.mark.parametrize(
    "prompt",
    [
        {},
        {"points": [{"x": 10, "y": 10, "inside": False}]},
        {"box": [1, 2, 3]},
        {"box": [50, 50, 40, 40]},
        {"box": [500, 500, 600, 600]},
        {"points": [{"x": "left", "y": 1}]},
        {"points": [{"x": 1, "y": 1}] * 65},
        {"points": [{"x": 10, "y": 10}], "tolerance": -1},
        {"points": [{"x": "nan", "y": 10}]},
        {"points": [{"x": 1e9, "y": 10}]},
    ],
)
def test_a_prompt_that_names_nothing_is_refused(project, task, prompt):
    answer = _ask(project, task, prompt)
    assert answer.status_code == 400, answer.content


def test_without_the_network_s_file_the_assist_says_that_it_is_basic(project, task):
    client = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    state = client.post(f"{API}/tasks/{task.pk}/assist/encode").json()
    assert (state["state"], state["backend"], state["decoder"]) == ("ready", "basic", None)
    assert "Basic assist" in state["message"]


@pytest.mark.parametrize("frame", [0, 9])
def test_on_a_video_the_frame_that_is_clicked_in_is_looked_at(project, frame):
    def moving(index: int) -> np.ndarray:
        y, x = np.mgrid[:120, :160]
        inside = (x - (40 + 8 * index)) ** 2 + (y - 60) ** 2 <= 22**2
        return np.where(inside[..., None], (210, 180, 60), (30, 40, 60)).astype(np.uint8)

    content = clips.clip([at * 40 for at in range(12)], draw=moving)
    media.asset_register(project=project, content=content, name="disc.mp4", actor=None)
    task = Task.objects.get(project=project)
    client = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    assert client.post(f"{API}/tasks/{task.pk}/assist/encode").json()["state"] == "ready"
    middle = 40 + 8 * frame
    answer = _ask(project, task, {"box": [middle - 26, 34, middle + 26, 86], "frame": frame})
    assert answer.status_code == 200, answer.content
    points = np.array(answer.json()["candidates"][0]["polygon"]["points"])
    assert points[:, 0].min() == pytest.approx(middle - 22, abs=4)
    assert points[:, 0].max() == pytest.approx(middle + 22, abs=4)
    assert _ask(project, task, {"box": [10, 34, 70, 86], "frame": 12}).status_code == 404


def test_viewers_may_not_and_strangers_do_not_see(project, task):
    assert _ask(project, task, {"box": [45, 25, 115, 95]}, Role.VIEWER).status_code == 403
    stranger = factories.client_for(factories.make_user())
    assert stranger.post(f"{API}/tasks/{task.pk}/assist/encode").status_code == 404


def test_on_a_large_picture_prompts_and_outlines_are_in_its_own_pixels(transactional_db: None) -> None:
    """The segmenter sees the overview, here a half in each direction."""
    width, height, (middle_x, middle_y, radius) = 7_600, 4_400, (4_000, 3_000, 240)
    pixels = np.full((height, width), 40, np.uint8)
    y, x = np.mgrid[2_700:3_300, 3_700:4_300]
    pixels[2_700:3_300, 3_700:4_300][(x - middle_x) ** 2 + (y - middle_y) ** 2 <= radius**2] = 210
    project = factories.make_project(settings={"large_pictures": True})
    content = encoded(Image.fromarray(pixels), "PNG", compress_level=1)
    asset = media.asset_register(project=project, content=content, name="yard.png", actor=None)
    assert asset.tiles is not None
    task = Task.objects.get(project=project)
    body = {"box": [3_700, 2_700, 4_300, 3_300], "viewport": [3_000, 2_200, 5_000, 3_800]}
    answer = _ask(project, task, body)
    assert answer.status_code == 200, answer.content
    points = np.array(answer.json()["candidates"][0]["polygon"]["points"])
    assert points[:, 0].min() == pytest.approx(middle_x - radius, abs=16)
    assert points[:, 0].max() == pytest.approx(middle_x + radius, abs=16)
    assert points[:, 1].min() == pytest.approx(middle_y - radius, abs=16)
    assert points[:, 1].max() == pytest.approx(middle_y + radius, abs=16)
