"""Models on their way to production: a canary answers for its part of the pictures, a shadow looks along unheard.

Neither may hold production up: one that cannot be opened, or is away, is told in the job's log and passed over.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from backend.annotation.contracts import SelectableTask
from backend.core.jobs import JobContext, RetryLater
from backend.learning import selectors
from backend.learning.enums import ModelState
from backend.learning.errors import ModelRefused
from backend.learning.jobs.look import Scored, score_missing
from backend.learning.models import ModelVersion
from backend.learning.selectors import Serving
from backend.learning.services import shadow
from backend.learning.services.runtime import model_open
from backend.media import selectors as media

# A shadow looks at the newest pictures: enough to tell it from production, without scoring a whole archive twice.
SHADOW_PICTURES_MAX = 500


def canary_look(context: JobContext, one: Scored, tasks: Sequence[SelectableTask]) -> Scored | None:
    """The canary beside that production model, having looked at its pictures; None where there is none or it fails."""
    standing = selectors.serving(one.row.project_id, one.row.kind)
    row = standing.on_its_way
    if row is None or row.state != ModelState.CANARY:
        return None
    ids = [task.asset_id for task in tasks_of(row, standing, tasks)]
    return _looked(context, row, ids)


def tasks_of(model: ModelVersion, standing: Serving, tasks: Sequence[SelectableTask]) -> list[SelectableTask]:
    """Those a model answers for."""
    if standing.on_its_way is None or standing.on_its_way.state != ModelState.CANARY:
        return list(tasks) if standing.production and model.pk == standing.production.pk else []
    infos = media.assets_info(task.asset_id for task in tasks)
    found = []
    for task in tasks:
        info = infos.get(task.asset_id)
        who = standing.model_for(camera_id=info.camera_id if info else None, item_id=task.asset_id)
        if who is not None and who.pk == model.pk:
            found.append(task)
    return found


def look_along(context: JobContext, production: ModelVersion, tasks: Sequence[SelectableTask]) -> int:
    """Let a shadow look at the newest pictures, and compare what a shadow or canary said with production's word.

    Returns how many pictures were compared.
    """
    standing = selectors.serving(production.project_id, production.kind)
    row = standing.on_its_way
    if row is None:
        return 0
    newest = sorted((task.asset_id for task in tasks), reverse=True)
    if standing.shadow is not None:
        newest = newest[:SHADOW_PICTURES_MAX]
        if _looked(context, row, newest) is None:
            return 0
    return shadow.pictures_compare(candidate=row, production=production, asset_ids=newest)


def _looked(context: JobContext, row: ModelVersion, asset_ids: Sequence[uuid.UUID]) -> Scored | None:
    try:
        one = Scored(row, model_open(row))
        score_missing(context, one, asset_ids)
    except (ModelRefused, RetryLater) as error:
        context.write(f"Model {row.number}, which is on its way, was passed over: {error}")
        return None
    return one
