"""Looks for defects without examples: remembers pictures without a label, and finds what differs among the waiting ones."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.annotation import selectors as annotation
from backend.annotation.selectors.costs import ApprovedPicture, approved_pictures
from backend.core.errors import AppError
from backend.core.jobs import JobContext
from backend.learning import selectors
from backend.learning.defects import GOOD_MIN, good_and_known
from backend.learning.enums import Provider
from backend.learning.errors import NothingToTrainOn
from backend.learning.jobs.seen import random_part
from backend.learning.models import ModelVersion
from backend.learning.services import defects
from backend.learning.services.runtime import artifact_folder
from backend.media import reading
from backend.media import selectors as media
from backend.projects import selectors as projects
from ml.anomaly.encoders import Encoder, FilterEncoder, GraphEncoder
from ml.anomaly.screening import (
    Look,
    Screen,
    groups_aside,
    heat_bytes,
    maps_of,
    patches_drawn,
    screen_fit,
    telling,
)
from ml.errors import MlError

# Of more pictures a random part does: time grows with each, what is remembered does not.
GOOD_MAX, KNOWN_MAX, WAITING_MAX = 300, 200, 2_000
SUSPECTS_MAX = 60
# Progress: learning what is good, looking at known defects, looking at the rest.
SHARES = (0.35, 0.5)


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.defects`. Payload: project_id, label_id.

    The report: `remembered`, `aside`, `known`, `looked` pictures, `left_out` waiting ones, `encoder`, `threshold`,
    `telling` (AUROC and its interval, null without known defects) and `suspects`, hottest first:
    `{asset_id, task_id, score, heat (base64, see heat_bytes), columns, rows, boxes [[x1, y1, x2, y2, score]]}`.
    """
    project = projects.project_find(context.payload["project_id"])
    label_id = context.payload["label_id"]
    seed = project.pk.int % 2**31
    good, known = good_and_known(approved_pictures(project.pk), label_id)
    if len(good) < GOOD_MIN:
        raise NothingToTrainOn(
            f"{GOOD_MIN - len(good)} more approved pictures without the label are needed to know what is good."
        )
    with _encoder(context, project.pk) as (model, encoder):
        screen, good_scores, facts = _learn(context, encoder, random_part(good, GOOD_MAX, seed), seed)
        known = random_part(known, KNOWN_MAX, seed)
        known_scores = [
            (known[k].group_key, look.score)
            for k, _, look in _looks(context, screen, [p.asset_id for p in known], SHARES)
        ]
        told = telling(good_scores, known_scores, seed)
        waiting = list(annotation.tasks_for_selection(project.pk))
        tasks = random_part(waiting, WAITING_MAX, seed)
        suspects = []
        for k, size, look in _looks(context, screen, [t.asset_id for t in tasks], (SHARES[1], 1.0)):
            if look.score > screen.threshold:
                suspects.append((tasks[k], size, look))
                suspects = sorted(suspects, key=lambda each: -each[2].score)[:SUSPECTS_MAX]
    report = {
        **facts,
        "encoder": "filters" if model is None else "model",
        "known": len(known_scores),
        "looked": len(tasks),
        "left_out": len(waiting) - len(tasks),
        "threshold": round(screen.threshold, 5),
        "telling": asdict(told) if told else None,
        "suspects": [_suspect(screen, *each) for each in suspects],
    }
    defects.defects_store(project=project, label_id=label_id, model=model, job=context.job, report=report)
    return {"suspects": len(suspects), "looked": len(tasks)}


@contextmanager
def _encoder(context: JobContext, project_id: uuid.UUID) -> Iterator[tuple[ModelVersion | None, Encoder]]:
    """The production model's layers, or plain filters where it has none to give."""
    for row in selectors.production_models(project_id):
        if row.provider != Provider.SITELOOP:
            continue
        try:
            with artifact_folder(row) as folder:
                encoder = GraphEncoder(folder)
        except (MlError, OSError) as error:
            context.write(f"Model {row.number} is not used: {error}")
            continue
        yield row, encoder
        return
    yield None, FilterEncoder()


def _learn(
    context: JobContext, encoder: Encoder, good: Sequence[ApprovedPicture], seed: int
) -> tuple[Screen, list[tuple[str, float]], dict[str, int]]:
    """The screen, (group, score) of good pictures that were set aside, and how many were on either side."""
    kept_out = groups_aside([p.group_key for p in good], seed)
    remembered, aside, groups = [], [], []
    for k, (_, pixels) in _pictures(context, [p.asset_id for p in good], (0.0, SHARES[0])):
        maps = maps_of(encoder, pixels)
        if good[k].group_key in kept_out:
            aside.append(maps)
            groups.append(good[k].group_key)
        else:
            remembered.append(patches_drawn(maps, len(good), seed + k))
    if not remembered or not aside:
        raise NothingToTrainOn(
            "The approved pictures without the label come from one source: two are needed."
        )
    screen, scores = screen_fit(encoder, remembered, aside, seed)
    facts = {"remembered": len(remembered), "aside": len(aside)}
    return screen, list(zip(groups, scores, strict=True)), facts


def _looks(
    context: JobContext, screen: Screen, asset_ids: Sequence[uuid.UUID], shares: tuple[float, float]
) -> Iterator[tuple[int, tuple[int, int, float], Look]]:
    """Place in the list, (width, height) of the array and its scale, and the look."""
    for k, (scale, pixels) in _pictures(context, asset_ids, shares):
        yield k, (pixels.shape[1], pixels.shape[0], scale), screen.look(pixels)


def _pictures(
    context: JobContext, asset_ids: Sequence[uuid.UUID], shares: tuple[float, float]
) -> Iterator[tuple[int, tuple[float, NDArray[np.uint8]]]]:
    """Place in the list, picture pixels per array pixel, and the array. What cannot be read is told and left out."""
    begin, end = shares
    for k, asset_id in enumerate(asset_ids):
        context.progress(
            begin + (end - begin) * k / len(asset_ids), f"looked at {k} of {len(asset_ids)} pictures"
        )
        info = media.assets_info([asset_id])[asset_id]
        try:
            pixels = reading.asset_image_array(info)
        except (AppError, OSError) as error:
            context.write(f"{asset_id}: {error}")
            continue
        yield k, (reading.array_scale(info, pixels), pixels)


def _suspect(screen: Screen, task: Any, size: tuple[int, int, float], look: Look) -> dict[str, Any]:
    width, height, scale = size
    heat, columns, rows = heat_bytes(look, screen.threshold)
    boxes = islice(screen.boxes(look, width, height), defects.BOXES_MAX)
    return {
        "asset_id": str(task.asset_id),
        "task_id": str(task.task_id),
        "score": round(look.score / screen.threshold, 4),
        "heat": base64.b64encode(heat).decode(),
        "columns": columns,
        "rows": rows,
        "boxes": [
            [
                *(
                    round(scale * min(side, most), 2)
                    for side, most in zip(
                        (p.box.x1, p.box.y1, p.box.x2, p.box.y2), (width, height, width, height), strict=True
                    )
                ),
                round(p.score, 4),
            ]
            for p in boxes
            if p.box is not None
        ],
    }
