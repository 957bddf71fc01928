"""Has models look at pictures, and keeps what they say."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.annotation import services as annotation_services
from backend.core.errors import AppError, Unavailable
from backend.core.jobs import JobContext, RetryLater
from backend.learning import selectors
from backend.learning.contracts import Model
from backend.learning.domain.predictions import KEEP_SCORE_MIN
from backend.learning.errors import ModelRefused
from backend.learning.services import scoring
from backend.learning.services.runtime import model_open
from backend.media import reading
from backend.media import selectors as media
from ml.active.uncertainty import margin_scores
from ml.contracts import Box, ImagePrediction
from ml.geometry.masks import rle_enlarged

# Pictures scored between two looks at the cancel flag.
CHUNK = 16
# An HTTP model that is away is asked again after this long.
MODEL_AWAY_S = 30


@dataclass(frozen=True, slots=True)
class Scored:
    """One model at work, opened, with the row it came from."""

    row: Any
    model: Model


def open_all(context: JobContext, project_id: uuid.UUID) -> list[Scored]:
    """The production models. One that cannot be opened is told and passed over unless it is the only one."""
    opened, failures = [], []
    for row in selectors.production_models(project_id):
        try:
            opened.append(Scored(row, model_open(row)))
        except ModelRefused as error:
            context.write(error.message)
            failures.append(error)
    if failures and not opened:
        raise failures[0]
    return opened


def score_missing(
    context: JobContext, one: Scored, asset_ids: Sequence[uuid.UUID], up_to: float = 1.0
) -> int:
    """Keep what the model says of those pictures it has not looked at; how many. Progress runs to `up_to`.

    Raises RetryLater where the model is away.
    """
    done = selectors.scored_asset_ids(model_id=one.row.pk, asset_ids=asset_ids)
    missing = [asset_id for asset_id in asset_ids if asset_id not in done]
    for start in range(0, len(missing), CHUNK):
        share = start / len(missing)
        context.progress(up_to * share, f"looked at {start} of {len(missing)} pictures")
        try:
            _score_chunk(context, one, missing[start : start + CHUNK])
        except Unavailable as error:
            raise RetryLater(error.message, MODEL_AWAY_S) from error
    return len(missing)


def _score_chunk(context: JobContext, one: Scored, asset_ids: Sequence[uuid.UUID]) -> None:
    kept, images = [], []
    for asset_id, info in media.assets_info(asset_ids).items():
        try:
            images.append(reading.asset_image_array(info))
            kept.append((asset_id, info))
        except (AppError, OSError) as error:
            _set_aside(context, one.row.project_id, asset_id, error)
    if not images:
        return
    predictions = one.model.predict_batch(images, KEEP_SCORE_MIN)
    uncertainty = [float(u) for u in margin_scores(predictions)]
    rows = []
    for (asset_id, info), pixels, said, unsure in zip(kept, images, predictions, uncertainty, strict=True):
        full = enlarged(said, reading.array_scale(info, pixels), (info.height, info.width))
        rows.append((asset_id, full, unsure))
    scoring.scores_store(model=one.row, rows=rows)


def _set_aside(
    context: JobContext, project_id: uuid.UUID, asset_id: uuid.UUID, error: AppError | OSError
) -> None:
    """One unreadable picture must not stop the rest: it is set aside with the reason.

    A file that is not there may come back with its disk, so that its task only waits. Other faults of the
    storage are raised: they are not the picture's.
    """
    context.write(f"{asset_id}: {error}")
    if isinstance(error, FileNotFoundError):
        return
    if isinstance(error, OSError) and error.errno is not None:
        raise error
    annotation_services.asset_quarantine(project_id=project_id, asset_id=asset_id, reason=str(error)[:300])


def enlarged(prediction: ImagePrediction, scale: float, size: tuple[int, int]) -> ImagePrediction:
    """What a model said of a smaller copy, in pixels of the picture: `scale` picture pixels per copy pixel, `size` the
    picture's (height, width)."""
    if scale == 1.0:
        return prediction
    detections = []
    for found in prediction.detections:
        corners = (found.box.x1, found.box.y1, found.box.x2, found.box.y2)
        mask = found.mask and rle_enlarged(found.mask, *size)
        detections.append(replace(found, box=Box(*(v * scale for v in corners)), mask=mask))
    return replace(prediction, detections=tuple(detections))
