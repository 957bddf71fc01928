"""Looks for drift: what each source shows a production model now, against when the model was chosen."""

from __future__ import annotations

from typing import Any

from backend.core.jobs import JobContext
from backend.learning import selectors
from backend.learning.domain.drift import NOW_PICTURES, REFERENCE_PICTURES, findings
from backend.learning.drift import chosen_at, seen, watched_hours, windows
from backend.learning.enums import TaskKind
from backend.learning.errors import NoProductionModel
from backend.learning.models import ModelVersion
from backend.learning.services import drift
from backend.learning.services.approval_policies import approval_enqueue
from backend.media import selectors as media
from backend.media.contracts import Arrival, ArrivalSource
from backend.projects import selectors as projects
from ml.drift.finding import Verdict

# Of the drifting pictures so many can be put into the queue by a click.
RECENT_MAX = 60


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.drift`. Payload: project_id. Opens no model: it reads what was said when pictures came.

    A look's `sources`: `{key (camera id or ""), name, arrived, reference, now (pictures, wanted, first, last),
    is_full, recent [asset ids], measures (see domain/drift.findings), words}`.
    """
    project = projects.project_find(context.payload["project_id"])
    models = selectors.production_models(project.pk)
    if not models:
        raise NoProductionModel(
            "Put a model into production first: drift is told from what it was chosen on."
        )
    drifting = 0
    for model in models:
        found = media.arrival_sources(project.pk, chosen_at(model))
        sources = []
        for k, source in enumerate(found):
            context.progress(k / len(found), f"looking at {source.name or 'pictures of no camera'}")
            sources.append(_source(model, source))
        drift.look_store(project=project, model=model, job=context.job, sources=sources)
        drifting += sum(
            row["verdict"] == Verdict.DRIFTING for source in sources for row in source["measures"]
        )
    if drifting:
        approval_enqueue(project)
    return {"drifting": drifting}


def _source(model: ModelVersion, source: ArrivalSource) -> dict[str, Any]:
    both = windows(model, source.camera_id)
    return {
        "key": str(source.camera_id or ""),
        "name": source.name,
        "arrived": source.pictures,
        "is_full": both.is_full,
        "reference": _side(both.reference, REFERENCE_PICTURES),
        "now": _side(both.now, NOW_PICTURES),
        "recent": [str(picture.asset_id) for picture in both.now[:RECENT_MAX]],
        "measures": findings(
            seen(model, both.reference),
            seen(model, both.now),
            is_detector=model.kind in (TaskKind.DETECT, TaskKind.INSTANCE),
            has_camera=source.camera_id is not None,
            binding=selectors.model_info(model).binding,
            hours=watched_hours(model, source.camera_id),
        ),
    }


def _side(pictures: list[Arrival], wanted: int) -> dict[str, Any]:
    times = sorted(picture.at for picture in pictures)
    return {
        "pictures": len(times),
        "wanted": wanted,
        "first": times[0].isoformat() if times else None,
        "last": times[-1].isoformat() if times else None,
    }
