"""Draft operations: what the editor's outbox sends. Applying one twice is the same as applying it once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

# An outbox that was offline for hours still replays inside this window; 36 bytes each.
APPLIED_OPS_KEPT = 400


class Draft(TypedDict):
    """`regions` by region id; `tags` are label ids of the whole picture."""

    regions: dict[str, dict[str, Any]]
    tags: list[str]


@dataclass(frozen=True, slots=True)
class DraftOp:
    """One operation with the client's own id. `put` needs `region`, `delete` `region_id`, `tags` `tags`."""

    op_id: str
    op: Literal["put", "delete", "tags"]
    region: Mapping[str, Any] | None = None
    region_id: str = ""
    tags: Sequence[str] = field(default=())


def draft_of(regions: Sequence[Mapping[str, Any]], tags: Sequence[str]) -> Draft:
    """A draft that starts from saved labels."""
    return {"regions": {str(r["region_id"]): dict(r) for r in regions}, "tags": list(tags)}


def already_applied(applied: Sequence[str], ops: Sequence[DraftOp]) -> bool:
    """Whether every operation has been applied before: the answer was lost, not the work."""
    known = set(applied)
    return bool(ops) and all(op.op_id in known for op in ops)


def ops_apply(draft: Draft, applied: Sequence[str], ops: Sequence[DraftOp]) -> tuple[Draft, list[str]]:
    """Apply operations in order, passing over those applied before.

    Returns the new draft and the ids kept for replays; neither input is changed.
    """
    regions = dict(draft["regions"])
    tags = list(draft["tags"])
    known = set(applied)
    kept = list(applied)
    for op in ops:
        if op.op_id in known:
            continue
        known.add(op.op_id)
        kept.append(op.op_id)
        if op.op == "put":
            assert op.region is not None
            regions[str(op.region["region_id"])] = dict(op.region)
        elif op.op == "delete":
            regions.pop(op.region_id, None)
        else:
            tags = list(dict.fromkeys(op.tags))
    # All of this batch, however large: its answer may be lost.
    return {"regions": regions, "tags": tags}, kept[-max(APPLIED_OPS_KEPT, len(ops)) :]
