"""Where a model stands on its way to production, which steps it may take, and how it does beside production."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.learning import selectors
from backend.learning.domain.predictions import prediction_load
from backend.learning.domain.rollout import STEPS, canary_answers
from backend.learning.domain.shadow import boxes_shown
from backend.learning.enums import ModelState, RolloutEvent
from backend.learning.models import ModelVersion, RolloutChange, ShadowAnswer
from backend.learning.selectors import Serving
from backend.learning.services.rollout import rollout_refusal
from backend.media import selectors as media
from backend.projects import selectors as projects
from backend.sites import selectors as sites

# Newest answers that are counted: older ones tell of another season.
ANSWERS_MAX = 5_000
HISTORY_SHOWN = 20
EXAMPLES_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person may ask for; `reason` says why not where it is refused."""

    event: str
    allowed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """What both models said of one camera, or of pictures without one (`camera_id` null)."""

    camera_id: uuid.UUID | None
    name: str
    answers: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One picture of which the two say different things; boxes are x1, y1, x2, y2 in pixels of the upright picture."""

    asset_id: uuid.UUID
    name: str
    width: int
    height: int
    candidate: list[list[float]]
    production: list[list[float]]
    matched: int
    only_candidate: int
    only_production: int


@dataclass(frozen=True, slots=True)
class LabelCounts:
    name: str
    matched: int
    only_candidate: int
    only_production: int


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """The newest answers of a model beside production's. `mean_iou` is of matched boxes; None where there are none."""

    pictures: int
    frames: int
    failed: int
    error: str
    agreed: int
    matched: int
    only_candidate: int
    only_production: int
    mean_iou: float | None
    first_at: datetime
    last_at: datetime
    labels: list[LabelCounts]
    places: list[Place]
    examples: list[Disagreement]


@dataclass(frozen=True, slots=True)
class CameraShare:
    """A camera of the project, and whether a canary of this model answers for it at its present share."""

    id: uuid.UUID
    name: str
    answered: bool


@dataclass(frozen=True, slots=True)
class RolloutState:
    version: int
    state: str
    share: float
    production: ModelVersion | None
    on_its_way: ModelVersion | None
    former: ModelVersion | None
    steps: list[Step]
    history: list[RolloutChange]
    cameras: list[CameraShare]
    shadow: ShadowReport | None


def rollout_state(model: ModelVersion) -> RolloutState:
    standing = selectors.serving(model.project_id, model.kind)
    is_production = model.state == ModelState.PRODUCTION
    return RolloutState(
        version=selectors.rollout_version(model.project_id, model.kind),
        state=model.state,
        share=model.canary_share,
        production=standing.production,
        on_its_way=standing.on_its_way,
        former=selectors.former_production(model) if is_production else None,
        steps=_steps(model, standing),
        history=selectors.rollout_changes(model, HISTORY_SHOWN),
        cameras=_cameras(model) if model.state == ModelState.CANARY else [],
        shadow=None if is_production else shadow_report(model, standing.production),
    )


def _steps(model: ModelVersion, standing: Serving) -> list[Step]:
    """Every step the state knows, and for those the proof or another model is in the way of, why."""
    found = []
    for event in RolloutEvent:
        if (model.state, event) not in STEPS and model.state != ModelState.REFUSED:
            continue
        if event in (RolloutEvent.OFF, RolloutEvent.ROLLBACK) and model.state == ModelState.REFUSED:
            continue
        refused = rollout_refusal(model, event, standing)
        found.append(Step(event, refused is None, refused.message if refused else ""))
    return found


def _cameras(model: ModelVersion) -> list[CameraShare]:
    links = media.project_assets(model.project_id).exclude(asset__camera=None)
    ids = set(links.order_by().values_list("asset__camera_id", flat=True).distinct())
    names = sites.place_names(cameras=ids, sites=())
    rows = [
        CameraShare(each, names[each], canary_answers(model.pk, model.canary_share, each))
        for each in ids
        if each in names
    ]
    return sorted(rows, key=lambda row: row.name)


def shadow_report(model: ModelVersion, production: ModelVersion | None) -> ShadowReport | None:
    """How a model did beside production so far; None where nothing was compared."""
    if production is None:
        return None
    rows = list(
        ShadowAnswer.objects.filter(candidate=model, production=production)
        .order_by("-id")
        .values(
            "at", "asset_id", "camera_id", "agreed", "error", "matched",
            "only_candidate", "only_production", "iou_sum", "per_label",
        )[:ANSWERS_MAX]
    )  # fmt: skip
    if not rows:
        return None
    good = [row for row in rows if not row["error"]]
    total = {key: sum(row[key] for row in good) for key in ("matched", "only_candidate", "only_production")}
    overlap = sum(row["iou_sum"] for row in good)
    return ShadowReport(
        pictures=sum(row["asset_id"] is not None for row in good),
        frames=sum(row["asset_id"] is None for row in good),
        failed=len(rows) - len(good),
        error=next((row["error"] for row in rows if row["error"]), ""),
        agreed=sum(row["agreed"] for row in good),
        mean_iou=round(overlap / total["matched"], 4) if total["matched"] else None,
        first_at=rows[-1]["at"],
        last_at=rows[0]["at"],
        labels=_labels(good),
        places=_places(good),
        examples=_examples(model, production, good),
        **total,
    )


def _labels(rows: list[dict[str, Any]]) -> list[LabelCounts]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        for name, counts in row["per_label"].items():
            sums[name] = [a + b for a, b in zip(sums[name], counts, strict=True)]
    return [LabelCounts(name, *counts) for name, counts in sorted(sums.items(), key=lambda p: -sum(p[1]))]


def _places(rows: list[dict[str, Any]]) -> list[Place]:
    seen: dict[uuid.UUID | None, list[bool]] = defaultdict(list)
    for row in rows:
        seen[row["camera_id"]].append(row["agreed"])
    names = sites.place_names(cameras=[each for each in seen if each], sites=())
    found = [
        Place(camera, names.get(camera, "") if camera else "", len(agreed), sum(agreed))
        for camera, agreed in seen.items()
    ]
    return sorted(found, key=lambda place: place.agreed / place.answers)


def _examples(
    model: ModelVersion, production: ModelVersion, rows: list[dict[str, Any]]
) -> list[Disagreement]:
    """Pictures with most boxes that only one of them sees."""
    apart = [row for row in rows if row["asset_id"] and not row["agreed"]]
    apart.sort(key=lambda row: -(row["only_candidate"] + row["only_production"]))
    ids = [row["asset_id"] for row in apart[: 2 * EXAMPLES_SHOWN]]
    infos = media.assets_info(ids)
    ours, theirs = (_boxes(each, ids) for each in (model, production))
    return [
        Disagreement(
            asset_id=row["asset_id"],
            name=info.name,
            width=info.width,
            height=info.height,
            candidate=ours.get(row["asset_id"], []),
            production=theirs.get(row["asset_id"], []),
            matched=row["matched"],
            only_candidate=row["only_candidate"],
            only_production=row["only_production"],
        )
        for row in apart
        if (info := infos.get(row["asset_id"])) is not None and not info.deleted
    ][:EXAMPLES_SHOWN]


def _boxes(model: ModelVersion, asset_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[list[float]]]:
    names = {label.id: label.name for label in projects.labels_of(model.project_id)}
    binding = selectors.model_info(model).binding
    said = selectors.scores_by_asset(model_id=model.pk, asset_ids=asset_ids)
    return {
        asset_id: [
            [round(v, 1) for v in (found.box.x1, found.box.y1, found.box.x2, found.box.y2)]
            for found in boxes_shown(prediction_load(row), binding, names)
        ]
        for asset_id, row in said.items()
    }
