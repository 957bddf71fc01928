"""What a project's labels cost people, and what was measured of it against the random slice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.annotation.enums import SelectionReason
from backend.annotation.selectors.costs import ApprovedPicture, LabelCounts, approved_pictures, label_counts
from backend.learning import selectors
from backend.learning.models import SavingsReport
from ml.evaluation.savings import CHOSEN_MIN, RANDOM_MIN

if TYPE_CHECKING:
    from backend.learning.models import ModelVersion

CHOSEN_REASONS = {
    SelectionReason.TYPICAL,
    SelectionReason.UNCERTAIN,
    SelectionReason.CORESET,
    SelectionReason.BADGE,
}


def is_random(picture: ApprovedPicture) -> bool:
    return picture.blind and picture.reason == SelectionReason.RANDOM


def is_chosen(picture: ApprovedPicture) -> bool:
    """By a strategy: what people asked for, feeds sent or files brought was chosen by nobody's rule."""
    return picture.reason in CHOSEN_REASONS


@dataclass(frozen=True, slots=True)
class SavingsState:
    """Counts of now, the newest measurement with its model, and how many more pictures one needs at least."""

    counts: LabelCounts
    random: int
    chosen: int
    random_needed: int
    chosen_needed: int
    has_model: bool
    report: SavingsReport | None

    @property
    def measured_by(self) -> ModelVersion | None:
        return self.report.model_version if self.report else None


def savings_state(project_id: uuid.UUID) -> SavingsState:
    pictures = approved_pictures(project_id)
    random, chosen = sum(map(is_random, pictures)), sum(map(is_chosen, pictures))
    rows = SavingsReport.objects.filter(project_id=project_id).select_related("model_version")
    return SavingsState(
        counts=label_counts(project_id),
        random=random,
        chosen=chosen,
        random_needed=max(RANDOM_MIN - random, 0),
        chosen_needed=max(CHOSEN_MIN - chosen, 0),
        has_model=bool(selectors.production_models(project_id)),
        report=rows.order_by("-id").first(),
    )
