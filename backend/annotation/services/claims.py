"""Who works on what: handing out tasks, leases on the database's clock, giving work back."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from backend.annotation.domain.states import AssignmentEvent, TaskEvent
from backend.annotation.enums import AssignmentKind, AssignmentState, TaskState
from backend.annotation.errors import LeaseLost, NotOpen, QueuePaused, SelfReview, TaskTaken
from backend.annotation.models import Assignment, Revision, Task
from backend.annotation.selectors.answers import FREE_STATES, is_collecting, of_own_hand, own_answer
from backend.annotation.selectors.holders import holder_told, reviewer_at, reviews_held
from backend.annotation.selectors.labels import REVIEWED_STATES
from backend.annotation.selectors.queue import (
    LABELLED_BY_HAND,
    not_excluded,
    not_skipped,
    task_free_locked,
    task_in_hand_locked,
)
from backend.annotation.selectors.recent import may_correct
from backend.annotation.selectors.second_looks import (
    seconds_barred,
    waits_for_review,
)
from backend.annotation.selectors.turns import reviews_in_turn
from backend.annotation.services.hidden import hidden_drawn, hidden_in_hand, hidden_lease, hidden_open
from backend.annotation.services.moves import (
    LEASE,
    announce,
    announce_as,
    assignment_lock,
    assignment_move,
    record,
    settings_of,
    task_lock,
    task_move,
)
from backend.annotation.services.pauses import pause_refuse
from backend.annotation.services.seats import merge_if_all_in, seats_settle
from backend.core.errors import Conflict

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

EXPIRE_BATCH = 500
# One of several people's answers, open again by their own will and not because it was returned.
RECALLED_ANSWER = Q(
    beside=True, task__people__gt=1, assignment__kind=AssignmentKind.LABEL, assignment__return_reason=""
)


@transaction.atomic
def task_next(*, actor: User, project: Project, exclude: Collection[uuid.UUID] = ()) -> Assignment | None:
    """Claim what this person should do next: work in hand, what is assigned to them, then the queue.

    Concurrent callers get different tasks of the queue: rows another transaction holds are skipped. Returns
    None when nothing is left. `exclude` lets an editor fetch the one after those it has open. In the place of one
    of the queue may come a hidden task (`hidden_drawn`); the one it came before is then next.
    Raises QueuePaused for paused and archived projects, PersonPaused where nothing new is handed to this person.
    """
    _queue_runs(project)
    task = task_in_hand_locked(actor_id=actor.pk, project=project, exclude=exclude)
    if task is not None:
        return _lease(task, actor, AssignmentKind.LABEL)
    hidden = hidden_in_hand(actor=actor, project=project, exclude=exclude)
    if hidden is not None:
        return hidden
    pause_refuse(actor=actor, project=project)
    task = task_free_locked(actor_id=actor.pk, project=project, exclude=exclude)
    if task is None:
        return None
    if task.assigned_to_id is None:
        hidden = hidden_drawn(actor=actor, project=project, ordinary=task, exclude=exclude)
    return hidden or _lease(task, actor, AssignmentKind.LABEL)


def _queue_runs(project: Project) -> None:
    if project.archived_at is not None:
        raise QueuePaused("This project is archived. Nothing is handed out any more.")
    if project.queue_paused_at is not None:
        raise QueuePaused("The queue of this project is paused. Work already open can be finished.")


@transaction.atomic
def task_claim(*, actor: User, task_id: uuid.UUID) -> Assignment:
    """Open this one task to label it. Raises TaskTaken when it is not this person's to open, PersonPaused."""
    task = task_lock(task_id)
    if task.project.archived_at is None and (hidden := hidden_open(actor, task)) is not None:
        return hidden_lease(hidden)
    own = Assignment.objects.filter(task=task, user_id=actor.pk, kind=AssignmentKind.LABEL).first()
    in_hand = own is not None and own.state in LABELLED_BY_HAND
    if task.project.archived_at is not None:
        raise TaskTaken("This project is archived.")
    if is_collecting(task) and own is not None and own.state == AssignmentState.SUBMITTED:
        raise TaskTaken("You have labelled this picture. Others label it on their own now.")
    if task.state == TaskState.IN_WORK and not in_hand:
        several = f"All {task.people} people who were asked have this picture already."
        raise TaskTaken("Somebody else is working on this picture." if task.people == 1 else several)
    if task.state not in (TaskState.READY, TaskState.IN_WORK) and not in_hand:
        raise TaskTaken(f"This picture is {task.state.replace('_', ' ')}.")
    if task.state == TaskState.READY and task.assigned_to_id not in (None, actor.pk):
        raise TaskTaken("This picture is assigned to somebody else.")
    if not in_hand:
        pause_refuse(actor=actor, project=task.project)
    return _lease(task, actor, AssignmentKind.LABEL)


@transaction.atomic
def task_recall(*, actor: User, task_id: uuid.UUID) -> Assignment:
    """Take submitted work back to correct it, while it waits for review. Raises TaskTaken."""
    task = task_lock(task_id)
    if not may_correct(actor, task):
        raise TaskTaken(
            "This picture cannot be corrected any more: it was reviewed, or a reviewer has it open."
        )
    if not is_collecting(task):
        task_move(task, TaskEvent.RECALL)
        task.save(update_fields=["state", "updated_at"])
        announce(task)
    record(actor, task, "task.recall")
    return _lease(task, actor, AssignmentKind.LABEL)


@transaction.atomic
def task_next_of_series(*, actor: User, task: Task) -> Assignment | None:
    """Claim the picture after this one in its series (same group of near-copies, by time taken, then arrival).

    Blind pictures are passed over: they are drawn from scratch. None at the end of the series.
    Raises QueuePaused, PersonPaused.
    """
    _queue_runs(task.project)
    pause_refuse(actor=actor, project=task.project)
    asset = task.asset
    after = Q(asset_id__gt=asset.pk)
    if asset.captured_at is not None:
        same = Q(asset__captured_at=asset.captured_at)
        after = Q(asset__captured_at__gt=asset.captured_at) | (same & after) | Q(asset__captured_at=None)
    else:
        after &= Q(asset__captured_at=None)
    in_hand = Assignment.objects.filter(
        user_id=actor.pk, kind=AssignmentKind.LABEL, state__in=LABELLED_BY_HAND
    )
    mine = Q(state__in=FREE_STATES, pk__in=in_hand.values("task_id"))
    free = Q(state=TaskState.READY) & (Q(assigned_to=None) | Q(assigned_to_id=actor.pk))
    rows = Task.objects.filter(
        after, mine | free, project_id=task.project_id, blind=False, asset__group_key=asset.group_key
    )
    rows = not_skipped(not_excluded(rows, task.project_id), actor.pk)
    order = (F("asset__captured_at").asc(nulls_last=True), "asset_id")
    found = rows.order_by(*order).select_for_update(skip_locked=True, of=("self",)).first()
    if found is None:
        return None
    found.project = task.project
    return _lease(found, actor, AssignmentKind.LABEL)


@transaction.atomic
def review_claim(*, actor: User, task_id: uuid.UUID) -> Assignment:
    """Open a task to review or edit its labels. Raises SelfReview, TaskTaken, Conflict."""
    task = task_lock(task_id)
    return _review_lease(task, actor)


@transaction.atomic
def review_next(*, actor: User, project: Project, exclude: Collection[uuid.UUID] = ()) -> Assignment | None:
    """Claim what a plan keeps for this person, else the oldest revision that waits for review or a second look, is theirs
    to decide, is kept for nobody else, and nobody has open.
    """
    busy = reviews_held().filter(task__project=project).exclude(user_id=actor.pk)
    rows = Revision.objects.filter(
        waits_for_review(task__project=project), task__project=project, task__state__in=REVIEWED_STATES
    ).exclude(task_id__in=busy.values("task_id"))
    rows = rows.exclude(seconds_barred(actor))
    if exclude:
        rows = rows.exclude(task_id__in=exclude)
    if not project.settings.get("allow_self_review", False):
        rows = rows.exclude(of_own_hand(actor))
    for task_id in reviews_in_turn(rows, actor).values_list("task_id", flat=True)[:20]:
        task = Task.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=task_id).first()
        # A reviewer who was faster has committed by now: the lease is looked at again under the lock.
        if task is None or reviewer_at(task, actor):
            continue
        return _review_lease(task_lock(task_id), actor)
    return None


def held_refuse(task: Task, actor: User) -> None:
    """Raise TaskTaken where another person has the task open, in the words of whoever only looks at it."""
    if who := holder_told(task, actor):
        raise TaskTaken(f"{who} has this picture open.")


def _review_lease(task: Task, actor: User) -> Assignment:
    if task.state not in REVIEWED_STATES or task.resolved_revision is None:
        raise Conflict("There is nothing to review on this picture yet.", code="nothing_to_review")
    own_work_refuse(task, task.resolved_revision, actor)
    held_refuse(task, actor)
    return _lease(task, actor, AssignmentKind.REVIEW)


def own_work(revision: Revision, actor: User) -> bool:
    """Whether a person's own hand made these labels, alone or as one of several."""
    return Revision.objects.filter(of_own_hand(actor), pk=revision.pk).exists()


def own_work_refuse(task: Task, revision: Revision, actor: User) -> None:
    """Raise SelfReview where these labels are of the person's own hand and the project has others review them."""
    if not settings_of(task).allow_self_review and own_work(revision, actor):
        raise SelfReview("Nobody reviews their own work in this project.")


def _lease(task: Task, actor: User, kind: AssignmentKind) -> Assignment:
    """Lease a locked task to a person; an untouched draft starts from the resolved revision."""
    lease: dict[str, object] = {"lease_expires_at": Now() + LEASE}
    assignment = Assignment.objects.select_for_update().filter(task=task, user_id=actor.pk, kind=kind).first()
    if assignment is None:
        assignment = Assignment.objects.create(
            task=task,
            user_id=actor.pk,
            kind=kind,
            state=AssignmentState.LEASED,
            base_revision_id=_base_of(task, actor, kind),
            **lease,
        )
    else:
        reopened = assignment.state in (AssignmentState.SUBMITTED, AssignmentState.APPROVED)
        # In work with nobody's hands on it is a picture its author takes back this moment.
        if reopened and kind == AssignmentKind.LABEL and task.state not in FREE_STATES:
            raise NotOpen("This work is submitted already.")
        assignment_move(assignment, AssignmentEvent.REOPEN if reopened else AssignmentEvent.LEASE)
        if assignment.draft is None:
            assignment.base_revision_id = _base_of(task, actor, kind)
        Assignment.objects.filter(pk=assignment.pk).update(
            state=assignment.state, base_revision_id=assignment.base_revision_id, updated_at=Now(), **lease
        )
    if kind == AssignmentKind.LABEL and task.state in FREE_STATES:
        before = task.state
        if task.people > 1:
            seats_settle(task)
        else:
            task_move(task, TaskEvent.CLAIM)
        if task.state != before:
            task.save(update_fields=["state", "updated_at"])
            announce(task)
    return assignment


def _base_of(task: Task, actor: User, kind: AssignmentKind) -> uuid.UUID | None:
    """What an untouched draft starts from: one of several people goes on from their own answer alone."""
    if kind != AssignmentKind.LABEL or task.people == 1:
        return task.resolved_revision_id
    own = own_answer(task, actor.pk)
    return None if own is None else own.pk


@transaction.atomic
def lease_renew(*, assignment: Assignment) -> Assignment:
    """Keep a lease alive. One that expired comes back while nobody else has the task. Raises LeaseLost."""
    renewed = Assignment.objects.filter(pk=assignment.pk, state=AssignmentState.LEASED).update(
        lease_expires_at=Now() + LEASE
    )
    if not renewed:
        task = task_lock(assignment.task_id)
        current = assignment_lock(assignment.pk)
        # Nobody else is handed a hidden task: it comes back at any time.
        if current.kind == AssignmentKind.TRUTH and current.state == AssignmentState.EXPIRED:
            hidden_lease(current)
        elif current.state != AssignmentState.EXPIRED or task.state != TaskState.READY:
            raise LeaseLost(
                "The lease has ended and the picture went on without you. Your draft is kept; submitting it "
                "makes a late revision for the reviewer."
            )
        else:
            _lease(task, current.user, AssignmentKind(current.kind))
    return Assignment.objects.get(pk=assignment.pk)


@transaction.atomic
def task_release(*, actor: User, assignment: Assignment) -> Assignment:
    """Give a task back to the queue. The draft stays with the person."""
    made = Revision.objects.filter(assignment=assignment)
    recalled = made.filter(Q(pending=True, pk=F("task__resolved_revision_id")) | RECALLED_ANSWER).exists()
    if recalled and assignment.kind == AssignmentKind.LABEL:
        return _give_up(actor, assignment, AssignmentEvent.PUT_BACK, AssignmentState.SUBMITTED, "")
    return _give_up(actor, assignment, AssignmentEvent.RELEASE, AssignmentState.OFFERED, "")


@transaction.atomic
def task_skip(*, actor: User, assignment: Assignment, reason: str) -> Assignment:
    """Pass on a task with a reason; it is not handed to this person again unless they open it."""
    return _give_up(actor, assignment, AssignmentEvent.SKIP, AssignmentState.SKIPPED, reason)


def _give_up(
    actor: User, assignment: Assignment, event: AssignmentEvent, done: AssignmentState, reason: str
) -> Assignment:
    task = task_lock(assignment.task_id)
    current = assignment_lock(assignment.pk)
    if current.state == done:
        return current
    assignment_move(current, event)
    current.lease_expires_at = None
    if event == AssignmentEvent.SKIP:
        current.skip_reason = reason[:200]
        # A person who passes on what was assigned to them leaves it to others.
        if task.assigned_to_id == actor.pk:
            task.assigned_to = None
    current.save(update_fields=["state", "lease_expires_at", "skip_reason", "updated_at"])
    if current.kind == AssignmentKind.LABEL:
        free_if_idle(task)
        merge_if_all_in(task)
    record(actor, task, f"task.{event.value}", reason=reason[:200])
    announce_as(task, TaskState.READY if current.kind == AssignmentKind.TRUTH else TaskState(task.state))
    return current


def _leases_end(task: Task, overdue: Q) -> int:
    """End the overdue leases of a locked task. An answer taken back to correct it counts again as it was sent."""
    rows = Assignment.objects.filter(overdue, task=task)
    sent = Revision.objects.filter(RECALLED_ANSWER, assignment__in=rows).values("assignment_id")
    over = {"lease_expires_at": None, "updated_at": Now()}
    back = Assignment.objects.filter(pk__in=list(sent.values_list("assignment_id", flat=True)))
    counted = back.update(state=AssignmentState.SUBMITTED, **over)
    return counted + rows.update(state=AssignmentState.EXPIRED, updated_at=Now())


def free_if_idle(task: Task) -> None:
    """Put a locked task back into the queue when nobody holds it any more, or a place of several is free."""
    if is_collecting(task):
        seats_settle(task)
        task.save(update_fields=["state", "assigned_to", "updated_at"])
        return
    held = Assignment.objects.filter(
        task=task, kind=AssignmentKind.LABEL, state__in=LABELLED_BY_HAND
    ).exists()
    if task.state == TaskState.IN_WORK and not held:
        # Taken back for a correction that was not made: what was submitted goes on waiting for its review.
        waits = task.resolved_revision is not None and task.resolved_revision.pending
        task_move(task, TaskEvent.PUT_BACK if waits else TaskEvent.FREE)
    task.save(update_fields=["state", "assigned_to", "updated_at"])


def leases_expire() -> int:
    """End leases that were not renewed, by the database's clock. Drafts stay. Returns how many ended."""
    overdue = Q(state=AssignmentState.LEASED, lease_expires_at__lt=Now())
    task_ids = list(
        Assignment.objects.filter(overdue)
        .order_by("lease_expires_at")
        .values_list("task_id", flat=True)[:EXPIRE_BATCH]
    )
    ended = 0
    for task_id in task_ids:
        with transaction.atomic():
            # A task somebody has locked is being worked on this moment: the next round looks again.
            task = (
                Task.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("project")
                .filter(pk=task_id)
                .first()
            )
            if task is None:
                continue
            ended += _leases_end(task, overdue)
            free_if_idle(task)
            merge_if_all_in(task)
            announce(task)
    return ended
