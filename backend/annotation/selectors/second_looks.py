"""Second looks: which approved pictures wait for another reviewer, and who may not be that one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from backend.annotation.enums import SecondLookState, TaskState
from backend.annotation.models import Revision, SecondLook, Task

if TYPE_CHECKING:
    from backend.accounts.models import User


def looks_waiting(**of: Any) -> QuerySet[SecondLook]:
    """Of pictures that are approved now, and there: one that is labelled or reviewed anew waits for that first."""
    return SecondLook.objects.filter(
        **of,
        state=SecondLookState.WAITING,
        task__asset__deleted_at=None,
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


def seconds_barred(actor: User, besides: uuid.UUID | None = None) -> Q:
    """Of revisions that wait: second looks that are not this person's to take, who approved or made labels of it.

    Whoever ever handed in labels of the picture had a hand in it, as labeller or reviewer, whatever became of them;
    `besides` the revision that is being handed in. No project can allow it: their own word a second time is no second
    look.
    """
    drew = Revision.objects.filter(task_id=OuterRef("task_id"), author_id=actor.pk)
    if besides is not None:
        drew = drew.exclude(pk=besides)
    approved = looks_waiting(task_id=OuterRef("task_id"), first_id=actor.pk)
    return Q(pending=False) & (Exists(drew) | Exists(approved))


def may_look(actor: User, task: Task, besides: uuid.UUID | None = None) -> bool:
    """Whether this person may take the second look that waits on the picture (`besides`: see `seconds_barred`)."""
    waiting = Revision.objects.filter(pk=task.resolved_revision_id).exclude(pending=True)
    return waiting.exclude(seconds_barred(actor, besides)).exists()


def barred_by_revision(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Of these revisions, those that wait for a second look, with everybody who may not take it (`seconds_barred`)."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    looks = looks_waiting(task__resolved_revision_id__in=revision_ids, task__resolved_revision__pending=False)
    by_task = {}
    for task_id, revision_id, first_id in looks.values_list(
        "task_id", "task__resolved_revision_id", "first_id"
    ):
        by_task[task_id] = revision_id
        found[revision_id] |= {first_id} - {None}
    drew = Revision.objects.filter(task_id__in=by_task, author__isnull=False)
    for task_id, author_id in drew.values_list("task_id", "author_id").distinct():
        found[by_task[task_id]].add(author_id)
    return {pk: frozenset(barred) for pk, barred in found.items()}
