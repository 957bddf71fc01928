"""Having a model propose tracks for videos."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from backend.core import jobs

if TYPE_CHECKING:
    from backend.core.models import JobRun
    from backend.projects.models import Project

TRACKS_KIND = "learning.video_tracks"


def video_tracks_enqueue(*, project: Project, task_id: uuid.UUID, model_id: uuid.UUID) -> JobRun:
    """Have a detector look through an untouched video for tracks to suggest, in the background."""
    return jobs.enqueue(
        TRACKS_KIND,
        payload={"task_id": str(task_id), "model_id": str(model_id)},
        title="Suggest tracks in a video",
        organisation_id=project.organisation_id,
        project_id=project.pk,
        dedupe_key=f"video-tracks:{task_id}:{model_id}",
    )
