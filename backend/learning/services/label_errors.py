"""Asking for a look for label errors, keeping what it found, and what people make of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from backend.annotation import selectors as annotation_selectors
from backend.annotation import services as annotation
from backend.annotation.contracts import RegionData
from backend.annotation.errors import RevisionStale
from backend.core import audit, events, jobs
from backend.core.enums import Role
from backend.core.errors import Forbidden, NotFound, Stale
from backend.core.models import new_id
from backend.core.permissions import at_least
from backend.datasets import selectors as datasets
from backend.learning import label_errors as reading
from backend.learning import selectors
from backend.learning.domain.findings import Found, same_place
from backend.learning.enums import FindingKind, FindingState, FindingVerdict, LookWay
from backend.learning.errors import (
    FindingDecided,
    FindingStale,
    NoProductionModel,
    NothingToTrainOn,
    TooFewPictures,
)
from backend.learning.finding_models import LabelFinding, LabelLook
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.core.models import JobRun
    from backend.datasets.models import DatasetVersion
    from backend.learning.models import ModelVersion
    from backend.projects.models import Project

PRODUCTION_JOB, FOLDS_JOB = "learning.label_errors", "learning.label_errors_folds"
# Of CPU, for one of two models: within the job's time also where others need the processor.
MINUTES_RANGE = (0.05, 60.0)
MINUTES = 8.0
CHANGED = "The labels of this picture have changed since it was looked at. Open it, or look again."
WRITTEN_AT_ONCE = 500
WHY = {
    FindingKind.OVERLOOKED: "Label error put right: an overlooked object was added.",
    FindingKind.BAD_BOX: "Label error put right: a box was drawn anew.",
    FindingKind.SWAPPED: "Label error put right: an object got another label.",
}
UNDONE = "A correction of a label error was taken back."


def look_enqueue(*, project: Project, actor: User, way: LookWay, minutes: float) -> JobRun:
    """Have labels held against the word of models that have not learned from them; one look waits or runs.

    `minutes` of CPU are for each of the two models of a look by folds. Raises NoProductionModel, TooFewPictures,
    NothingToTrainOn.
    """
    if way == LookWay.FOLDS:
        version = datasets.version_newest(project.pk)
        if version is None:
            raise NothingToTrainOn("Freeze a dataset first: two models learn from it, a half each.")
        refuse_few(reading.askable_by_folds(version))
        return _enqueue(project, actor, FOLDS_JOB, number=version.number, minutes=minutes)
    model = selectors.production_model(project.pk)
    if model is None:
        raise NoProductionModel("Put a detector into production first: labels are held against its word.")
    refuse_few(reading.askable(project.pk, model))
    return _enqueue(project, actor, PRODUCTION_JOB)


def _enqueue(project: Project, actor: User, kind: str, **asked: float) -> JobRun:
    _announce(project)
    return jobs.enqueue(
        kind,
        payload={"project_id": str(project.pk), **asked},
        title="Look for label errors",
        organisation_id=project.organisation_id,
        project_id=project.pk,
        created_by=actor,
        dedupe_key=reading.look_key(project.pk),
    )


def refuse_few(pictures: reading.Askable) -> None:
    """Raises TooFewPictures."""
    if pictures.needed:
        raise TooFewPictures(
            f"{pictures.needed} more approved pictures are needed that the model has not learned from."
        )


@transaction.atomic
def look_store(
    *,
    project: Project,
    job: JobRun,
    way: LookWay,
    found: Sequence[Found],
    facts: dict[str, Any],
    model: ModelVersion | None = None,
    version: DatasetVersion | None = None,
    minutes: float | None = None,
) -> LabelLook:
    """Keep a look. Its findings replace all that nobody has decided; what people called right is not asked again.

    A job stores once.
    """
    type(project).objects.select_for_update().get(pk=project.pk)
    done = LabelLook.objects.filter(job=job).first()
    if done is not None:
        return done
    LabelFinding.objects.filter(project=project, state=FindingState.OPEN).delete()
    look = LabelLook.objects.create(
        project=project,
        job=job,
        way=way,
        model_version=model,
        dataset_version=version,
        minutes=minutes,
        facts=facts,
    )
    fine, places = reading.fine_keys(project.pk), reading.fine_places(project.pk)
    asked = [
        row
        for row in found
        if (row.kind, row.region_key) not in fine
        and not any(
            same_place(row.proposed_box, box)
            for box in places.get((row.task_id, uuid.UUID(row.proposed_label_id)), ())
            if row.kind == FindingKind.OVERLOOKED
        )
    ]
    LabelFinding.objects.bulk_create(
        [_row(look, row, rank) for rank, row in enumerate(asked, start=1)], batch_size=WRITTEN_AT_ONCE
    )
    _announce(project)
    return look


def _row(look: LabelLook, found: Found, rank: int) -> LabelFinding:
    return LabelFinding(
        project_id=look.project_id,
        look=look,
        task_id=found.task_id,
        kind=found.kind,
        label_id=found.label_id,
        region_id=found.region_id,
        region_key=found.region_key,
        box=list(found.box),
        proposed_label_id=found.proposed_label_id,
        proposed_box=list(found.proposed_box),
        sure=found.sure,
        score=found.score,
        rank=rank,
        revision_id=found.revision_id,
        standing_revision_id=found.revision_id,
    )


@transaction.atomic
def finding_decide(
    *, actor: User, finding_id: uuid.UUID, verdict: FindingVerdict, base_version: int
) -> LabelFinding:
    """Put the labels right as proposed, or say that they are right. The same word again by the same person is one.

    Raises Stale, FindingDecided, FindingStale, and what `region_correct` does.
    """
    row = _locked(finding_id)
    wanted = FindingState.FIXED if verdict == FindingVerdict.FIX else FindingState.FINE
    if row.state == wanted and row.decided_by_id == actor.pk and row.version == base_version + 1:
        return row
    if row.state != FindingState.OPEN:
        raise FindingDecided("Somebody has decided this already. Take that back first.")
    _refuse_version(row, base_version)
    if reading.is_stale(row.pk):
        raise FindingStale(CHANGED)
    if wanted == FindingState.FIXED:
        _fix(actor, row)
    row.state, row.decided_by, row.decided_at = wanted, actor, timezone.now()
    row.version += 1
    row.save()
    _record(actor, row, f"label_error.{verdict}")
    return row


@transaction.atomic
def finding_undo(*, actor: User, finding_id: uuid.UUID, base_version: int) -> LabelFinding:
    """Ask about it again; a correction is taken out of the labels in a revision of its own.

    Only who decided, or a manager, may. Raises Forbidden, Stale, FindingStale where the labels have changed
    otherwise since, and what `region_correct` does.
    """
    row = _locked(finding_id)
    if row.state == FindingState.OPEN:
        return row
    if row.decided_by_id != actor.pk and not at_least(
        projects.project_role(actor=actor, project=row.project), Role.MANAGER
    ):
        raise Forbidden("Only who decided, or a manager, takes a decision back.")
    _refuse_version(row, base_version)
    if row.state == FindingState.FIXED:
        before = RegionData(**row.before) if row.before else None
        _correct(actor, row, str(row.fixed_region_id), before, UNDONE)
    row.state, row.decided_by, row.decided_at = FindingState.OPEN, None, None
    row.before, row.fixed_region_id = None, None
    row.version += 1
    row.save()
    _record(actor, row, "label_error.undo")
    return row


def _locked(finding_id: uuid.UUID) -> LabelFinding:
    """The finding, with all of its picture locked in one order, since a correction moves them on together."""
    task_of = LabelFinding.objects.filter(pk=finding_id).values("task_id")
    rows = LabelFinding.objects.select_for_update(of=("self",)).filter(task_id__in=task_of).order_by("id")
    row = next((row for row in rows.select_related("project", "look") if row.pk == finding_id), None)
    if row is None:
        raise NotFound("A newer look has replaced this. Load the page again.")
    return row


def _refuse_version(row: LabelFinding, base_version: int) -> None:
    if row.version != base_version:
        raise Stale("Somebody has decided on this in between. Load the page again.")


def _fix(actor: User, row: LabelFinding) -> None:
    there = _region(row) if row.region_id else None
    if row.region_id and there is None:
        raise FindingStale(CHANGED)
    row.before = {name: getattr(there, name) for name in RegionData.__slots__} if there else None
    region = _put_right(row, there)
    row.fixed_region_id = uuid.UUID(region.region_id)
    _correct(actor, row, region.region_id, region, WHY[FindingKind(row.kind)])


def _region(row: LabelFinding) -> RegionData | None:
    regions = annotation_selectors.regions_by_revision([row.standing_revision_id])
    found = regions.get(row.standing_revision_id, [])
    return next((each for each in found if each.region_id == str(row.region_id)), None)


def _put_right(row: LabelFinding, there: RegionData | None) -> RegionData:
    """The object as proposed. A box is the model's work; another name is the person's word about the same outline."""
    if there is not None and row.kind == FindingKind.SWAPPED:
        # Attributes belong to the old label; the new one may not know them.
        return _copy(there, label_id=str(row.proposed_label_id), attributes={}, source="person")
    model: dict[str, Any] = {
        "geometry": {"box": list(row.proposed_box)},
        "source": "model",
        "suggestion_id": None,
        "model_version_id": str(row.look.model_version_id or row.look_id),
        "score": row.sure,
    }
    if there is not None:
        return _copy(there, **model)
    return RegionData(region_id=str(new_id()), label_id=str(row.proposed_label_id), shape="box", **model)


def _copy(region: RegionData, **changes: Any) -> RegionData:
    fields = {name: getattr(region, name) for name in RegionData.__slots__}
    return RegionData(**{**fields, **changes})


def _correct(actor: User, row: LabelFinding, region_id: str, region: RegionData | None, why: str) -> None:
    """Have annotation write the revision; every finding that spoke of the labels before speaks of the new ones."""
    before = row.standing_revision_id
    try:
        revision = annotation.region_correct(
            actor=actor,
            task_id=row.task_id,
            base_revision_id=before,
            region_id=region_id,
            region=region,
            why=why,
        )
    except RevisionStale as error:
        raise FindingStale(CHANGED) from error
    LabelFinding.objects.filter(task_id=row.task_id, standing_revision_id=before).update(
        standing_revision_id=revision.pk
    )
    row.standing_revision_id = revision.pk


def _record(actor: User, row: LabelFinding, action: str) -> None:
    audit.record(
        actor=actor,
        organisation_id=row.project.organisation_id,
        action=action,
        object_type="label_finding",
        object_id=row.pk,
        after={"kind": row.kind, "task_id": str(row.task_id), "state": row.state},
    )
    _announce(row.project)


def _announce(project: Project) -> None:
    events.publish(
        organisation_id=project.organisation_id, project_id=project.pk, kind="label_errors", data={}
    )
