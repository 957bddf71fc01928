"""Which model is in production: only what passed the gate, by a person's hand, and back again in one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from backend.annotation import services as annotation
from backend.core import audit, events, jobs
from backend.learning import selectors
from backend.learning.enums import SCORING_KINDS, ModelState
from backend.learning.errors import GateNotPassed
from backend.learning.models import ModelVersion
from backend.learning.services.runtime import artifact_check
from backend.learning.signals import model_promoted

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.core.models import JobRun
    from backend.projects.models import Project


@transaction.atomic
def model_promote(*, actor: User, model: ModelVersion) -> ModelVersion:
    """Put a model into production. Raises GateNotPassed unless its last gate passed, or it was in production before;
    ModelRefused when its files are not what was registered.

    Models that come from outside (ONNX, HTTP) have no training and are a person's own choice where nothing is
    in production yet; against a production model they must pass the gate like any other.
    """
    type(model.project).objects.select_for_update().get(pk=model.project_id)
    model.refresh_from_db()
    if model.state == ModelState.PRODUCTION:
        return model
    present = selectors.production_model(model.project_id, model.kind)
    _refuse_unproven(model, present)
    artifact_check(model)
    if present is not None:
        ModelVersion.objects.filter(pk=present.pk).update(state=ModelState.RETIRED)
        annotation.suggestions_supersede(project_id=model.project_id, model_version_id=present.pk)
    model.state, model.promoted_at, model.promoted_by = ModelState.PRODUCTION, timezone.now(), actor
    model.save()
    audit.record(
        actor=actor,
        organisation_id=model.project.organisation_id,
        action="model.promote",
        object_type="model",
        object_id=model.pk,
        before={"production": present.number if present else None},
        after={"production": model.number},
    )
    if model.kind in SCORING_KINDS:
        prepare_enqueue(model.project, created_by=actor)
    model_promoted.send(
        sender=ModelVersion, project_id=model.project_id, model_version_id=model.pk, kind=model.kind
    )
    events.publish(
        organisation_id=model.project.organisation_id,
        project_id=model.project_id,
        kind="model",
        data={"id": str(model.pk), "state": model.state},
    )
    return model


def _refuse_unproven(model: ModelVersion, present: ModelVersion | None) -> None:
    if model.state == ModelState.RETIRED:
        return  # a rollback: it has been in production before
    gate = selectors.latest_gate(model)
    if gate is None and model.provider != "siteloop" and present is None:
        return
    if gate is None:
        raise GateNotPassed(
            "Run the gate first: it compares this model with production on the blind test set."
        )
    if present is not None and gate.production_id != present.pk:
        raise GateNotPassed("Production has changed since the gate ran. Run it again.")
    if gate.report.get("binding_version", model.binding.version) != model.binding.version:
        raise GateNotPassed("What its classes mean was changed since the gate ran. Run it again.")
    if not gate.passed:
        raise GateNotPassed(f"The gate refused this model. {gate.reason}")


def suggestions_renew(*, model: ModelVersion, actor: User) -> None:
    """Suggest anew with a production model whose classes mean something else now; decided ones stay."""
    if model.state != ModelState.PRODUCTION:
        return
    annotation.suggestions_supersede(project_id=model.project_id, model_version_id=model.pk)
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
