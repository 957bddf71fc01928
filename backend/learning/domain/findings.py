"""A probable label error as it is kept, and when two of them speak of one place."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from backend.annotation.contracts import RegionData
from backend.learning.enums import FindingKind
from ml.geometry.boxes import as_boxes, box_iou

# Two words about one place.
SAME_PLACE_IOU = 0.5

Xyxy = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as it is kept; see `LabelFinding`. Boxes are xyxy in picture pixels."""

    kind: FindingKind
    task_id: uuid.UUID
    revision_id: uuid.UUID
    label_id: str
    region_id: str | None
    region_key: str
    box: Xyxy
    proposed_label_id: str
    proposed_box: Xyxy
    sure: float
    score: float


def region_key(region: RegionData) -> str:
    """A hash of what an object is: label, shape and geometry, not where it came from."""
    text = json.dumps([region.label_id, region.shape, region.geometry], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def same_place(one: Sequence[float], other: Sequence[float]) -> bool:
    return float(box_iou(as_boxes([one]), as_boxes([other]))[0, 0]) >= SAME_PLACE_IOU
