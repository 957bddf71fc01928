"""The loop's state in one look: what each step holds, and which step is stuck."""

from __future__ import annotations

import uuid
from typing import Any

from backend.annotation import selectors as annotation
from backend.annotation.contracts import TaskCounts
from backend.core import selectors as core
from backend.datasets import selectors as datasets
from backend.feeds import selectors
from backend.learning import selectors as learning
from backend.media import selectors as media

# Below this many approved pictures a first training is not worth its minutes.
FIRST_TRAINING_MIN = 20


def overview(project_id: uuid.UUID) -> dict[str, Any]:
    """Counts along the loop of one project, and hints where it waits for a person."""
    assets = media.asset_counts(project_id)
    tasks = annotation.task_counts(project_id)
    version = datasets.version_newest(project_id)
    production = learning.production_models(project_id)
    candidate = learning.waiting_candidate(project_id)
    found: dict[str, Any] = {
        "assets": assets.get("ready", 0),
        "pending": assets.get("pending", 0),
        "refused": assets.get("refused", 0),
        "suggested": tasks.suggested,
        "ready": tasks.ready,
        "labelled": tasks.labelled,
        "in_review": tasks.in_review,
        "approved": tasks.approved + tasks.auto_approved,
        "blind": tasks.blind,
        "dataset_version": {"id": version.pk, "number": version.number} if version else None,
        "production_model": _model(production[0]) if production else None,
        "candidate_model": _model(candidate) if candidate else None,
        **selectors.feed_counts(project_id),
        "jobs_running": core.jobs_live(project_id),
    }
    found["stuck"] = _stuck(project_id, found, tasks)
    return found


def _model(model: Any) -> dict[str, Any]:
    gate = learning.latest_gate(model)
    measured = gate.report.get("candidate", {}).get("ap50") if gate else None
    return {
        "id": model.pk,
        "number": model.number,
        "ap50": measured if measured is not None else model.metrics.get("ap50"),
    }


def _stuck(project_id: uuid.UUID, found: dict[str, Any], tasks: TaskCounts) -> list[dict[str, str]]:
    """At most a few sentences, each with where to go."""
    base = f"/p/{project_id}"
    hints = []
    if not found["assets"] and not found["pending"]:
        hints.append(("pictures", "No pictures yet. Add some.", f"{base}/upload"))
    if tasks.in_review >= FIRST_TRAINING_MIN:
        hints.append(("review", f"{tasks.in_review} pictures wait for a reviewer.", f"{base}/review"))
    if found["candidate_model"] is not None:
        number = found["candidate_model"]["number"]
        hints.append(("model", f"Model {number} passed the gate and waits to be promoted.", f"{base}/models"))
    elif found["approved"] >= FIRST_TRAINING_MIN and found["dataset_version"] is None:
        hints.append(
            (
                "dataset",
                f"{found['approved']} pictures are approved; none is frozen for training.",
                f"{base}/datasets",
            )
        )
    if found["feeds"] and not found["feeds_online"] and found["production_model"] is not None:
        hints.append(("live", "No feed is online.", f"{base}/live"))
    return [{"step": step, "message": message, "link": link} for step, message, link in hints]
