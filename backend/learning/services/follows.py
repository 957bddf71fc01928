"""Following an object through a video: asked for by whoever has it open, told to their page as it comes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Now

from backend.annotation import selectors as annotation
from backend.annotation import services as annotation_services
from backend.annotation.errors import NotOpen
from backend.core import jobs
from backend.core.enums import LIVE_JOB_STATES, Role
from backend.core.errors import BadInput, Conflict, NotFound
from backend.learning.domain import following
from backend.learning.enums import FollowStop
from backend.learning.follow_models import Follow
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.annotation.models import Task

FOLLOW_KIND = "learning.follow"
# The page has taken the keyframes long before.
KEPT_FOR = timedelta(days=1)


@transaction.atomic
def follow_start(*, actor: User, task: Task, asked: dict[str, Any]) -> Follow:
    """Follow an object from where a person says it is, in the background.

    `asked`: `{region_id, label_id, of, by, start, goal, to_frame}`, see `Follow`; a `goal` must lie on the way to
    `to_frame`. Raises NotOpen unless the person has the video open, Conflict for pictures and while another object is being
    followed for them, BadInput for what cannot be followed.
    """
    if task.asset.kind != "video":
        raise Conflict("Objects are followed through videos only.")
    if not annotation.has_open(actor=actor, task=task):
        raise NotOpen("Open this video to label it first: what is followed goes into your work.")
    if not any(label.id == str(asked["label_id"]) for label in projects.labels_of(task.project_id)):
        raise BadInput("The label is not one of this project's.", fields={"label_id": "Not a label here."})
    checked = _checked(task, asked)
    rows = Follow.objects.filter(person=actor)
    if rows.filter(job__state__in=LIVE_JOB_STATES).exists():
        raise _already()
    rows.filter(created_at__lt=Now() - KEPT_FOR).delete()
    # Where the person is to say it alone, no model is asked.
    detect = annotation.may_suggest(actor=actor, task=task)
    follow = Follow.objects.create(
        task=task, person=actor, region_id=asked["region_id"], asked=checked | {"detect": detect}
    )
    job = jobs.enqueue(
        FOLLOW_KIND,
        payload={"follow_id": str(follow.pk)},
        title="Follow an object through a video",
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        created_by=actor,
        dedupe_key=f"follow:{actor.pk}",
    )
    if job.payload["follow_id"] != str(follow.pk):
        # Asked for at the same moment from another page.
        raise _already()
    follow.job = job
    follow.save(update_fields=["job", "updated_at"])
    return follow


def _already() -> Conflict:
    return Conflict("Another object is being followed for you. Stop that first.", code="already_following")


def _checked(task: Task, asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked with its geometry as it is stored. Raises BadInput."""
    of, by = asked["of"], asked["by"]
    if of not in (following.DRAWN if by == "segmenter" else following.CARRIED):
        how = "by the segmenter" if by == "segmenter" else "as a box is"
        raise BadInput(f"A {of} cannot be followed {how}.", fields={"by": "Choose the other way."})
    start = annotation_services.keyframe_checked(task=task, of=of, keyframe=asked["start"], field="start")
    if start.keyframe["outside"]:
        raise BadInput("The object is not there at this frame.", fields={"start": "It is outside."})
    first, last = start.keyframe["frame"], asked["to_frame"]
    if first == last or last not in annotation_services.frames_of(task):
        raise BadInput("There is no frame to follow it to.", fields={"to_frame": "Not a frame ahead."})
    found = {
        "label_id": str(asked["label_id"]),
        "of": of,
        "by": by,
        "start": start.keyframe,
        "bounds": start.bounds,
        "goal": None,
        "goal_bounds": None,
        "to_frame": last,
    }
    if asked.get("goal"):
        goal = annotation_services.keyframe_checked(task=task, of=of, keyframe=asked["goal"], field="goal")
        if (
            not min(first, last) <= goal.keyframe["frame"] <= max(first, last)
            or goal.keyframe["frame"] == first
        ):
            raise BadInput("The keyframe to arrive at is not on the way.", fields={"goal": "Not on the way."})
        found |= {"goal": goal.keyframe, "goal_bounds": goal.bounds, "to_frame": goal.keyframe["frame"]}
    return found


def follow_get(*, actor: User, follow_id: uuid.UUID) -> Follow:
    """The person's own asking; anybody else's does not exist for them."""
    follow = Follow.objects.select_related("job", "task").filter(pk=follow_id, person=actor).first()
    if follow is None:
        raise NotFound()
    annotation.task_get(actor=actor, task_id=follow.task_id, at_least=Role.ANNOTATOR)
    return follow


def follow_find(follow_id: str) -> Follow:
    """For its job, with the task. Raises NotFound."""
    follow = Follow.objects.select_related("task").filter(pk=follow_id).first()
    if follow is None:
        raise NotFound("What was to be followed is not asked for any more.")
    return follow


def follow_tell(
    follow: Follow,
    *,
    keyframes: Sequence[dict[str, Any]],
    tail: dict[str, Any] | None,
    reached: int | None = None,
    edition: int | None = None,
) -> None:
    """Keep what has been found so far, for the page that asks."""
    follow.keyframes, follow.tail = list(keyframes), tail
    follow.reached = follow.reached if reached is None else reached
    follow.edition = follow.edition if edition is None else edition
    follow.save(update_fields=["keyframes", "tail", "reached", "edition", "updated_at"])


def follow_end(follow: Follow, *, stop: FollowStop) -> None:
    """Say why it went no further."""
    follow.stop = stop
    follow.save(update_fields=["stop", "updated_at"])
