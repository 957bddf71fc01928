"""Keeping what a model on its way says beside production. Nothing here is shown as a suggestion or raises an alarm."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from backend.learning import selectors
from backend.learning.domain.predictions import prediction_dump, prediction_load
from backend.learning.domain.shadow import compared
from backend.learning.models import ModelVersion, ShadowAnswer
from backend.learning.services.promotion import model_announce
from backend.media import selectors as media
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.learning.contracts import ModelInfo
    from ml.contracts import ImagePrediction
    from ml.evaluation.agreement import Agreement

PICTURES_A_WRITE = 500
# Live frames kept of one pair of models: a day of one camera at one every four seconds.
FRAMES_KEPT = 20_000


@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """What both models said of one live frame; no candidate answer where it failed, with the reason."""

    production: ImagePrediction
    candidate: ImagePrediction | None
    error: str = ""


def pictures_compare(
    *, candidate: ModelVersion, production: ModelVersion, asset_ids: Sequence[uuid.UUID]
) -> int:
    """Compare what both said of pictures, as `scores_store` kept it; how many were new."""
    names = {label.id: label.name for label in projects.labels_of(candidate.project_id)}
    ours, theirs = (selectors.model_info(each).binding for each in (candidate, production))
    made = 0
    for start in range(0, len(asset_ids), PICTURES_A_WRITE):
        ids = asset_ids[start : start + PICTURES_A_WRITE]
        done = ShadowAnswer.objects.filter(candidate=candidate, production=production, asset_id__in=ids)
        left = set(ids) - set(done.values_list("asset_id", flat=True))
        ours_said = selectors.scores_by_asset(model_id=candidate.pk, asset_ids=list(left))
        theirs_said = selectors.scores_by_asset(model_id=production.pk, asset_ids=list(left))
        both = [each for each in ids if each in ours_said and each in theirs_said]
        infos = media.assets_info(both)
        rows = []
        for each in both:
            first, second = prediction_load(ours_said[each]), prediction_load(theirs_said[each])
            row = _row(candidate.pk, production.pk, compared(first, ours, second, theirs, names))
            row.asset_id, row.camera_id = each, infos[each].camera_id if each in infos else None
            rows.append(row)
        ShadowAnswer.objects.bulk_create(rows, ignore_conflicts=True)
        made += len(rows)
    if made:
        model_announce(candidate)
    return made


def pictures_forget(*, model: ModelVersion) -> None:
    """What its classes mean was changed: answers are compared anew."""
    ShadowAnswer.objects.filter(candidate=model, asset__isnull=False).delete()
    ShadowAnswer.objects.filter(production=model, asset__isnull=False).delete()


@transaction.atomic
def frames_record(
    *,
    candidate: ModelInfo,
    production: ModelInfo,
    feed_id: uuid.UUID,
    camera_id: uuid.UUID | None,
    answers: Sequence[FrameAnswer],
) -> None:
    """Keep what both said of live frames of one feed, and no more than `FRAMES_KEPT` of them."""
    names = {label.id: label.name for label in projects.labels_of(candidate.project_id)}
    rows = []
    for said in answers:
        if said.candidate is None:
            row = ShadowAnswer(candidate_id=candidate.id, production_id=production.id, agreed=False)
            row.error = said.error[:300] or "It gave no answer."
        else:
            row = _row(
                candidate.id,
                production.id,
                compared(said.candidate, candidate.binding, said.production, production.binding, names),
            )
            row.answers = {
                "candidate": prediction_dump(said.candidate),
                "production": prediction_dump(said.production),
            }
        row.feed_id, row.camera_id = feed_id, camera_id
        rows.append(row)
    ShadowAnswer.objects.bulk_create(rows)
    _forget_old_frames(candidate.id, production.id)


def _row(candidate_id: uuid.UUID, production_id: uuid.UUID, found: Agreement) -> ShadowAnswer:
    return ShadowAnswer(
        candidate_id=candidate_id,
        production_id=production_id,
        agreed=found.is_whole,
        matched=found.matched,
        only_candidate=found.only_first,
        only_production=found.only_second,
        iou_sum=found.iou_sum,
        per_label=found.per_label,
    )


def _forget_old_frames(candidate_id: uuid.UUID, production_id: uuid.UUID) -> None:
    frames = ShadowAnswer.objects.filter(
        candidate_id=candidate_id, production_id=production_id, asset__isnull=True
    )
    oldest_kept = frames.order_by("-id").values_list("id", flat=True)[FRAMES_KEPT - 1 : FRAMES_KEPT].first()
    if oldest_kept is not None:
        frames.filter(id__lt=oldest_kept).delete()
