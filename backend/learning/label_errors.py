"""Reading label errors: which pictures can be looked at, the newest look, and what it found."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet

from backend.annotation import selectors as annotation
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.core.models import JobRun
from backend.datasets import selectors as datasets
from backend.learning import selectors
from backend.learning.enums import FindingKind, FindingState
from backend.learning.finding_models import LabelFinding, LabelLook
from backend.learning.models import ModelVersion
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.annotation.contracts import ApprovedImage
    from backend.datasets.models import DatasetVersion

# Fewer show too little of how sure the model usually is where it is right.
PICTURES_MIN = 20
# What a finding is shown as besides its state: the labels are not those looked at any more.
STALE = "stale"
SHOWN_STATES = (*FindingState.values, STALE)
_STANDS = Q(
    task__resolved_revision_id=F("standing_revision_id"),
    task__state__in=annotation.APPROVED_STATES,
    task__asset__deleted_at=None,
)


@dataclass(frozen=True, slots=True)
class Askable:
    """Approved pictures that a model's word may be held against; `learned` ones taught it, `blind` ones judge models."""

    images: list[ApprovedImage]
    learned: int
    blind: int

    @property
    def needed(self) -> int:
        """How many more approved pictures it takes."""
        return max(PICTURES_MIN - len(self.images), 0)


@dataclass(frozen=True, slots=True)
class LabelErrorState:
    """Where a project stands. `version` is the dataset that two models made for a look would learn from. `counts`:
    open findings by kind; `states`: findings by the state they are shown in."""

    model: ModelVersion | None
    by_production: Askable
    version: DatasetVersion | None
    by_folds: Askable
    look: LabelLook | None
    job: JobRun | None
    counts: dict[str, int]
    states: dict[str, int]


def askable(
    project_id: uuid.UUID, model: ModelVersion | None, images: Sequence[ApprovedImage] | None = None
) -> Askable:
    """Pictures that `model` has not learned from; none where there is no model. `images`: where they are read already.

    A model may have gone on from any earlier one of the project: what those learned from is left out as well, and
    so is whatever shows the same things (a clip, near-copies).
    """
    open_ones, blind = _parted(project_id, images)
    if model is None:
        return Askable([], 0, blind)
    groups = learned_groups(model)
    fresh = [image for image in open_ones if image.group_key not in groups]
    return Askable(fresh, len(open_ones) - len(fresh), blind)


def askable_by_folds(
    version: DatasetVersion | None, images: Sequence[ApprovedImage] | None = None
) -> Askable:
    """Pictures of a frozen version whose labels are still those that were frozen: of two models, one does not learn
    from each."""
    if version is None:
        return Askable([], 0, 0)
    open_ones, blind = _parted(version.project_id, images)
    items = datasets.version_items(version.pk, blind=False).order_by()
    frozen = dict(items.values_list("asset_id", "revision_id"))
    still = [image for image in open_ones if frozen.get(image.asset_id) == image.revision_id]
    return Askable(still, 0, blind)


def _parted(project_id: uuid.UUID, images: Sequence[ApprovedImage] | None) -> tuple[list[ApprovedImage], int]:
    """Approved pictures that were not drawn blind, and how many were."""
    all_of_them = annotation.approved_images(project_id) if images is None else images
    open_ones = [image for image in all_of_them if not image.blind]
    return open_ones, len(all_of_them) - len(open_ones)


def learned_groups(model: ModelVersion) -> set[str]:
    """Groups of pictures that a model or one before it was trained on."""
    versions = ModelVersion.objects.filter(
        project_id=model.project_id, number__lte=model.number, dataset_version__isnull=False
    ).values_list("dataset_version_id", flat=True)
    groups: set[str] = set()
    for version_id in set(versions):
        if version_id is not None:
            items = datasets.version_items(version_id, split="train")
            groups |= set(items.order_by().values_list("group_key", flat=True).distinct())
    return groups


def look_newest(project_id: uuid.UUID) -> LabelLook | None:
    rows = LabelLook.objects.filter(project_id=project_id)
    return rows.select_related("model_version", "dataset_version").order_by("-id").first()


def label_error_state(project_id: uuid.UUID) -> LabelErrorState:
    model = selectors.production_model(project_id)
    counts, states = Counter[str](), Counter[str]()
    for kind, state, is_stale in _shown(project_id).values_list("kind", "state", "is_stale"):
        shown = STALE if is_stale else state
        states[shown] += 1
        counts[kind] += shown == FindingState.OPEN
    version = datasets.version_newest(project_id)
    images = annotation.approved_images(project_id)
    return LabelErrorState(
        model=model,
        by_production=askable(project_id, model, images),
        version=version,
        by_folds=askable_by_folds(version, images),
        look=look_newest(project_id),
        job=job_newest(project_id),
        counts={kind: counts[kind] for kind in FindingKind.values},
        states={state: states[state] for state in SHOWN_STATES},
    )


def job_newest(project_id: uuid.UUID) -> JobRun | None:
    """The look that was asked for last, whether it waits, runs or has ended."""
    rows = JobRun.objects.filter(project_id=project_id, dedupe_key=look_key(project_id))
    return rows.order_by("-id").first()


def look_key(project_id: uuid.UUID) -> str:
    """One look of a project waits or runs at a time, whatever its way."""
    return f"learning.label_errors:{project_id}"


def findings_of(
    project_id: uuid.UUID, *, kind: str = "", label: uuid.UUID | None = None, state: str = FindingState.OPEN
) -> QuerySet[LabelFinding]:
    """Findings in one shown state, those about a label named or proposed. Unordered."""
    rows = _shown(project_id).select_related("task__asset", "decided_by")
    rows = rows.defer("task__asset__frame_times_s", "task__asset__hash_bands")
    rows = rows.filter(is_stale=True) if state == STALE else rows.filter(is_stale=False, state=state)
    if kind:
        rows = rows.filter(kind=kind)
    if label is not None:
        rows = rows.filter(Q(label_id=label) | Q(proposed_label_id=label))
    return rows


def finding_get(*, actor: User, finding_id: uuid.UUID, at_least: Role) -> LabelFinding:
    row = LabelFinding.objects.select_related("project").filter(pk=finding_id).first()
    if row is None:
        raise NotFound()
    projects.project_get(actor=actor, project_id=row.project_id, at_least=at_least)
    return row


def finding_shown(finding_id: uuid.UUID) -> LabelFinding:
    """A finding with what its row shows."""
    row = LabelFinding.objects.values_list("project_id", flat=True).get(pk=finding_id)
    rows = _shown(row).select_related("task__asset", "decided_by")
    return rows.get(pk=finding_id)


def is_stale(finding_id: uuid.UUID) -> bool:
    """Whether nobody decided it, and the picture's labels are not those looked at any more."""
    return LabelFinding.objects.filter(~_STANDS, pk=finding_id, state=FindingState.OPEN).exists()


def fine_keys(project_id: uuid.UUID) -> set[tuple[str, str]]:
    """(kind, region key) of what people called right."""
    rows = LabelFinding.objects.filter(project_id=project_id, state=FindingState.FINE).exclude(region_key="")
    return set(rows.values_list("kind", "region_key"))


def fine_places(project_id: uuid.UUID) -> dict[tuple[uuid.UUID, uuid.UUID], list[Sequence[float]]]:
    """By (task, label) the places where people said that there is none."""
    rows = LabelFinding.objects.filter(
        project_id=project_id, state=FindingState.FINE, kind=FindingKind.OVERLOOKED
    )
    found: dict[tuple[uuid.UUID, uuid.UUID], list[Sequence[float]]] = {}
    for task_id, label_id, box in rows.values_list("task_id", "proposed_label_id", "proposed_box"):
        found.setdefault((task_id, label_id), []).append(box)
    return found


def _shown(project_id: uuid.UUID) -> QuerySet[LabelFinding]:
    """Findings with `is_stale`, see there."""
    stale = Q(state=FindingState.OPEN) & ~_STANDS
    return LabelFinding.objects.filter(project_id=project_id).annotate(
        is_stale=ExpressionWrapper(stale, output_field=BooleanField())
    )
