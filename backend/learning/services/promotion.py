"""What follows from a change of who answers: suggestions made anew, scoring and selection queued."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from backend.annotation import services as annotation
from backend.core import events, jobs
from backend.learning.enums import ModelState
from backend.learning.models import ModelVersion

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.core.models import JobRun
    from backend.projects.models import Project


def suggestions_renew(*, model: ModelVersion, actor: User) -> None:
    """Suggest anew with a model that answers and whose classes mean something else now; decided ones stay."""
    if model.state in (ModelState.PRODUCTION, ModelState.CANARY):
        annotation.suggestions_supersede(project_id=model.project_id, model_version_id=model.pk)
    if model.state in (ModelState.PRODUCTION, ModelState.CANARY, ModelState.SHADOW):
        prepare_enqueue(model.project, created_by=actor)


def prepare_enqueue(
    project: Project,
    *,
    created_by: User | None = None,
    batch: int | None = None,
    asked: Mapping[str, object] | None = None,
    delay_s: float = 0.0,
) -> JobRun:
    """Queue scoring, selection and suggestions for a project.

    One such job waits at a time: work that arrives while one runs goes to the next. With a `batch`, so many are drawn
    now, by what is `asked` beside the project's settings; a draw that has not ended is returned instead of a second.
    """
    payload: dict[str, object] = {"project_id": str(project.pk)}
    if batch is not None:
        payload |= {"batch": batch, **(asked or {})}
    kind, key = "learning.prepare", f"prepare:{project.pk}"
    if batch is not None:
        key = f"draw:{project.pk}"
    elif jobs.is_running(key):
        key = f"prepare-next:{project.pk}"
    return jobs.enqueue(
        kind,
        payload=payload,
        title="Choose what to label next" if batch is not None else "Suggest labels",
        organisation_id=project.organisation_id,
        project_id=project.pk,
        created_by=created_by,
        dedupe_key=key,
        delay_s=delay_s,
    )


def model_announce(model: ModelVersion) -> None:
    """Tell open pages that something about a model is new: where it stands, or what it was compared on."""
    events.publish(
        organisation_id=model.project.organisation_id,
        project_id=model.project_id,
        kind="model",
        data={"id": str(model.pk), "state": model.state},
    )
