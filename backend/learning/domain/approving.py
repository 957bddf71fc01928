"""Which suggestions of a picture a policy approves, and what a person's labels say of suggestions."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from backend.annotation.contracts import OpenSuggestion, PictureBoxes, SuggestionItem, WaitingPicture
from backend.learning.enums import PolicyScope
from ml.contracts import Annotation, Box
from ml.quality.approval import ApprovalPlan
from ml.quality.blind_review import review_unit
from ml.quality.reviews import ReviewedUnit

# What was judged in blind reviews. An outline that the assist made of a box was not.
SHAPES = ("box", "tag")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a policy approves now. `cameras` are those its evidence was drawn from; None is pictures of no camera."""

    model_id: uuid.UUID
    scope: str
    label_ids: frozenset[str]
    boxes_most: int
    threshold: float
    cameras: frozenset[uuid.UUID | None]


def approved_of(standing: Standing, picture: WaitingPicture) -> tuple[OpenSuggestion, ...] | None:
    """The suggestions that need no look; for a whole picture all of them, perhaps none. None: a person looks.

    A picture of a camera that no evidence came from goes to a person: nothing is known of it.
    """
    if picture.camera_id not in standing.cameras:
        return None
    if standing.scope == PolicyScope.PICTURES:
        return _whole(standing, picture)
    sure = tuple(each for each in picture.suggestions if _is_sure(standing, each))
    return sure if sure and len(sure) <= standing.boxes_most else None


def _whole(standing: Standing, picture: WaitingPicture) -> tuple[OpenSuggestion, ...] | None:
    if not picture.suggestions and picture.prelabelled_by_id != standing.model_id:
        return None  # another model looked last: that this one found nothing is not certain
    fits = len(picture.suggestions) <= standing.boxes_most
    return picture.suggestions if fits and all(_is_sure(standing, s) for s in picture.suggestions) else None


def _is_sure(standing: Standing, suggestion: OpenSuggestion) -> bool:
    return (
        suggestion.model_version_id == standing.model_id
        and suggestion.shape in SHAPES
        and suggestion.label_id in standing.label_ids
        and suggestion.score >= standing.threshold
    )


def path_start(plan: ApprovalPlan, scope: str) -> int | None:
    """Where testing of what the policy promises starts; None: the fitting part saw no threshold worth it."""
    return (plan.pictures if scope == PolicyScope.PICTURES else plan.boxes).start


def unit_of(
    suggested: Sequence[SuggestionItem], truth: PictureBoxes, label_ids: Collection[str]
) -> ReviewedUnit:
    """What a person's labels say of suggestions, of these labels only."""
    boxes, scores, tags = [], [], {}
    for item in suggested:
        if item.label_id not in label_ids:
            continue
        if item.shape == "tag":
            tags[item.label_id] = item.score
        else:
            boxes.append(Annotation(item.label_id, Box(*item.geometry["box"])))
            scores.append(item.score)
    return review_unit(
        boxes,
        scores,
        [Annotation(label, Box(*box)) for label, box in truth.boxes if label in label_ids],
        suggested_tags=tags,
        tags=[tag for tag in truth.tags if tag in label_ids],
    )
