"""What became of the answers of several people on one picture: for those who review it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from backend.annotation.enums import MergeMethod, TaskState
from backend.annotation.models import ConsensusMerge, Revision, Task
from backend.annotation.selectors.answers import answers_in, is_collecting
from backend.annotation.selectors.unmerged import merge_jobs, why_not
from backend.core.enums import JobState
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
    """`state`: collecting, merging (all are in), failed (they are, and nobody puts them together), waiting (for review),
    decided. `is_chosen`: the labels are others now. `failure`: why the last try to put them together failed.
    """

    people: int
    state: str
    answers: list[AnswerRow]
    merge: ConsensusMerge | None
    is_chosen: bool
    quorum: float
    label_quorums: dict[str, float] = field(default_factory=dict)
    failure: str = ""
    method: str = MergeMethod.VOTE


def consensus_of(task: Task) -> Consensus:
    """The caller has passed the door of those who review. While answers come in nothing is told of what they say."""
    merge = ConsensusMerge.objects.filter(task=task).select_related("asked_by").order_by("-id").first()
    answers = answers_in(task)
    collecting = is_collecting(task)
    settings = projects.settings_of(task.project)
    all_in = collecting and len(answers) >= task.people
    failure = _failure(task, merge, all_in)
    return Consensus(
        people=task.people,
        state=("failed" if failure else "merging") if all_in else _state(task),
        answers=[] if collecting else _rows(answers, merge),
        merge=None if collecting else merge,
        is_chosen=merge is not None and task.resolved_revision_id != merge.revision_id,
        quorum=settings.consensus_quorum if merge is None else merge.quorum,
        label_quorums=settings.label_quorums if merge is None else merge.label_quorums,
        failure=failure,
        method=settings.consensus_method if merge is None else merge.method,
    )


def _failure(task: Task, merge: ConsensusMerge | None, all_in: bool) -> str:
    """Of answers that wait to be put together, or of a later try to do it otherwise."""
    if not all_in and task.state != TaskState.IN_REVIEW:
        return ""
    job = merge_jobs(task.project_id, [task.pk]).get(task.pk)
    if all_in:
        return why_not(job) or ""
    if job is None or job.state != JobState.FAILED:
        return ""
    return job.error if merge is not None and job.created_at > merge.created_at else ""


def _state(task: Task) -> str:
    if is_collecting(task):
        return "collecting"
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
