"""What a region must look like to be saved: label, shape, geometry and attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.annotation.domain.geometry import geometry_normalise
from backend.annotation.domain.geometry.checks import Canvas, ShapeProblem, finite

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
    if shape not in rule.shapes:
        raise ShapeProblem(f"{rule.name} cannot be drawn as a {shape}.")
    geometry = geometry_normalise(shape, region.get("geometry") or {}, canvas)
    if shape == "skeleton" and len(geometry["keypoints"]) != rule.keypoints:
        raise ShapeProblem(
            f"The skeleton of {rule.name} has {rule.keypoints} keypoints, not {len(geometry['keypoints'])}."
        )
    return {
        **region,
        "geometry": geometry,
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
        return finite(value)
    return isinstance(value, str) and len(value) <= TEXT_MAX_CHARS
