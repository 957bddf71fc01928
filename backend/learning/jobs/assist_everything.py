"""Job: outline everything in a part of one picture, as suggestions that a person reviews like any other."""

from __future__ import annotations

import uuid
from typing import Any

from backend.annotation import selectors as annotation
from backend.core.errors import BadInput
from backend.core.jobs import JobContext
from backend.learning.jobs.assist import give_way
from backend.learning.services import assist_answers, assist_outlines
from ml.contracts import Box
from ml.errors import MlError
from ml.inference.everything import everything

# Clicks between two looks at who else waits.
LOOK_EVERY = 8


def run(context: JobContext) -> dict[str, Any]:
    """Payload: task_id, box or None, label_id, shape, person_id, and grid (clicks along the longer side). The result counts the suggestions."""
    payload = context.payload
    task = annotation.task_find(payload["task_id"])
    outliner = assist_outlines.Outliner(task)
    box = payload["box"]
    area = Box(*(value / outliner.scale for value in box)) if box else None
    looks = 0

    def watch(share: float) -> None:
        nonlocal looks
        if looks % LOOK_EVERY == 0:
            give_way(context)
            context.progress(share, "looking for objects")
        looks += 1

    try:
        things = everything(
            outliner.segmenter, outliner.features, area, grid=payload.get("grid"), watch=watch
        )
    except MlError as error:
        raise BadInput(str(error)) from error
    rows = []
    for thing in things:
        found = assist_answers.rows_of(
            [assist_answers.Found(thing.mask, thing.score)],
            scale=outliner.scale,
            tolerance=assist_outlines.TOLERANCE_PX,
            key=outliner.segmenter.key,
            with_mask=payload["shape"] == "mask",
        )
        for row in found:
            geometry = {"mask": row["mask"]} if payload["shape"] == "mask" else row["polygon"]
            rows.append((payload["shape"], geometry, min(max(thing.score, 0.0), 1.0)))
    made = assist_outlines.everything_store(
        task_id=task.pk,
        label_id=payload["label_id"],
        found=rows,
        key=outliner.segmenter.key,
        name=outliner.name,
        # Jobs queued by an earlier version name nobody.
        person_id=uuid.UUID(payload["person_id"]) if payload.get("person_id") else None,
    )
    return {"suggestions": made}
