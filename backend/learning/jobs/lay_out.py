"""Lays a project's pictures out on a plane by what the production model sees in them."""

from __future__ import annotations

from time import process_time
from typing import Any

import numpy as np

from backend.core.jobs import JobContext
from backend.learning.jobs.seen import random_part, vectors_seen
from backend.learning.services import reports
from backend.media import selectors as media
from backend.projects import selectors as projects
from ml.active.plane import neighbours_kept, on_plane

# More pictures than this would take minutes to lay out and be one grey cloud: a random part stands for them.
PICTURES_MAX = 20_000
SCORED_SHARE = 0.5
# Neighbours kept are told from so many pictures.
JUDGED_MAX = 3_000
DECIMALS = 4


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.map`. Payload: project_id."""
    project = projects.project_find(context.payload["project_id"])
    usable = media.project_asset_ids(project.pk)
    ids = random_part(usable, PICTURES_MAX, project.pk.int % 2**31)
    model, vectors = vectors_seen(
        context,
        project.pk,
        ids,
        up_to=SCORED_SHARE,
        purpose="pictures are laid out",
        lack="there is no map",
    )
    placed = [asset_id for asset_id in ids if asset_id in vectors]
    rows = np.array([vectors[asset_id] for asset_id in placed], dtype=np.float32).reshape(len(placed), -1)

    def tell(share: float) -> None:
        context.progress(SCORED_SHARE + (1.0 - SCORED_SHARE) * share, f"laying out {len(placed)} pictures")

    started = process_time()
    places = on_plane(rows, seed=0, tell=tell)
    facts = {
        "pictures": len(placed),
        "left_out": len(usable) - len(placed),
        "cpu_seconds": round(process_time() - started, 2),
        "neighbours_kept": round(neighbours_kept(rows[:JUDGED_MAX], places[:JUDGED_MAX]), 3),
    }
    reports.map_store(
        project=project,
        model=model,
        job=context.job,
        layout={
            "assets": [str(asset_id) for asset_id in placed],
            "x": [round(float(v), DECIMALS) for v in places[:, 0]],
            "y": [round(float(v), DECIMALS) for v in places[:, 1]],
        },
        facts=facts,
    )
    return facts
