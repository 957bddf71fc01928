"""Which frames of a labelled clip are worth training on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def frames_chosen(geometries: Sequence[Mapping[str, Any]], limit: int) -> list[int]:
    """At most `limit` frames of a clip's tracks: those on which a person set something, in rising order.

    Between them a machine moved the shapes by little, so its keyframes count only where no track has another. What is
    too much is thinned evenly over the clip, so that its end is seen too.
    """
    keys = [key for geometry in geometries for key in geometry["keyframes"]]
    frames = sorted(
        {int(key["frame"]) for key in keys if not key.get("by")} or {int(k["frame"]) for k in keys}
    )
    if len(frames) <= limit:
        return frames
    return [frames[at * len(frames) // limit] for at in range(limit)]
