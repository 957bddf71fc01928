"""What became of the answers of several people on one picture: for those who review it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from backend.annotation.enums import MergeMethod, TaskState
from backend.annotation.models import ConsensusMerge, Revision, Task
from backend.annotation.selectors.answers import answers_in, is_collecting
from backend.annotation.selectors.unmerged import merge_jobs, why_not
from backend.core.enums import JobState, Role
from backend.core.permissions import at_least
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One person's answer. The counts are against what was put together last; None where it came later.

    `weight`, 0 to 1: what it counted there, beside the answer that counted most; None where all counted the same,
    and for who may not see how people do.
    """

    revision_id: uuid.UUID
    person: User | None
    submitted_at: datetime
    active_seconds: float
    objects: int
    matched: int | None
    missed: int | None
    extra: int | None
    weight: float | None


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


def consensus_of(task: Task, *, actor: User) -> Consensus:
    """The caller has passed the door of those who review. While answers come in nothing is told of what they say.

    What each answer counted for says how its person does: told to those who manage the project, as everybody's quality is.
    """
    merge = ConsensusMerge.objects.filter(task=task).select_related("asked_by").order_by("-id").first()
    answers = answers_in(task)
    collecting = is_collecting(task)
    settings = projects.settings_of(task.project)
    all_in = collecting and len(answers) >= task.people
    failure = _failure(task, merge, all_in)
    return Consensus(
        people=task.people,
        state=_state(task, collecting=collecting, all_in=all_in, failure=failure),
        answers=[] if collecting else _rows(answers, merge, _weights(merge, task.project, actor)),
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


def _state(task: Task, *, collecting: bool, all_in: bool, failure: str) -> str:
    if all_in:
        return "failed" if failure else "merging"
    if collecting:
        return "collecting"
    return "waiting" if task.state == TaskState.IN_REVIEW else "decided"


def _weights(merge: ConsensusMerge | None, project: Project, actor: User) -> dict[str, float]:
    """By answer, beside the one that counted most. Empty where nobody was weighed, or `actor` may not know."""
    if merge is None or merge.method != MergeMethod.CROWD or not merge.objects_found:
        return {}
    if not at_least(projects.project_role(actor=actor, project=project), Role.MANAGER):
        return {}
    most = max(row["weight"] for row in merge.answers)
    # Where agreement says nothing beyond chance all are next to 0, and kept as 0: they counted the same.
    return {row["revision_id"]: row["weight"] / most if most else 1.0 for row in merge.answers}


def _rows(
    answers: list[Revision], merge: ConsensusMerge | None, weights: Mapping[str, float]
) -> list[AnswerRow]:
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
            weight=weights.get(str(row.pk)),
            **{name: tallies.get(str(row.pk), {}).get(name) for name in ("matched", "missed", "extra")},
        )
        for row in answers
    ]
