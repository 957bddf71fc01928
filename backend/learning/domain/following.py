"""What following an object is asked for and answers, in the document's own geometry. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# More frames than this are asked for again from where the first asking ended: a person looks at them in between.
FRAMES_MAX = 3_000
# Shapes that are carried with a box: their points go the way its corners go.
CARRIED = ("box", "polygon", "polyline", "points", "ellipse", "skeleton")
# Shapes that a segmenter draws anew in every frame.
DRAWN = ("mask", "polygon")
# What a keyframe says beside its geometry.
_NOT_GEOMETRY = frozenset({"frame", "outside", "occluded", "attributes", "by", "confidence"})

Corners = tuple[float, float, float, float]


def frames_between(start: int, end: int, frame_count: int) -> range:
    """Frames after `start` up to and with `end`, in the direction in which that lies, at most FRAMES_MAX."""
    end = min(max(end, 0), frame_count - 1)
    step = 1 if end >= start else -1
    last = start + step * min(abs(end - start), FRAMES_MAX)
    return range(start + step, last + step, step)


def geometry_of(keyframe: Mapping[str, Any]) -> dict[str, Any]:
    """The geometry fields of a keyframe."""
    return {name: value for name, value in keyframe.items() if name not in _NOT_GEOMETRY}


def carried(of: str, geometry: Mapping[str, Any], old: Corners, new: Corners) -> dict[str, Any]:
    """A geometry whose bounds were `old`, as it lies when they are `new`."""
    across = (new[2] - new[0]) / max(old[2] - old[0], 1e-9)
    down = (new[3] - new[1]) / max(old[3] - old[1], 1e-9)

    def place(point: Sequence[float]) -> list[float]:
        x, y = new[0] + (point[0] - old[0]) * across, new[1] + (point[1] - old[1]) * down
        return [round(x, 2), round(y, 2), *point[2:]]

    if of == "ellipse":
        middle = place(geometry["center"])
        radii = [round(geometry["radii"][0] * across, 2), round(geometry["radii"][1] * down, 2)]
        return {**geometry, "center": middle, "radii": radii}
    if of == "skeleton":
        return {**geometry, "keypoints": [place(point) for point in geometry["keypoints"]]}
    if of == "box":
        x1, y1, x2, y2 = geometry["box"]
        return {**geometry, "box": [*place((x1, y1)), *place((x2, y2))]}
    moved: dict[str, Any] = {**geometry, "points": [place(point) for point in geometry["points"]]}
    if geometry.get("holes"):
        moved["holes"] = [[place(point) for point in hole] for hole in geometry["holes"]]
    return moved


def clipped(corners: Corners, width: float, height: float, least_px: float = 1.0) -> Corners:
    """The part of a box in the picture, of `least_px` at least."""
    x1 = min(max(corners[0], 0.0), width - least_px)
    y1 = min(max(corners[1], 0.0), height - least_px)
    return x1, y1, max(min(corners[2], width), x1 + least_px), max(min(corners[3], height), y1 + least_px)
