"""What other apps hand to annotation and get from it. Ids are UUIDs; label ids are strings as in the ontology."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from backend.annotation.enums import SelectionReason


@dataclass(frozen=True, slots=True)
class VideoPart:
    """A task's part of a long video: number `number` of `count`, from 1, and its frames, from 0 and half-open."""

    number: int
    count: int
    frame_start: int
    frame_end: int

    def __str__(self) -> str:
        return f"part {self.number} of {self.count}"


@dataclass(frozen=True, slots=True)
class TaskChoice:
    """One task of a selected batch. Higher `priority` comes first; `score` is what selection thought of it.

    `evidence` is `{"why": a sentence for the person who asks, and the figures behind it}`.
    """

    task_id: uuid.UUID
    priority: float
    reason: SelectionReason
    inclusion_probability: float | None = None
    blind: bool = False
    score: float | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SuggestionItem:
    """A model's word on one object or one whole picture (`shape="tag"`, empty geometry). Score 0..1."""

    label_id: str
    shape: str
    geometry: dict[str, Any]
    score: float
    uncertainty: float | None = None


@dataclass(frozen=True, slots=True)
class CheckedKeyframe:
    """One keyframe of a track as it is stored, and the box around it (xyxy pixels)."""

    keyframe: dict[str, Any]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class RegionData:
    """One object of a revision; geometry as in `RegionVersion`. Ids are strings."""

    region_id: str
    label_id: str
    shape: str
    geometry: dict[str, Any]
    attributes: dict[str, Any] = field(default_factory=dict)
    source: str = "person"
    suggestion_id: str | None = None
    model_version_id: str | None = None
    score: float | None = None
    z_index: int = 0
    occluded: bool = False
    group_id: str | None = None


def region_dict(region: RegionData) -> dict[str, Any]:
    """The region as drafts and the API spell it. Not a deep copy, as `asdict` makes: tracks have many keyframes."""
    return {name: getattr(region, name) for name in RegionData.__slots__}


@dataclass(frozen=True, slots=True)
class Labels:
    """Everything said about one picture: its objects and its tags (label ids)."""

    regions: list[RegionData] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ApprovedLabels:
    """A task's approved revision, for datasets, export and training.

    Of a video in parts: one part's, or all approved parts' joined under the first one's ids; `frames_waiting` frames are
    then in no approved part.
    """

    task_id: uuid.UUID
    asset_id: uuid.UUID
    revision_id: uuid.UUID
    regions: list[RegionData]
    tags: list[str]
    blind: bool
    selection_reason: str
    inclusion_probability: float | None
    author_id: uuid.UUID | None
    approved_at: datetime | None
    part: VideoPart | None = None
    frames_waiting: int = 0


@dataclass(frozen=True, slots=True)
class SelectableTask:
    """A task selection may choose from: ready, in nobody's hands, not blind."""

    task_id: uuid.UUID
    asset_id: uuid.UUID
    group_key: str
    selection_reason: str
    priority: float
    open_suggestion_count: int
    max_suggestion_score: float | None
    prelabelled_by_id: uuid.UUID | None
    is_video: bool = False

    @property
    def is_waiting(self) -> bool:
        """Chosen for a reason, and not begun."""
        return bool(self.selection_reason) and self.priority > 0


@dataclass(frozen=True, slots=True)
class SuggestionScore:
    """One open suggestion's numbers, for selection."""

    label_id: str
    score: float
    uncertainty: float | None


@dataclass(frozen=True, slots=True)
class SuggestionRecord:
    """What became of a model's suggestions on a task, for reports."""

    accepted: int = 0
    fixed: int = 0
    rejected: int = 0
    open: int = 0
    superseded: int = 0


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """Tasks of a project by state; `suggested` are ready ones with open suggestions, `blind` of any state."""

    new: int = 0
    ready: int = 0
    in_work: int = 0
    in_review: int = 0
    approved: int = 0
    auto_approved: int = 0
    quarantined: int = 0
    suggested: int = 0
    blind: int = 0

    @property
    def labelled(self) -> int:
        return self.in_review + self.approved + self.auto_approved


@dataclass(frozen=True, slots=True)
class WorkCounts:
    """A person's work over all projects; `to_label` and `to_review` stop counting at 1,000."""

    to_label: int = 0
    to_review: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class SuggestionDecision:
    """What the person made of one suggestion, as their editor says; the server checks it against the labels."""

    suggestion_id: uuid.UUID
    state: Literal["accepted", "fixed", "rejected"]


@dataclass(frozen=True, slots=True)
class BoxSuggestion:
    """An open, upright box suggestion. `box` is xyxy in picture pixels; `shapes` are what its label allows."""

    suggestion_id: uuid.UUID
    label_id: str
    box: tuple[float, float, float, float]
    score: float
    shapes: frozenset[str]


@dataclass(frozen=True, slots=True)
class RefinedSuggestion:
    """What the assist made of a box suggestion: a polygon's or a mask's geometry."""

    suggestion_id: uuid.UUID
    shape: str
    geometry: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OpenSuggestion:
    """One open suggestion of a picture; `box` xyxy in picture pixels, None for a tag and for other shapes."""

    id: uuid.UUID
    model_version_id: uuid.UUID
    label_id: str
    shape: str
    score: float
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class WaitingPicture:
    """A picture that nobody has begun and that was not drawn blind, with everything open on it."""

    task_id: uuid.UUID
    asset_id: uuid.UUID
    camera_id: uuid.UUID | None
    prelabelled_by_id: uuid.UUID | None
    suggestions: tuple[OpenSuggestion, ...]


@dataclass(frozen=True, slots=True)
class BlindPicture:
    """A picture of the random slice. `revision_id` is set once it is approved; unusable ones are excluded, set aside or gone."""

    task_id: uuid.UUID
    asset_id: uuid.UUID
    camera_id: uuid.UUID | None
    group_key: str
    is_usable: bool
    revision_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class PictureBoxes:
    """Labelled objects as (label id, xyxy in picture pixels), and tags (label ids)."""

    boxes: tuple[tuple[str, tuple[float, float, float, float]], ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApprovedImage:
    """A picture with approved labels. Pictures of one `group_key` show the same things."""

    task_id: uuid.UUID
    asset_id: uuid.UUID
    group_key: str
    blind: bool
    revision_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class LabelledObject:
    """An object of a picture, and the upright box around it: xyxy in picture pixels."""

    region: RegionData
    box: tuple[float, float, float, float]
