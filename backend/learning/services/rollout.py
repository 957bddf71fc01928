"""Which model is in production: only what passed the gate, by a person's hand, step by step, and back in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from backend.annotation import services as annotation
from backend.core import audit
from backend.core.errors import AppError, BadInput, Stale
from backend.learning import selectors
from backend.learning.domain.rollout import ON_ITS_WAY, SHARE_MAX, SHARE_MIN, next_state
from backend.learning.enums import SCORING_KINDS, ModelState, Provider, RolloutEvent
from backend.learning.errors import GateNotPassed, RolloutRefused
from backend.learning.models import ModelVersion, RolloutChange
from backend.learning.selectors import Serving
from backend.learning.services.promotion import model_announce, prepare_enqueue
from backend.learning.services.runtime import artifact_check
from backend.learning.signals import model_promoted

if TYPE_CHECKING:
    from backend.accounts.models import User

# What a person may ask for of a model of each state to be there already.
_THERE = {
    RolloutEvent.ALL: ModelState.PRODUCTION,
    RolloutEvent.SHADOW: ModelState.SHADOW,
    RolloutEvent.OFF: ModelState.CANDIDATE,
}


@transaction.atomic
def rollout_step(
    *,
    actor: User,
    model: ModelVersion,
    event: RolloutEvent,
    share: float = 0.0,
    base_version: int | None = None,
) -> ModelVersion:
    """Take one step of `domain.rollout.STEPS`; asking for what is so already changes nothing.

    Raises Stale where another step was taken since `base_version`; GateNotPassed and RolloutRefused with the
    reason; ModelRefused where the files are not what was registered; BadInput for a share out of range.
    """
    type(model.project).objects.select_for_update().get(pk=model.project_id)
    model.refresh_from_db()
    if _THERE.get(event) == model.state or (
        event == RolloutEvent.CANARY == model.state and share == model.canary_share
    ):
        return model
    version = selectors.rollout_version(model.project_id, model.kind)
    if base_version is not None and base_version != version:
        raise Stale(
            "Somebody else changed which model answers in between. Look at it again.",
            extra={"current": {"version": version}},
        )
    standing = selectors.serving(model.project_id, model.kind)
    if (refused := rollout_refusal(model, event, standing)) is not None:
        raise refused
    if event == RolloutEvent.CANARY and not SHARE_MIN <= share <= SHARE_MAX:
        raise BadInput("A canary answers for 1 to 99 percent.", fields={"share": "0.01 to 0.99."})
    if event == RolloutEvent.ROLLBACK:
        _roll_back(actor, model, standing)
    elif event == RolloutEvent.ALL:
        _put_in_production(actor, model, standing.production, event)
        _take_back_rival(actor, model, standing, "Another model came back into production.")
    else:
        _move(actor, model, event, share)
    model.refresh_from_db()
    return model


def rollout_refusal(model: ModelVersion, event: RolloutEvent, standing: Serving) -> AppError | None:
    """Why a step is not taken, as what would be raised; None where it may be. Files are looked at by the step."""
    target, why = next_state(model.state, event)
    if target is None:
        gate = selectors.latest_gate(model) if model.state == ModelState.REFUSED else None
        return GateNotPassed(f"The gate refused this model. {gate.reason}") if gate else RolloutRefused(why)
    if event == RolloutEvent.OFF:
        return None
    if event == RolloutEvent.ROLLBACK:
        former = selectors.former_production(model)
        return None if former else RolloutRefused("No other model was in production before this one.")
    if model.state == ModelState.RETIRED:
        return None  # it has been in production before
    present, rival = standing.production, standing.on_its_way
    if (unproven := _unproven(model, present)) is not None:
        return unproven
    if rival is not None and rival.pk != model.pk:
        return RolloutRefused(f"Model {rival.number} is on its way. Take it back, or let it through, first.")
    if event == RolloutEvent.ALL:
        return None
    if model.kind not in SCORING_KINDS:
        return RolloutRefused(
            "An assist waits to be asked, so it has nothing to watch: it serves all or none."
        )
    if present is None:
        return RolloutRefused("Nothing is in production to be compared with. Put it into production for all.")
    return None


def _unproven(model: ModelVersion, present: ModelVersion | None) -> GateNotPassed | None:
    """Models that come from outside (ONNX, HTTP) have no training and are a person's own choice where nothing is
    in production yet; against a production model they must pass the gate like any other."""
    gate = selectors.latest_gate(model)
    if gate is None and model.provider != Provider.SITELOOP and present is None:
        return None
    if gate is None:
        return GateNotPassed(
            "Run the gate first: it compares this model with production on the blind test set."
        )
    if present is not None and gate.production_id != present.pk:
        return GateNotPassed("Production has changed since the gate ran. Run it again.")
    if gate.report.get("binding_version", model.binding.version) != model.binding.version:
        return GateNotPassed("What its classes mean was changed since the gate ran. Run it again.")
    if not gate.passed:
        return GateNotPassed(f"The gate refused this model. {gate.reason}")
    return None


def _roll_back(actor: User, model: ModelVersion, standing: Serving) -> None:
    former = selectors.former_production(model)
    if former is None:  # the refusal looked under the same lock
        raise RolloutRefused("No other model was in production before this one.")
    _put_in_production(actor, former, model, RolloutEvent.ROLLBACK)
    _take_back_rival(actor, former, standing, f"Model {model.number} was rolled back.")


def _put_in_production(
    actor: User, model: ModelVersion, present: ModelVersion | None, event: RolloutEvent
) -> None:
    artifact_check(model)
    before = model.state
    if present is not None:
        ModelVersion.objects.filter(pk=present.pk).update(state=ModelState.RETIRED)
        annotation.suggestions_supersede(project_id=model.project_id, model_version_id=present.pk)
    model.state, model.canary_share = ModelState.PRODUCTION, 0.0
    model.promoted_at, model.promoted_by = timezone.now(), actor
    model.save()
    _record(actor, model, event, before, replaced=present)
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
        ModelVersion, project_id=model.project_id, model_version_id=model.pk, kind=str(model.kind)
    )
    model_announce(model)


def _take_back_rival(actor: User, model: ModelVersion, standing: Serving, note: str) -> None:
    """What was on its way was measured against a model that is gone from production."""
    rival = standing.on_its_way
    if rival is not None and rival.pk != model.pk:
        _move(actor, rival, RolloutEvent.OFF, 0.0, note)


def _move(actor: User, model: ModelVersion, event: RolloutEvent, share: float, note: str = "") -> None:
    """Any step that leaves production where it is."""
    before, target = model.state, next_state(model.state, event)[0]
    if target is None:
        raise RolloutRefused(next_state(model.state, event)[1])
    if target in ON_ITS_WAY:
        artifact_check(model)
    model.state = target
    model.canary_share = share if target == ModelState.CANARY else 0.0
    model.save()
    _record(actor, model, event, before, note=note)
    audit.record(
        actor=actor,
        organisation_id=model.project.organisation_id,
        action="model.rollout",
        object_type="model",
        object_id=model.pk,
        before={"state": before},
        after={"state": model.state, "share": model.canary_share},
    )
    if ModelState.CANARY in (before, target):
        _suggest_anew(model)
    prepare_enqueue(model.project, created_by=actor)
    model_announce(model)


def _suggest_anew(model: ModelVersion) -> None:
    """Other pictures are answered by another model now: what nobody has touched is suggested anew."""
    production = selectors.production_model(model.project_id, model.kind)
    for each in filter(None, (model, production)):
        annotation.suggestions_supersede(project_id=model.project_id, model_version_id=each.pk)


def _record(
    actor: User,
    model: ModelVersion,
    event: RolloutEvent,
    before: str,
    *,
    replaced: ModelVersion | None = None,
    note: str = "",
) -> None:
    RolloutChange.objects.create(
        project_id=model.project_id,
        kind=model.kind,
        number=selectors.rollout_version(model.project_id, model.kind) + 1,
        model_version=model,
        event=event,
        from_state=before,
        to_state=model.state,
        share=model.canary_share,
        replaced=replaced,
        note=note,
        created_by=actor,
    )
