"""What the production model sees in pictures, for jobs that compare them, and a part of too many pictures."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from backend.core.jobs import JobContext
from backend.learning import selectors
from backend.learning.errors import NoProductionModel
from backend.learning.jobs.look import open_all, score_missing
from backend.learning.models import ModelVersion

_Row = TypeVar("_Row")


def vectors_seen(
    context: JobContext,
    project_id: uuid.UUID,
    asset_ids: Sequence[uuid.UUID],
    *,
    up_to: float,
    purpose: str,
    lack: str,
) -> tuple[ModelVersion, dict[uuid.UUID, list[float]]]:
    """The model and its vectors of the pictures, those it has not looked at looked at now. Progress runs to `up_to`.

    `purpose` and `lack` end the sentences for people. Raises NoProductionModel without a model, or where it gives
    no vectors; RetryLater where it is away.
    """
    models = open_all(context, project_id)
    if not models:
        raise NoProductionModel(f"Put a model into production first: {purpose} by what it sees.")
    score_missing(context, models[0], asset_ids, up_to=up_to)
    row: ModelVersion = models[0].row
    vectors = selectors.vectors_by_asset(model_id=row.pk, asset_ids=asset_ids)
    if asset_ids and not vectors:
        raise NoProductionModel(f"The production model gives no picture vectors, so {lack}.")
    return row, vectors


def random_part(rows: Sequence[_Row], most: int, seed: int) -> list[_Row]:
    """At most so many of the rows, drawn evenly, in the order they came."""
    if len(rows) <= most:
        return list(rows)
    kept = np.sort(np.random.default_rng(seed).choice(len(rows), most, replace=False))
    return [rows[i] for i in kept.tolist()]
