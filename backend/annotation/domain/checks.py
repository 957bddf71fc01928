"""A project's own checks on labels before they are submitted. Plain Python; `frontend/.../work/checks.ts` says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml.quality.words import percent

# A person mends one after the other: a longer list would only be a longer answer.
PROBLEMS_MAX = 200


@dataclass(frozen=True, slots=True)
class Checks:
    """`max_overlap_iou` 1 allows any overlap. `needed_labels` are ids; `confirm_empty` wants a word for no labels."""

    max_overlap_iou: float = 1.0
    needed_labels: tuple[str, ...] = ()
    confirm_empty: bool = False


def check_problems(
    checks: Checks,
    regions: Sequence[Mapping[str, Any]],
    tags: Sequence[str],
    names: Mapping[str, str],
    *,
    nothing_here: bool = False,
) -> dict[str, str]:
    """What the checks find wrong, by field: `regions.<id>`, `labels.<id>`, `nothing_here`; for the person to read.

    `names`: label names by id; needed labels that are not among them are gone from the project and ask nothing.
    A picture confirmed as empty needs no labels.
    """
    if not regions and not tags:
        if nothing_here:
            return {}
        if checks.confirm_empty:
            return {"nothing_here": "Nothing is drawn. Draw what is there, or say that there is nothing."}
    problems: dict[str, str] = {}
    used = {str(region["label_id"]) for region in regions} | {str(tag) for tag in tags}
    for label_id in checks.needed_labels:
        if label_id in names and label_id not in used:
            problems[f"labels.{label_id}"] = f"{names[label_id]} is needed on every picture."
    for region_id, label_id, iou in overlaps(regions, checks.max_overlap_iou):
        if len(problems) >= PROBLEMS_MAX:
            break
        name = names.get(label_id, "object")
        problems[f"regions.{region_id}"] = f"Covers another {name} by {percent(iou)}: is it drawn twice?"
    return problems


def overlaps(regions: Sequence[Mapping[str, Any]], limit: float) -> Iterator[tuple[str, str, float]]:
    """The later of two upright boxes of one label whose IoU is above `limit`: id, label id, IoU. Once each."""
    if limit >= 1.0:
        return
    boxes: dict[str, list[tuple[float, float, float, float, int, str]]] = {}
    for order, region in enumerate(regions):
        geometry = region["geometry"]
        if region["shape"] == "box" and not geometry.get("rotation"):
            x1, y1, x2, y2 = geometry["box"]
            boxes.setdefault(str(region["label_id"]), []).append(
                (x1, y1, x2, y2, order, str(region["region_id"]))
            )
    said: set[str] = set()
    for label_id, rows in boxes.items():
        rows.sort()
        for at, one in enumerate(rows):
            # With an IoU above the limit the left edges lie closer than this: what follows cannot reach it.
            reach = one[0] + (one[2] - one[0]) * (1.0 - limit)
            for other in rows[at + 1 :]:
                if other[0] > reach:
                    break
                later = one if one[4] > other[4] else other
                iou = box_iou(one, other)
                if iou > limit and later[5] not in said:
                    said.add(later[5])
                    yield later[5], label_id, iou


def box_iou(one: Sequence[Any], other: Sequence[Any]) -> float:
    """Of two xyxy boxes, pixels; only the first four entries are read."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    total = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - both
    return float(both / total) if total > 0 else 0.0
