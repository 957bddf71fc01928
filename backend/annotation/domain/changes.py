"""What changed from one saved state of a picture's labels to another, counted object by object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.core.tracks import SHAPE_UNSAID

# Where an object came from is the server's to say: the same object is not changed by it.
MACHINE_FIELDS = frozenset(
    {"region_id", "source", "suggestion_id", "model_version_id", "score", "content_hash"}
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Objects by what became of them (one that got another label counts as `relabelled` only), and tags."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    relabelled: int = 0
    tags_added: int = 0
    tags_removed: int = 0


def changes_count(
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    tags_before: Sequence[str] = (),
    tags_after: Sequence[str] = (),
) -> Changes:
    """Count changes between regions by id; each region as `RegionData` spells it."""
    both = before.keys() & after.keys()
    relabelled = {key for key in both if str(before[key]["label_id"]) != str(after[key]["label_id"])}
    changed = {key for key in both - relabelled if _made(before[key]) != _made(after[key])}
    return Changes(
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        changed=len(changed),
        relabelled=len(relabelled),
        tags_added=len(set(tags_after) - set(tags_before)),
        tags_removed=len(set(tags_before) - set(tags_after)),
    )


def _made(region: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a region that people make. A track stored before tracks had shapes says the same as one of boxes."""
    made = {name: value for name, value in region.items() if name not in MACHINE_FIELDS}
    if made.get("shape") == "track":
        made["geometry"] = {"of": SHAPE_UNSAID, **made["geometry"]}
    return made
