"""Which frames of a labelled clip are worth training on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def frames_chosen(geometries: Sequence[Mapping[str, Any]], limit: int) -> list[int]:
    """At most `limit` frames of a clip's tracks: those on which a person set something, in rising order.

    Between them a machine moved the shapes by little, so its keyframes count only where no track has another; and what
    follows from its neighbours (`interpolation`) only where nothing else is there, and an object is: one that ends with
    its part of a video says nothing of the frame behind. What is too much is thinned evenly over the clip, so that its end is seen too.
    """
    keys = [key for geometry in geometries for key in geometry["keyframes"]]
    set_by_people = [key for key in keys if not key.get("by")]
    set_by_machines = [key for key in keys if key.get("by") != "interpolation"]
    followed = [key for key in keys if not key.get("outside")]
    frames = sorted({int(key["frame"]) for key in set_by_people or set_by_machines or followed})
    if len(frames) <= limit:
        return frames
    return [frames[at * len(frames) // limit] for at in range(limit)]
