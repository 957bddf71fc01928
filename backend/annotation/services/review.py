"""A reviewer's word: approve, return with a reason, take it back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now

from backend.annotation.domain.states import AssignmentEvent, TaskEvent
from backend.annotation.enums import AssignmentKind, AssignmentState, SecondLookState, TaskState, Verdict
from backend.annotation.errors import MoveRefused
from backend.annotation.models import Assignment, ReviewDecision, Revision, SecondLook, Task
from backend.annotation.selectors.second_looks import look_waiting
from backend.annotation.services.claims import own_work_refuse
from backend.annotation.services.moves import (
    announce,
    assignment_move,
    record,
    task_lock,
    task_move,
)
from backend.annotation.services.second_looks import (
    approval_followed,
    look_refuse,
    look_reopen,
    look_settle,
)
from backend.annotation.services.submit import revision_approved, task_save
from backend.core.enums import Role
from backend.core.errors import BadInput, Forbidden
from backend.core.permissions import at_least
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User


@transaction.atomic
def review_decide(
    *, actor: User, revision_id: uuid.UUID, verdict: Verdict | str, reason: str = ""
) -> ReviewDecision:
    """Approve a revision, or return it to its author with a reason. The same word twice is one decision.

    On approved labels that wait for a second look it is the second reviewer's word on them. Raises MoveRefused when the
    revision waits for nobody, SelfReview, BadInput without a reason.
    """
    task, revision = _locked(revision_id)
    last = _standing(revision)
    look = None
    if revision.pending:
        own_work_refuse(task, revision, actor)
    elif last is not None and last.verdict == verdict and last.reviewer_id == actor.pk:
        return last
    else:
        look = _look_at(actor, task, revision)
    if verdict == Verdict.RETURN and not reason.strip():
        raise BadInput("Say why it goes back.", fields={"reason": "A reason is needed."})
    decision = ReviewDecision.objects.create(
        revision=revision, reviewer=actor, verdict=verdict, reason=reason.strip()
    )
    if verdict == Verdict.RETURN:
        _return(actor, task, revision, reason.strip())
    elif look is None:
        revision_approved(task, revision)
        approval_followed(task=task, decision=decision)
    if look is not None:
        agreed = verdict == Verdict.APPROVE
        look_settle(look, decision, SecondLookState.AGREED if agreed else SecondLookState.RETURNED)
    review_lease_end(task, actor)
    record(actor, task, f"review.{verdict}", revision_id=str(revision.pk), reason=reason.strip())
    announce(task)
    return decision


def _look_at(actor: User, task: Task, revision: Revision) -> SecondLook:
    """The second look that waits at these labels. Raises MoveRefused, SelfReview."""
    look = look_waiting(task) if task.resolved_revision_id == revision.pk else None
    if look is None:
        raise MoveRefused("This revision does not wait for review: it was decided or replaced already.")
    look_refuse(actor, task)
    return look


def _locked(revision_id: uuid.UUID) -> tuple[Task, Revision]:
    task_id = Revision.objects.values_list("task_id", flat=True).get(pk=revision_id)
    task = task_lock(task_id)
    return task, Revision.objects.select_related("assignment__user", "author").get(pk=revision_id)


def _standing(revision: Revision) -> ReviewDecision | None:
    return ReviewDecision.objects.filter(revision=revision, undone_at=None).order_by("-id").first()


def _return(actor: User, task: Task, revision: Revision, reason: str) -> None:
    returned = _authors_work(task, revision)
    revision.pending = False
    revision.save(update_fields=["pending", "updated_at"])
    head = task.resolved_revision_id == revision.pk
    if head:
        task.approved_at = None
    for assignment in returned:
        assignment_move(assignment, AssignmentEvent.RETURN)
        assignment.return_reason = reason
        assignment.save(update_fields=["state", "return_reason", "updated_at"])
        notify.notice_create(
            user=assignment.user,
            kind=NoticeKind.RETURNED,
            title=f"{task.title} came back to you",
            body=f"{actor.get_full_name()}: {reason}",
            link=f"/p/{task.project_id}/annotate/{task.pk}",
            project_id=task.project_id,
        )
    if head:
        task_move(task, TaskEvent.RETURN if returned else TaskEvent.SEND_BACK)
        task_save(task)


def _authors_work(task: Task, revision: Revision) -> list[Assignment]:
    """The annotator's work this revision stands for: its own, or the one a reviewer's edit was made on.

    Of several people whose answers were put together, everybody's.
    """
    own = revision.assignment
    # What a second reviewer sends back was approved.
    done = AssignmentState.SUBMITTED if revision.pending else AssignmentState.APPROVED
    if own is not None and own.kind == AssignmentKind.LABEL:
        return [own] if own.state == done else []
    waiting = Revision.objects.filter(task=task, pending=True).exclude(pk=revision.pk)
    rows = (
        Assignment.objects.filter(task=task, kind=AssignmentKind.LABEL, state=done)
        .exclude(pk__in=waiting.filter(assignment__isnull=False).values("assignment_id"))
        .select_related("user")
        .order_by("-submitted_at")
    )
    return list(rows if task.people > 1 else rows[:1])


def review_lease_end(task: Task, actor: User) -> None:
    """The reviewer has spoken: their review lease would only keep others away."""
    Assignment.objects.filter(
        task=task, user_id=actor.pk, kind=AssignmentKind.REVIEW, state=AssignmentState.LEASED
    ).update(state=AssignmentState.OFFERED, lease_expires_at=None, draft=None, updated_at=Now())


@transaction.atomic
def review_undo(*, actor: User, revision_id: uuid.UUID) -> Revision:
    """Take a decision back: the revision waits for review again.

    Only its reviewer or a manager may, and only while nothing followed: the labels are still the task's, and
    returned work was not opened again. Raises Forbidden, MoveRefused.
    """
    task, revision = _locked(revision_id)
    decision = _standing(revision)
    if decision is None:
        if revision.pending:
            return revision
        raise MoveRefused("There is no decision to take back.")
    if decision.reviewer_id != actor.pk and not at_least(
        projects.project_role(actor=actor, project=task.project), Role.MANAGER
    ):
        raise Forbidden("Only the reviewer who decided, or a manager, takes a decision back.")
    if task.resolved_revision_id != revision.pk:
        raise MoveRefused("Newer labels were saved since: decide on those.")
    look = SecondLook.objects.filter(decision=decision).first()
    # A second reviewer's own edit is the last of the labels: taking it back leaves it to a reviewer like any other.
    if look is None or revision.author_id == decision.reviewer_id:
        _decision_undo(task, revision, decision)
    elif decision.verdict == Verdict.RETURN:
        _assignments_undo(task, Verdict.RETURN)
        revision_approved(task, revision)
    decision.undone_at = Now()
    decision.save(update_fields=["undone_at", "updated_at"])
    if look is not None:
        look_reopen(look)
    record(actor, task, "review.undo", revision_id=str(revision.pk), verdict=decision.verdict)
    announce(task)
    return revision


def _decision_undo(task: Task, revision: Revision, decision: ReviewDecision) -> None:
    _assignments_undo(task, Verdict(decision.verdict))
    task_move(
        task,
        TaskEvent.UNDO_APPROVE if decision.verdict == Verdict.APPROVE else TaskEvent.UNDO_RETURN,
    )
    task.approved_at = None
    task_save(task)
    revision.pending = True
    revision.save(update_fields=["pending", "updated_at"])


def _assignments_undo(task: Task, verdict: Verdict) -> None:
    """Approved work waits again; returned work does too, unless its author has opened it since."""
    from_state = AssignmentState.APPROVED if verdict == Verdict.APPROVE else AssignmentState.RETURNED
    rows = list(
        Assignment.objects.select_for_update()
        .filter(task=task, state=from_state)
        .exclude(kind=AssignmentKind.TRUTH)
    )
    went_on = not rows
    if task.people > 1 and verdict == Verdict.RETURN:
        # Somebody opened theirs, answered again or passed it on: what was returned is not whole any more.
        asked = Assignment.objects.filter(
            task=task, kind=AssignmentKind.LABEL, submitted_revisions__beside=True
        )
        went_on = len({row.pk for row in rows}) < asked.distinct().count()
    if verdict == Verdict.RETURN and task.state in (TaskState.READY, TaskState.IN_WORK) and went_on:
        raise MoveRefused("The author has opened the returned work again.")
    for assignment in rows:
        assignment_move(assignment, AssignmentEvent.UNDO)
        assignment.return_reason = ""
        assignment.save(update_fields=["state", "return_reason", "updated_at"])
