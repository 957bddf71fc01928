"""Job: make outlines of the box suggestions of a project's untouched pictures. They stay suggestions."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from backend.annotation import selectors as annotation
from backend.core.errors import AppError
from backend.core.jobs import JobContext
from backend.learning.jobs import assist as assist_jobs
from backend.learning.services import assist, assist_outlines, embeddings
from backend.learning.services.assist_backend import backend_of
from backend.projects import selectors as projects


def run(context: JobContext) -> dict[str, Any]:
    """Payload: project_id, shape or None. The result counts outlines, pictures, and what stayed a box and why.

    A repeat after a crash goes on where it stopped: a refined suggestion is no box any more.
    """
    project = projects.project_find(context.payload["project_id"])
    task_ids = annotation.tasks_with_open_boxes(project.pk)
    refined, left, failed = 0, Counter[str](), 0
    for number, task_id in enumerate(task_ids):
        assist_jobs.give_way(context)
        context.progress(number / len(task_ids), f"{number} of {len(task_ids)} pictures, {refined} outlines")
        try:
            made, reasons = _one(task_id, context.payload.get("shape"))
        except (AppError, OSError) as error:
            # One unreadable picture must not stop the rest.
            context.write(f"{task_id}: {error}")
            failed += 1
            continue
        refined += made
        left.update(reasons.values())
    return {"refined": refined, "pictures": len(task_ids), "failed": failed, "left": dict(left)}


def _one(task_id: uuid.UUID, shape: str | None) -> tuple[int, dict[uuid.UUID, str]]:
    task = annotation.task_find(task_id)
    if task.asset.kind == "video":
        return 0, {}
    boxes, reasons = annotation.box_suggestions(task)
    if not boxes:
        return 0, reasons
    backend = backend_of(task.project_id)
    if backend.checkpoint is not None:
        info = assist.asset_of(task)
        assist.sam_features(info, backend)  # asks for it where it is not there
        row = embeddings.embedding_take(key=embeddings.key_of(info, backend.checkpoint))
        if row is not None:
            assist_jobs.encode(row)
    return assist_outlines.task_refine(task=task, shape=shape)
