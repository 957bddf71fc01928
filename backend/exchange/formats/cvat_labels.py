"""The labels in CVAT's `meta`: attributes and skeleton templates, written and read."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Set
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import XMLGenerator, quoteattr

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from backend.exchange.formats.neutral import LabelFound

# Our attribute types as CVAT's input types, and back.
INPUTS = {"select": "select", "bool": "checkbox", "number": "number", "text": "text"}
TYPES = {"select": "select", "radio": "select", "checkbox": "bool", "number": "number", "text": "text"}
# CVAT's templates are drawings of this side.
SVG_SIDE = 100


def labels_write(
    xml: XMLGenerator,
    labels: list[dict[str, Any]],
    *,
    task: Mapping[str, object] | None = None,
    mutable: Mapping[str, Set[str]] | None = None,
) -> None:
    """`meta` with every label; the keypoints of a skeleton are labels of their own below it.

    `task`: what is said of the task first. `mutable`: by label, the attributes that change within a track.
    """

    def line(name: str, text: object = "") -> None:
        xml.startElement(name, {})
        xml.characters(str(text))
        xml.endElement(name)

    for name in ("meta", "task"):
        xml.startElement(name, {})
    for name, text in (task or {}).items():
        line(name, text)
    xml.startElement("labels", {})
    for label in labels:
        template = label.get("skeleton")
        xml.startElement("label", {})
        line("name", label["name"])
        line("color", label.get("color") or "")
        line("type", "skeleton" if template else "any")
        _attributes_write(xml, label, line, (mutable or {}).get(label["name"], frozenset()))
        if template:
            line("svg", _svg(template))
        xml.endElement("label")
        for point in template["points"] if template else ():
            xml.startElement("label", {})
            line("name", point["name"])
            line("type", "points")
            line("parent", label["name"])
            xml.endElement("label")
    for name in ("labels", "task", "meta"):
        xml.endElement(name)


def _attributes_write(xml: XMLGenerator, label: Mapping[str, Any], line: Any, mutable: Set[str]) -> None:
    xml.startElement("attributes", {})
    for attribute in label.get("attributes") or ():
        default = attribute.get("default")
        xml.startElement("attribute", {})
        line("name", attribute["name"])
        line("mutable", attribute["name"] in mutable)
        line("input_type", INPUTS[attribute["type"]])
        line(
            "default_value",
            "" if default is None else str(default).lower() if default in (True, False) else default,
        )
        line("values", "\n".join(attribute.get("options") or ()))
        xml.endElement("attribute")
    xml.endElement("attributes")


def _svg(template: Mapping[str, Any]) -> str:
    points = template["points"]
    lines = [
        f'<line x1="{points[a]["x"] * SVG_SIDE}" y1="{points[a]["y"] * SVG_SIDE}"'
        f' x2="{points[b]["x"] * SVG_SIDE}" y2="{points[b]["y"] * SVG_SIDE}"'
        f' data-type="edge" data-node-from="{a + 1}" data-node-to="{b + 1}"></line>'
        for a, b in template["edges"]
    ]
    circles = [
        f'<circle r="1.5" cx="{point["x"] * SVG_SIDE}" cy="{point["y"] * SVG_SIDE}" data-type="element node"'
        f' data-element-id="{number}" data-node-id="{number}" data-label-name={quoteattr(point["name"])}></circle>'
        for number, point in enumerate(points, start=1)
    ]
    return "".join(lines + circles)


def labels_read(root: Element) -> dict[str, LabelFound]:
    """Labels by name with attributes and templates; the shapes are those of the objects, found later."""
    found: dict[str, LabelFound] = {}
    for node in root.iterfind("./meta//labels/label"):
        name = (node.findtext("name") or "").strip()
        if not name or node.findtext("parent"):
            continue
        attributes = [_attribute_read(each) for each in node.iterfind("attributes/attribute")]
        svg = node.findtext("svg") or ""
        # A name without keypoints is no skeleton; its drawing is for CVAT's own page.
        found[name] = LabelFound(
            attributes=[each for each in attributes if each["name"]],
            skeleton=_template_read(svg),
            color=(node.findtext("color") or "").strip(),
        )
    return found


def _attribute_read(node: Element) -> dict[str, Any]:
    kind = TYPES.get((node.findtext("input_type") or "text").strip().lower(), "text")
    attribute: dict[str, Any] = {"name": (node.findtext("name") or "").strip(), "type": kind}
    if kind == "select":
        attribute["options"] = [each for each in (node.findtext("values") or "").split("\n") if each]
    default = (node.findtext("default_value") or "").strip()
    if default and (value := value_read(kind, default)) is not None:
        attribute["default"] = value
    return attribute


def value_read(kind: str, text: str) -> Any:
    """An attribute's value from CVAT's text; None where the text is no value of that type."""
    if kind == "bool":
        return text.strip().lower() in ("true", "1", "yes")
    if kind == "number":
        with contextlib.suppress(ValueError):
            return float(text)
        return None
    return text


def _template_read(svg: str) -> dict[str, Any] | None:
    """Keypoints and edges of a template's drawing; None without a keypoint."""
    if not svg.strip():
        return None
    try:
        drawing = fromstring(f"<svg>{svg}</svg>")
    except (ParseError, DefusedXmlException):
        return None
    points, numbers = [], {}
    for circle in drawing.iter("circle"):
        name = circle.get("data-label-name") or circle.get("data-label-id")
        place = [_share(circle.get(axis)) for axis in ("cx", "cy")]
        if name and None not in place:
            numbers[circle.get("data-node-id")] = len(points)
            points.append({"name": name, "x": place[0], "y": place[1]})
    edges = [
        [numbers[line.get("data-node-from")], numbers[line.get("data-node-to")]]
        for line in drawing.iter("line")
        if line.get("data-node-from") in numbers and line.get("data-node-to") in numbers
    ]
    return {"points": points, "edges": edges} if points else None


def _share(text: str | None) -> float | None:
    with contextlib.suppress(TypeError, ValueError):
        return round(min(max(float(str(text)) / SVG_SIDE, 0.0), 1.0), 4)
    return None
