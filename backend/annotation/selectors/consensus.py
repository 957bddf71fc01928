"""What became of the answers of several people on one picture: for those who review it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from backend.annotation.enums import TaskState
from backend.annotation.models import ConsensusMerge, Revision, Task
from backend.annotation.selectors.answers import answers_in, is_collecting
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One person's answer. The counts are against what was put together last; None where it came later."""

    revision_id: uuid.UUID
    person: User | None
    submitted_at: datetime
    active_seconds: float
    objects: int
    matched: int | None
    missed: int | None
    extra: int | None


@dataclass(frozen=True, slots=True)
class Consensus:
    """`state`: collecting, merging (all are in), waiting (for review), decided. `is_chosen`: the labels are others now."""

    people: int
    state: str
    answers: list[AnswerRow]
    merge: ConsensusMerge | None
    is_chosen: bool
    quorum: float
    label_quorums: dict[str, float] = field(default_factory=dict)


def consensus_of(task: Task) -> Consensus:
    """The caller has passed the door of those who review. While answers come in nothing is told of what they say."""
    merge = ConsensusMerge.objects.filter(task=task).select_related("asked_by").order_by("-id").first()
    answers = answers_in(task)
    collecting = is_collecting(task)
    settings = projects.settings_of(task.project)
    return Consensus(
        people=task.people,
        state=_state(task, len(answers)),
        answers=[] if collecting else _rows(answers, merge),
        merge=None if collecting else merge,
        is_chosen=merge is not None and task.resolved_revision_id != merge.revision_id,
        quorum=settings.consensus_quorum if merge is None else merge.quorum,
        label_quorums=settings.label_quorums if merge is None else merge.label_quorums,
    )


def _state(task: Task, answers: int) -> str:
    if is_collecting(task):
        return "merging" if answers >= task.people else "collecting"
    return "waiting" if task.state == TaskState.IN_REVIEW else "decided"


def _rows(answers: list[Revision], merge: ConsensusMerge | None) -> list[AnswerRow]:
    tallies: dict[str, dict[str, Any]] = {row["revision_id"]: row for row in merge.answers} if merge else {}
    counts = dict(
        Revision.objects.filter(pk__in=[row.pk for row in answers])
        .annotate(n=Count("regions"))
        .values_list("id", "n")
    )
    return [
        AnswerRow(
            revision_id=row.pk,
            person=row.author,
            submitted_at=row.created_at,
            active_seconds=row.active_seconds,
            objects=counts[row.pk],
            **{name: tallies.get(str(row.pk), {}).get(name) for name in ("matched", "missed", "extra")},
        )
        for row in answers
    ]
