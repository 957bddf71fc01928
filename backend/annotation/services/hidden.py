"""Hidden tasks: approved pictures mixed into an annotator's queue, to measure them by.

Handing out, drawing and submitting go the ways of an ordinary task; nothing here changes the task or its labels.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from backend.annotation.domain.hidden import is_drawn
from backend.annotation.domain.states import AssignmentEvent
from backend.annotation.enums import AssignmentKind, AssignmentState, TaskState
from backend.annotation.models import Assignment, GroundTruth, Revision, Task
from backend.annotation.selectors.cover import cover_of, sealed
from backend.annotation.services.moves import LEASE, announce_as, assignment_move
from backend.core.enums import Role
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project


def hidden_in_hand(
    *, actor: User, project: Project, exclude: Collection[uuid.UUID] = ()
) -> Assignment | None:
    """Open again the hidden task this person has not submitted yet; inside a transaction."""
    found = (
        sealed(actor.pk, task__project=project, task__asset__deleted_at=None)
        .select_for_update(of=("self",), skip_locked=True)
        .exclude(task_id__in=exclude)
        .order_by("id")
        .first()
    )
    return None if found is None else hidden_lease(found)


def hidden_drawn(
    *, actor: User, project: Project, ordinary: Task, exclude: Collection[uuid.UUID] = ()
) -> Assignment | None:
    """A hidden task in the place of `ordinary`, where the draw says so and a picture is left for this person.

    Only annotators get them: whoever reviews can see which pictures are ground truth. The draw hangs on how many
    pictures the person was handed before, so that nobody can ask until it falls otherwise. Inside a transaction.
    """
    share = projects.settings_of(project).truth_share
    if share <= 0.0 or projects.project_role(actor=actor, project=project) != Role.ANNOTATOR:
        return None
    handed = Assignment.objects.filter(user_id=actor.pk, task__project=project)
    number = handed.exclude(kind=AssignmentKind.REVIEW).count()
    digest = salted_hmac(
        "siteloop.hidden-task", f"{actor.pk}:{project.pk}:{number}", algorithm="sha256"
    ).digest()
    if not is_drawn(digest, share):
        return None
    truth = _truth_for(actor, project, ordinary, exclude)
    if truth is None:
        return None
    assignment = Assignment.objects.create(
        task=truth,
        user_id=actor.pk,
        kind=AssignmentKind.TRUTH,
        state=AssignmentState.LEASED,
        lease_expires_at=Now() + LEASE,
        cover=cover_of(ordinary, truth),
    )
    announce_as(truth, TaskState.IN_WORK)
    return assignment


def _truth_for(actor: User, project: Project, ordinary: Task, exclude: Collection[uuid.UUID]) -> Task | None:
    """A ground truth this person never had a hand in: neither opened, nor saved, nor marked.

    One that was as blind as the ordinary picture comes first: it looks most like it.
    """
    had = Assignment.objects.filter(task_id=OuterRef("task_id"), user_id=actor.pk)
    made = Revision.objects.filter(task_id=OuterRef("task_id"), author_id=actor.pk)
    rows = (
        GroundTruth.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(
            ~Exists(had),
            ~Exists(made),
            project=project,
            task__state=TaskState.APPROVED,
            task__resolved_revision__isnull=False,
            # A video comes in the place of a video: anything else would be a surprise.
            task__asset__kind=Subquery(Task.objects.filter(pk=ordinary.pk).values("asset__kind")),
            task__asset__deleted_at=None,
            task__asset__project_assets__project_id=F("project_id"),
            task__asset__project_assets__excluded_at=None,
        )
        .exclude(marked_by_id=actor.pk)
        .exclude(task_id__in=exclude)
    )
    for blind in (ordinary.blind, not ordinary.blind):
        found = rows.filter(task__blind=blind).select_related("task").order_by("?").first()
        if found is not None:
            found.task.project = project
            return found.task
    return None


def hidden_open(actor: User, task: Task) -> Assignment | None:
    """The person's unsubmitted hidden task on this picture, locked; None where there is none."""
    return sealed(actor.pk, task=task).select_for_update(of=("self",)).first()


def hidden_lease(assignment: Assignment) -> Assignment:
    """Lease a locked hidden task to its person again; its draft is kept."""
    assignment_move(assignment, AssignmentEvent.LEASE)
    Assignment.objects.filter(pk=assignment.pk).update(
        state=assignment.state, lease_expires_at=Now() + LEASE, updated_at=Now()
    )
    return assignment
