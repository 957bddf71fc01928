"""Starting points for a project: the labels a kind of work usually needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Template:
    key: str
    name: str
    description: str
    labels: tuple[dict[str, Any], ...]
    guidelines: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


def _objects(*names: str) -> tuple[dict[str, Any], ...]:
    return tuple({"name": name, "shapes": ["box", "polygon", "track"]} for name in names)


def _tags(*names: str) -> tuple[dict[str, Any], ...]:
    return tuple({"name": name, "shapes": ["tag"]} for name in names)


TEMPLATES: tuple[Template, ...] = (
    Template(
        "safety-gear",
        "People and safety gear",
        "Who is there, and who wears a helmet and a vest.",
        _objects("person", "hard_hat", "safety_vest"),
        "Draw the visible part of every person taller than 15 pixels. A helmet counts only when worn on a head.",
    ),
    Template(
        "yard-traffic",
        "Forklifts and people",
        "Vehicles, people and loads on a shared floor.",
        _objects("person", "forklift", "pallet"),
        "Include the driver in a forklift as a person of their own. Draw a forklift with its forks.",
    ),
    Template(
        "surface-defects",
        "Surface defects",
        "Small flaws on parts or surfaces, outlined.",
        ({"name": "scratch"}, {"name": "dent"}, {"name": "stain"}, {"name": "crack"}),
        "Outline the flaw itself, not its shadow. Two flaws that touch are two objects.",
    ),
    Template(
        "picture-tags",
        "Good or bad, by picture",
        "One tag a picture; trains a classifier.",
        _tags("good", "bad", "unclear"),
        "Choose exactly one tag. Use unclear when you could not decide by looking twice.",
    ),
    Template("blank", "Empty", "Bring your own labels.", _objects("object")),
)


def template_get(key: str) -> Template | None:
    return next((template for template in TEMPLATES if template.key == key), None)
