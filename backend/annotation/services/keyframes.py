"""Single keyframes of tracks, checked as they are at submit: for what is asked of an object before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.annotation.contracts import CheckedKeyframe
from backend.annotation.domain.geometry import geometry_bounds, geometry_normalise
from backend.annotation.domain.geometry.checks import ShapeProblem
from backend.annotation.models import Task
from backend.annotation.services.revisions import canvas_of
from backend.core.errors import BadInput


def frames_of(task: Task) -> range:
    """The frames of a video that a task may say something of: all, or those of its part. None of a picture."""
    canvas = canvas_of(task)
    return canvas.frames or range(canvas.frame_count or 0)


def keyframe_checked(*, task: Task, of: str, keyframe: Mapping[str, Any], field: str) -> CheckedKeyframe:
    """A keyframe of a track of that shape as it is stored, with its bounds.

    Raises BadInput that names the `field` it came in: a wrong form, a frame that is not in the video, nothing in the picture.
    """
    try:
        track = geometry_normalise(
            "track", {"of": of, "keyframes": [{**keyframe, "outside": False}]}, canvas_of(task)
        )
    except ShapeProblem as problem:
        raise BadInput(str(problem), fields={field: str(problem)}) from problem
    checked = {**track["keyframes"][0], "outside": bool(keyframe.get("outside", False))}
    return CheckedKeyframe(checked, geometry_bounds("track", track))
