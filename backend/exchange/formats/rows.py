"""What an export writes of one picture or video, whatever the format."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from backend.core.outlines import Outline, outline_of
from backend.datasets.contracts import ManifestRow

# Where a format leaves things out or says them otherwise it tells so in the archive, under this name.
LEFT_OUT_FILE = "left-out.json"


Member = tuple[str, bytes | IO[bytes]]


@dataclass(frozen=True, slots=True)
class Clip:
    """A video as an export names it: `stem` is its folder.

    `picture` gives a frame as JPEG, or None where it is damaged; it is None itself in an export without pictures.
    """

    stem: str
    suffix: str
    frame_count: int
    frames_per_s: float
    picture: Callable[[int], bytes | None] | None = None


@dataclass(slots=True)
class LeftOut:
    """What of an export is not as it was drawn: objects left out, objects written as another shape, and `not_held`, a
    reason with how many pictures, videos or frames it keeps out."""

    objects: Counter[str] = field(default_factory=Counter)
    written_as: Counter[str] = field(default_factory=Counter)
    not_held: Counter[str] = field(default_factory=Counter)

    def files(self, why: str = "This format knows no shapes without an area.") -> list[tuple[str, bytes]]:
        """The note for the archive; none where all is as it was drawn."""
        said: dict[str, Any] = {}
        if self.objects:
            said |= {
                "why": f"{why} These objects are not in it.",
                "objects": dict(sorted(self.objects.items())),
            }
        if self.written_as:
            said["written_as"] = dict(sorted(self.written_as.items()))
        if self.not_held:
            said["not_held"] = dict(sorted(self.not_held.items()))
        return [(LEFT_OUT_FILE, json.dumps(said).encode())] if said else []


def drawn_objects(
    row: ManifestRow, names: dict[str, str], left_out: LeftOut
) -> list[tuple[str, Outline, Mapping[str, Any]]]:
    """Label, outline and region of every object with an area; the others are counted in `left_out` by shape."""
    found = []
    for region in row.regions:
        label = names.get(region["label_id"])
        if label is None:
            continue
        outline = outline_of(region, row.width, row.height)
        if outline is None:
            left_out.objects[region["shape"]] += 1
        else:
            found.append((label, outline, region))
    return found


def names_of(labels: list[dict[str, Any]]) -> dict[str, str]:
    return {label["id"]: label["name"] for label in labels}


def attributes_named(labels: list[dict[str, Any]]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """A function from a region to its attributes' values by name."""
    names = {
        label["id"]: {str(a["id"]): a["name"] for a in label.get("attributes") or ()} for label in labels
    }

    def named(region: Mapping[str, Any]) -> dict[str, Any]:
        known = names.get(region["label_id"], {})
        given = region.get("attributes") or {}
        return {known[key]: value for key, value in given.items() if key in known}

    return named


def drawn_labels(labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Labels that something can be drawn with: those of whole pictures only are tags, no classes."""
    return [label for label in labels if set(label["shapes"]) - {"tag"}]
