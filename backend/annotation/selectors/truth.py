"""Ground truth of a project: for those who review."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from backend.annotation.domain.figures import Agreed, agreed_in_all
from backend.annotation.models import Comparison, GroundTruth, Task
from backend.annotation.selectors.lists import heavy

# Fewer answers to a picture would tell how one person did.
ANSWERS_MIN = 3


@dataclass(frozen=True, slots=True)
class TruthRow:
    """A picture that is ground truth. `agreed` is over all answers to it; None below ANSWERS_MIN."""

    truth: GroundTruth
    answers: int
    agreed: Agreed | None


def truths_of(project_id: uuid.UUID) -> QuerySet[GroundTruth]:
    """Newest first."""
    rows = GroundTruth.objects.filter(project_id=project_id, task__asset__deleted_at=None)
    rows = rows.select_related("task__asset", "marked_by").order_by("-id")
    return rows.defer(*heavy("task__asset"))


def truth_rows(truths: Sequence[GroundTruth]) -> list[TruthRow]:
    """One page of them with how they were answered, in one query."""
    answers: dict[uuid.UUID, list[dict[str, list[float]]]] = defaultdict(list)
    found = Comparison.objects.filter(task_id__in=[row.task_id for row in truths], against_truth=True)
    for task_id, labels in found.values_list("task_id", "labels"):
        answers[task_id].append(labels)
    return [_row(row, answers[row.task_id]) for row in truths]


def _row(truth: GroundTruth, answers: list[dict[str, list[float]]]) -> TruthRow:
    told = len(answers) >= ANSWERS_MIN
    return TruthRow(truth, len(answers), agreed_in_all(answers) if told else None)


def truth_task_ids(task_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the tasks that are ground truth."""
    return set(GroundTruth.objects.filter(task_id__in=list(task_ids)).values_list("task_id", flat=True))


def truth_usable(project_id: uuid.UUID) -> int:
    """How many pictures of the project can be handed out as hidden tasks now."""
    return Task.objects.filter(
        ground_truth__project_id=project_id, state="approved", resolved_revision__isnull=False
    ).count()
