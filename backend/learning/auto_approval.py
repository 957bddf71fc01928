"""Reading auto-approval: how every policy of a project stands, what it did, and what could be promised."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backend.annotation.selectors.auto_approval import blind_pictures
from backend.learning import selectors
from backend.learning.contracts import ModelInfo
from backend.learning.domain.policy_states import refusal
from backend.learning.enums import PictureFate, PolicyEvent, PolicyScope, PolicyState
from backend.learning.models import ApprovalPolicy, ModelVersion, PolicyPicture
from backend.learning.services.approval_policies import KINDS
from backend.media import selectors as media
from backend.projects import selectors as projects

EXAMPLES_SHOWN = 8
RETIRED_SHOWN = 10
COUNTING = "Counting the blind reviews that are there already."


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a manager may ask for; `reason` says why not where it is refused."""

    event: str
    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Tally:
    """Pictures of one fate; of those people have finished since (`settled`), boxes, wrong ones, pictures with a miss."""

    pictures: int
    settled: int
    boxes: int
    wrong: int
    missed: int


@dataclass(frozen=True, slots=True)
class Example:
    """A picture the policy dealt with, newest first; `wrong` and `missed` null until a person has finished it."""

    task_id: uuid.UUID
    asset_id: uuid.UUID
    name: str
    fate: str
    boxes: int
    wrong: int | None
    missed: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What `jobs/judging.py` said last; the defaults before it has said anything."""

    units: int = 0
    with_boxes: int = 0
    fit_wanted: int | None = None
    tested: int = 0
    holds_back: int = 0
    more: int | None = None
    coverage: float | None = None
    error: float | None = None
    words: str = COUNTING
    curve: tuple[dict[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalState:
    """A policy, in numbers and words."""

    policy: ApprovalPolicy
    name: str
    proof: Proof
    would: Tally
    approved: Tally
    audits: Tally
    taken_back: int
    steps: list[Step]
    examples: list[Example]


@dataclass(frozen=True, slots=True)
class OfferedLabel:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A model in production that may approve, and the labels it suggests."""

    model: ModelVersion
    labels: list[OfferedLabel]


@dataclass(frozen=True, slots=True)
class ProjectApproval:
    """`blind_done` of the random slice are labelled and approved, `blind_waiting` are not."""

    blind_done: int
    blind_waiting: int
    offers: list[Offer]
    policies: list[ApprovalState]


def project_approval(project_id: uuid.UUID) -> ProjectApproval:
    drawn = [picture for picture in blind_pictures(project_id).values() if picture.is_usable]
    done = sum(picture.revision_id is not None for picture in drawn)
    rows = ApprovalPolicy.objects.filter(project_id=project_id).select_related("model_version", "created_by")
    live = list(rows.exclude(state=PolicyState.RETIRED).order_by("-id"))
    gone = list(rows.filter(state=PolicyState.RETIRED).order_by("-id")[:RETIRED_SHOWN])
    names = {label.id: label.name for label in projects.labels_of(project_id)}
    return ProjectApproval(
        blind_done=done,
        blind_waiting=len(drawn) - done,
        offers=_offers(project_id, names),
        policies=[_state(policy, names) for policy in (*live, *gone)],
    )


def approval_state(policy: ApprovalPolicy) -> ApprovalState:
    names = {label.id: label.name for label in projects.labels_of(policy.project_id)}
    return _state(policy, names)


def _offers(project_id: uuid.UUID, names: dict[str, str]) -> list[Offer]:
    offers = []
    for model in selectors.production_models(project_id):
        bound = {each.label_id for each in ModelInfo.binding_parse(model.binding.mapping).values()}
        labels = sorted((names[key], key) for key in bound if key in names)
        if model.kind in KINDS and labels:
            offers.append(Offer(model, [OfferedLabel(key, name) for name, key in labels]))
    return offers


def _state(policy: ApprovalPolicy, names: dict[str, str]) -> ApprovalState:
    rows = policy.pictures.order_by("-at", "-id")
    return ApprovalState(
        policy=policy,
        name=_name(policy, names),
        proof=Proof(**{key: value for key, value in policy.verdict.items() if key in Proof.__slots__}),
        would=_tally(rows.filter(fate=PictureFate.WOULD)),
        approved=_tally(rows.filter(fate=PictureFate.APPROVED)),
        audits=_tally(rows.filter(fate=PictureFate.AUDIT)),
        taken_back=rows.filter(fate=PictureFate.TAKEN_BACK).count(),
        steps=_steps(policy),
        examples=_examples(rows.select_related("task")[:EXAMPLES_SHOWN]),
    )


def _name(policy: ApprovalPolicy, names: dict[str, str]) -> str:
    if policy.scope == PolicyScope.PICTURES:
        return "Whole pictures"
    return names.get(policy.label_ids[0], "A label that is gone")


def _tally(rows: Any) -> Tally:
    found = list(rows.values_list("boxes", "wrong", "missed"))
    settled = [(len(boxes), wrong, missed) for boxes, wrong, missed in found if wrong is not None]
    return Tally(
        pictures=len(found),
        settled=len(settled),
        boxes=sum(n for n, _, _ in settled),
        wrong=sum(wrong for _, wrong, _ in settled),
        missed=sum(missed > 0 for _, _, missed in settled),
    )


def _steps(policy: ApprovalPolicy) -> list[Step]:
    found = []
    for event in PolicyEvent:
        if event == PolicyEvent.UNLOCK:
            continue
        why = refusal(state=policy.state, cause=policy.cause, event=event)
        found.append(Step(event, not why, why))
    return found


def _examples(rows: Iterable[PolicyPicture]) -> list[Example]:
    listed = list(rows)
    infos = media.assets_info(row.task.asset_id for row in listed)
    return [
        Example(
            task_id=row.task_id,
            asset_id=row.task.asset_id,
            name=infos[row.task.asset_id].name,
            fate=row.fate,
            boxes=len(row.boxes),
            wrong=row.wrong,
            missed=row.missed,
        )
        for row in listed
        if row.task.asset_id in infos and not infos[row.task.asset_id].deleted
    ]
