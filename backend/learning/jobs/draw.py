"""Draws a batch: asks `ml.active` with a project's settings and stores what it chose, once per job."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from backend.annotation.contracts import SelectableTask
from backend.annotation.selectors.costs import labelling_costs
from backend.annotation.selectors.counts import (
    approved_asset_ids,
    approved_objects_by_label,
    approved_tags_by_label,
)
from backend.core.jobs import JobContext
from backend.learning import selectors
from backend.learning.domain.choosing import (
    candidate_of,
    class_names,
    in_labels,
    selection_config,
    task_choices,
)
from backend.learning.domain.predictions import prediction_load
from backend.learning.enums import FINDING_KINDS, TaskKind
from backend.learning.models import ModelVersion
from backend.learning.services import scoring
from backend.media import selectors as media
from backend.projects import selectors as projects
from backend.projects.contracts import ProjectSettings
from ml.active.candidates import Candidate
from ml.active.costs import cost_model_fit
from ml.active.selection import select

# A new batch is drawn when fewer selected tasks than this share of a batch wait.
REFILL_BELOW = 0.25
# Newest labelled pictures that chosen ones should differ from.
LABELLED_COMPARED_MAX = 2_000
# What a person asks of one batch beside the project's settings.
ASKED = ("strategy", "budget_boxes", "budget_minutes")


def draw_when_low(
    context: JobContext, project: Any, models: Sequence[ModelVersion], tasks: Sequence[SelectableTask]
) -> dict[str, int]:
    """How many were chosen for which reason; nothing where the queue is full enough and nobody asked.

    `models` are those in production. Raises RetryLater when another batch was drawn meanwhile.
    """
    if (done := selectors.selection_of_job(context.job.pk)) is not None:
        return dict(done.counts)
    settings = _asked(projects.settings_of(project), context.payload)
    waiting = sum(task.is_waiting for task in tasks)
    if "batch" not in context.payload and waiting >= settings.batch_size * REFILL_BELOW:
        return {}
    pool = [task for task in tasks if not task.is_waiting]
    if not pool:
        return {}
    return _draw(context, project, models, pool, settings)


def _asked(settings: ProjectSettings, payload: dict[str, Any]) -> ProjectSettings:
    asked = {key: payload[key] for key in ASKED if payload.get(key) is not None}
    if payload.get("batch"):
        asked["batch_size"] = int(payload["batch"])
    return replace(settings, **asked)


def _draw(
    context: JobContext,
    project: Any,
    models: Sequence[ModelVersion],
    pool: Sequence[SelectableTask],
    settings: ProjectSettings,
) -> dict[str, int]:
    before = selectors.newest_selection_id(project.pk)
    context.progress(0.9, f"choosing {settings.batch_size} of {len(pool)} pictures")
    labels = projects.labels_of(project.pk)
    costs = labelling_costs(project.pk)
    config = selection_config(settings, labels, cost_model_fit(costs.objects, costs.seconds))
    model = models[0] if models else None
    made = select(
        _candidates(pool, model, project.pk),
        settings.batch_size,
        _labelled_per_class(project.pk, {each.kind for each in models}),
        config,
        seed=_seed(project.pk, len(pool)),
        labelled_embeddings=_labelled_vectors(project.pk, model),
    )
    context.check_cancelled()
    counts = dict(Counter(str(choice.reason) for choice in made.choices))
    scoring.selection_store(
        project=project,
        model=model,
        job=context.job,
        after=before,
        choices=task_choices(made.choices),
        config={
            "batch": settings.batch_size,
            "random_fraction": settings.random_fraction,
            "strategy": settings.strategy,
            "pool": len(pool),
        },
        counts=counts,
        outcome={
            "planner": str(made.planner),
            "missed": {name: round(short, 2) for name, short in made.missed.items()},
            "boxes": round(made.boxes, 1),
            "seconds": round(made.seconds, 1),
        },
    )
    return counts


def _candidates(
    pool: Sequence[SelectableTask], model: ModelVersion | None, project_id: uuid.UUID
) -> list[Candidate]:
    ids = [task.asset_id for task in pool]
    infos = media.assets_info(ids)
    scores = selectors.scores_by_asset(model_id=model.pk, asset_ids=ids) if model else {}
    vectors = selectors.vectors_by_asset(model_id=model.pk, asset_ids=ids) if model else {}
    binding = selectors.model_info(model).binding if model else {}
    names = class_names(binding, projects.labels_of(project_id))
    found = []
    for task in pool:
        vector = vectors.get(task.asset_id, ())
        row = scores.get(task.asset_id)
        prediction = in_labels(prediction_load(row), names) if row else None
        found.append(candidate_of(task, infos.get(task.asset_id), prediction, vector))
    return found


def _labelled_per_class(project_id: uuid.UUID, kinds: Collection[str]) -> dict[str, int]:
    """Approved objects (for what finds them) and tagged pictures (for a classifier) by label name, 0 where none.

    Labels of a kind no model speaks of are left out: without examples for ever, they would hold the median down.
    """
    objects, tags = approved_objects_by_label(project_id), approved_tags_by_label(project_id)
    found = {}
    for label in projects.labels_of(project_id):
        is_tag = set(label.shapes) == {"tag"}
        if not kinds or set(kinds) & set((TaskKind.CLASSIFY,) if is_tag else FINDING_KINDS):
            found[label.name] = (tags if is_tag else objects).get(label.id, 0)
    return found


def _labelled_vectors(project_id: uuid.UUID, model: ModelVersion | None) -> list[list[float]]:
    if model is None:
        return []
    ids = approved_asset_ids(project_id, limit=LABELLED_COMPARED_MAX)
    return list(selectors.vectors_by_asset(model_id=model.pk, asset_ids=ids).values())


def _seed(project_id: uuid.UUID, pool: int) -> int:
    """Different from draw to draw, the same when a draw is repeated after a crash."""
    return (project_id.int ^ pool) % (2**31)
