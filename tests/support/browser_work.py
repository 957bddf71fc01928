"""A project to draw in and pictures of 640×360, made for browser tests."""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from backend.exchange.loop.client import Client

WIDTH, HEIGHT = 640, 360

ALL_SHAPES = ["box", "polygon", "mask", "polyline", "points", "ellipse", "cuboid"]
LABELS = [
    {
        "name": "thing",
        "shapes": ALL_SHAPES,
        "attributes": [
            {"name": "state", "type": "select", "options": ["new", "old"]},
            {"name": "note", "type": "text"},
        ],
    },
    {
        "name": "pose",
        "shapes": ["skeleton"],
        "skeleton": {
            "points": [
                {"name": "head", "x": 0.5, "y": 0.0},
                {"name": "hand", "x": 0.0, "y": 0.5},
                {"name": "foot", "x": 0.5, "y": 1.0},
            ],
            "edges": [[0, 1], [0, 2]],
        },
    },
    {"name": "blurred", "shapes": ["tag"]},
]

SUGGEST = """
import uuid
from backend.annotation.contracts import SuggestionItem
from backend.annotation.models import Task
from backend.annotation.services import suggestions_create
Task.objects.filter(project_id="{project}").update(blind=False)
items = [SuggestionItem("{label}", "box", {{"box": box}}, score) for box, score in {boxes}]
suggestions_create(task_id="{task}", model_version_id=uuid.uuid4(), model_name="tiny 1", items=items)
"""


def make_project(admin: Client, organisation_id: str, name: str, folder: Path, count: int) -> dict[str, Any]:
    """A project with every shape and `count` pictures ready to label; `tasks` holds their ids."""
    body = {"organisation_id": organisation_id, "name": name, "labels": LABELS}
    project: dict[str, Any] = admin.post("/projects", body)
    archive = folder / "pictures.zip"
    rng = np.random.default_rng(len(name))
    with zipfile.ZipFile(archive, "w") as opened:
        for index in range(count):
            tiles = rng.integers(60, 160, (9, 16, 3), dtype=np.uint8)
            picture = cv2.resize(tiles, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
            opened.writestr(f"rack-{index:02}.png", cv2.imencode(".png", picture)[1].tobytes())
    upload = admin.upload(project["id"], archive)
    assert upload["report"]["added"] == count
    admin.wait_idle(project["id"], 120)
    project["tasks"] = [row["id"] for row in admin.pages(f"/projects/{project['id']}/tasks")]
    return project


def label_next(client: Client, project: dict[str, Any], *boxes: list[float]) -> dict[str, Any]:
    """The person of `client` is handed a picture, draws these boxes and submits. The submit's answer."""
    task = client.post(f"/projects/{project['id']}/tasks/next", {})
    work = task["assignment"]
    label = project["ontology"]["labels"][0]["id"]
    regions = [
        {"region_id": str(uuid.uuid4()), "label_id": label, "shape": "box", "geometry": {"box": box}}
        for box in boxes
    ]
    ops = [{"op_id": str(uuid.uuid4()), "op": "put", "region": region} for region in regions]
    if_match = {"If-Match": f'"{work["draft_version"]}"'}
    saved = client.call("PATCH", f"/assignments/{work['id']}/draft", {"ops": ops}, headers=if_match).json()
    answer: dict[str, Any] = client.post(
        f"/assignments/{work['id']}/submit",
        {"base_revision_id": None},
        headers={"If-Match": f'"{saved["draft_version"]}"'},
    )
    return answer
