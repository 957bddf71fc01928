"""Job: the production detector and the tracker look through one untouched video and propose tracks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist

from backend.annotation import selectors as annotation
from backend.annotation import services as annotation_services
from backend.core.errors import AppError, Unavailable
from backend.core.jobs import JobContext, RetryLater
from backend.learning import selectors
from backend.learning.domain.predictions import KEEP_SCORE_MIN
from backend.learning.domain.video_tracks import looks_of, track_items
from backend.learning.jobs.look import MODEL_AWAY_S
from backend.learning.services.runtime import model_open
from backend.media import reading
from backend.media import selectors as media
from backend.projects import selectors as projects
from ml.tracking.whole import Look, whole_tracks

if TYPE_CHECKING:
    from backend.annotation.models import Task

# Frames between two looks at the cancel flag.
TELL_EVERY = 16
SPLIT_WAIT_S = 1


def run(context: JobContext) -> dict[str, Any]:
    """Payload: task_id, model_id. A video that a person has begun meanwhile keeps what it has.

    Where it was split meanwhile into other parts, what was seen of the old ones is not stored: its task is looked
    through again, and nothing more is done for one that is gone.
    """
    try:
        task = annotation.task_find(context.payload["task_id"])
    except ObjectDoesNotExist:
        return {"skipped": "the video has other parts now"}
    row = selectors.model_find(context.payload["model_id"])
    info = media.assets_info([task.asset_id]).get(task.asset_id)
    if info is None or info.deleted or not info.frame_count:
        return {"skipped": "the video is not there any more"}
    times_s = media.frame_times(info.id)
    first, end = (task.frame_start, task.frame_end) if task.part else (0, len(times_s))
    looks = [first + frame for frame in looks_of(times_s[first:end])]
    model = model_open(row)
    facts = {"looks": len(looks), "unreadable": 0}

    def seen() -> Iterator[Look]:
        for number, frame in enumerate(looks):
            if number % TELL_EVERY == 0:
                context.progress(number / len(looks), f"looked at {number} of {len(looks)} frames")
                _stands_or_again(task)
            try:
                picture = reading.asset_frame_array(info, frame)
            except AppError as error:
                # One damaged frame must not stop the rest.
                context.write(f"frame {frame}: {error}")
                facts["unreadable"] += 1
                continue
            try:
                said = model.predict(picture, KEEP_SCORE_MIN)
            except Unavailable as error:
                raise RetryLater(error.message, MODEL_AWAY_S) from error
            yield frame, times_s[frame], said.detections

    told = selectors.model_info(row)
    items = track_items(whole_tracks(seen()), looks, told.binding, projects.labels_of(task.project_id))
    _stands_or_again(task)
    made = annotation_services.suggestions_create(
        task_id=task.pk,
        model_version_id=row.pk,
        model_name=f"{told.name} {told.number}",
        items=items,
    )
    left_out = annotation_services.suggestions_left_out_of(items) if made else 0
    return {**facts, "tracks": made, "left_out": left_out}


def _stands_or_again(task: Task) -> None:
    """Raises RetryLater where the task is of other frames now, or gone."""
    if not annotation.task_stands(task):
        raise RetryLater("The video was split into other parts meanwhile.", SPLIT_WAIT_S)
