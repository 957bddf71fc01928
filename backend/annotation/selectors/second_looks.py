"""Second looks: which approved pictures wait for another reviewer, and who may not be that one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from backend.annotation.enums import AssignmentKind, AssignmentState, SecondLookState, TaskState
from backend.annotation.models import Assignment, Revision, SecondLook, Task

if TYPE_CHECKING:
    from backend.accounts.models import User

# Whoever submitted labels of the picture had a hand in it, whatever became of them.
_HAD_A_HAND = (AssignmentState.SUBMITTED, AssignmentState.APPROVED, AssignmentState.RETURNED)


def looks_waiting(**of: Any) -> QuerySet[SecondLook]:
    """Of pictures that are approved now: one that is labelled or reviewed anew waits for that first."""
    return SecondLook.objects.filter(
        **of,
        state=SecondLookState.WAITING,
        task__state=TaskState.APPROVED,
        task__resolved_revision__isnull=False,
    )


def look_waiting(task: Task) -> SecondLook | None:
    """The one that waits on this picture."""
    return looks_waiting(task=task).first()


def waits_for_review(**of: Any) -> Q:
    """Revisions that wait for a reviewer: for a first word (`pending`), or for a second look.

    `of` narrows the second looks, as those of one project: the query's own filter narrows the rest.
    """
    # `id = ANY(ARRAY(…))`: so both sides of the "or" are looked up by an index.
    looked_at = Func(
        F("pk"),
        ArraySubquery(looks_waiting(**of).values("task__resolved_revision_id")),
        arg_joiner=" = ANY(",
        template="%(expressions)s)",
        output_field=BooleanField(),
    )
    return Q(pending=True) | Q(looked_at)


def seconds_barred(actor: User) -> Q:
    """Of revisions that wait: second looks that are not this person's to take, who approved or made the labels.

    No project can allow it: their own word a second time is no second look.
    """
    drew = Assignment.objects.filter(
        task_id=OuterRef("task_id"), user_id=actor.pk, kind=AssignmentKind.LABEL, state__in=_HAD_A_HAND
    )
    approved = looks_waiting(task_id=OuterRef("task_id"), first_id=actor.pk)
    return Q(pending=False) & (Q(author_id=actor.pk) | Exists(drew) | Exists(approved))


def may_look(actor: User, task: Task) -> bool:
    """Whether this person may take the second look that waits on the picture."""
    waiting = Revision.objects.filter(pk=task.resolved_revision_id).exclude(pending=True)
    return waiting.exclude(seconds_barred(actor)).exists()


def barred_by_revision(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Of these revisions, those that wait for a second look, with everybody who may not take it (`seconds_barred`)."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    looks = looks_waiting(task__resolved_revision_id__in=revision_ids, task__resolved_revision__pending=False)
    columns = ("task_id", "task__resolved_revision_id", "task__resolved_revision__author_id", "first_id")
    by_task = {}
    for task_id, revision_id, author_id, first_id in looks.values_list(*columns):
        by_task[task_id] = revision_id
        found[revision_id] |= {each for each in (author_id, first_id) if each is not None}
    drew = Assignment.objects.filter(task_id__in=by_task, kind=AssignmentKind.LABEL, state__in=_HAD_A_HAND)
    for task_id, user_id in drew.values_list("task_id", "user_id"):
        found[by_task[task_id]].add(user_id)
    return {pk: frozenset(barred) for pk, barred in found.items()}
