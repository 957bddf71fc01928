"""The shipped click network behind the API: what a browser needs to run it, and the server's own answers."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from django.db import connection
from PIL import Image
from rest_framework.test import APIClient

from backend.annotation.models import Task
from backend.core.enums import Role
from backend.learning.enums import ModelState
from backend.learning.models import ModelVersion
from backend.learning.services import assist, registry
from backend.media import services as media
from backend.projects.models import Project
from ml.contracts import RleMask
from ml.geometry.masks import rle_to_mask
from ml.geometry.rle import counts_decode
from tests.support import factories
from tests.support.media import encoded

API = "/api/v1"
SHIPPED = Path(__file__).resolve().parents[3] / "ml" / "weights" / "assist"
DISC = (80, 60, 30)  # centre and radius in pixels


@pytest.fixture(autouse=True)
def _shipped_assist(_no_shipped_model: None, settings: Any, tmp_path: Path) -> None:
    """The shipped assist, without the shipped detector beside it."""
    settings.SHIPPED_WEIGHTS_DIR = tmp_path / "shipped"
    settings.SHIPPED_WEIGHTS_DIR.mkdir()
    (settings.SHIPPED_WEIGHTS_DIR / "assist").symlink_to(SHIPPED)


@pytest.fixture
def task(project: Project) -> Task:
    """A bright disc on a dark ground, 160 × 120."""
    y, x = np.mgrid[:120, :160]
    noise = np.random.default_rng(0).integers(0, 12, (120, 160, 3))
    inside = (x - DISC[0]) ** 2 + (y - DISC[1]) ** 2 <= DISC[2] ** 2
    pixels = (noise + np.where(inside[..., None], (210, 180, 60), (30, 40, 60))).astype(np.uint8)
    media.asset_register(
        project=project, content=encoded(Image.fromarray(pixels), "PNG"), name="disc.png", actor=None
    )
    return Task.objects.get(project=project)


@pytest.fixture
def client(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))


def _decode(client: APIClient, task: Task, **prompt: Any) -> dict[str, Any]:
    answer = client.post(f"{API}/tasks/{task.pk}/assist/decode", prompt, format="json")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def _iou(candidate: dict[str, Any]) -> float:
    """Of a candidate's mask with the disc."""
    mask = candidate["mask"]
    whole = np.zeros((120, 160), dtype=bool)
    crop = rle_to_mask(_rle(mask["height"], mask["width"], mask["counts"]))
    whole[mask["y"] : mask["y"] + mask["height"], mask["x"] : mask["x"] + mask["width"]] = crop
    y, x = np.mgrid[:120, :160]
    disc = (x - DISC[0]) ** 2 + (y - DISC[1]) ** 2 <= DISC[2] ** 2
    return float((whole & disc).sum() / (whole | disc).sum())


def _rle(height: int, width: int, text: str) -> Any:
    return RleMask(height, width, tuple(counts_decode(text)))


def test_a_browser_is_told_of_the_network_and_fetches_it_once(client: APIClient, task: Task) -> None:
    state = client.post(f"{API}/tasks/{task.pk}/assist/encode").json()
    assert (state["state"], state["backend"], state["embedding"], state["eta_seconds"]) == (
        "ready",
        "network",
        None,
        None,
    )
    assert state["picture"] == {"scale": 1.0}
    decoder = state["decoder"]
    assert (decoder["kind"], decoder["input_size"]) == ("assist", 160)
    answer = client.get(decoder["url"])
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest() == decoder["sha256"]
    assert len(content) == decoder["bytes"] == int(answer["Content-Length"])
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    again = client.get(decoder["url"], HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again["Cache-Control"]) == (304, answer["Cache-Control"])
    assert client.get(f"{API}/assist/decoders/{'0' * 64}.onnx").status_code == 404


@pytest.mark.parametrize(
    "prompt",
    [
        {"box": [45, 25, 115, 95]},
        {"points": [{"x": 80, "y": 60}], "viewport": [10, 0, 150, 120]},
        {"points": [{"x": 80, "y": 60}, {"x": 130, "y": 60, "inside": False}], "box": [45, 25, 115, 95]},
    ],
)
def test_an_answer_is_three_candidates_with_masks_best_first(
    client: APIClient, task: Task, prompt: dict[str, Any]
) -> None:
    body = _decode(client, task, **prompt, with_mask=True)
    assert body["backend"] == "network"
    assert len(body["candidates"]) == 3
    assert _iou(body["candidates"][0]) > 0.85
    assert all(len(each["low_res"]) < 20_000 for each in body["candidates"])
    plain = _decode(client, task, **prompt)["candidates"]
    assert all(each["mask"] is None for each in plain)


def test_a_candidate_handed_back_is_corrected(client: APIClient, task: Task) -> None:
    first = _decode(client, task, points=[{"x": 80, "y": 60}], viewport=[10, 0, 150, 120])["candidates"]
    for candidate in first:  # the classical one among them as well
        again = _decode(
            client,
            task,
            points=[{"x": 80, "y": 60}, {"x": 20, "y": 20, "inside": False}],
            viewport=[10, 0, 150, 120],
            previous=candidate["low_res"],
            with_mask=True,
        )
        assert _iou(again["candidates"][0]) > 0.85


def _packed(window: tuple[int, int, int], key: str, content: bytes | None = None) -> str:
    head = struct.pack("<B4sHH3i", 1, hashlib.sha256(key.encode()).digest()[:4], 160, 160, *window)
    return base64.b64encode(head + zlib.compress(content or bytes(160 * 160))).decode()


@pytest.mark.parametrize(
    "previous",
    [
        pytest.param(lambda key: "not base64!", id="no base64"),
        pytest.param(lambda key: "AAAA", id="too short"),
        pytest.param(lambda key: "A" * 130_000, id="too long"),
        pytest.param(lambda key: _packed((0, 0, 160), "assist:another"), id="of another model"),
        pytest.param(lambda key: _packed((0, 0, 2**31 - 1), key), id="a window without end"),
        pytest.param(lambda key: _packed((9_999, 0, 160), key), id="a window elsewhere"),
        pytest.param(lambda key: _packed((0, 0, 0), key), id="no window"),
        pytest.param(lambda key: _packed((0, 0, 160), key, bytes(50_000_000)), id="a bomb"),
    ],
)
def test_a_mask_that_was_tampered_with_is_refused(client: APIClient, task: Task, previous: Any) -> None:
    key = client.post(f"{API}/tasks/{task.pk}/assist/encode").json()["decoder"]["key"]
    body = {"points": [{"x": 80, "y": 60}], "previous": previous(key)}
    answer = client.post(f"{API}/tasks/{task.pk}/assist/decode", body, format="json")
    assert answer.status_code == 400, answer.content


def test_a_project_s_own_assist_serves_it_and_nobody_else_fetches_it(
    client: APIClient, task: Task, project: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    graph = onnx.load(SHIPPED / "model.onnx")
    graph.producer_name = "another"
    onnx.save(graph, folder / "model.onnx")
    sha256 = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    manifest = json.loads((SHIPPED / "manifest.json").read_text()) | {"sha256": sha256}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    model = registry.model_register_run(project=project, run_dir=folder, name="own")
    ModelVersion.objects.filter(pk=model.pk).update(state=ModelState.PRODUCTION)
    state = client.post(f"{API}/tasks/{task.pk}/assist/encode").json()
    assert state["decoder"]["sha256"] == sha256
    assert "own assist" in state["message"]
    with closing(client.get(state["decoder"]["url"])) as answer:
        assert answer.status_code == 200
    stranger = factories.client_for(factories.make_user())
    assert stranger.get(state["decoder"]["url"]).status_code == 404
    assert _decode(client, task, box=[45, 25, 115, 95])["backend"] == "network"


def test_forty_people_who_click_at_once_are_all_answered(project: Project, task: Task) -> None:
    person = factories.make_project_member(project, Role.ANNOTATOR)

    def click(number: int) -> int:
        client = factories.client_for(person)
        try:
            body = {"points": [{"x": 70 + number % 20, "y": 60}], "viewport": [10, 0, 150, 120]}
            return int(client.post(f"{API}/tasks/{task.pk}/assist/decode", body, format="json").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(click, range(40))) == {200}


def test_who_waits_too_long_is_told_so(
    client: APIClient, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assist, "WAIT_MAX_S", 0.01)
    with assist.slot(), assist.slot():
        answer = client.post(
            f"{API}/tasks/{task.pk}/assist/decode", {"box": [45, 25, 115, 95]}, format="json"
        )
    assert (answer.status_code, answer.json()["code"]) == (503, "assist_busy")
