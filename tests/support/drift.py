"""Pictures that came over some days, with what a model said of them: rows without files, by the hundred."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from backend.learning.models import ModelVersion
from backend.learning.services import scoring
from backend.media.models import Asset, ProjectAsset
from backend.projects.models import Project
from ml.contracts import Box, ImagePrediction, Prediction

WIDE, TALL = 640, 480
DIM = 6


def arrive(
    project: Project,
    model: ModelVersion,
    count: int,
    *,
    at: datetime,
    over: timedelta = timedelta(hours=30),
    camera_id: uuid.UUID | None = None,
    seed: int = 0,
    brightness: float = 120.0,
    sure: float = 0.7,
    taller: float = 1.0,
    people: float = 2.0,
    looks: float = 0.0,
    label: str = "person",
) -> list[Asset]:
    """`count` pictures spread over a time, each a source of its own, with people, or others, on a floor.

    `sure`: their mean score; `taller`: how much of their usual height they have; `looks`: where pictures lie in the
    first of the model's dimensions.
    """
    rng = np.random.default_rng(seed)
    rows: list[Any] = [
        Asset(
            organisation=project.organisation,
            kind="image",
            state="ready",
            name=f"{seed}-{n}.jpg",
            width=WIDE,
            height=TALL,
            camera_id=camera_id,
            group_key=f"source-{seed}-{n}",
            quality={"brightness": float(np.clip(rng.normal(brightness, 8), 0, 255))},
        )
        for n in range(count)
    ]
    assets = Asset.objects.bulk_create(rows)
    links = ProjectAsset.objects.bulk_create(ProjectAsset(project=project, asset=a) for a in assets)
    for n, link in enumerate(links):
        link.created_at = at + over * (n / max(count - 1, 1))
    ProjectAsset.objects.bulk_update(links, ["created_at"])
    said = [
        ImagePrediction(
            detections=tuple(_standing(label, rng, sure, taller) for _ in range(rng.poisson(people))),
            embedding=tuple(rng.normal(0, 1, DIM) + np.eye(DIM)[0] * looks),
        )
        for _ in assets
    ]
    scoring.scores_store(model=model, rows=[(a.pk, s, 0.5) for a, s in zip(assets, said, strict=True)])
    return assets


def _standing(label: str, rng: np.random.Generator, sure: float, taller: float) -> Prediction:
    foot = rng.uniform(0.4, 1.0) * TALL
    height = 0.6 * (foot - 0.2 * TALL) * taller * rng.normal(1, 0.08)
    left = rng.uniform(0, WIDE - 60)
    score = float(np.clip(rng.normal(sure, 0.08), 0.05, 1))
    return Prediction(label, score, Box(left, foot - height, left + 40, foot))
