"""What every reader of foreign formats gives: pictures with objects in our own shapes, labels by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Drawn:
    """One object. `geometry` as in `RegionVersion`; `attributes` by name; objects with one `group` belong together."""

    label: str
    shape: str
    geometry: dict[str, Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    z_index: int = 0
    occluded: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Pictured:
    """One picture on disk and everything said about it; `source` keeps near-copies together in splits."""

    id: str
    path: Path
    source: str
    objects: tuple[Drawn, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class LabelFound:
    """What a label that the project does not have yet must allow. `skeleton` and `attributes` as an ontology has them."""

    shapes: set[str] = field(default_factory=set)
    attributes: list[dict[str, Any]] = field(default_factory=list)
    skeleton: dict[str, Any] | None = None
    color: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A folder as read; `notes` say what was mended or left out, each as a sentence."""

    pictures: Sequence[Pictured]
    labels: Mapping[str, LabelFound]
    notes: tuple[str, ...] = ()


def labels_used(
    pictures: Sequence[Pictured], known: Mapping[str, LabelFound] | None = None
) -> dict[str, LabelFound]:
    """The labels of all objects and tags with the shapes they are used with, on top of those `known`."""
    found = dict(known or {})
    for picture in pictures:
        for drawn in picture.objects:
            found.setdefault(drawn.label, LabelFound()).shapes.add(drawn.shape)
        for tag in picture.tags:
            found.setdefault(tag, LabelFound()).shapes.add("tag")
    return found
