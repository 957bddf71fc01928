"""What a list of labels must look like, and what changed between two of them."""

from __future__ import annotations

import re
import uuid
from typing import Any

SHAPES = ("box", "polygon", "polyline", "points", "ellipse", "cuboid", "skeleton", "mask", "tag", "track")
KEYPOINTS_MAX = 200
ATTRIBUTE_TYPES = ("select", "text", "number", "bool")
LABELS_MAX = 500
NAME_MAX_CHARS = 80
_COLOR = re.compile(r"^#[0-9a-fA-F]{6}$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

# Okabe and Ito's colour-blind-safe set, then lighter and darker relatives.
PALETTE = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
    "#8C6BB1",
    "#41AB5D",
    "#A6761D",
)


def labels_normalise(given: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Fill in ids, colours and shortcuts. Returns the labels and the problems by field (`2.name`)."""
    problems: dict[str, str] = {}
    if not given:
        return [], {"labels": "A project needs at least one label."}
    if len(given) > LABELS_MAX:
        return [], {"labels": f"At most {LABELS_MAX} labels."}
    labels = [_label(index, raw, problems) for index, raw in enumerate(given)]
    _refuse_repeats(labels, problems)
    return labels, problems


def _label(index: int, raw: dict[str, Any], problems: dict[str, str]) -> dict[str, Any]:
    name = str(raw.get("name", "")).strip()
    if not name or len(name) > NAME_MAX_CHARS or _CONTROL.search(name):
        problems[f"{index}.name"] = f"A name of 1 to {NAME_MAX_CHARS} characters."
    color = str(raw.get("color") or PALETTE[index % len(PALETTE)])
    if not _COLOR.match(color):
        problems[f"{index}.color"] = "A colour like #1f77b4."
    shapes = list(dict.fromkeys(raw.get("shapes") or ["box", "polygon"]))
    if any(shape not in SHAPES for shape in shapes):
        problems[f"{index}.shapes"] = f"Shapes are {', '.join(SHAPES)}."
    shortcut = str(raw.get("shortcut") or "").strip().lower()
    if len(shortcut) > 1:
        problems[f"{index}.shortcut"] = "One key."
    template = skeleton_normalise(raw.get("skeleton"), f"{index}.skeleton", problems)
    if "skeleton" in shapes and template is None and f"{index}.skeleton" not in problems:
        problems[f"{index}.skeleton"] = "A label drawn as a skeleton needs its keypoints."
    return {
        **({"skeleton": template} if template else {}),
        "id": _id(raw.get("id"), f"{index}.id", problems),
        "name": name,
        "color": color,
        "shortcut": shortcut or (str(index + 1) if index < 9 else ""),
        "shapes": shapes,
        "attributes": [
            _attribute(f"{index}.attributes.{n}", a, problems)
            for n, a in enumerate(raw.get("attributes") or [])
        ],
    }


def skeleton_normalise(given: object, field: str, problems: dict[str, str]) -> dict[str, Any] | None:
    """`{"points": [{name, x, y}…], "edges": [[i, j]…]}` with places in 0..1 of the drawn box; None without one."""
    if not given:
        return None
    try:
        points, edges = given["points"], given.get("edges") or []  # type: ignore[index, attr-defined]
        kept: list[dict[str, Any]] = [
            {"name": str(p["name"]).strip(), "x": round(float(p["x"]), 4), "y": round(float(p["y"]), 4)}
            for p in points
        ]
        joined = sorted({(min(int(a), int(b)), max(int(a), int(b))) for a, b in edges})
    except (KeyError, TypeError, ValueError, AttributeError):
        problems[field] = "A skeleton is a list of points with name, x and y, and a list of edges."
        return None
    names = [point["name"] for point in kept]
    if not 1 <= len(kept) <= KEYPOINTS_MAX:
        problems[field] = f"A skeleton has 1 to {KEYPOINTS_MAX} keypoints."
    elif len(set(names)) < len(names) or not all(0 < len(str(name)) <= NAME_MAX_CHARS for name in names):
        problems[field] = "Each keypoint needs a name of its own."
    elif not all(0 <= point[axis] <= 1 for point in kept for axis in ("x", "y")):
        problems[field] = "A keypoint's place in the template lies between 0 and 1."
    elif any(a < 0 or b >= len(kept) or a == b for a, b in joined):
        problems[field] = "An edge joins two different keypoints of the skeleton."
    return {"points": kept, "edges": [list(pair) for pair in joined]}


def _id(given: object, field: str, problems: dict[str, str]) -> str:
    if not given:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(str(given)))
    except ValueError:
        problems[field] = "Not an id."
        return ""


def _attribute(field: str, raw: dict[str, Any], problems: dict[str, str]) -> dict[str, Any]:
    name = str(raw.get("name", "")).strip()
    kind = str(raw.get("type", "text"))
    options = [str(option).strip() for option in raw.get("options") or []]
    if not name or len(name) > NAME_MAX_CHARS:
        problems[f"{field}.name"] = f"A name of 1 to {NAME_MAX_CHARS} characters."
    if kind not in ATTRIBUTE_TYPES:
        problems[f"{field}.type"] = "A type of select, text, number or bool."
    if kind == "select" and len(set(options)) < 2:
        problems[f"{field}.options"] = "A choice needs at least two different options."
    default = raw.get("default")
    if kind == "select" and default not in (None, "") and default not in options:
        problems[f"{field}.default"] = "The default is not among the options."
    return {
        "id": _id(raw.get("id"), f"{field}.id", problems),
        "name": name,
        "type": kind,
        "options": options,
        "required": bool(raw.get("required", False)),
        "default": default,
    }


def _refuse_repeats(labels: list[dict[str, Any]], problems: dict[str, str]) -> None:
    for key, message in (
        ("name", "Another label has this name."),
        ("shortcut", "Another label has this key."),
        ("id", "Another label has this id."),
    ):
        seen: set[str] = set()
        for index, label in enumerate(labels):
            value = str(label[key]).lower()
            if value and value in seen:
                problems.setdefault(f"{index}.{key}", message)
            seen.add(value)


def removed_ids(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> set[str]:
    """Ids of labels that were there before and are not afterwards."""
    return {label["id"] for label in before} - {label["id"] for label in after}
