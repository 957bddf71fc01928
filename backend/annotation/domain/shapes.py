"""What a region must look like to be saved: label, shape, geometry and attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.annotation.domain.geometry import geometry_normalise
from backend.annotation.domain.geometry.checks import Canvas, ShapeProblem, finite
from backend.core.tracks import track_shape

TEXT_MAX_CHARS = 500


@dataclass(frozen=True, slots=True)
class LabelRule:
    """What one label allows; `keypoints` is the number of its skeleton's points, 0 without one."""

    name: str
    shapes: frozenset[str]
    attributes: tuple[Mapping[str, Any], ...] = ()
    keypoints: int = 0


def label_rules(labels: Sequence[Mapping[str, Any]]) -> dict[str, LabelRule]:
    """Rules by label id, from an ontology version's labels."""
    return {
        str(label["id"]): LabelRule(
            name=str(label["name"]),
            shapes=frozenset(label["shapes"]),
            attributes=tuple(label.get("attributes") or ()),
            keypoints=len((label.get("skeleton") or {}).get("points") or ()),
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
    given = region.get("geometry") or {}
    if not _label_takes(rule, shape, given):
        raise ShapeProblem(f"{rule.name} cannot be drawn as a {_drawn_as(shape, given)}.")
    geometry = geometry_normalise(shape, given, canvas)
    for drawn in geometry["keyframes"] if shape == "track" else [geometry]:
        if "keypoints" in drawn and len(drawn["keypoints"]) != rule.keypoints:
            raise ShapeProblem(
                f"The skeleton of {rule.name} has {rule.keypoints} keypoints, not {len(drawn['keypoints'])}."
            )
        if shape == "track" and "attributes" in drawn:
            drawn["attributes"] = frame_attributes_normalise(rule, drawn["attributes"])
    return {
        **region,
        "geometry": geometry,
        "attributes": attributes_normalise(rule, region.get("attributes") or {}),
    }


def _label_takes(rule: LabelRule, shape: str, geometry: Mapping[str, Any]) -> bool:
    """A track is of a shape that the label takes, or of boxes, as all tracks once were; a tag's range is no track to draw."""
    if shape != "track":
        return shape in rule.shapes
    drawn = track_shape(geometry)
    if drawn == "tag":
        return "tag" in rule.shapes
    return "track" in rule.shapes and (drawn == "box" or drawn in rule.shapes)


def _drawn_as(shape: str, geometry: Mapping[str, Any]) -> str:
    return f"track of a {track_shape(geometry)[:40]}" if shape == "track" and "of" in geometry else shape


def tags_normalise(tags: Sequence[str], rules: Mapping[str, LabelRule]) -> list[str]:
    """Tags once each. Raises ShapeProblem for labels that are no tags."""
    for tag in tags:
        rule = rules.get(str(tag))
        if rule is None:
            raise ShapeProblem("A tag is not one of this project's labels any more.")
        if "tag" not in rule.shapes:
            raise ShapeProblem(f"{rule.name} cannot be used as a tag.")
    return list(dict.fromkeys(str(tag) for tag in tags))


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


def frame_attributes_normalise(rule: LabelRule, given: Mapping[str, Any]) -> dict[str, Any]:
    """Values that hold from a keyframe on, by attribute id; None takes one back. Raises ShapeProblem."""
    known = {str(attribute["id"]): attribute for attribute in rule.attributes}
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise ShapeProblem(f"{rule.name} has no attribute {key}.")
        empty = value is None or value == ""
        if empty and known[key].get("required"):
            raise ShapeProblem(f"{rule.name} needs a value for {known[key]['name']}.")
        if not empty and not _attribute_fits(known[key], value):
            raise ShapeProblem(f"{known[key]['name']} of {rule.name} cannot have that value.")
        values[key] = None if empty else value
    return values


def _attribute_fits(attribute: Mapping[str, Any], value: object) -> bool:
    kind = attribute["type"]
    if kind == "select":
        return value in (attribute.get("options") or ())
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "number":
        return finite(value)
    return isinstance(value, str) and len(value) <= TEXT_MAX_CHARS
