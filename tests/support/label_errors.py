"""Projects with approved pictures of coloured crates and barrels, label errors planted, and a model that knows better."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from backend.annotation import services as annotation
from backend.annotation.contracts import RegionData
from backend.annotation.models import Task
from backend.core.models import new_id
from backend.learning.models import ModelVersion
from backend.learning.services import scoring
from backend.media import services as media
from backend.projects.models import Project
from ml.contracts import Box, ImagePrediction, Prediction
from tests.support import factories
from tests.support.learning import make_model
from tests.support.media import encoded

WIDE, TALL = 480, 320
LABELS = [
    {"name": "crate", "shapes": ["box", "polygon"], "color": "#e8590c"},
    {"name": "barrel", "shapes": ["box", "polygon"], "color": "#1971c2"},
]
PAINT = {"crate": (214, 120, 60), "barrel": (60, 110, 190)}
Xyxy = tuple[float, float, float, float]


@dataclass
class Thing:
    """One object as it is: what people labelled may differ. `said` None: nothing is labelled there."""

    name: str
    box: Xyxy
    said: str | None
    said_box: Xyxy


@dataclass
class Planted:
    """The project, its model, and by picture's place what is there; `tasks` in the same order."""

    project: Project
    model: ModelVersion
    tasks: list[Task]
    things: list[list[Thing]]

    def region_id(self, picture: int, place: int) -> str:
        """Of an object that is labelled."""
        return str(self._regions[picture, place])

    def __post_init__(self) -> None:
        self._regions: dict[tuple[int, int], Any] = {}


def plant(
    project: Project,
    folder: Path,
    *,
    pictures: int = 24,
    swapped: int | None = 3,
    overlooked: int | None = 5,
    bad_box: int | None = 7,
    approved: bool = True,
    predict: bool = True,
) -> Planted:
    """Pictures with a crate and a barrel each, labelled right and approved, but for one planted error a kind.

    The numbers say in which picture (None: in none): its crate is called a barrel, its barrel is not labelled, or half
    of its crate is outside the box. What the model says is right.
    """
    model = make_model(project, folder, classes=("crate", "barrel"))
    made = Planted(project, model, [], [])
    rng = np.random.default_rng(7)
    for n in range(pictures):
        things = _things(rng)
        if n == swapped:
            things[0].said = "barrel"
        if n == overlooked:
            things[1].said = None
        if n == bad_box:
            x1, y1, x2, y2 = things[0].box
            things[0].said_box = (x1, y1, x1 + 0.45 * (x2 - x1), y2)
        asset = media.asset_register(
            project=project,
            content=encoded(_picture(things, n), "PNG"),
            name=f"yard-{n:02d}.png",
            actor=None,
            group_key=f"yard-{n:02d}",
        )
        task = Task.objects.get(project=project, asset=asset)
        _label(made, task, n, things, approved)
        if predict:
            said = ImagePrediction(
                detections=tuple(_seen(thing, rng) for thing in things), embedding=(0.1, 0.2, 0.3)
            )
            scoring.scores_store(model=model, rows=[(asset.pk, said, 0.5)])
        made.tasks.append(task)
        made.things.append(things)
    return made


def _things(rng: np.random.Generator) -> list[Thing]:
    rows = []
    for place, name in enumerate(("crate", "barrel")):
        x, y = 30 + 230 * place + rng.uniform(0, 60), rng.uniform(40, 120)
        wide, tall = rng.uniform(80, 130), rng.uniform(90, 140)
        box = tuple(round(float(v), 1) for v in (x, y, x + wide, y + tall))
        rows.append(Thing(name, box, name, box))  # type: ignore[arg-type]
    return rows


def _picture(things: list[Thing], seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(95, 125, (TALL, WIDE, 3)).astype(np.uint8)
    image = Image.fromarray(noise)
    pen = ImageDraw.Draw(image)
    for thing in things:
        pen.rectangle(thing.box, fill=PAINT[thing.name], outline=(30, 30, 30), width=3)
    return image


def _label(made: Planted, task: Task, n: int, things: list[Thing], approved: bool) -> None:
    regions = []
    for place, thing in enumerate(things):
        if thing.said is None:
            continue
        made._regions[n, place] = new_id()
        regions.append(
            RegionData(
                region_id=str(made._regions[n, place]),
                label_id=factories.label_id(made.project, thing.said),
                shape="box",
                geometry={"box": list(thing.said_box)},
            )
        )
    annotation.revision_import(
        task_id=task.pk, regions=regions, actor=None, import_key=f"plant-{n}", approved=approved
    )


def _seen(thing: Thing, rng: np.random.Generator) -> Prediction:
    """The model sees every object where it is, within two pixels."""
    x1, y1, x2, y2 = (v + float(rng.uniform(-2, 2)) for v in thing.box)
    return Prediction(thing.name, float(rng.uniform(0.8, 0.95)), Box(x1, y1, x2, y2))
