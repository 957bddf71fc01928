"""Where a project stands with defects without examples: what is good, what is known, and the newest look."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from backend.annotation.selectors.costs import ApprovedPicture, approved_pictures
from backend.learning.models import DefectReport
from backend.projects import selectors as projects
from backend.projects.contracts import Label

# Fewer good pictures show too little of what good ones may look like.
GOOD_MIN = 20


@dataclass(frozen=True, slots=True)
class DefectLabel:
    """A label that stands for a defect: approved pictures without it, with it, and how many good ones are missing."""

    label: Label
    good: int
    known: int

    @property
    def good_needed(self) -> int:
        return max(GOOD_MIN - self.good, 0)


@dataclass(frozen=True, slots=True)
class DefectState:
    labels: list[DefectLabel]
    report: DefectReport | None


def good_and_known(
    pictures: Sequence[ApprovedPicture], label_id: str
) -> tuple[list[ApprovedPicture], list[ApprovedPicture]]:
    """Approved pictures without the label, and with it."""
    with_it = [p for p in pictures if label_id in p.labels]
    return [p for p in pictures if label_id not in p.labels], with_it


def box_labels(project_id: uuid.UUID) -> list[Label]:
    """Labels that a hot place can be suggested as."""
    return [label for label in projects.labels_of(project_id) if "box" in label.shapes]


def defect_state(project_id: uuid.UUID) -> DefectState:
    pictures = approved_pictures(project_id)
    labels = []
    for label in box_labels(project_id):
        good, known = good_and_known(pictures, label.id)
        labels.append(DefectLabel(label, len(good), len(known)))
    return DefectState(labels, report_newest(project_id))


def report_newest(project_id: uuid.UUID) -> DefectReport | None:
    rows = DefectReport.objects.filter(project_id=project_id).select_related("model_version")
    return rows.order_by("-id").first()
