"""What a region must look like to be saved: geometry, label and attributes.

Geometry is float xyxy in pixels of the upright picture, half-open; see `RegionVersion` for its forms.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# A stroke over the picture's edge is clipped; further out the coordinates are of another scale, and refused.
OVERHANG_SHARE = 0.1
OVERHANG_PX = 2.0
COORDINATE_DECIMALS = 3
# Less than a hand or a screen pixel can mean; more is an edit.
SAME_GEOMETRY_PX = 0.1
POINTS_MAX = 20_000
KEYFRAMES_MAX = 100_000
TEXT_MAX_CHARS = 500
MIN_POLYGON_AREA_PX2 = 1.0

Points = list[list[float]]


class ShapeProblem(ValueError):
    """One region cannot be saved; the message is for the person who drew it."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The picture or video drawn on. `frame_count` is None for a picture."""

    width: int
    height: int
    frame_count: int | None = None
    min_box_px: float = 1.0


@dataclass(frozen=True, slots=True)
class LabelRule:
    """What one label allows."""

    name: str
    shapes: frozenset[str]
    attributes: tuple[Mapping[str, Any], ...] = ()


def label_rules(labels: Sequence[Mapping[str, Any]]) -> dict[str, LabelRule]:
    """Rules by label id, from an ontology version's labels."""
    return {
        str(label["id"]): LabelRule(
            str(label["name"]), frozenset(label["shapes"]), tuple(label.get("attributes") or ())
        )
        for label in labels
    }


def region_normalise(
    region: Mapping[str, Any], canvas: Canvas, rules: Mapping[str, LabelRule]
) -> dict[str, Any]:
    """The region as it is stored: clipped, rounded, defaults filled in. Raises ShapeProblem."""
    rule = rules.get(str(region["label_id"]))
    if rule is None:
        raise ShapeProblem("The label is not one of this project's labels any more.")
    shape = str(region["shape"])
    if shape not in rule.shapes:
        raise ShapeProblem(f"{rule.name} cannot be drawn as a {shape}.")
    return {
        **region,
        "geometry": geometry_normalise(shape, region.get("geometry") or {}, canvas),
        "attributes": attributes_normalise(rule, region.get("attributes") or {}),
    }


def tags_normalise(tags: Sequence[str], rules: Mapping[str, LabelRule]) -> list[str]:
    """Tags once each. Raises ShapeProblem for labels that are no tags."""
    for tag in tags:
        rule = rules.get(str(tag))
        if rule is None:
            raise ShapeProblem("A tag is not one of this project's labels any more.")
        if "tag" not in rule.shapes:
            raise ShapeProblem(f"{rule.name} cannot be used as a tag.")
    return list(dict.fromkeys(str(tag) for tag in tags))


def geometry_normalise(
    shape: str, geometry: Mapping[str, Any], canvas: Canvas, *, clip_any: bool = False
) -> dict[str, Any]:
    """Clip and check one geometry. With `clip_any` (a model's word) overhang of any size is clipped.

    Raises ShapeProblem: wrong form, not finite, outside, too small.
    """
    video = canvas.frame_count is not None
    if shape == "track":
        if not video:
            raise ShapeProblem("A track needs a video.")
        return {"keyframes": _keyframes(geometry.get("keyframes"), canvas, clip_any)}
    if video:
        raise ShapeProblem("On a video, objects are drawn as tracks.")
    if shape == "box":
        box = _box(geometry.get("box"), canvas, clip_any)
        rotation = geometry.get("rotation") or 0.0
        if not _finite(rotation):
            raise ShapeProblem("The rotation is not a number.")
        return {"box": box, "rotation": round(float(rotation) % 360.0, 2)} if rotation else {"box": box}
    if shape == "polygon":
        return _polygon(geometry, canvas, clip_any)
    raise ShapeProblem(f"{shape} is not a shape of an object.")


def geometry_bounds(shape: str, geometry: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """The enclosing box in pixels; of a track, that of all its visible keyframes."""
    if shape == "box":
        x1, y1, x2, y2 = geometry["box"]
        return (x1, y1, x2, y2)
    if shape == "polygon":
        xs = [point[0] for point in geometry["points"]]
        ys = [point[1] for point in geometry["points"]]
        return (min(xs), min(ys), max(xs), max(ys))
    boxes = [frame["box"] for frame in geometry.get("keyframes", ()) if not frame.get("outside")]
    if not boxes:
        return (0.0, 0.0, 0.0, 0.0)
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def geometry_same(one: object, other: object) -> bool:
    """Whether two geometries are the same to within SAME_GEOMETRY_PX in every coordinate."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= SAME_GEOMETRY_PX
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        keys = set(one) | set(other)
        return all(geometry_same(one.get(key, 0.0), other.get(key, 0.0)) for key in keys)
    if isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str):
        return len(one) == len(other) and all(geometry_same(a, b) for a, b in zip(one, other, strict=True))
    return one == other


def attributes_normalise(rule: LabelRule, given: Mapping[str, Any]) -> dict[str, Any]:
    """Values by attribute id, defaults filled in. Raises ShapeProblem for unknown, unfit and missing ones."""
    known = {str(attribute["id"]): attribute for attribute in rule.attributes}
    unknown = set(given) - set(known)
    if unknown:
        raise ShapeProblem(f"{rule.name} has no attribute {sorted(unknown)[0]}.")
    values: dict[str, Any] = {}
    for key, attribute in known.items():
        value = given.get(key, attribute.get("default"))
        if value is None or value == "":
            if attribute.get("required"):
                raise ShapeProblem(f"{rule.name} needs a value for {attribute['name']}.")
            continue
        if not _attribute_fits(attribute, value):
            raise ShapeProblem(f"{attribute['name']} of {rule.name} cannot have that value.")
        values[key] = value
    return values


def _attribute_fits(attribute: Mapping[str, Any], value: object) -> bool:
    kind = attribute["type"]
    if kind == "select":
        return value in (attribute.get("options") or ())
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "number":
        return _finite(value)
    return isinstance(value, str) and len(value) <= TEXT_MAX_CHARS


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _clip(value: float, size: int, clip_any: bool) -> float:
    allowed = math.inf if clip_any else size * OVERHANG_SHARE + OVERHANG_PX
    if value < -allowed or value > size + allowed:
        raise ShapeProblem("It lies outside the picture.")
    return round(min(max(float(value), 0.0), float(size)), COORDINATE_DECIMALS)


def _box(given: object, canvas: Canvas, clip_any: bool) -> list[float]:
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != 4:
        raise ShapeProblem("A box needs four numbers: x1, y1, x2, y2.")
    if not all(_finite(value) for value in given):
        raise ShapeProblem("A box has a coordinate that is not a number.")
    x1, x2 = sorted((given[0], given[2]))
    y1, y2 = sorted((given[1], given[3]))
    box = [
        _clip(x1, canvas.width, clip_any),
        _clip(y1, canvas.height, clip_any),
        _clip(x2, canvas.width, clip_any),
        _clip(y2, canvas.height, clip_any),
    ]
    _check_size(box[2] - box[0], box[3] - box[1], canvas)
    return box


def _check_size(width: float, height: float, canvas: Canvas) -> None:
    if width < canvas.min_box_px or height < canvas.min_box_px or width <= 0 or height <= 0:
        raise ShapeProblem(
            f"It is {width:.1f} × {height:.1f} pixels inside the picture; "
            f"the smallest allowed is {canvas.min_box_px:g} × {canvas.min_box_px:g}."
        )


def _ring(given: object, canvas: Canvas, clip_any: bool, name: str) -> Points:
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > POINTS_MAX:
        raise ShapeProblem(f"{name} needs a list of at most {POINTS_MAX} points.")
    ring: Points = []
    for point in given:
        if not isinstance(point, Sequence) or len(point) != 2 or not all(_finite(value) for value in point):
            raise ShapeProblem(f"{name} has a point that is not two numbers.")
        clipped = [_clip(point[0], canvas.width, clip_any), _clip(point[1], canvas.height, clip_any)]
        if not ring or ring[-1] != clipped:
            ring.append(clipped)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    if len(ring) < 3:
        raise ShapeProblem(f"{name} needs at least three different points.")
    return ring


def _area(ring: Points) -> float:
    """Shoelace formula, in square pixels."""
    total = 0.0
    for (xa, ya), (xb, yb) in zip(ring, ring[1:] + ring[:1], strict=True):
        total += xa * yb - xb * ya
    return abs(total) / 2.0


def _polygon(geometry: Mapping[str, Any], canvas: Canvas, clip_any: bool) -> dict[str, Any]:
    outer = _ring(geometry.get("points"), canvas, clip_any, "A polygon")
    x1, y1, x2, y2 = geometry_bounds("polygon", {"points": outer})
    _check_size(x2 - x1, y2 - y1, canvas)
    if _area(outer) < MIN_POLYGON_AREA_PX2:
        raise ShapeProblem("A polygon encloses no area.")
    holes = [_ring(hole, canvas, clip_any, "A hole") for hole in geometry.get("holes") or ()]
    return {"points": outer, "holes": holes} if holes else {"points": outer}


def _keyframes(given: object, canvas: Canvas, clip_any: bool) -> list[dict[str, Any]]:
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise ShapeProblem("A track needs at least one keyframe.")
    if len(given) > KEYFRAMES_MAX:
        raise ShapeProblem(f"A track has at most {KEYFRAMES_MAX} keyframes.")
    frames: list[dict[str, Any]] = []
    for key in given:
        frame = key.get("frame") if isinstance(key, Mapping) else None
        if not isinstance(frame, int) or isinstance(frame, bool):
            raise ShapeProblem("A keyframe needs a whole frame number.")
        if not 0 <= frame < (canvas.frame_count or 0):
            raise ShapeProblem(f"Frame {frame} is not in the video ({canvas.frame_count} frames).")
        if frames and frame <= frames[-1]["frame"]:
            raise ShapeProblem("Keyframes must be in rising order of frames, each frame once.")
        frames.append(
            {
                "frame": frame,
                "box": _box(key.get("box"), canvas, clip_any),
                "outside": bool(key.get("outside", False)),
                "occluded": bool(key.get("occluded", False)),
            }
        )
    if all(frame["outside"] for frame in frames):
        raise ShapeProblem("A track must be visible on at least one keyframe.")
    return frames
