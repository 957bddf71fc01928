"""Looks for label errors: holds a model's word against approved labels that it has not learned from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from backend.annotation import selectors as annotation
from backend.core.jobs import JobContext
from backend.learning import selectors
from backend.learning.domain.findings import Found
from backend.learning.domain.label_errors import LookedAt, Word, findings_in, strongest
from backend.learning.domain.predictions import prediction_load
from backend.learning.enums import LookWay
from backend.learning.errors import NoProductionModel
from backend.learning.jobs.look import Scored, score_missing
from backend.learning.label_errors import Askable, askable
from backend.learning.services import label_errors
from backend.learning.services.runtime import model_open
from backend.media import selectors as media
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.annotation.contracts import ApprovedImage
    from backend.learning.contracts import BoundClass
    from backend.projects.models import Project

# Looking at pictures is nearly all of it.
LOOKED_SHARE = 0.95


def run(context: JobContext) -> dict[str, Any]:
    """Job `learning.label_errors`. Payload: project_id. Findings are replaced at its end, all at once."""
    project = projects.project_find(context.payload["project_id"])
    model = selectors.production_model(project.pk)
    if model is None:
        raise NoProductionModel("The detector is not in production any more.")
    pictures = askable(project.pk, model)
    label_errors.refuse_few(pictures)
    asset_ids = [image.asset_id for image in pictures.images]
    score_missing(context, Scored(model, model_open(model)), asset_ids, up_to=LOOKED_SHARE)
    context.progress(LOOKED_SHARE, "comparing labels with what the model sees")
    rows = selectors.scores_by_asset(model_id=model.pk, asset_ids=asset_ids)
    words = {asset_id: Word(prediction_load(row).detections) for asset_id, row in rows.items()}
    found, facts = held_against(project, pictures, words, selectors.model_info(model).binding)
    context.check_cancelled()
    label_errors.look_store(
        project=project, job=context.job, way=LookWay.PRODUCTION, found=found, facts=facts, model=model
    )
    return {"findings": len(found)}


def held_against(
    project: Project,
    pictures: Askable,
    words: Mapping[uuid.UUID, Word],
    binding: Mapping[str, BoundClass],
) -> tuple[list[Found], dict[str, int]]:
    """Findings in pictures by asset, and what is told of the look: `{pictures, objects, learned, blind, unread,
    weaker}`; `weaker` findings were found and are not kept."""
    looked_at = _looked_at([image for image in pictures.images if image.asset_id in words], words)
    rows = findings_in(
        looked_at,
        binding,
        projects.labels_of(project.pk),
        least_px=projects.settings_of(project).min_box_px,
    )
    found = strongest(rows)
    return found, {
        "pictures": len(looked_at),
        "objects": sum(len(picture.objects) for picture in looked_at),
        "learned": pictures.learned,
        "blind": pictures.blind,
        "unread": len(pictures.images) - len(looked_at),
        "weaker": len(rows) - len(found),
    }


def _looked_at(images: Sequence[ApprovedImage], words: Mapping[uuid.UUID, Word]) -> list[LookedAt]:
    objects = annotation.objects_of_revisions([image.revision_id for image in images])
    infos = media.assets_info(image.asset_id for image in images)
    return [
        LookedAt(
            image.task_id,
            image.revision_id,
            info.width,
            info.height,
            objects.get(image.revision_id, []),
            words[image.asset_id],
        )
        for image in images
        if (info := infos.get(image.asset_id)) is not None
    ]
