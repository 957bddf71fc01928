"""What an editor needs to open a task, in a handful of queries."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Prefetch
from django.utils import timezone

from backend.annotation.contracts import Labels, region_dict
from backend.annotation.enums import AssignmentKind, AssignmentState, SuggestionState, TaskState, Verdict
from backend.annotation.models import Assignment, Comment, ReviewDecision, Revision, Suggestion, Task
from backend.annotation.selectors.answers import SEATED, draws_alone, is_collecting, own_answer
from backend.annotation.selectors.cover import SEALED_STATES, cover_suggestions, cover_task, hidden_work
from backend.annotation.selectors.holders import holder_told
from backend.annotation.selectors.labels import revision_labels
from backend.annotation.selectors.recent import may_correct
from backend.annotation.selectors.second_looks import look_waiting, may_look
from backend.core.enums import Role
from backend.core.permissions import at_least
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

# Counting further would cost more than the number tells.
LEFT_COUNTED_MAX = 1_000
OPENABLE = (AssignmentState.LEASED, AssignmentState.EXPIRED)
SUBMITTED = (AssignmentState.SUBMITTED, AssignmentState.APPROVED, AssignmentState.RETURNED)


@dataclass(frozen=True, slots=True)
class Progress:
    """`seconds_today` counts work on the day it was last saved or submitted, whole."""

    left: int
    done_today: int
    seconds_today: int


@dataclass(slots=True)
class OpenTask:
    """One task as its editor sees it. `mode` says what the person may do: label, review, read."""

    task: Task
    mode: str
    assignment: Assignment | None
    labels: dict[str, Any]
    base_revision: Revision | None
    suggestions: list[Suggestion]
    comments: list[Comment]
    progress: Progress
    review: Revision | None = None
    undone_reason: str = ""
    locked_by: str | None = None
    correctable: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def labels_dict(labels: Labels) -> dict[str, Any]:
    return {"regions": [region_dict(region) for region in labels.regions], "tags": labels.tags}


def draft_labels(assignment: Assignment) -> dict[str, Any]:
    """The labels a person works on: their draft, else the revision it starts from."""
    if assignment.draft is None:
        return labels_dict(revision_labels(assignment.base_revision))
    regions = sorted(
        assignment.draft["regions"].values(), key=lambda r: (r.get("z_index") or 0, r["region_id"])
    )
    return {"regions": regions, "tags": assignment.draft["tags"]}


def suggestions_shown(task: Task) -> list[Suggestion]:
    """Open and decided suggestions of a task, best first; never any of a blind task."""
    if task.blind:
        return []
    rows = Suggestion.objects.filter(task=task).exclude(state=SuggestionState.SUPERSEDED)
    return list(rows.order_by("-score", "id"))


def suggestions_of(*, actor: User, task: Task) -> list[Suggestion]:
    """What is suggested on a task to this person, who may have it as a hidden one."""
    hidden = hidden_work(actor.pk, task.pk)
    return suggestions_shown(task) if hidden is None else cover_suggestions(task, hidden.cover or {})


def task_view(*, actor: User, task_id: uuid.UUID, assignment_id: uuid.UUID | None = None) -> OpenTask:
    """The task as `actor` may see it. The caller has passed the door."""
    task = (
        Task.objects.select_related("asset", "project__site", "resolved_revision__author", "assigned_to")
        .defer("asset__frame_times_s", "asset__hash_bands")
        .get(pk=task_id)
    )
    assignment = _assignment(actor, task_id, assignment_id)
    hidden = assignment is not None and assignment.kind == AssignmentKind.TRUTH
    if assignment is not None and hidden and assignment.state in SEALED_STATES:
        cover_task(task, assignment)
        suggestions = cover_suggestions(task, assignment.cover or {})
    else:
        suggestions, hidden = suggestions_shown(task), False
    working = assignment is not None and assignment.state in OPENABLE
    if assignment is not None and working:
        labels, base = draft_labels(assignment), assignment.base_revision
        mode = "review" if assignment.kind == AssignmentKind.REVIEW else "label"
    else:
        # Until they are put together, a person sees their own answer of a picture several people label.
        own = own_answer(task, actor.pk) if is_collecting(task) else None
        base = own or (None if draws_alone(actor, task) else task.resolved_revision)
        labels, mode = labels_dict(revision_labels(base)), "read"
    review = _to_review(actor, task) if mode != "label" and task.state != TaskState.READY else None
    return OpenTask(
        task=task,
        mode=mode,
        assignment=assignment,
        labels=labels,
        base_revision=base,
        suggestions=suggestions,
        comments=_comments(task, assignment if hidden else None, actor if draws_alone(actor, task) else None),
        progress=progress_of(actor=actor, project=task.project),
        review=review,
        undone_reason=_own_undone_reason(actor, review) if review is not None else "",
        locked_by=holder_told(task, actor) if mode == "read" else None,
        correctable=mode == "read" and may_correct(actor, task),
    )


def _assignment(actor: User, task_id: uuid.UUID, assignment_id: uuid.UUID | None) -> Assignment | None:
    rows = Assignment.objects.filter(task_id=task_id, user_id=actor.pk).select_related("base_revision")
    if assignment_id is not None:
        return rows.filter(pk=assignment_id).first()
    # Without a stated one: work in hand before anything else, newest first.
    found = sorted(rows, key=lambda row: (row.state in OPENABLE, row.updated_at), reverse=True)
    return found[0] if found else None


def _comments(task: Task, hidden: Assignment | None, alone: User | None) -> list[Comment]:
    """Of a hidden task only what its person has written since it was handed to them; of somebody who is to draw on
    their own, their own.
    """
    replies = Prefetch("replies", Comment.objects.select_related("author").order_by("id"))
    rows = Comment.objects.filter(task=task, thread=None).select_related("author").prefetch_related(replies)
    rows = rows.order_by("id")
    if alone is not None:
        rows = rows.filter(author_id=alone.pk)
    if hidden is not None:
        rows = rows.filter(author_id=hidden.user_id, created_at__gte=hidden.created_at)
    return list(rows)


def _own_undone_reason(actor: User, revision: Revision) -> str:
    """What this person returned the revision for, last, where they took that back: to be said again, or better."""
    rows = ReviewDecision.objects.filter(revision=revision, reviewer_id=actor.pk, verdict=Verdict.RETURN)
    reason = rows.filter(undone_at__isnull=False).order_by("-id").values_list("reason", flat=True).first()
    return reason or ""


def _to_review(actor: User, task: Task) -> Revision | None:
    """What waits for a reviewer's word; to one who may take it, also what waits for a second look."""
    rows = Revision.objects.filter(task=task).select_related("author", "assignment", "merge")
    first = rows.filter(pending=True).order_by("id").first()
    if first is not None or look_waiting(task) is None or not may_look(actor, task):
        return first
    reviews = at_least(projects.project_role(actor=actor, project=task.project), Role.REVIEWER)
    return rows.filter(pk=task.resolved_revision_id).first() if reviews else None


def day_start(project: Project) -> datetime:
    """Midnight at the project's site (UTC without one)."""
    zone = ZoneInfo(project.site.time_zone) if project.site and project.site.time_zone else UTC
    return timezone.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


# An open hidden task counts as one that has left the queue, as the ordinary one in its place would have.
# Asked with every picture handed out: written by hand, as putting these two together takes Django longer than
# PostgreSQL needs to answer them.
_PROGRESS_SQL = """
SELECT
  greatest(0, (SELECT count(*) FROM (
    SELECT 1 FROM annotation_task
    WHERE project_id = %(project)s AND state = %(ready)s
      AND (assigned_to_id IS NULL OR assigned_to_id = %(person)s)
    LIMIT %(most)s) AS waiting)
    - count(*) FILTER (WHERE mine.kind = %(truth)s AND mine.state = %(leased)s)
    - count(*) FILTER (WHERE mine.kind = %(label)s AND mine.state = ANY(%(begun)s)
        AND task.people > 1 AND task.state = %(ready)s)),
  count(*) FILTER (WHERE mine.state = ANY(%(submitted)s) AND mine.submitted_at >= %(midnight)s),
  coalesce(sum(mine.active_seconds)
    FILTER (WHERE mine.submitted_at >= %(midnight)s OR mine.draft_saved_at >= %(midnight)s), 0)
FROM annotation_assignment AS mine JOIN annotation_task AS task ON task.id = mine.task_id
WHERE mine.user_id = %(person)s AND mine.kind IN (%(label)s, %(truth)s) AND task.project_id = %(project)s
"""


def progress_of(*, actor: User, project: Project) -> Progress:
    """What is left in the queue for this person (at most LEFT_COUNTED_MAX), and what they did today."""
    values = {
        "project": project.pk,
        "person": actor.pk,
        "ready": TaskState.READY.value,
        "submitted": [state.value for state in SUBMITTED],
        "label": AssignmentKind.LABEL.value,
        "truth": AssignmentKind.TRUTH.value,
        "begun": [state.value for state in SEATED],
        "leased": AssignmentState.LEASED.value,
        "most": LEFT_COUNTED_MAX,
        "midnight": day_start(project),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS_SQL, values)
        left, done, seconds = cursor.fetchone()
    return Progress(left, done, int(seconds))
